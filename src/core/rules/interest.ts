import type { DayNumber } from '../calendar/civil-day.ts'
import { MONEY_DECIMALS, type Money } from '../domain/units.ts'
import { divideHalfEven } from '../lib/decimal.ts'
import { type DatedRule, datedRule, parseDay } from './dated-rule.ts'

/** What borrowed money costs, or cash earns, from a day of New York on. */
export interface InterestTerm {
  readonly from: DayNumber
  /** Yearly rate x 1e9. */
  readonly rateE9: number
}

const e9 = (percent: number): number => Math.round(percent * 1e7)
const PRIME = 'prime rate of US banks: upper bound of the target for federal funds and 3 points'

/**
 * The prime rate of US banks, yearly x 1e9, the usual base of what brokers charge: the target for
 * federal funds (its upper bound) and 3 points, from the day after the Federal Reserve's decision.
 */
export const primeRateRule: DatedRule<number> = datedRule(
  'prime rate',
  (
    [
      ['2008-12-16', 3.25],
      ['2015-12-17', 3.5],
      ['2016-12-15', 3.75],
      ['2017-03-16', 4],
      ['2017-06-15', 4.25],
      ['2017-12-14', 4.5],
      ['2018-03-22', 4.75],
      ['2018-06-14', 5],
      ['2018-09-27', 5.25],
      ['2018-12-20', 5.5],
      ['2019-08-01', 5.25],
      ['2019-09-19', 5],
      ['2019-10-31', 4.75],
      ['2020-03-04', 4.25],
      ['2020-03-16', 3.25],
      ['2022-03-17', 3.5],
      ['2022-05-05', 4],
      ['2022-06-16', 4.75],
      ['2022-07-28', 5.5],
      ['2022-09-22', 6.25],
      ['2022-11-03', 7],
      ['2022-12-15', 7.5],
      ['2023-02-02', 7.75],
      ['2023-03-23', 8],
      ['2023-05-04', 8.25],
      ['2023-07-27', 8.5],
      ['2024-09-19', 8],
      ['2024-11-08', 7.75],
      ['2024-12-19', 7.5],
      ['2025-09-18', 7.25],
      ['2025-10-30', 7],
      ['2025-12-11', 6.75],
    ] as const
  ).map(([from, percent]) => [from, e9(percent), PRIME] as const),
  // Later decisions were not looked up.
  parseDay('2025-12-31'),
)

/** Points by which the prime rate lies above the target for federal funds, yearly x 1e9. */
export const PRIME_SPREAD_E9 = e9(3)

/** Days of a year by which brokers count the rate. */
const DAYS_OF_YEAR = 360n

/** The rate of a day; terms ascend and the first holds before its own day too. */
export function interestRateOn(terms: readonly InterestTerm[], day: DayNumber): number {
  let at = terms.length - 1
  while (at > 0 && terms[at]!.from > day) at--
  return terms[at]!.rateE9
}

/**
 * Interest on a debit balance for one calendar day, negative on cash: debit x rate / 360, rounded
 * half to even to `decimals` digits.
 */
export function interestOn(debit: Money, rateE9: number, decimals: number): Money {
  const step = 10n ** BigInt(MONEY_DECIMALS - decimals)
  return divideHalfEven(debit * BigInt(rateE9), 1_000_000_000n * DAYS_OF_YEAR * step) * step
}
