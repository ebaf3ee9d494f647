import { featureIndex } from '../registry.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowMedian } from '../windows/window-median.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import {
  CLOSE,
  DOLLARS,
  HIGH,
  IMPACT,
  LOSS,
  LOW,
  PREVIOUS_CLOSE,
  quotient,
  RETURN,
  SHARE_FACTOR,
  TRUE_RANGE,
  VOLUME,
  VOLUME_SUM,
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
/** Of the shares that trade: `target_participation` of the earlier system. */
const PARTICIPATION = 0.02
const ROOT_5 = Math.sqrt(5)
const ROOT_20 = Math.sqrt(20)
const BASIS_POINTS_A_MILLION = 1e10

/** The features of volatility and liquidity of one name, bar by bar. */
export class VolatilityLiquidityMachine {
  readonly #returns5: WindowMoments
  readonly #returns20: WindowMoments
  readonly #losses: WindowMoments
  readonly #trueRange: WindowSum
  readonly #dollars: WindowMoments
  readonly #impact: WindowSum
  readonly #usual: WindowMedian

  constructor(arena: StateArena) {
    this.#returns5 = new WindowMoments(arena, 5)
    this.#returns20 = new WindowMoments(arena, 20)
    this.#losses = new WindowMoments(arena, 20)
    this.#trueRange = new WindowSum(arena, 14)
    this.#dollars = new WindowMoments(arena, 20)
    this.#impact = new WindowSum(arena, 20)
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
    this.#usual.reset()
  }

  /** Takes a bar by its number; writes feature f to `out[at + f * stride]`. */
  advance(bar: Float64Array, number: number, out: Float32Array, at: number, stride: number): void {
    this.#volatility(bar, number, out, at, stride)
    this.#range(bar, number % 14, out, at, stride)
    this.#dollarVolume(bar, number % 20, out, at, stride)
    this.#shares(bar, number % 20, out, at, stride)
  }

  #volatility(
    bar: Float64Array,
    number: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const r = bar[RETURN]!
    // Of a missing return it stays missing.
    bar[LOSS] = r < 0 ? r : r - r
    const phase = number % 20
    this.#returns5.push(bar, RETURN, number % 5)
    this.#returns20.push(bar, RETURN, phase)
    this.#losses.push(bar, LOSS, phase)
    out[at + RV_5 * stride] =
      this.#returns5.count >= 3 ? this.#returns5.deviation * ROOT_5 : Number.NaN
    const enough = this.#returns20.count >= 10
    out[at + RV_20 * stride] = enough ? this.#returns20.deviation * ROOT_20 : Number.NaN
    out[at + SEMIVOL * stride] = enough ? this.#losses.deviation * ROOT_20 : Number.NaN
  }

  #range(bar: Float64Array, phase: number, out: Float32Array, at: number, stride: number): void {
    const high = bar[HIGH]!
    const low = bar[LOW]!
    const previous = bar[PREVIOUS_CLOSE]!
    // After a bar without a close, the range of the bar itself.
    bar[TRUE_RANGE] = Number.isNaN(previous)
      ? high - low
      : Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous))
    this.#trueRange.push(bar, TRUE_RANGE, phase)
    const count = this.#trueRange.count
    out[at + ATR * stride] =
      count >= BARS_MIN ? quotient(this.#trueRange.sum / count, bar[CLOSE]!) : Number.NaN
    out[at + SPREAD * stride] = quotient(high - low, bar[CLOSE]!)
  }

  #dollarVolume(
    bar: Float64Array,
    phase: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const dollars = bar[DOLLARS]!
    this.#dollars.push(bar, DOLLARS, phase)
    out[at + DOLLAR_VOLUME * stride] = dollars
    out[at + LOG_DOLLARS * stride] = dollars > 0 ? Math.log(dollars) : Number.NaN
    const off = dollars - this.#dollars.mean
    out[at + DOLLAR_Z * stride] =
      this.#dollars.count >= BARS_MIN ? quotient(off, this.#dollars.deviation) : Number.NaN
    bar[IMPACT] = quotient(Math.abs(bar[RETURN]!), dollars)
    this.#impact.push(bar, IMPACT, phase)
    const count = this.#impact.count
    const amihud = count >= BARS_MIN ? this.#impact.sum / count : Number.NaN
    out[at + AMIHUD * stride] = amihud
    out[at + LOG_AMIHUD * stride] =
      amihud > 0 ? Math.log(BASIS_POINTS_A_MILLION * amihud) : Number.NaN
  }

  #shares(bar: Float64Array, phase: number, out: Float32Array, at: number, stride: number): void {
    this.#usual.push(bar, VOLUME, phase)
    const enough = this.#usual.count >= BARS_MIN
    const mean = (bar[VOLUME_SUM]! / this.#usual.count) * bar[SHARE_FACTOR]!
    out[at + NEED * stride] = enough ? quotient(PARTICIPATION, mean) : Number.NaN
    out[at + SHOCK * stride] = enough ? quotient(bar[VOLUME]!, this.#usual.median) : Number.NaN
  }
}
