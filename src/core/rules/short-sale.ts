import type { DayNumber } from '../calendar/civil-day.ts'
import { sessionOn } from '../calendar/sessions.ts'
import { type DatedRule, datedRule, rulingOn } from './dated-rule.ts'

/** Which short sales an exchange accepts. */
export type ShortSaleRule =
  | { readonly kind: 'none' }
  /**
   * From a decline of this fraction from the last close on, for the rest of the day and the next
   * session, only above the national best bid.
   */
  | { readonly kind: 'circuitBreaker'; readonly declineE2: number }

/** Rule 201 of Regulation SHO, and no price test before it. */
export const shortSaleRule: DatedRule<ShortSaleRule> = datedRule('short sale price test', [
  ['2007-07-06', { kind: 'none' }, 'SEC release 34-55970: the uptick rule ends'],
  [
    '2011-02-28',
    { kind: 'circuitBreaker', declineE2: 10 },
    'SEC release 34-61595, Rule 201; compliance date by release 34-63247',
  ],
])

/**
 * True when a trade at `price` triggers the price test, given the last close; both in one unit,
 * integers. False where there is no test, or the day is not known.
 */
export function triggersPriceTest(day: DayNumber, price: number, lastClose: number): boolean {
  // Most trades fell by nothing: they need no rule.
  if (price >= lastClose) return false
  const ruling = rulingOn(shortSaleRule, day)
  if (ruling.kind === 'unknown' || ruling.value.kind === 'none') return false
  return price * 100 <= lastClose * (100 - ruling.value.declineE2)
}

/** The last day on which a price test triggered on `day` restricts: the next session's. */
export function priceTestUntil(day: DayNumber): DayNumber {
  let next = day + 1
  while (sessionOn('us-equities', next) === null) next++
  return next
}
