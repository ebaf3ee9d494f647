import { type DatedRule, datedRule } from './dated-rule.ts'

/** Smallest distance of quoted and limit prices, currency units. */
export interface PriceIncrements {
  /** From here on `above`, otherwise `below`. */
  readonly threshold: number
  readonly above: number
  readonly below: number
}

/**
 * Rule 612 of Regulation NMS. The half cent for tick-constrained shares (SEC release 34-101070) was
 * put off by orders of 2025-10-31 and 2026-06-11 to November 2027.
 */
export const priceIncrementRule: DatedRule<PriceIncrements> = datedRule('price increments', [
  [
    '2006-01-31',
    { threshold: 1, above: 0.01, below: 0.0001 },
    'Rule 612 of Regulation NMS (17 CFR 242.612), compliance date by SEC release 34-52196',
  ],
])
