import type { HourPanel } from '../../../core/mod.ts'
import { type FeatureSet, featureIndex, featuresOfSet } from '../registry.ts'
import { BarRun } from '../windows/bar-run.ts'
import { StateArena } from '../windows/state-arena.ts'
import {
  BENCHMARK_MOMENTUM,
  BENCHMARK_RETURN,
  CLOSE,
  DECISION_TIME,
  DOLLARS,
  type FeatureTarget,
  HIGH,
  LOW,
  MOMENTUM,
  OPEN,
  PREVIOUS_CLOSE,
  PRICE_FACTOR,
  quotient,
  RETURN,
  SHARE_FACTOR,
  SLOTS,
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
const barColumns = { seed: barColumnsOf('seed'), all: barColumnsOf('all') } as const

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
  readonly set: FeatureSet
}

/** All that is computed of one name by itself; nothing is allocated on the way. */
export class NameMachine {
  readonly #panel: HourPanel
  readonly #factors: Float64Array
  readonly #arena: StateArena
  readonly #run: BarRun
  readonly #prices: PriceTrendMachine
  readonly #volumes: VolatilityLiquidityMachine
  readonly #relation: BenchmarkRelationMachine
  readonly #known: KnownSourcesMachine
  /** Log closes by bar number modulo 16, then the last close. */
  readonly #logs: Float64Array
  readonly #last: Float64Array
  #name = 0

  /** A run takes at most so many bars at a time. */
  constructor(panel: HourPanel, options: FeatureOptions, state: Float64Array, barsMax: number) {
    this.#run = new BarRun(SLOTS, barsMax)
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
   * Takes the bars from `first` to before `end`, which come next, with the benchmark's return and
   * momentum at `market[from]` and after, two elements a bar.
   */
  advance(
    first: number,
    end: number,
    market: Float64Array,
    from: number,
    target: FeatureTarget,
  ): void {
    const run = this.#run
    run.first = first
    run.count = end - first
    const { values, size, count } = run
    for (let i = 0; i < count; i++) {
      values[DECISION_TIME * size + i] = this.#panel.grid.decisionTime[first + i]!
      values[BENCHMARK_RETURN * size + i] = market[from + 2 * i]!
      values[BENCHMARK_MOMENTUM * size + i] = market[from + 2 * i + 1]!
    }
    this.#read()
    this.#returns(target)
    this.#prices.advance(run, target)
    this.#volumes.advance(run, target)
    this.#relation.advance(run, target)
    this.#known.advance(run, target)
    this.#flag(target)
  }

  /** Prices and shares of the run's bars. */
  #read(): void {
    const { bars, splitFactor, grid } = this.#panel
    const { open, high, low, close: closes, volume } = bars
    const factors = this.#factors
    const { values, size, first, count } = this.#run
    const base = this.#name * grid.openTime.length + first
    let last = this.#last[0]!
    for (let i = 0; i < count; i++) {
      const cell = base + i
      // What has no close is no bar, whatever else is there.
      const close = closes[cell]!
      const factor = close - close + factors[cell]!
      const split = close - close + splitFactor[cell]!
      values[PREVIOUS_CLOSE * size + i] = last
      last = close * factor
      values[OPEN * size + i] = open[cell]! * factor
      values[HIGH * size + i] = high[cell]! * factor
      values[LOW * size + i] = low[cell]! * factor
      values[CLOSE * size + i] = last
      values[VOLUME * size + i] = volume[cell]! / split
      values[DOLLARS * size + i] = close * volume[cell]!
      values[PRICE_FACTOR * size + i] = factor
      values[SHARE_FACTOR * size + i] = split
    }
    this.#last[0] = last
  }

  #returns({ values: out, at, stride }: FeatureTarget): void {
    const { values, size, first, count } = this.#run
    const logs = this.#logs
    const { bars, sharesOutstanding, grid } = this.#panel
    const base = this.#name * grid.openTime.length + first
    for (let i = 0; i < count; i++) {
      const bar = first + i
      const level = Math.log(values[CLOSE * size + i]!)
      logs[bar % HELD] = level
      const r = level - logs[(bar + HELD - 1) % HELD]!
      const momentum = level - logs[(bar + HELD - 10) % HELD]!
      values[RETURN * size + i] = r
      values[MOMENTUM * size + i] = momentum
      out[at + RET_1 * stride + i] = r
      out[at + RET_3 * stride + i] = level - logs[(bar + HELD - 3) % HELD]!
      out[at + RET_5 * stride + i] = level - logs[(bar + HELD - 5) % HELD]!
      out[at + MOM_10 * stride + i] = momentum
      out[at + TURNOVER * stride + i] = quotient(
        bars.volume[base + i]!,
        sharesOutstanding[base + i]!,
      )
    }
  }

  /** Says where bars are missing, and takes back what windows knew there. */
  #flag({ values: out, at, stride, hasAdded }: FeatureTarget): void {
    const { values, size, count } = this.#run
    const columns = barColumns[hasAdded ? 'all' : 'seed']
    for (let i = 0; i < count; i++) {
      const isMissing = Number.isNaN(values[CLOSE * size + i]!)
      if (hasAdded) out[at + NO_BAR * stride + i] = isMissing ? 1 : 0
      if (!isMissing) continue
      for (let k = 0; k < columns.length; k++) out[at + columns[k]! * stride + i] = Number.NaN
    }
  }
}

function barColumnsOf(set: FeatureSet): readonly number[] {
  return featuresOfSet(set).flatMap(({ source, group }, index) =>
    source.startsWith('bars') && !source.includes('membership') && group !== 'missing'
      ? [index]
      : [],
  )
}
