import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowMaximum } from '../windows/window-maximum.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import {
  CLOSE,
  DEPTH,
  HIGH,
  LOW,
  OPEN,
  PREVIOUS_CLOSE,
  PRICE_FACTOR,
  quotient,
  TRADED,
  VOLUME,
  VOLUME_SUM,
} from './bar-values.ts'
import { MomentumOscillators } from './oscillators.ts'

const GAP = featureIndex('gap_prev_close_open')
const RANGE = featureIndex('intrahour_range')
const CLOSE_OPEN = featureIndex('close_open_ret')
const VWAP = featureIndex('dist_to_vwap_20h')
const RSI = featureIndex('rsi_14h')
const MACD = featureIndex('macd_hist')
const MACD_SHARE = featureIndex('macd_hist_share')
const Z = featureIndex('ma20_zscore')
const DRAWDOWN = featureIndex('rolling_max_dd_20h')

const BARS_MIN = 5

/** The features of price and trend of one name, bar by bar; its returns come from NameMachine. */
export class PriceTrendMachine {
  readonly #traded: WindowSum
  readonly #volume: WindowSum
  readonly #closes: WindowMoments
  readonly #peak: WindowMaximum
  readonly #deepest: WindowMaximum
  readonly #oscillators: MomentumOscillators

  constructor(arena: StateArena) {
    this.#traded = new WindowSum(arena, 20)
    this.#volume = new WindowSum(arena, 20)
    this.#closes = new WindowMoments(arena, 20)
    this.#peak = new WindowMaximum(arena, 20)
    this.#deepest = new WindowMaximum(arena, 20)
    this.#oscillators = new MomentumOscillators(arena)
  }

  /** Forgets everything. */
  reset(): void {
    this.#traded.reset()
    this.#volume.reset()
    this.#closes.reset()
    this.#peak.reset()
    this.#deepest.reset()
    this.#oscillators.reset()
  }

  /** Takes a bar by its number; writes feature f to `out[at + f * stride]`. */
  advance(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    const phase = number % 20
    const open = bar[OPEN]!
    out[at + GAP * stride] = open / bar[PREVIOUS_CLOSE]! - 1
    out[at + RANGE * stride] = quotient(bar[HIGH]! - bar[LOW]!, open)
    out[at + CLOSE_OPEN * stride] = quotient(bar[CLOSE]!, open) - 1
    this.#average(bar, phase, out, at, stride)
    this.#level(bar, phase, out, at, stride)
    this.#oscillators.push(bar, CLOSE)
    const histogram = this.#oscillators.histogram
    out[at + RSI * stride] = this.#oscillators.strength
    out[at + MACD * stride] = histogram / bar[PRICE_FACTOR]!
    out[at + MACD_SHARE * stride] = quotient(histogram, bar[CLOSE]!)
  }

  #average(bar: Float64Array, phase: number, out: Float32Array, at: number, stride: number): void {
    bar[TRADED] = bar[CLOSE]! * bar[VOLUME]!
    this.#traded.push(bar, TRADED, phase)
    this.#volume.push(bar, VOLUME, phase)
    bar[VOLUME_SUM] = this.#volume.sum
    const average = quotient(this.#traded.sum, this.#volume.sum)
    out[at + VWAP * stride] =
      this.#volume.count >= BARS_MIN ? quotient(bar[CLOSE]!, average) - 1 : Number.NaN
  }

  #level(bar: Float64Array, phase: number, out: Float32Array, at: number, stride: number): void {
    const close = bar[CLOSE]!
    this.#closes.push(bar, CLOSE, phase)
    this.#peak.push(bar, CLOSE, phase)
    const enough = this.#closes.count >= BARS_MIN
    const off = close - this.#closes.mean
    out[at + Z * stride] = enough ? quotient(off, this.#closes.deviation) : Number.NaN
    // The depth is kept as a positive number: its maximum is the deepest drawdown.
    bar[DEPTH] = enough ? 1 - close / this.#peak.greatest : Number.NaN
    this.#deepest.push(bar, DEPTH, phase)
    out[at + DRAWDOWN * stride] = enough ? -this.#deepest.greatest : Number.NaN
  }
}
