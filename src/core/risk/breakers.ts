import { toNewYork } from '../calendar/new-york.ts'
import { sessionOn } from '../calendar/sessions.ts'
import type { Halt } from '../domain/effect.ts'
import type { TimeUs } from '../domain/units.ts'
import { haltAt } from './halts.ts'
import type { RiskLimits, RiskState } from './limits.ts'
import { type Breaker, type BreakerPolicy, breakerPolicy, type TripAction } from './policy.ts'
import { regimeReturn } from './regime.ts'

/** A breaker that trips, its value and its limit in the same unit. */
export interface Trip {
  readonly breaker: Breaker
  readonly value: number
  readonly limit: number
}

/** What the breakers look at, quote units. */
export interface RiskReading {
  readonly equity: number
  /** Held positions at their marks: sum of absolute values, and absolute sum of signed ones. */
  readonly gross: number
  readonly net: number
}

/** What changed: a breaker tripped, or let go. */
export type BreakerChange =
  | ({ readonly kind: 'tripped'; readonly action: TripAction; readonly halt?: Halt } & Trip)
  | {
      readonly kind: 'rearmed'
      readonly breaker: Breaker
      readonly by: 'nextDay' | 'time' | 'over'
    }

const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000
const NOTHING: readonly BreakerChange[] = []
const MACRO = breakerPolicy('macro', 0)

/** Moves anchors on, lets go of what is over and trips what is due. Mutates `state`. */
export function updateBreakers(
  state: RiskState,
  limits: RiskLimits,
  reading: RiskReading,
  now: TimeUs,
): readonly BreakerChange[] {
  const isNewDay = moveAnchors(state, limits, reading.equity, now)
  let changes: BreakerChange[] | null = null
  const check = (policy: BreakerPolicy): void => {
    const { breaker } = policy
    const value = measure(policy, state, limits, { reading, now })
    const isDue = value !== null && value >= policy.limit
    const trip = state.trips.find((one) => one.breaker === breaker)
    if (trip === undefined) {
      if (!isDue) return
      const { limit, onTrip: action } = policy
      state.trips.push({ breaker, value, limit, time: now })
      changes ??= []
      const halt = breaker === 'macro' ? haltAt(state, limits, now) : null
      const why = halt === null ? {} : { halt: { name: halt.name, untilTime: halt.untilTime } }
      changes.push({ kind: 'tripped', breaker, value, limit, action, ...why })
      return
    }
    // A condition of the present that holds on puts the end off.
    if (isDue && policy.anchor === 'present') trip.time = now
    const by = letsGo(policy, { trip, value, isDue, isNewDay, now })
    if (by === null) return
    rearm(state, breaker, reading.equity)
    changes ??= []
    changes.push({ kind: 'rearmed', breaker, by })
  }
  for (const policy of limits.breakers) check(policy)
  if (!limits.breakers.some(({ breaker }) => breaker === 'macro')) check(MACRO)
  return changes ?? NOTHING
}

/** True when a new trading day began. */
function moveAnchors(state: RiskState, limits: RiskLimits, equity: number, now: TimeUs): boolean {
  const day = tradingDayOf(limits, now, state.tradingDay)
  const isNewDay = day !== state.tradingDay
  if (isNewDay) {
    state.tradingDay = day
    state.dayStartEquity = equity
    state.dayHighEquity = equity
  }
  state.sessionStartEquity ??= equity
  state.highEquity = Math.max(state.highEquity ?? equity, equity)
  state.dayHighEquity = Math.max(state.dayHighEquity, equity)
  return isNewDay
}

/** Whose days an account's trading days are; those of UTC unless given. */
export type TradingDays = Pick<RiskLimits, 'tradingDayCalendar' | 'tradingDayStartUs'>

/**
 * The trading day of an instant. One of an exchange begins at midnight of New York before its
 * session, so that the night's gap counts to the session it opens; a day without one belongs to the
 * session before it. `known` is a day that is known to be one, -1 for none: it saves looking it up.
 */
