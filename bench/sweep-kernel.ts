import {
  accountTotals,
  findTrades,
  type PriceColumns,
  type ReversionRules,
  TradeBuffer,
  zColumn,
} from '../src/core/mod.ts'

export const TRIALS = 1000

/** What a sweep reads. Views over shared memory where workers share it. */
export interface SweepColumns {
  readonly closes: Float64Array
  readonly imbalance: Float64Array
}

/** Window and rules of a trial; the C twin has the same grid. */
export function trialOf(number: number): {
  readonly window: number
  readonly rules: ReversionRules
} {
  const digit = (place: number, base: number) => Math.floor(number / place) % base
  const entry = 1.2 + 0.2 * digit(10, 10)
  const exit = 0.1 * digit(100, 5)
  return {
    window: 20 + 10 * digit(1, 10),
    rules: {
      longEntry: -entry,
      longExit: -exit,
      shortEntry: entry,
      shortExit: exit,
      direction: 'both',
      imbalanceThreshold: 0.1 * digit(500, 2),
    },
  }
}

/** Runs trials one by one; the z column of a window is made once. */
export class TrialRunner {
  readonly #columns: SweepColumns
  readonly #prices: PriceColumns
  readonly #scores = new Map<number, Float64Array>()
  readonly #buffer = new TradeBuffer(16_384)

  constructor(columns: SweepColumns) {
    const { closes } = columns
    this.#columns = columns
    this.#prices = { buy: closes, sell: closes, marks: closes, delay: 0 }
  }

  /** Writes gross, turnover and trades of a trial to `out` at three times its number. */
  run(number: number, out: Float64Array): void {
    const { window, rules } = trialOf(number)
    const columns = { z: this.#scoresOf(window), imbalance: this.#columns.imbalance }
    const trades = findTrades(columns, rules, this.#buffer)
    const { gross, turnover, filled } = accountTotals(trades, this.#prices, null)
    out[3 * number] = gross
    out[3 * number + 1] = turnover
    out[3 * number + 2] = filled
  }

  /** Makes the next sweep compute its z columns anew. */
  forget(): void {
    this.#scores.clear()
  }

  #scoresOf(window: number): Float64Array {
    const known = this.#scores.get(window)
    if (known !== undefined) return known
    const { closes } = this.#columns
    const scores = new Float64Array(closes.length)
    zColumn(closes, window, 'include', scores)
    this.#scores.set(window, scores)
    return scores
  }
}
