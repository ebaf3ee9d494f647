import { InputError, nearest } from '../../adapters/mod.ts'
import { assert, type Instrument } from '../../core/mod.ts'
import {
  type Composite,
  composeStrategies,
  createMomentum,
  createPairs,
  type MomentumParameters,
  type PairsParameters,
  type SeededStrategy,
  type Sizer,
} from '../../strategies/mod.ts'
import { routingOf } from './routing.ts'
import type { Config } from './schema.ts'
import { stockHours } from './strategy-options.ts'

/** True where the built-in strategy acts alone, on every instrument. */
export const actsAlone = ({ companions, strategy }: Config): boolean =>
  companions?.momentum === undefined &&
  companions?.pairs === undefined &&
  sizerOf(strategy).kind === 'fixed'

/** The sizer of a configuration. */
export const sizerOf = ({ sizer }: Config['strategy']): Sizer => sizer ?? { kind: 'fixed' }

/** Symbols of each companion that is on. */
export function companionSymbols({ companions }: Config): {
  readonly momentum: ReadonlySet<string>
  readonly pairs: ReadonlySet<string>
} {
  const legs =
    companions?.pairs === undefined
      ? []
      : whitelistOf(companions.pairs).pairs.flatMap(({ legA, legB }) => [legA, legB])
  return { momentum: new Set(companions?.momentum?.instruments ?? []), pairs: new Set(legs) }
}

/** The strategy of a configuration with its companions, as one. */
export function composeConfigured(
  config: Config,
  instruments: readonly Instrument[],
  reversion: SeededStrategy,
  how: { readonly isBacktest: boolean },
): Composite {
  const { companions } = config
  const symbols = companionSymbols(config)
  const parts = []
  if (companions?.momentum !== undefined) {
    const strategy = createMomentum(momentumParameters(config, companions.momentum))
    parts.push({ strategy, symbols: symbols.momentum })
  }
  if (companions?.pairs !== undefined) {
    const strategy = createPairs(pairsParameters(config, companions.pairs, how))
    parts.push({ strategy, symbols: symbols.pairs })
  }
  parts.push({ strategy: reversion, symbols: null })
  return composeStrategies(config.strategy.kind, instruments, parts)
}

type Companions = NonNullable<Config['companions']>
type Pairs = NonNullable<Companions['pairs']>

function momentumParameters(
  config: Config,
  own: NonNullable<Companions['momentum']>,
): MomentumParameters {
  const { signal, strategy } = config
  const { slowWindow, fastWindow, slowEntry, fastEntry, slowExit } = own
  const { direction, stopLoss, notional } = own
  return {
    ...{ slowWindow, fastWindow, slowEntry, fastEntry, slowExit, direction, stopLoss, notional },
    timeStopUs: own.timeStop,
    ...stockHours(own),
    sizer: sizerOf(strategy),
    maxGap: signal.maxGap,
    entryUrgency: own.entry,
    exitUrgency: own.exit,
    ...routingOf(config),
  }
}

function pairsParameters(
  { signal }: Config,
  own: Pairs,
  how: { readonly isBacktest: boolean },
): PairsParameters {
  const { window, entry, exit, stop, betaChangeMax, fundingMax, openMax } = own
  const { notional, hedgeErrorMax, lossMax, costMarginBp } = own
  const { knownTime, pairs } = whitelistOf(own)
  // A bar's order fills with the next bar and is heard of after it.
  const legTimeoutUs =
    signal.source === 'bar' ? Math.max(own.legTimeout, 3 * signal.interval) : own.legTimeout
  return {
    ...{ window, entry, exit, stop, betaChangeMax, fundingMax, openMax },
    ...{ notional, hedgeErrorMax, lossMax, costMarginBp, legTimeoutUs },
    whitelist: { knownTime: timeOf(knownTime), pairs },
    whitelistAgeMaxUs: how.isBacktest ? null : own.whitelistAgeMax,
    refitUs: own.refit,
    lockoutUs: own.lockout,
    maxGap: signal.maxGap,
  }
}

/** The whitelist itself: reading a configuration puts a file's content in place of its path. */
function whitelistOf({ whitelist }: Pairs): Exclude<Pairs['whitelist'], string> {
  assert(typeof whitelist !== 'string', 'the whitelist was not read')
  return whitelist
}

const timeOf = (instant: string): number => Date.parse(instant) * 1000
const isoOf = (time: number): string => new Date(time / 1000).toISOString()

/** Refuses companions of instruments that the session has not, or that two of them claim. */
export function requireCompanionInstruments(config: Config, known: readonly string[]): void {
  const { momentum, pairs } = companionSymbols(config)
  const details: string[] = []
  for (const [key, symbols] of [
    ['companions.momentum.instruments', momentum],
    ['companions.pairs.whitelist', pairs],
  ] as const) {
    for (const symbol of symbols) {
      if (known.includes(symbol)) continue
      const guess = nearest(symbol, known)
      const hint = guess === null ? `known: ${known.join(', ')}` : `did you mean "${guess}"?`
      details.push(`${key}: there is no instrument "${symbol}"; ${hint}`)
    }
  }
  for (const symbol of momentum) {
    if (pairs.has(symbol)) details.push(`${symbol} is claimed by momentum and by a pair`)
  }
  const legs =
    config.companions?.pairs === undefined ? [] : whitelistOf(config.companions.pairs).pairs
  for (const { legA, legB } of legs) {
    if (config.shadow.includes(legA) === config.shadow.includes(legB)) continue
    details.push(`${legA} and ${legB} are a pair: both are in shadow or none`)
  }
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-PAIRS-003',
    exitCode: 3,
    message: 'The companions do not fit the instruments',
    details,
  })
}

/** Refuses a whitelist that could not be known before the data it is used on end. */
export function requireWhitelistBefore(config: Config, lastTime: number): void {
  const own = config.companions?.pairs
  if (own === undefined || timeOf(whitelistOf(own).knownTime) < lastTime) return
  throw new InputError({
    code: 'ORN-PAIRS-004',
    exitCode: 4,
    message: 'The whitelist of pairs was made of data after its use',
    details: [
      `known at ${whitelistOf(own).knownTime}, the data end at ${isoOf(lastTime)}`,
      'A pair found in the data it is traded on looks better than it is.',
    ],
    fix: 'Discover on earlier data, for example: ornstein pairs discover CONFIG --until INSTANT',
  })
}

/** Refuses a whitelist from the future, or older than the configuration allows. */
export function requireFreshWhitelist(config: Config, now: number): void {
  const own = config.companions?.pairs
  if (own === undefined) return
  const { knownTime } = whitelistOf(own)
  const age = now - timeOf(knownTime)
  if (age >= 0 && age <= own.whitelistAgeMax) return
  const hours = (value: number): string => `${(value / 3.6e9).toFixed(1)} h`
  throw new InputError({
    code: age < 0 ? 'ORN-PAIRS-004' : 'ORN-PAIRS-005',
    exitCode: 4,
    message:
      age < 0
        ? 'The whitelist of pairs was made of data after its use'
        : 'The whitelist of pairs is too old',
    details: [
      `known at ${knownTime}, now ${isoOf(now)}`,
      `allowed: an age of 0 to ${hours(own.whitelistAgeMax)}, found ${hours(age)}`,
    ],
    fix: 'Run ornstein pairs discover on recent data',
  })
}
