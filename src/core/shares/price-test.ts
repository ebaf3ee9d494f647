import type { DayNumber } from '../calendar/civil-day.ts'
import type { InstrumentId, TimeUs } from '../domain/units.ts'
import { NO_SPLIT_E9 } from '../rules/corporate-action.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import { priceTestUntil, triggersPriceTest } from '../rules/short-sale.ts'
import type { ShareState } from './share-rules.ts'

/** A finished bar as the price test sees it, quanta. */
export interface TestedBar {
  readonly instrument: InstrumentId
  readonly openTime: TimeUs
  readonly low: number
  readonly close: number
}

/**
 * Takes a finished bar: a low of 10 % below the close of the session before begins the price test
 * of its day and the next session. Mutates `state`.
 */
export function noteTestedBar(state: ShareState, bar: TestedBar): void {
  const { instrument: i, openTime, low, close } = bar
  const day = newYorkDay(openTime)
  if (day !== state.barDay[i]) {
    state.previousClose[i] = state.close[i]!
    state.barDay[i] = day
  }
  state.close[i] = close
  testPrice(state, i, { day, price: low, last: state.previousClose[i]! })
}

/** The same of a price within a session that has no bar yet, half quanta. Mutates `state`. */
export function noteTestedMid(
  state: ShareState,
  instrument: InstrumentId,
  mid: { readonly halfMid: number; readonly day: DayNumber },
): void {
  const isSameDay = state.barDay[instrument] === mid.day
  const last = isSameDay ? state.previousClose[instrument]! : state.close[instrument]!
  testPrice(state, instrument, { day: mid.day, price: mid.halfMid, last: 2 * last })
}

function testPrice(
  state: ShareState,
  instrument: InstrumentId,
  { day, price, last }: { readonly day: DayNumber; readonly price: number; readonly last: number },
): void {
  if (price <= 0 || last <= 0) return
  // At most once a day and name: what binds until tomorrow has been seen today.
  if (state.testUntil[instrument]! > day || !triggersPriceTest(day, price, last)) return
  state.testUntil[instrument] = priceTestUntil(day)
  state.priceTests++
}

/** True when a share may be sold short on a day only above the best bid. */
export const isTested = (state: ShareState, instrument: InstrumentId, day: DayNumber): boolean =>
  day <= state.testUntil[instrument]!

/** Puts remembered closes of a split share on the new scale. Mutates `state`. */
export function splitTested(state: ShareState, instrument: InstrumentId, ratioE9: number): void {
  for (const closes of [state.close, state.previousClose]) {
    const old = closes[instrument]!
    if (old > 0) closes[instrument] = Math.round((old * NO_SPLIT_E9) / ratioE9)
  }
}
