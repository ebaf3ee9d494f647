import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowMedian } from '../windows/window-median.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import {
  CLOSE,
  DOLLARS,
  HIGH,
  LOW,
  PREVIOUS_CLOSE,
  quotient,
  RETURN,
  SHARE_FACTOR,
  VOLUME,
} from './bar-values.ts'

const RV_5 = featureIndex('rv_5h')
const RV_20 = featureIndex('rv_20h')
const SEMIVOL = featureIndex('downside_semivol_20h')
const ATR = featureIndex('atr_norm_14h')
const DOLLAR_VOLUME = featureIndex('dollar_volume')
const DOLLAR_Z = featureIndex('dollar_vol_z_20h')
const AMIHUD = featureIndex('amihud_20h')
const SPREAD = featureIndex('hl_spread_proxy')
const NEED = featureIndex('participation_need')
const SHOCK = featureIndex('volume_shock_20h')
const LOG_DOLLARS = featureIndex('log_dollar_volume')
const LOG_AMIHUD = featureIndex('log_amihud_20h')

const BARS_MIN = 5
/** Of the day's shares: `target_participation` of the earlier system. */
const PARTICIPATION = 0.02
const BASIS_POINTS_A_MILLION = 1e10

/** The features of volatility and liquidity of one name, bar by bar. */
export class VolatilityLiquidityMachine {
  readonly #returns5: WindowMoments
  readonly #returns20: WindowMoments
  readonly #losses: WindowMoments
  readonly #trueRange: WindowSum
  readonly #dollars: WindowMoments
  readonly #impact: WindowSum
  readonly #volume: WindowSum
  readonly #usual: WindowMedian

  constructor(arena: StateArena) {
    this.#returns5 = new WindowMoments(arena, 5)
    this.#returns20 = new WindowMoments(arena, 20)
    this.#losses = new WindowMoments(arena, 20)
    this.#trueRange = new WindowSum(arena, 14)
    this.#dollars = new WindowMoments(arena, 20)
    this.#impact = new WindowSum(arena, 20)
    this.#volume = new WindowSum(arena, 20)
    this.#usual = new WindowMedian(arena, 20)
  }

  /** Forgets everything. */
  reset(): void {
    this.#returns5.reset()
    this.#returns20.reset()
    this.#losses.reset()
    this.#trueRange.reset()
    this.#dollars.reset()
    this.#impact.reset()
    this.#volume.reset()
    this.#usual.reset()
  }

  /** Takes a bar by its number; writes feature f to `out[at + f * stride]`. */
  advance(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    this.#volatility(bar, number, out, at, stride)
    this.#liquidity(bar, number % 20, out, at, stride)
  }

  #volatility(
    bar: Float64Array,
    number: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const r = bar[RETURN]!
    const phase = number % 20
    this.#returns5.push(r, number % 5)
    this.#returns20.push(r, phase)
    this.#losses.push(r < 0 ? r : r - r, phase)
    out[at + RV_5 * stride] = scaled(this.#returns5, 3, 5)
    out[at + RV_20 * stride] = scaled(this.#returns20, 10, 20)
    out[at + SEMIVOL * stride] = scaled(this.#losses, 10, 20)
    this.#trueRange.push(trueRange(bar[HIGH]!, bar[LOW]!, bar[PREVIOUS_CLOSE]!), number % 14)
    const count = this.#trueRange.count
    out[at + ATR * stride] =
      count >= BARS_MIN ? quotient(this.#trueRange.sum / count, bar[CLOSE]!) : Number.NaN
    out[at + SPREAD * stride] = quotient(bar[HIGH]! - bar[LOW]!, bar[CLOSE]!)
  }

  #liquidity(
    bar: Float64Array,
    phase: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const dollars = bar[DOLLARS]!
    this.#dollars.push(dollars, phase)
    out[at + DOLLAR_VOLUME * stride] = dollars
    out[at + LOG_DOLLARS * stride] = dollars > 0 ? Math.log(dollars) : Number.NaN
    const z = quotient(dollars - this.#dollars.mean, this.#dollars.deviation)
    out[at + DOLLAR_Z * stride] = this.#dollars.count >= BARS_MIN ? z : Number.NaN
    this.#impact.push(quotient(Math.abs(bar[RETURN]!), dollars), phase)
    const count = this.#impact.count
    const amihud = count >= BARS_MIN ? this.#impact.sum / count : Number.NaN
    out[at + AMIHUD * stride] = amihud
    out[at + LOG_AMIHUD * stride] =
      amihud > 0 ? Math.log(BASIS_POINTS_A_MILLION * amihud) : Number.NaN
    this.#volume.push(bar[VOLUME]!, phase)
    this.#usual.push(bar[VOLUME]!, phase)
    const enough = this.#volume.count >= BARS_MIN
    const mean = (this.#volume.sum / this.#volume.count) * bar[SHARE_FACTOR]!
    out[at + NEED * stride] = enough ? quotient(PARTICIPATION, mean) : Number.NaN
    out[at + SHOCK * stride] = enough ? quotient(bar[VOLUME]!, this.#usual.median) : Number.NaN
  }
}

/** Deviation over as many bars as the window has. */
function scaled(window: WindowMoments, countMin: number, bars: number): number {
  return window.count >= countMin ? window.deviation * Math.sqrt(bars) : Number.NaN
}

/** Of a bar after one without a close, the range of the bar itself. */
function trueRange(high: number, low: number, previous: number): number {
  const range = high - low
  if (Number.isNaN(previous)) return range
  return Math.max(range, Math.abs(high - previous), Math.abs(low - previous))
}