export function tradingDayOf(
  { tradingDayCalendar, tradingDayStartUs = 0 }: TradingDays,
  now: TimeUs,
  known: number,
): number {
  if (tradingDayCalendar !== 'us-equities') return Math.floor((now - tradingDayStartUs) / DAY_US)
  // Midnight of New York is 4:00 or 5:00 UTC: between, the known day needs no calendar.
  const into = now - known * DAY_US
  if (known >= 0 && into >= 5 * HOUR_US && into < DAY_US + 4 * HOUR_US) return known
  let day = Math.floor(toNewYork(now) / DAY_US)
  while (day !== known && sessionOn('us-equities', day) === null) day--
  return day
}

/** Present value of what a breaker watches; null when it cannot be known or is not the case. */
function measure(
  { breaker }: BreakerPolicy,
  state: RiskState,
  limits: RiskLimits,
  { reading, now }: { readonly reading: RiskReading; readonly now: TimeUs },
): number | null {
  const { equity } = reading
  switch (breaker) {
    case 'dailyLoss':
      return state.dayStartEquity - equity
    case 'dailyDrawdown':
      return fallFrom(state.dayHighEquity, equity)
    case 'sessionLoss':
      return (state.sessionStartEquity ?? equity) - equity
    case 'drawdown':
      return fallFrom(state.highEquity ?? equity, equity)
    case 'regime':
      return regimeReturn(state, limits.regime)
    case 'macro':
      return haltSeconds(haltAt(state, limits, now), now)
    case 'grossCap':
      return reading.gross
    case 'netCap':
      return reading.net
  }
}

const fallFrom = (high: number, equity: number): number => (high > 0 ? 1 - equity / high : 0)

/** Seconds until a halt is over; null when none holds. */
const haltSeconds = (halt: Halt | null, now: TimeUs): number | null =>
  halt === null ? null : (halt.untilTime - now) / 1e6

/** Why a tripped breaker lets go now; null when it does not. */
function letsGo(
  { limit, release = limit, rearm: how }: BreakerPolicy,
  at: {
    readonly trip: { time: TimeUs }
    readonly value: number | null
    readonly isDue: boolean
    readonly isNewDay: boolean
    readonly now: TimeUs
  },
): 'nextDay' | 'time' | 'over' | null {
  if (how === 'operator') return null
  if (how === 'nextDay') return at.isNewDay ? 'nextDay' : null
  if (how === 'whenOver') {
    const isOver = at.value === null || (release === limit ? !at.isDue : at.value <= release)
    return isOver ? 'over' : null
  }
  return at.now - at.trip.time >= how.afterUs ? 'time' : null
}

/** Lets a breaker go: it measures anew from the present equity. Mutates `state`. */
function rearm(state: RiskState, breaker: Breaker, equity: number): void {
  const at = state.trips.findIndex((trip) => trip.breaker === breaker)
  if (at >= 0) state.trips.splice(at, 1)
  if (breaker === 'dailyLoss') state.dayStartEquity = equity
  if (breaker === 'dailyDrawdown') state.dayHighEquity = equity
  if (breaker === 'sessionLoss') state.sessionStartEquity = equity
  if (breaker === 'drawdown') state.highEquity = equity
}

/** Lets every tripped breaker go by an operator's word; returns which. Mutates `state`. */
export function rearmAll(state: RiskState, equity: number): readonly Breaker[] {
  const tripped = state.trips.map(({ breaker }) => breaker)
  for (const breaker of tripped) rearm(state, breaker, equity)
  state.haltedUntil = 0
  return tripped
}

/** A deposit is no gain and a withdrawal no loss: anchors move along. Mutates `state`. */
export function moveAnchorsBy(state: RiskState, amount: number): void {
  state.dayStartEquity += amount
  state.dayHighEquity += amount
  if (state.sessionStartEquity !== null) state.sessionStartEquity += amount
  if (state.highEquity !== null) state.highEquity += amount
}
