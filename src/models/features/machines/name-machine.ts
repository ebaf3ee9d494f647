import type { HourPanel } from '../../../core/mod.ts'
import { featureIndex, features } from '../registry.ts'
import { StateArena } from '../windows/state-arena.ts'
import {
  BAR_VALUES,
  BENCHMARK_MOMENTUM,
  BENCHMARK_RETURN,
  CLOSE,
  DECISION_TIME,
  DOLLARS,
  HIGH,
  LOW,
  MOMENTUM,
  OPEN,
  PREVIOUS_CLOSE,
  PRICE_FACTOR,
  quotient,
  RETURN,
  SHARE_FACTOR,
  VOLUME,
} from './bar-values.ts'
import { BenchmarkRelationMachine } from './benchmark-relation.ts'
import { KnownSourcesMachine } from './known-sources.ts'
import { PriceTrendMachine } from './price-trend.ts'
import { VolatilityLiquidityMachine } from './volatility-liquidity.ts'

const RET_1 = featureIndex('ret_1h')
const RET_3 = featureIndex('ret_3h')
const RET_5 = featureIndex('ret_5h')
const MOM_10 = featureIndex('mom_10h')
const TURNOVER = featureIndex('turnover_proxy')
const NO_BAR = featureIndex('missing_bar')

/** Of the bars of a name alone: null where there is no bar, though the windows know more. */
const barColumns: readonly number[] = features.flatMap(({ source, group }, index) =>
  source.startsWith('bars') && !source.includes('membership') && group !== 'missing' ? [index] : [],
)

/** Log prices of the last bars that are held: a power of two above ten. */
const HELD = 16

/** How features are made of a panel. */
export interface FeatureOptions {
  /**
   * `split`: prices are adjusted by splits alone. `total`: by dividends and spin-offs too, so that
   * neither is a fall. Volumes are adjusted by splits alone.
   */
  readonly adjustment: 'split' | 'total'
  /** What idio_vol_60h is annualised with. */
  readonly barsPerYear: number
}

/** All that is computed of one name by itself, bar by bar; nothing is allocated on the way. */
export class NameMachine {
  readonly #panel: HourPanel
  readonly #factors: Float64Array
  readonly #arena: StateArena
  readonly #bar = new Float64Array(BAR_VALUES)
  readonly #prices: PriceTrendMachine
  readonly #volumes: VolatilityLiquidityMachine
  readonly #relation: BenchmarkRelationMachine
  readonly #known: KnownSourcesMachine
  /** Log closes by bar number modulo 16, then the last close. */
  readonly #logs: Float64Array
  readonly #last: Float64Array
  #name = 0

  constructor(panel: HourPanel, options: FeatureOptions, state: Float64Array) {
    this.#panel = panel
    this.#factors = options.adjustment === 'split' ? panel.splitFactor : panel.totalReturnFactor
    this.#arena = new StateArena(state)
    this.#prices = new PriceTrendMachine(this.#arena)
    this.#volumes = new VolatilityLiquidityMachine(this.#arena)
    this.#relation = new BenchmarkRelationMachine(this.#arena, options.barsPerYear)
    this.#known = new KnownSourcesMachine(this.#arena)
    this.#logs = this.#arena.take(HELD)
    this.#last = this.#arena.take(1)
  }

  /** Elements of the state in use. */
  get stateLength(): number {
    return this.#arena.used
  }

  /** Reads that name from now on; what is remembered stays as it is. */
  bind(name: number): void {
    this.#name = name
    this.#known.bind(this.#panel, name)
  }

  /** Forgets everything. */
  reset(): void {
    this.#prices.reset()
    this.#volumes.reset()
    this.#relation.reset()
    this.#known.reset()
    this.#logs.fill(Number.NaN)
    this.#last.fill(Number.NaN)
  }

  /**
   * Takes the next bar, with the benchmark's return and momentum at `market[from]` and after;
   * writes feature f to `out[at + f * stride]`.
   */
  advance(
    bar: number,
    market: Float64Array,
    from: number,
    out: Float32Array,
    at: number,
    stride: number,
  ): void {
    const values = this.#bar
    this.#read(bar)
    values[PREVIOUS_CLOSE] = this.#last[0]!
    values[DECISION_TIME] = this.#panel.grid.decisionTime[bar]!
    values[BENCHMARK_RETURN] = market[from]!
    values[BENCHMARK_MOMENTUM] = market[from + 1]!
    this.#returns(bar, out, at, stride)
    this.#prices.advance(values, bar, out, at, stride)
    this.#volumes.advance(values, bar, out, at, stride)
    this.#relation.advance(values, bar, out, at, stride)
    this.#known.advance(values, bar, out, at, stride)
    const close = values[CLOSE]!
    const isMissing = Number.isNaN(close)
    out[at + NO_BAR * stride] = isMissing ? 1 : 0
    if (isMissing) {
      for (let i = 0; i < barColumns.length; i++) out[at + barColumns[i]! * stride] = Number.NaN
    }
    this.#last[0] = close
  }

  #read(bar: number): void {
    const { bars, splitFactor, grid } = this.#panel
    const cell = this.#name * grid.openTime.length + bar
    const values = this.#bar
    const factor = this.#factors[cell]!
    const close = bars.close[cell]!
    // What has no close is no bar, whatever else is there.
    if (Number.isNaN(close)) {
      values.fill(Number.NaN)
      return
    }
    values[OPEN] = bars.open[cell]! * factor
    values[HIGH] = bars.high[cell]! * factor
    values[LOW] = bars.low[cell]! * factor
    values[CLOSE] = close * factor
    values[VOLUME] = bars.volume[cell]! / splitFactor[cell]!
    values[DOLLARS] = close * bars.volume[cell]!
    values[PRICE_FACTOR] = factor
    values[SHARE_FACTOR] = splitFactor[cell]!
  }

  #returns(bar: number, out: Float32Array, at: number, stride: number): void {
    const values = this.#bar
    const logs = this.#logs
    const level = Math.log(values[CLOSE]!)
    logs[bar % HELD] = level
    const r = level - logs[(bar + HELD - 1) % HELD]!
    const momentum = level - logs[(bar + HELD - 10) % HELD]!
    values[RETURN] = r
    values[MOMENTUM] = momentum
    out[at + RET_1 * stride] = r
    out[at + RET_3 * stride] = level - logs[(bar + HELD - 3) % HELD]!
    out[at + RET_5 * stride] = level - logs[(bar + HELD - 5) % HELD]!
    out[at + MOM_10 * stride] = momentum
    const { bars, sharesOutstanding, grid } = this.#panel
    const cell = this.#name * grid.openTime.length + bar
    out[at + TURNOVER * stride] = quotient(bars.volume[cell]!, sharesOutstanding[cell]!)
  }
}
