import { stringify } from 'yaml'
import { createRedactor, InputError, nearest } from '../../adapters/mod.ts'
import { nativeTier } from '../screen/classes.ts'
import {
  type EnvEngine,
  type EnvValues,
  type EnvVariable,
  envAlpaca,
  envIgnored,
  envPrefixes,
  envShared,
  envVariables,
  envWithoutEqual,
  type Reading,
} from './env-variables.ts'
import { alpacaFromEnv } from './from-env-alpaca.ts'
import { parseConfig } from './load.ts'

/** A configuration made of variables. */
export interface FromEnv {
  /** YAML with a first line that says where it is from; no secret is in it. */
  readonly text: string
  /** Variables that count for nothing here, and why. */
  readonly ignored: readonly string[]
}

/**
 * The configuration that says what an earlier system's environment variables said. Throws InputError
 * (3) naming every variable that is unknown, malformed, contradicts another or has no equal here;
 * values of secrets are never shown.
 */
export function configFromEnv(
  variables: Readonly<Record<string, string | undefined>>,
  preset: 'seed' | 'later',
  engine: EnvEngine = 'perps',
): FromEnv {
  const problems: string[] = []
  const ignored: string[] = []
  const values = new Map<string, string | number | readonly string[] | readonly number[]>()
  for (const [name, text] of Object.entries(variables)) {
    if (text === undefined || text === '') continue
    const known = find(name)
    if (known !== null) {
      const value = readValue(text, known.reading)
      if (value === null) problems.push(malformed(name, text, known.reading))
      else if (isOf(engine, known)) values.set(name, value)
      else ignored.push(`${name}: not used: it is of --engine ${otherEngines(engine)}`)
    } else if (name in envWithoutEqual) {
      const [usual, instead] = envWithoutEqual[name]!
      if (text !== usual) problems.push(`${name}: has no equal here; ${instead}`)
    } else if (reasonFor(name) !== null) ignored.push(`${name}: not used: ${reasonFor(name)}`)
    else if (envPrefixes.test(name)) problems.push(unknown(name))
  }
  problems.push(...contradictions(values))
  if (problems.length > 0) throw refused(problems)
  const object =
    engine === 'perps' ? compose(values, preset) : alpacaFromEnv(values, { preset, engine })
  const text = `# Made by ornstein config from-env; docs/from-env.md says what each key was.\n${stringify(object)}`
  parseConfig(text, 'from-env.yaml')
  return { text, ignored }
}

const find = (name: string): EnvVariable | null =>
  [...envVariables, ...envAlpaca].find((one) => isNamed(name, one.name)) ?? null

const isOf = (engine: EnvEngine, variable: EnvVariable): boolean =>
  engine === 'perps'
    ? !envAlpaca.includes(variable)
    : envAlpaca.includes(variable) || envShared.has(variable.name)

const otherEngines = (engine: EnvEngine): string =>
  engine === 'perps' ? 'coins or equities' : 'perps'

const isNamed = (name: string, pattern: string): boolean =>
  pattern.endsWith('*')
    ? name.length >= pattern.length && name.startsWith(pattern.slice(0, -1))
    : name === pattern

const reasonFor = (name: string): string | null =>
  Object.entries(envIgnored).find(([pattern]) => isNamed(name, pattern))?.[1] ?? null

function readValue(text: string, reading: Reading): string | number | string[] | number[] | null {
  const parts = text.split(',').map((part) => part.trim())
  switch (reading.kind) {
    case 'secret':
      return ''
    case 'choice':
      return reading.of.find((one) => one.toLowerCase() === text.toLowerCase()) ?? null
    case 'address':
      return /^0x[0-9a-fA-F]{40}$/.test(text) ? text.toLowerCase() : null
    case 'url':
      return /^(https?|wss?):\/\//.test(text) && URL.canParse(text) ? text : null
    case 'coins':
      return parts.every((part) => /^[\w]+(?::[\w]+)?$/.test(part)) ? [...new Set(parts)] : null
    case 'numbers': {
      const numbers = parts.map(readNumber)
      return numbers.length === reading.count && !numbers.includes(null)
        ? (numbers as number[])
        : null
    }
    case 'number': {
      const value = readNumber(text)
      const isFit = value !== null && value >= (reading.least ?? Number.NEGATIVE_INFINITY)
      return isFit && (reading.isWhole !== true || Number.isInteger(value)) ? value : null
    }
  }
}

