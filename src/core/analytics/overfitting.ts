import { assert } from '../lib/assert.ts'
import { type Figure, figure, missing } from './figure.ts'

/** Blocks the history is cut into; all 252 ways to choose half of ten are tried. */
export const OVERFITTING_BLOCKS = 10

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey,
 * Borwein, Lopez de Prado, Zhu 2015): how often the best trial of one half of the history is not
 * above the median in the other half, by Sharpe ratio. Series are aligned and equally long.
 */
export function probabilityOfOverfitting(trials: readonly Float64Array[]): Figure {
  if (trials.length < 2) return missing('fewer than two trials')
  const n = trials[0]!.length
  for (const trial of trials) assert(trial.length === n, 'trials differ in length')
  if (n < 4 * OVERFITTING_BLOCKS) {
    return missing(`${n} of ${4 * OVERFITTING_BLOCKS} returns needed`)
  }
  const blocks = trials.map(blockSums)
  let overfitted = 0
  let splits = 0
  for (const chosen of halves(OVERFITTING_BLOCKS)) {
    const inside = blocks.map((sums) => sharpeOf(sums, chosen, true))
    const outside = blocks.map((sums) => sharpeOf(sums, chosen, false))
    let best = 0
    inside.forEach((value, i) => {
      if (value > inside[best]!) best = i
    })
    if (!Number.isFinite(inside[best]!)) continue
    const mark = outside[best]!
    const below = outside.filter((value) => value < mark).length
    const ties = outside.filter((value) => value === mark).length - 1
    // Rank from 1 to N in the middle of ties; its relative form over N + 1 is the paper's omega.
    const rank = below + ties / 2 + 1
    splits++
    if (rank / (trials.length + 1) <= 0.5) overfitted++
  }
  return splits === 0 ? missing('no trial has a Sharpe ratio') : figure(overfitted / splits)
}

interface BlockSums {
  readonly count: Float64Array
  readonly sum: Float64Array
  readonly squares: Float64Array
}

function blockSums(returns: Float64Array): BlockSums {
  const count = new Float64Array(OVERFITTING_BLOCKS)
  const sum = new Float64Array(OVERFITTING_BLOCKS)
  const squares = new Float64Array(OVERFITTING_BLOCKS)
  for (let i = 0; i < returns.length; i++) {
    const block = Math.floor((i * OVERFITTING_BLOCKS) / returns.length)
    const value = returns[i]!
    count[block]!++
    sum[block]! += value
    squares[block]! += value * value
  }
  return { count, sum, squares }
}

/**
 * Sharpe ratio per observation over the chosen blocks or the others; -Infinity without variance.
 */
function sharpeOf({ count, sum, squares }: BlockSums, chosen: number, inside: boolean): number {
  let n = 0
  let total = 0
  let square = 0
  for (let block = 0; block < OVERFITTING_BLOCKS; block++) {
    if (((chosen >> block) & 1) === (inside ? 1 : 0)) {
      n += count[block]!
      total += sum[block]!
      square += squares[block]!
    }
  }
  const variance = (square - (total * total) / n) / (n - 1)
  return variance > 0 ? total / n / Math.sqrt(variance) : Number.NEGATIVE_INFINITY
}

/** Bit sets of `of` blocks with exactly half of them chosen. */
function halves(of: number): readonly number[] {
  const sets: number[] = []
  for (let set = 0; set < 1 << of; set++) {
    let bits = 0
    for (let block = 0; block < of; block++) bits += (set >> block) & 1
    if (bits === of / 2) sets.push(set)
  }
  return sets
}
