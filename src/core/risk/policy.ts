import type { InstrumentId, TimeUs } from '../domain/units.ts'

/** What stops new risk by itself. */
export type Breaker =
  | 'dailyLoss'
  | 'dailyDrawdown'
  | 'sessionLoss'
  | 'drawdown'
  /** A reference instrument moved too far. */
  | 'regime'
  /** A halt window, of the configuration or of an operator. */
  | 'macro'
  /** Held value above a line: only orders that reduce it until it is back under a lower line. */
  | 'grossCap'
  | 'netCap'

/** What a breaker measures from. */
export type Anchor =
  /** First, or highest, equity of the account's trading day. */
  | 'tradingDay'
  /** First equity of the session, restarts included. */
  | 'session'
  /** Highest equity since the journal began. */
  | 'account'
  /** Nothing: the present is enough. */
  | 'present'

/** What a trip does, beyond denying what adds risk. Each step does what the ones before it do. */
export type TripAction =
  /** Only orders that reduce are sent; what rests is left to fill or to end. */
  | 'exitsOnly'
  /** Entries at work are canceled; exits go on. */
  | 'cancel'
  /** Every position is closed aggressively. */
  | 'flatten'

/** How a tripped breaker lets go. An operator's `resume` always lets it go. */
export type Rearm =
  /** With the next trading day. */
  | 'nextDay'
  /** By an operator only. */
  | 'operator'
  /** As soon as what tripped it is over. */
  | 'whenOver'
  /** This long after it tripped, or after its condition last held. */
  | { readonly afterUs: TimeUs }

/** One breaker: when it trips, from where it measures, what it does, how it lets go. */
export interface BreakerPolicy {
  readonly breaker: Breaker
  /** Quote units (losses, caps), a fraction (drawdowns, regime); not used by `macro`. */
  readonly limit: number
  /** Where the condition is over, at or below; the limit itself unless given. Same unit. */
  readonly release?: number
  readonly anchor: Anchor
  readonly onTrip: TripAction
  readonly rearm: Rearm
}

const usual: Readonly<Record<Breaker, Omit<BreakerPolicy, 'breaker' | 'limit'>>> = {
  dailyLoss: { anchor: 'tradingDay', onTrip: 'cancel', rearm: 'nextDay' },
  dailyDrawdown: { anchor: 'tradingDay', onTrip: 'cancel', rearm: 'nextDay' },
  sessionLoss: { anchor: 'session', onTrip: 'cancel', rearm: 'operator' },
  drawdown: { anchor: 'account', onTrip: 'cancel', rearm: 'operator' },
  regime: { anchor: 'present', onTrip: 'exitsOnly', rearm: { afterUs: 10_800_000_000 } },
  macro: { anchor: 'present', onTrip: 'cancel', rearm: 'whenOver' },
  grossCap: { anchor: 'present', onTrip: 'exitsOnly', rearm: 'whenOver' },
  netCap: { anchor: 'present', onTrip: 'exitsOnly', rearm: 'whenOver' },
}

/** The usual policy of a breaker with this limit, and what is to differ from it. */
export const breakerPolicy = (
  breaker: Breaker,
  limit: number,
  change: Partial<Pick<BreakerPolicy, 'release' | 'onTrip' | 'rearm'>> = {},
): BreakerPolicy => ({ breaker, limit, ...usual[breaker], ...change })

/** Which moves make a regime that mean reversion stays out of. */
export interface RegimeRule {
  /** Any of them is enough. */
  readonly instruments: readonly InstrumentId[]
  /** Time over which the return is taken, us. */
  readonly spanUs: TimeUs
}
