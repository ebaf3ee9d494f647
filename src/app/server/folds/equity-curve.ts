import type { EquityView } from '../views.ts'

const POINTS_MAX = 512
const FIRST_STEP_US = 1_000_000

/**
 * Equity over the session in a bounded number of points: one for each step of time, and when there
 * are too many every other one is dropped and the step doubles. The last point is always present.
 */
export class EquityCurve {
  #stepUs = FIRST_STEP_US
  #seconds: number[] = []
  #equity: number[] = []
  #last: { readonly seconds: number; readonly equity: number } | null = null

  /** Notes the equity in currency units at `timeUs`. */
  add(timeUs: number, equity: number): void {
    const seconds = timeUs / 1e6
    this.#last = { seconds, equity }
    const previous = this.#seconds.at(-1)
    if (previous !== undefined && timeUs < previous * 1e6 + this.#stepUs) return
    this.#seconds.push(seconds)
    this.#equity.push(equity)
    if (this.#seconds.length <= POINTS_MAX) return
    this.#stepUs *= 2
    this.#seconds = this.#seconds.filter((_, i) => i % 2 === 0)
    this.#equity = this.#equity.filter((_, i) => i % 2 === 0)
  }

  view(currency: string): EquityView {
    const last = this.#last
    const isLastIn = last === null || this.#seconds.at(-1) === last.seconds
    return {
      currency,
      seconds: isLastIn ? [...this.#seconds] : [...this.#seconds, last.seconds],
      equity: isLastIn ? [...this.#equity] : [...this.#equity, last.equity],
    }
  }
}