const readNumber = (text: string): number | null =>
  /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null

function allowed(reading: Reading): string {
  switch (reading.kind) {
    case 'choice':
      return reading.of.join(', ')
    case 'address':
      return '0x and 40 hexadecimal digits'
    case 'url':
      return 'an address such as https://host'
    case 'coins':
      return 'names of coins, separated by commas'
    case 'numbers':
      return `${reading.count} numbers, separated by commas`
    case 'number': {
      const what = reading.isWhole === true ? 'a whole number' : 'a number'
      return reading.least === undefined ? what : `${what} of at least ${reading.least}`
    }
    case 'secret':
      return 'a key'
  }
}

/** A key that was put into the wrong variable is not shown either. */
const malformed = (name: string, text: string, reading: Reading): string =>
  `${name}: found ${JSON.stringify(createRedactor().text(text))}, allowed: ${allowed(reading)}`

function unknown(name: string): string {
  const variables = [...envVariables, ...envAlpaca].map((one) => one.name)
  const names = [...variables, ...Object.keys(envIgnored)]
  const guess = nearest(name, [...names, ...Object.keys(envWithoutEqual)])
  return `${name}: not known${guess === null ? '; docs/from-env.md lists all' : `; did you mean ${guess}?`}`
}

function contradictions(values: EnvValues): readonly string[] {
  const isLive = values.get('EXECUTION_MODE') === 'LIVE'
  const isAgreed = !isLive || values.get('ALPACA_TRADING_MODE') === 'live'
  const dexs = (values.get('HIP3_DEXS') ?? []) as readonly string[]
  const builders = (values.get('HIP3_UNIVERSE') ?? []) as readonly string[]
  const strangers = builders.filter(
    (coin) => coin.includes(':') && !dexs.includes(coin.split(':')[0]!),
  )
  const coins = coinsOf(values)
  const beyond = [...values.keys()].filter(
    (name) => name.startsWith('Z_OVERRIDE_') && overridden(name, coins) === null,
  )
  const shadows = ((values.get('SHADOW_COINS') ?? []) as readonly string[]).filter(
    (coin) => !coins.includes(coin),
  )
  const addresses = envAlpaca
    .filter(({ reading }) => reading.kind === 'url')
    .map(({ name }) => name)
  const given = addresses.filter((name) => values.has(name))
  const isPartly = given.length > 0 && given.length < addresses.length
  return [
    ...(isPartly ? [`${given.join(', ')}: set all of ${addresses.join(', ')}, or none`] : []),
    ...shadows.map((coin) => `SHADOW_COINS: ${coin} is none of ${coins.join(', ')}`),
    ...(isAgreed ? [] : ['EXECUTION_MODE LIVE needs ALPACA_TRADING_MODE live']),
    ...strangers.map(
      (coin) => `HIP3_UNIVERSE: ${coin} is of no dex in HIP3_DEXS (${dexs.join(', ')})`,
    ),
    ...(builders.length > 0 && dexs.length === 0 ? ['HIP3_UNIVERSE needs HIP3_DEXS'] : []),
    ...beyond.map((name) => `${name}: no such coin; there are ${coins.join(', ')}`),
  ]
}

/** Natives, then builders' coins, those without a prefix on the first dex. */
function coinsOf(values: EnvValues): readonly string[] {
  const list = (name: string, fallback: readonly string[] = []): readonly string[] =>
    (values.get(name) as readonly string[] | undefined) ?? fallback
  const [first] = list('HIP3_DEXS')
  const builders = list('HIP3_UNIVERSE').map((coin) =>
    coin.includes(':') ? coin : `${first}:${coin}`,
  )
  const all = [...list('HL_UNIVERSE', ['BTC', 'ETH']), ...builders, ...list('MOMENTUM_COINS')]
  const smoke = list('SMOKE_TEST_SYMBOLS')
  return [...new Set(all)].filter((coin) => smoke.length === 0 || smoke.includes(coin))
}

