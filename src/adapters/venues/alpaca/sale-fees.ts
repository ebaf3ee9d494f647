import type { Execution } from '../../../core/mod.ts'
import type { Nano } from './numbers.ts'

/** A sale whose liquidity was told by nobody: what it was taken for, and what it was else. */
export interface UncertainSale {
  readonly execution: Execution
  /** The execution that makes it the other one: of nothing, with the rest of the fee. */
  readonly correction: Execution
  /** What cash is higher by if it was the other one, 10^-9 dollars. */
  readonly difference: Nano
}

/** Most sales that are told apart between two account reports: two to this power are tried. */
const UNCERTAIN_MAX = 10
/** The venue and we may each round an execution's cash by so much, 10^-9 dollars. */
const ROUNDING = 10n

/**
 * Watches cash between account reports. The fee of a sale depends on who waited in the book, which
 * the venue does not say; what its cash is off by at the next report tells.
 */
export class SaleFees {
  #cash: Nano | null = null
  #executions = 0n
  #uncertain: UncertainSale[] = []

  /** Cash moved by an execution or a transfer since the last report, 10^-9 dollars. */
  moved(amount: Nano): void {
    if (this.#cash !== null) this.#cash += amount
    this.#executions++
  }

  /** A sale that may have been the other kind. */
  uncertain(sale: UncertainSale): void {
    this.#uncertain.push(sale)
  }

  /** The sales that were the other kind, by the venue's cash; the fewest that explain it. */
  settle(cash: Nano): readonly UncertainSale[] {
    const error = this.#cash === null ? 0n : cash - this.#cash
    const wrong = explain(error, this.#uncertain.slice(-UNCERTAIN_MAX), this.#executions * ROUNDING)
    this.#cash = cash
    this.#executions = 0n
    this.#uncertain = []
    return wrong
  }
}

const size = (amount: Nano): Nano => (amount < 0n ? -amount : amount)

function explain(
  error: Nano,
  sales: readonly UncertainSale[],
  tolerance: Nano,
): readonly UncertainSale[] {
  if (size(error) <= tolerance) return []
  const subsets = Array.from({ length: 2 ** sales.length }, (_, bits) =>
    sales.filter((_, index) => (bits >> index) % 2 === 1),
  ).sort((a, b) => a.length - b.length)
  const fits = (subset: readonly UncertainSale[]): boolean =>
    size(error - subset.reduce((sum, { difference }) => sum + difference, 0n)) <= tolerance
  return subsets.find(fits) ?? []
}
