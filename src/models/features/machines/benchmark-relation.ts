import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowCovariance } from '../windows/window-covariance.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { BENCHMARK_MOMENTUM, BENCHMARK_RETURN, MOMENTUM, RESIDUAL, RETURN } from './bar-values.ts'

const BETA = featureIndex('beta_spy_60h')
const IDIO = featureIndex('idio_vol_60h')
const RESIDUAL_MOMENTUM = featureIndex('residual_mom_10h')
const CORRELATION = featureIndex('corr_spy_60h')

const BARS = 60
const PAIRS_MIN = 20

/** What relates one name to the benchmark, bar by bar. */
export class BenchmarkRelationMachine {
  readonly #pairs: WindowCovariance
  readonly #residuals: WindowMoments
  readonly #rootYear: number

  constructor(arena: StateArena, barsPerYear: number) {
    this.#pairs = new WindowCovariance(arena, BARS)
    this.#residuals = new WindowMoments(arena, BARS)
    this.#rootYear = Math.sqrt(barsPerYear)
  }

  /** Forgets everything. */
  reset(): void {
    this.#pairs.reset()
    this.#residuals.reset()
  }

  /** Takes a bar by its number; writes feature f to `out[at + f * stride]`. */
  advance(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    const phase = number % BARS
    this.#pairs.push(bar, RETURN, BENCHMARK_RETURN, phase)
    const enough = this.#pairs.count >= PAIRS_MIN
    const beta = enough ? this.#pairs.slope : Number.NaN
    out[at + BETA * stride] = beta
    out[at + CORRELATION * stride] = enough ? this.#pairs.correlation : Number.NaN
    out[at + RESIDUAL_MOMENTUM * stride] = bar[MOMENTUM]! - beta * bar[BENCHMARK_MOMENTUM]!
    bar[RESIDUAL] = bar[RETURN]! - beta * bar[BENCHMARK_RETURN]!
    this.#residuals.push(bar, RESIDUAL, phase)
    out[at + IDIO * stride] =
      this.#residuals.count >= PAIRS_MIN ? this.#residuals.deviation * this.#rootYear : Number.NaN
  }
}
