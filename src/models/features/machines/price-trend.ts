import { featureIndex } from '../registry.ts'
import type { BarRun } from '../windows/bar-run.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowMaximum } from '../windows/window-maximum.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import {
  CLOSE,
  DEPTH,
  type FeatureTarget,
  HIGH,
  LOW,
  OPEN,
  PREVIOUS_CLOSE,
  PRICE_FACTOR,
  quotient,
  ROOM,
  TRADED,
  VOLUME,
  VOLUME_COUNT,
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

  /** Takes the next bars. */
  advance(run: BarRun, target: FeatureTarget): void {
    this.#bars(run, target)
    this.#average(run, target)
    this.#level(run, target)
    this.#momentum(run, target)
  }

  #bars({ values, size, count }: BarRun, { values: out, at, stride }: FeatureTarget): void {
    for (let i = 0; i < count; i++) {
      const open = values[OPEN * size + i]!
      const close = values[CLOSE * size + i]!
      out[at + GAP * stride + i] = open / values[PREVIOUS_CLOSE * size + i]! - 1
      out[at + RANGE * stride + i] = quotient(
        values[HIGH * size + i]! - values[LOW * size + i]!,
        open,
      )
      out[at + CLOSE_OPEN * stride + i] = quotient(close, open) - 1
      values[TRADED * size + i] = close * values[VOLUME * size + i]!
    }
  }

  #average(run: BarRun, { values: out, at, stride }: FeatureTarget): void {
    const { values, size, count } = run
    this.#traded.push(run, TRADED, ROOM)
    this.#volume.push(run, VOLUME, VOLUME_COUNT)
    for (let i = 0; i < count; i++) {
      const average = quotient(values[(ROOM + 1) * size + i]!, values[VOLUME_SUM * size + i]!)
      out[at + VWAP * stride + i] =
        values[VOLUME_COUNT * size + i]! >= BARS_MIN
          ? quotient(values[CLOSE * size + i]!, average) - 1
          : Number.NaN
    }
  }

  #level(run: BarRun, { values: out, at, stride }: FeatureTarget): void {
    const { values, size, count } = run
    const moments = ROOM * size
    const extreme = (ROOM + 3) * size
    this.#closes.push(run, CLOSE, ROOM)
    this.#peak.push(run, CLOSE, ROOM + 3)
    for (let i = 0; i < count; i++) {
      const close = values[CLOSE * size + i]!
      const enough = values[moments + i]! >= BARS_MIN
      const off = close - values[moments + size + i]!
      out[at + Z * stride + i] = enough
        ? quotient(off, values[moments + 2 * size + i]!)
        : Number.NaN
      // The depth is kept as a positive number: its maximum is the deepest drawdown.
      values[DEPTH * size + i] = enough ? 1 - close / values[extreme + i]! : Number.NaN
    }
    this.#deepest.push(run, DEPTH, ROOM + 3)
    for (let i = 0; i < count; i++) {
      const enough = values[moments + i]! >= BARS_MIN
      out[at + DRAWDOWN * stride + i] = enough ? -values[extreme + i]! : Number.NaN
    }
  }

  #momentum(run: BarRun, { values: out, at, stride, hasAdded }: FeatureTarget): void {
    const { values, size, count } = run
    this.#oscillators.push(run, CLOSE, ROOM)
    for (let i = 0; i < count; i++) {
      const histogram = values[(ROOM + 1) * size + i]!
      out[at + RSI * stride + i] = values[ROOM * size + i]!
      out[at + MACD * stride + i] = histogram / values[PRICE_FACTOR * size + i]!
      if (hasAdded) {
        out[at + MACD_SHARE * stride + i] = quotient(histogram, values[CLOSE * size + i]!)
      }
    }
  }
}
