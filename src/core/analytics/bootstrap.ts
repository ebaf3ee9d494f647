import { assert } from '../lib/assert.ts'
import { createRandom } from '../lib/random.ts'
import type { Interval } from './figure.ts'
import { quantileOfSorted } from './moments.ts'

/** Seed of every interval: the same returns give the same interval, whatever the run's seed. */
export const BOOTSTRAP_SEED = 20_140_906
/** Draws of every interval. */
export const BOOTSTRAP_DRAWS = 2000

/** Settings of a stationary bootstrap. */
export interface BootstrapOptions {
  readonly draws: number
  /** Mean length of the geometric blocks, at least 1 (1 is the plain bootstrap). */
  readonly meanBlock: number
  readonly seed: number
}

/** Mean block that grows like n^(1/3), the rate of Politis and White (2004); at least 1. */
export const defaultMeanBlock = (observations: number): number =>
  Math.max(1, Math.ceil(1.5 * Math.cbrt(observations)))

/**
 * Stationary bootstrap of Politis and Romano (1994): calls `measure` with each resampled series
 * (one reused buffer) and returns what it measured, one array per statistic, in draw order.
 */
export function stationaryBootstrap(
  values: Float64Array,
  options: BootstrapOptions,
  statistics: number,
  measure: (sample: Float64Array, out: Float64Array) => void,
): readonly Float64Array[] {
  assert(values.length > 0, 'nothing to resample')
  assert(options.meanBlock >= 1, `mean block must be at least 1, got ${options.meanBlock}`)
  const random = createRandom(options.seed)
  const n = values.length
  const restart = 1 / options.meanBlock
  const sample = new Float64Array(n)
  const out = new Float64Array(statistics)
  const results = Array.from({ length: statistics }, () => new Float64Array(options.draws))
  for (let draw = 0; draw < options.draws; draw++) {
    let at = random.integer(n)
    for (let i = 0; i < n; i++) {
      if (i > 0) {
        if (random.next() < restart) at = random.integer(n)
        else at = at + 1 === n ? 0 : at + 1
      }
      sample[i] = values[at]!
    }
    measure(sample, out)
    for (let k = 0; k < statistics; k++) results[k]![draw] = out[k]!
  }
  return results
}

/** Percentile interval of draws; refused when more than one draw in twenty is undefined. */
export function percentileInterval(draws: Float64Array, level = 0.95): Interval {
  const defined = draws.filter((value) => Number.isFinite(value)).sort()
  if (defined.length < draws.length * 0.95 || defined.length === 0) {
    const reason = `undefined in ${draws.length - defined.length} of ${draws.length} draws`
    return { low: null, median: null, high: null, level, reason }
  }
  return {
    low: quantileOfSorted(defined, (1 - level) / 2),
    median: quantileOfSorted(defined, 0.5),
    high: quantileOfSorted(defined, (1 + level) / 2),
    level,
    reason: null,
  }
}