/** The coin that a variable's end names; `_` may stand for the colon. */
function overridden(name: string, coins: readonly string[]): string | null {
  const end = name.slice('Z_OVERRIDE_'.length)
  return coins.find((coin) => coin === end || coin.replace(':', '_') === end) ?? null
}

function compose(values: EnvValues, preset: 'seed' | 'later'): object {
  const number = (name: string, fallback: number): number =>
    (values.get(name) as number | undefined) ?? fallback
  const coins = coinsOf(values)
  const mode = values.get('EXECUTION_MODE') ?? 'PAPER'
  const isMaker = values.get('EXECUTION_STYLE') === 'maker'
  const [account, momentum] = [values.get('HL_WALLET_ADDRESS'), values.get('MOMENTUM_COINS')]
  const shadow = values.get('SHADOW_COINS')
  const style = { entry: 'aggressive', exit: 'aggressive' }
  return {
    name: 'from-env',
    ...(mode === 'LIVE' ? { mode: 'live' } : {}),
    limits: { preset, of: mode === 'LIVE' ? 'live' : 'paper' },
    venue: {
      network: 'mainnet',
      instruments: coins,
      bookStream: 'l2Book',
      leverage: number('HIP3_LEVERAGE', 10),
      ...(account === undefined ? {} : { account }),
      ...(values.has('HL_PRIVATE_KEY') ? { key: { env: 'HL_PRIVATE_KEY' } } : {}),
    },
    ...(shadow === undefined ? {} : { shadow }),
    signal: { source: 'trade' },
    strategy: {
      tier: tierOf([
        number('Z_ENTRY', -1.25),
        number('Z_EXIT', -0.5),
        number('Z_SHORT_ENTRY', 1.25),
        number('Z_EXIT_SHORT', 0.5),
      ]),
      overrides: overridesOf(values, coins),
      calibrate: true,
      ...{ timeStop: '1h', timeStopStockHours: '30m' },
      notional: number('NOTIONAL_PER_TRADE_OVERRIDE', number('PER_PAIR_NOTIONAL', 250)),
      ...(isMaker ? {} : style),
    },
    ...(momentum === undefined ? {} : { companions: { momentum: { instruments: momentum } } }),
    ...(isMaker ? { execution: { routing: {} } } : {}),
    risk: riskOf(values, number),
  }
}

function riskOf(values: EnvValues, number: (name: string, fallback: number) => number): object {
  const guard = number('HL_SESSION_LOSS_GUARD_USD', 0)
  const watched = values.has('REGIME_1H_ABS_RETURN') || values.has('REGIME_PAUSE_SECONDS')
  const regime = {
    returnMax: `${Number((number('REGIME_1H_ABS_RETURN', 0.01) * 100).toPrecision(12))}%`,
    pause: `${number('REGIME_PAUSE_SECONDS', 10_800)}s`,
  }
  return {
    netNotionalMax: number('MAX_NET_NOTIONAL', 200),
    sessionLossMax: guard > 0 ? guard : 'off',
    reduceOnly: {
      activate: number('REDUCE_ONLY_K_ACTIVATE', 1.5),
      release: number('REDUCE_ONLY_K_DEACTIVATE', 1.25),
    },
    ...(watched ? { regime } : {}),
    bookAgeMax: '15s',
  }
}

function tierOf([longEntry, longExit, shortEntry, shortExit]: readonly number[]): object {
  return { longEntry, longExit, shortEntry, shortExit }
}

function overridesOf(values: EnvValues, coins: readonly string[]): object {
  const own = new Map(
    [...values].flatMap(([name, numbers]) =>
      name.startsWith('Z_OVERRIDE_')
        ? [[overridden(name, coins)!, tierOf(numbers as readonly number[])] as const]
        : [],
    ),
  )
  return Object.fromEntries(
    coins.flatMap((coin) => {
      const tier = own.get(coin) ?? (coin.includes(':') ? null : nativeTier(coin))
      return tier === null ? [] : [[coin, tier] as const]
    }),
  )
}

const refused = (details: readonly string[]): InputError =>
  new InputError({
    code: 'ORN-CONF-017',
    exitCode: 3,
    message: 'The variables make no configuration; none was written',
    details,
    fix: 'docs/from-env.md lists every variable with its key',
  })
