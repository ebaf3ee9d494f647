import type { DayNumber } from '../calendar/civil-day.ts'
import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import { MONEY_DECIMALS, type Money } from '../domain/units.ts'
import { divideHalfEven } from '../lib/decimal.ts'

/** Whether shares can be had to sell short: at once, after a locate, or not at all. */
export type BorrowStatus = 'easy' | 'hard' | 'none'

/** What borrowing a share costs from a day of New York on. */
export interface BorrowTerm {
  readonly from: DayNumber
  readonly status: BorrowStatus
  /** Yearly rate on the market value x 1e9. */
  readonly rateE9: number
}

/** Days of a year by which lenders and brokers count the rate. */
const DAYS_OF_YEAR = 360n

/** The term of a day; terms ascend and the first holds before its own day too. */
export function borrowOn(terms: readonly BorrowTerm[], day: DayNumber): BorrowTerm {
  let at = terms.length - 1
  while (at > 0 && terms[at]!.from > day) at--
  return terms[at]!
}

/**
 * Rent of a short position for one calendar day, positive: value x rate / 360, rounded half to even
 * to `decimals` digits. `lots` are sold short, positive; the price is in quanta, possibly a half.
 */
export function borrowFee(
  instrument: Instrument,
  short: { readonly lots: number; readonly price: number; readonly rateE9: number },
  decimals: number,
): Money {
  const doubled = notional(instrument, Math.round(2 * short.price), short.lots)
  const step = 10n ** BigInt(MONEY_DECIMALS - decimals)
  return divideHalfEven(doubled * BigInt(short.rateE9), 2_000_000_000n * DAYS_OF_YEAR * step) * step
}
