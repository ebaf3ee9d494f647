import { gatesOff } from './build.ts'
import { presetOf } from './limit-presets.ts'
import type { LoadedConfig } from './load.ts'
import { macroText } from './macro.ts'
import { notionalText } from './notionals.ts'
import { type Config, riskSchema } from './schema.ts'

/** One limit in words. */
export interface LimitRow {
  readonly key: string
  readonly value: string
  /** What set it: the name of the preset, the file, or the default. */
  readonly from: string
}

/** Every limit of a configuration, and what set it. */
export function limitRows(config: Pick<Config, 'risk' | 'limits' | 'venue'>): readonly LimitRow[] {
  const { risk, limits } = config
  const preset = presetOf(config)
  const presets: Readonly<Record<string, unknown>> = riskSchema.parse(preset)
  const defaults: Readonly<Record<string, unknown>> = riskSchema.parse({})
  return Object.entries(risk).map(([key, value]) => {
    const isAs = (other: unknown): boolean => JSON.stringify(other) === JSON.stringify(value)
    const isPreset = key in preset && isAs(presets[key])
    const from = isPreset ? limits!.preset : isAs(defaults[key]) ? 'default' : 'file'
    const text = isPreset ? writtenText(preset[key]) : limitText(key, value)
    return { key: `risk.${key}`, value: text, from }
  })
}

/** Limits in one line, for the start of a session; what is by default and no single figure, not. */
export const limitLine = (config: Config): string => {
  const { limits, risk, signal } = config
  const name = limits === undefined ? 'limits' : `limits (${limits.preset}, ${limits.of})`
  const isBySession = (risk.tradingDay ?? signal.calendar) === 'us-equities'
  const rows = limitRows(config)
    .filter(({ key }) => key !== (isBySession ? 'risk.tradingDayStart' : 'risk.tradingDay'))
    .filter(({ value, from }) => from !== 'default' || !/^[{[]/.test(value))
    .map(({ key, value }) => `${key.slice('risk.'.length)} ${value}`)
  const sessions = isBySession && risk.tradingDay === undefined ? ['tradingDay us-equities'] : []
  return `${name}: ${[...rows, ...sessions].join(', ')}`
}

/** What a configuration comes to, for people. */
export function renderConfig({ config, path, hash }: LoadedConfig): string {
  const { venue, limits, strategy } = config
  const coins = venue?.instruments ?? []
  const isAlpaca = venue?.kind === 'alpaca'
  const builders = coins.filter((coin) => coin.includes(':'))
  const natives = coins.filter((coin) => !coin.includes(':'))
  const preset = limits === undefined ? 'none' : `${limits.preset}, for ${limits.of} money`
  const off = gatesOff(config)
  return [
    `${path}: ${config.name} (hash ${hash.slice(0, 16)})`,
    `  venue     ${venueText(venue)}`,
    `  ${isAlpaca ? 'trades ' : 'natives'}   ${named(natives)}`,
    ...(isAlpaca ? [] : [`  builders  ${named(builders)}`]),
    `  entries   ${notionalText(strategy, coins)}`,
    `  off       ${off.length === 0 ? 'nothing' : off.join(', ')}`,
    `  preset    ${preset}`,
    ...limitRows(config).map(({ key, value, from }) => `  ${key.padEnd(26)} ${value} (${from})`),
  ].join('\n')
}

/** What a valid configuration will hardly have meant. */
export function doubts(config: Config): readonly string[] {
  const { regime } = config.risk
  const coins = config.venue?.instruments ?? []
  const isBlind = regime !== null && !regime.instruments.some((coin) => coins.includes(coin))
  return [
    ...refusedEntries(config),
    ...(isBlind ? [`risk.regime watches none of venue.instruments: it never pauses`] : []),
    ...longOnly(config),
  ]
}

/** Coins that are owned outright cannot be sold short, whatever the direction. */
function longOnly({ venue, strategy, companions }: Config): readonly string[] {
  if (venue?.kind !== 'alpaca') return []
  const pairs = venue.instruments.filter((symbol) => symbol.includes('/'))
  if (pairs.length === 0) return []
  const named = pairs.length === venue.instruments.length ? 'coins' : pairs.join(', ')
  const directions = [
    ['strategy', strategy.direction],
    ['companions.momentum', companions?.momentum?.direction],
  ] as const
  return directions.flatMap(([key, direction]) =>
    direction === 'both'
      ? [`${key}.direction is both: ${named} at Alpaca cannot be sold short and go long only`]
      : [],
  )
}

function refusedEntries({ strategy, risk }: Config): readonly string[] {
  const { notional, notionals, sizer } = strategy
  const { orderNotionalMax, netNotionalMax } = risk
  if (sizer !== undefined && sizer.kind !== 'fixed') return []
  const values = [
    ['notional', notional, 'every entry'] as const,
    ...Object.entries(notionals).map(
      ([name, value]) => [`notionals.${name}`, value, `every entry in ${name}`] as const,
    ),
  ]
  return [
    ['risk.orderNotionalMax', orderNotionalMax] as const,
    ['risk.netNotionalMax', netNotionalMax] as const,
  ].flatMap(([key, most]) =>
    values.flatMap(([name, value, entries]) =>
      most !== null && value > most
        ? [`strategy.${name} ${value} is above ${key} ${most}: ${entries} is refused`]
        : [],
    ),
  )
}

function venueText(venue: Config['venue']): string {
  if (venue === undefined) return 'none'
  return venue.kind === 'alpaca'
    ? `alpaca, ${venue.account} account, feed ${venue.feed}`
    : `hyperliquid, ${venue.network}`
}

const named = (symbols: readonly string[]): string =>
  symbols.length === 0 ? 'none' : `${symbols.length}: ${symbols.join(' ')}`

const writtenText = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

function limitText(key: string, value: unknown): string {
  if (value === null) return 'off'
  if (key === 'macro') return macroText(value as NonNullable<Config['risk']['macro']>)
  if (typeof value !== 'number') return writtenText(value)
  if (/Drawdown|Band/.test(key)) return `${Number((value * 100).toPrecision(12))}%`
  return /Age|DayStart/.test(key) ? `${value / 1e6}s` : String(value)
}
