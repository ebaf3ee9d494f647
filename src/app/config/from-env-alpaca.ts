import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { EnvValues } from './env-variables.ts'

/** Plain settings, as they are written. */
type Settings = Readonly<Record<string, unknown>>

/** What that system had in its program and not in variables is in the examples. */
function example(path: string): Record<string, Settings> {
  const file = fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url))
  return parse(readFileSync(file, 'utf8'))
}

/** Limits of the examples that no preset has. */
const beyond = [
  ...['grossNotionalMax', 'netNotionalMax', 'positionsMax', 'leverageMax', 'bookAgeMax'],
] as const

/**
 * What an earlier system's variables said to its engines at Alpaca: coins by taker or maker, or the
 * published list of shares. Values that are not variables are those of the examples.
 */
export function alpacaFromEnv(
  values: EnvValues,
  { preset, engine }: { readonly preset: 'seed' | 'later'; readonly engine: 'coins' | 'equities' },
): object {
  const isLive = values.get('EXECUTION_MODE') === 'LIVE'
  const base = engine === 'coins' ? coins(values) : equities(values)
  const { limits: _, mode: __, risk: own, ...rest } = base
  const account = values.get('ALPACA_TRADING_MODE') ?? 'paper'
  const risk = Object.fromEntries(beyond.flatMap((key) => (key in own! ? [[key, own![key]]] : [])))
  return {
    ...rest,
    name: `from-env-${engine}`,
    ...(isLive ? { mode: 'live' } : {}),
    limits: { preset, of: isLive ? 'live' : 'paper' },
    venue: { ...base['venue'], account, ...keysOf(values, account === 'live'), ...urlsOf(values) },
    strategy: { ...base['strategy'], ...entriesOf(values, base['strategy']!) },
    risk,
  }
}

const isMaker = (values: EnvValues): boolean => values.get('EXECUTION_STYLE') === 'maker'

const coins = (values: EnvValues): Record<string, Settings> =>
  example(`08-crypto-spot/${isMaker(values) ? 'maker' : 'taker'}.yaml`)

/** The engine of shares over the published list, with its sectors. */
function equities(values: EnvValues): Record<string, Settings> {
  const base = example('07-alpaca/equities.yaml')
  const published = example('06-equities/seed-141.yaml')
  const { symbols } = published['data'] as { readonly symbols: readonly string[] }
  const { sectors } = published['strategy']!['equities'] as { readonly sectors: unknown }
  const decisions = { ...(base['strategy']!['equities'] as object), sectors }
  const entry = isMaker(values) ? { entry: 'passive' } : {}
  return {
    ...base,
    venue: { ...base['venue'], instruments: symbols },
    strategy: { ...base['strategy'], equities: decisions, ...entry },
  }
}

function keysOf(values: EnvValues, isLive: boolean): Settings {
  const own = isLive && values.has('ALPACA_API_KEY_LIVE') ? 'LIVE' : 'paper'
  const [keyId, secretKey] =
    own === 'LIVE'
      ? ['ALPACA_API_KEY_LIVE', 'ALPACA_API_SECRET_LIVE']
      : ['ALPACA_API_KEY_ID', 'ALPACA_API_SECRET_KEY']
  return {
    ...(values.has(keyId!) ? { keyId: { env: keyId } } : {}),
    ...(values.has(secretKey!) ? { secretKey: { env: secretKey } } : {}),
  }
}

const urlsOf = (values: EnvValues): Settings =>
  values.has('ALPACA_BASE_URL')
    ? {
        tradingUrl: values.get('ALPACA_BASE_URL'),
        dataUrl: values.get('ALPACA_DATA_URL'),
        streamUrl: values.get('ALPACA_STREAM_URL'),
      }
    : {}

/** Thresholds and values of entries, where variables name them. */
function entriesOf(values: EnvValues, strategy: Settings): Settings {
  const notional = values.get('NOTIONAL_PER_TRADE_OVERRIDE') ?? values.get('PER_PAIR_NOTIONAL')
  const named = [
    ['longEntry', 'Z_ENTRY'],
    ['longExit', 'Z_EXIT'],
    ['shortEntry', 'Z_SHORT_ENTRY'],
    ['shortExit', 'Z_EXIT_SHORT'],
  ].flatMap(([key, name]) => (values.has(name!) ? [[key, values.get(name!)] as const] : []))
  return {
    ...(notional === undefined ? {} : { notional }),
    tier: { ...(strategy['tier'] as object), ...Object.fromEntries(named) },
  }
}
