import { featureIndex } from '../registry.ts'
import type { BarRun } from '../windows/bar-run.ts'
import type { StateArena } from '../windows/state-arena.ts'
import { WindowMedian } from '../windows/window-median.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import {
  CLOSE,
  DOLLARS,
  type FeatureTarget,
  HIGH,
  IMPACT,
  LOSS,
  LOW,
  PREVIOUS_CLOSE,
  quotient,
  RETURN,
  ROOM,
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

  /** Takes the next bars; the sum of volumes is there already. */
  advance(run: BarRun, target: FeatureTarget): void {
    this.#volatility(run, target)
    this.#range(run, target)
    this.#dollarVolume(run, target)
    this.#cost(run, target)
    this.#shares(run, target)
  }

  #volatility(run: BarRun, { values: out, at, stride }: FeatureTarget): void {
    const { values, size, count } = run
    const first = ROOM * size
    const second = first + 3 * size
    for (let i = 0; i < count; i++) {
      const r = values[RETURN * size + i]!
      // Of a missing return it stays missing.
      values[LOSS * size + i] = r < 0 ? r : r - r
    }
    this.#returns5.push(run, RETURN, ROOM)
    this.#returns20.push(run, RETURN, ROOM + 3)
    for (let i = 0; i < count; i++) {
      out[at + RV_5 * stride + i] =
        values[first + i]! >= 3 ? values[first + 2 * size + i]! * ROOT_5 : Number.NaN
      out[at + RV_20 * stride + i] =
        values[second + i]! >= 10 ? values[second + 2 * size + i]! * ROOT_20 : Number.NaN
    }
    this.#losses.push(run, LOSS, ROOM)
    for (let i = 0; i < count; i++) {
      out[at + SEMIVOL * stride + i] =
        values[second + i]! >= 10 ? values[first + 2 * size + i]! * ROOT_20 : Number.NaN
    }
  }

  #range(run: BarRun, { values: out, at, stride }: FeatureTarget): void {
    const { values, size, count } = run
    for (let i = 0; i < count; i++) {
      const high = values[HIGH * size + i]!
      const low = values[LOW * size + i]!
      const previous = values[PREVIOUS_CLOSE * size + i]!
      // After a bar without a close, the range of the bar itself.
      values[TRUE_RANGE * size + i] = Number.isNaN(previous)
        ? high - low
        : Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous))
      out[at + SPREAD * stride + i] = quotient(high - low, values[CLOSE * size + i]!)
    }
    this.#trueRange.push(run, TRUE_RANGE, ROOM)
    for (let i = 0; i < count; i++) {
      const bars = values[ROOM * size + i]!
      out[at + ATR * stride + i] =
        bars >= BARS_MIN
          ? quotient(values[(ROOM + 1) * size + i]! / bars, values[CLOSE * size + i]!)
          : Number.NaN
    }
  }

  #dollarVolume(run: BarRun, { values: out, at, stride, hasAdded }: FeatureTarget): void {
    const { values, size, count } = run
    this.#dollars.push(run, DOLLARS, ROOM)
    for (let i = 0; i < count; i++) {
      const dollars = values[DOLLARS * size + i]!
      out[at + DOLLAR_VOLUME * stride + i] = dollars
      if (hasAdded) out[at + LOG_DOLLARS * stride + i] = logOrNull(dollars)
      const off = dollars - values[(ROOM + 1) * size + i]!
      out[at + DOLLAR_Z * stride + i] =
        values[ROOM * size + i]! >= BARS_MIN
          ? quotient(off, values[(ROOM + 2) * size + i]!)
          : Number.NaN
    }
  }

  #cost(run: BarRun, { values: out, at, stride, hasAdded }: FeatureTarget): void {
    const { values, size, count } = run
    for (let i = 0; i < count; i++) {
      values[IMPACT * size + i] = quotient(
        Math.abs(values[RETURN * size + i]!),
        values[DOLLARS * size + i]!,
      )
    }
    this.#impact.push(run, IMPACT, ROOM)
    for (let i = 0; i < count; i++) {
      const bars = values[ROOM * size + i]!
      const amihud = bars >= BARS_MIN ? values[(ROOM + 1) * size + i]! / bars : Number.NaN
      out[at + AMIHUD * stride + i] = amihud
      if (hasAdded) out[at + LOG_AMIHUD * stride + i] = logOrNull(BASIS_POINTS_A_MILLION * amihud)
    }
  }

  #shares(run: BarRun, { values: out, at, stride }: FeatureTarget): void {
    const { values, size, count } = run
    this.#usual.push(run, VOLUME, ROOM)
    for (let i = 0; i < count; i++) {
      const bars = values[ROOM * size + i]!
      const enough = bars >= BARS_MIN
      const mean = (values[VOLUME_SUM * size + i]! / bars) * values[SHARE_FACTOR * size + i]!
      out[at + NEED * stride + i] = enough ? quotient(PARTICIPATION, mean) : Number.NaN
      out[at + SHOCK * stride + i] = enough
        ? quotient(values[VOLUME * size + i]!, values[(ROOM + 1) * size + i]!)
        : Number.NaN
    }
  }
}

const logOrNull = (value: number): number => (value > 0 ? Math.log(value) : Number.NaN)
