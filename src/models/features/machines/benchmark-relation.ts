import { featureIndex } from '../registry.ts'
import type { BarRun } from '../windows/bar-run.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowCovariance } from '../windows/window-covariance.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import {
  BENCHMARK_MOMENTUM,
  BENCHMARK_RETURN,
  type FeatureTarget,
  MOMENTUM,
  RESIDUAL,
  RETURN,
  ROOM,
} from './bar-values.ts'

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

  /** Takes the next bars. */
  advance(run: BarRun, target: FeatureTarget): void {
    const { values, size, count } = run
    this.#pairs.push(run, RETURN, BENCHMARK_RETURN, ROOM)
    const { values: out, at, stride } = target
    for (let i = 0; i < count; i++) {
      const enough = values[ROOM * size + i]! >= PAIRS_MIN
      const beta = enough ? values[(ROOM + 1) * size + i]! : Number.NaN
      const residual = values[RETURN * size + i]! - beta * values[BENCHMARK_RETURN * size + i]!
      values[RESIDUAL * size + i] = residual
      out[at + BETA * stride + i] = beta
      out[at + CORRELATION * stride + i] = enough ? values[(ROOM + 2) * size + i]! : Number.NaN
      out[at + RESIDUAL_MOMENTUM * stride + i] =
        values[MOMENTUM * size + i]! - beta * values[BENCHMARK_MOMENTUM * size + i]!
    }
    this.#residuals.push(run, RESIDUAL, ROOM)
    for (let i = 0; i < count; i++) {
      out[at + IDIO * stride + i] =
        values[ROOM * size + i]! >= PAIRS_MIN
          ? values[(ROOM + 2) * size + i]! * this.#rootYear
          : Number.NaN
    }
  }
}
