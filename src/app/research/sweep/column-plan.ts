import type { Recording } from '../../../adapters/mod.ts'
import type { BarRules, Instrument } from '../../../core/mod.ts'
import { type ReversionParameters, tierOf } from '../../../strategies/mod.ts'
import { reversionParameters } from '../../config/build.ts'
import type { Config } from '../../config/schema.ts'
import { exchangeOptions, withFees } from '../../run/backtest.ts'
import { type BarMarket, readBarMarket } from './bar-market.ts'
import { columnObstacles, safeEquity } from './choose-tier.ts'
import type { ColumnShare, ColumnTrial } from './column-trial.ts'
import { beatUs, type EquityGrid, makeEquityGrid } from './equity-grid.ts'
import { OrderColumnMaker, type OrderColumns } from './order-columns.ts'
import { type ReturnSpan, returnCount } from './return-span.ts'
import { SignalPlan } from './signal-columns.ts'

/** Signal columns may take this much memory; beyond it trials run on the event tier. */
const SIGNAL_BYTES_MAX = 2 ** 31

/** What is run as columns, and why the rest is not. */
export interface ColumnPlan {
  readonly share: ColumnShare
  /** By trial; null: it runs on the event tier. */
  readonly trials: readonly (ColumnTrial | null)[]
  /** By trial: why not as columns; empty where it is. */
  readonly obstacles: readonly (readonly string[])[]
}

/** Plans the trials of a sweep on the column tier, each part of the market prepared once. */
export function planColumns(
  configs: readonly Config[],
  recording: Recording,
  span: ReturnSpan,
): ColumnPlan {
  const isBars = configs.some(({ signal }) => signal.source === 'bar')
  const market = isBars ? readBarMarket(recording) : null
  const obstacles = configs.map((config) => columnObstacles(config, market))
  if (market === null || obstacles.every((reasons) => reasons.length > 0)) {
    return { share: emptyShare(recording), trials: configs.map(() => null), obstacles }
  }
  const planner = new Planner(market, span)
  const trials = configs.map((config, i) => {
    if (obstacles[i]!.length > 0) return null
    const orders = planner.orders(config)
    if (orders.defect === null) return planner.trial(config, orders)
    obstacles[i] = [orders.defect]
    return null
  })
  const bytes = 8 * market.closes.length * planner.signals.count
  if (bytes > SIGNAL_BYTES_MAX) {
    const size = `${(bytes / 2 ** 30).toFixed(1)} GiB`
    const reason = `${planner.signals.count} signal columns would take ${size}, at most 2 are taken`
    const all = configs.map((_, i) => (trials[i] === null ? obstacles[i]! : [reason]))
    const share = emptyShare(recording)
    return { share, trials: configs.map(() => null), obstacles: all }
  }
  return { share: planner.share(), trials, obstacles }
}

class Planner {
  readonly signals = new SignalPlan()
  readonly #market: BarMarket
  readonly #span: ReturnSpan
  readonly #maker: OrderColumnMaker
  readonly #orders: OrderColumns[] = []
  readonly #grids = new Map<number, EquityGrid>()

  constructor(market: BarMarket, span: ReturnSpan) {
    this.#market = market
    this.#span = span
    this.#maker = new OrderColumnMaker(market)
  }

  orders(config: Config): OrderColumns {
    return this.#maker.of(config)
  }

  trial(config: Config, orders: OrderColumns): ColumnTrial {
    const { strategy, risk } = config
    const instruments = withFees(config, this.#market.instruments)
    const parameters = reversionParameters(config)
    // Bars know no imbalance: a gate on it lets nothing pass, on either tier.
    const canEnter = strategy.imbalanceThreshold === null
    return {
      z: this.signals.z(config),
      trend: strategy.trendGate ? this.signals.trend(config) : null,
      deviation: strategy.costGate === null ? null : this.signals.deviation(config),
      orders: this.#numberOf(orders),
      grid: this.#gridOf(beatUs(config)),
      rules: canEnter ? instruments.map((each) => rulesOf(config, parameters, each)) : null,
      instruments,
      moneyDecimals: exchangeOptions(config, instruments).moneyDecimals,
      startEquity: config.balance,
      dailyLossMax: risk.dailyLossMax,
      dailyDrawdownMax: risk.dailyDrawdownMax,
      safeEquity: safeEquity(config, this.#market),
    }
  }

  share(): ColumnShare {
    return {
      market: this.#market,
      signals: this.signals.allocate(this.#market.closes.length),
      orders: this.#orders,
      grids: [...this.#grids.values()],
      returns: returnCount(this.#span),
    }
  }

  #numberOf(orders: OrderColumns): number {
    const known = this.#orders.findIndex(
      (each) =>
        each.fillRows === orders.fillRows &&
        each.openBuy === orders.openBuy &&
        each.limitBuy === orders.limitBuy,
    )
    return known >= 0 ? known : this.#orders.push(orders) - 1
  }

  #gridOf(beat: number): number {
    if (!this.#grids.has(beat))
      this.#grids.set(beat, makeEquityGrid(this.#market, beat, this.#span))
    return [...this.#grids.keys()].indexOf(beat)
  }
}

function rulesOf(config: Config, parameters: ReversionParameters, own: Instrument): BarRules {
  const { direction, stopLoss, timeStopUs, revertGate, costGate, notional } = parameters
  const feeBp = (2 * own.fees.takerE9) / 1e5
  return {
    ...tierOf(parameters, own.symbol),
    direction: own.longOnly ? 'long' : direction,
    notional: notional * 10 ** (own.priceDecimals + own.quantityDecimals),
    latencyUs: config.fills.entryLatency,
    heartbeatUs: beatUs(config),
    stopLossBp: stopLoss === null ? null : stopLoss * 1e4,
    timeStopUs,
    revertGate,
    costGate: costGate === null ? null : { feeBp, marginBp: costGate.marginBp },
  }
}

function emptyShare(recording: Recording): ColumnShare {
  const nothing = { ...recording, batch: { ...recording.batch, count: 0 } }
  return {
    market: readBarMarket(nothing),
    signals: new SignalPlan().allocate(0),
    orders: [],
    grids: [],
    returns: 0,
  }
}
