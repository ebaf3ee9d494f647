import {
  assert,
  type BarRules,
  type BarTotals,
  BarTrades,
  findBarTrades,
  type Instrument,
  writeBarEquity,
} from '../../../core/mod.ts'
import type { BarMarket } from './bar-market.ts'
import { equityFigures } from './equity-figures.ts'
import type { EquityGrid } from './equity-grid.ts'
import type { OrderColumns } from './order-columns.ts'
import { intervalReturns, type ReturnSpan } from './return-span.ts'
import { type SignalColumns, signalColumn } from './signal-columns.ts'
import type { TrialResult } from './trial.ts'

/** Everything that column trials of one sweep read. Plain data over shared memory. */
export interface ColumnShare {
  readonly market: BarMarket
  readonly signals: SignalColumns
  readonly orders: readonly OrderColumns[]
  readonly grids: readonly EquityGrid[]
  readonly span: ReturnSpan
}

/** One trial on columns: numbers of what it reads, and its rules. Plain data. */
export interface ColumnTrial {
  readonly z: number
  /** Null where the gate is off. */
  readonly trend: number | null
  readonly deviation: number | null
  readonly orders: number
  readonly grid: number
  /** By instrument; null: no entry can pass its gates. */
  readonly rules: readonly BarRules[] | null
  /** With the configuration's fees. */
  readonly instruments: readonly Instrument[]
  readonly moneyDecimals: number
  readonly startEquity: number
  readonly dailyLossMax: number | null
  readonly dailyDrawdownMax: number | null
  /** Equity that must never be reached: below it a limit could bind. */
  readonly safeEquity: number
}

/** A finished column trial, or why its figures would not be those of the event tier. */
export type ColumnOutcome = { readonly result: TrialResult } | { readonly bound: string }

/** Runs column trials one after another in memory of its own: one per thread. */
export class ColumnRunner {
  readonly #share: ColumnShare
  readonly #trades: readonly BarTrades[]
  #equity = new Float64Array(0)
  #added = new Float64Array(0)

  constructor(share: ColumnShare) {
    this.#share = share
    const { offsets } = share.market
    this.#trades = offsets.slice(1).map((end, id) => new BarTrades(end - offsets[id]!))
  }

  /** Runs one trial. */
  run(trial: ColumnTrial): ColumnOutcome {
    const grid = this.#share.grids[trial.grid]!
    if (this.#equity.length !== grid.points) {
      this.#equity = new Float64Array(grid.points)
      this.#added = new Float64Array(grid.points)
    }
    const totals = trial.instruments.map((_, id) => this.#runInstrument(trial, grid, id))
    const bound = firstBound(this.#equity, grid, trial)
    if (bound !== null) return { bound }
    const sampled = grid.samples.length
    const equity = { time: grid.sampleTimes, value: new Float64Array(sampled) }
    for (let i = 0; i < sampled; i++) equity.value[i] = this.#equity[grid.samples[i]!]!
    const returns = intervalReturns(trial.startEquity, equity, this.#share.span)
    const figures = equityFigures(trial.startEquity, equity)
    return { result: { metrics: { ...figures, ...tradeFigures(trial, totals) }, returns } }
  }

  /** Trades of one instrument in the last trial, for comparisons. */
  trades(id: number): BarTrades {
    return this.#trades[id]!
  }

  #runInstrument(trial: ColumnTrial, grid: EquityGrid, id: number): BarTotals {
    const { market } = this.#share
    const [from, to] = [market.offsets[id]!, market.offsets[id + 1]!]
    const trades = this.#trades[id]!
    trades.count = 0
    if (trial.rules !== null) this.#findTrades(trial, trial.rules[id]!, id)
    const out = id === 0 ? this.#equity : this.#added
    const view = {
      visibleFrom: grid.visibleFrom.subarray(from, to),
      marks: grid.marks.subarray(id * grid.points, (id + 1) * grid.points),
    }
    const account = { instrument: trial.instruments[id]!, moneyDecimals: trial.moneyDecimals }
    const start = id === 0 ? trial.startEquity : 0
    const totals = writeBarEquity(trades, view, account, start, out)
    if (id > 0) addTo(this.#equity, out)
    return totals
  }

  #findTrades(trial: ColumnTrial, rules: BarRules, id: number): void {
    const { market, signals } = this.#share
    const [from, to] = [market.offsets[id]!, market.offsets[id + 1]!]
    const orders = this.#share.orders[trial.orders]!
    const columnOf = (number: number | null) =>
      number === null ? null : signalColumn(market, signals, number).subarray(from, to)
    findBarTrades(
      {
        openTimes: market.openTimes.subarray(from, to),
        closeTimes: market.closeTimes.subarray(from, to),
        closes: market.closes.subarray(from, to),
      },
      {
        fillRows: orders.fillRows.subarray(from, to),
        openBuy: orders.openBuy.subarray(from, to),
        openSell: orders.openSell.subarray(from, to),
        limitBuy: orders.limitBuy.subarray(from, to),
        limitSell: orders.limitSell.subarray(from, to),
      },
      { z: columnOf(trial.z)!, gate: columnOf(trial.trend), deviation: columnOf(trial.deviation) },
      rules,
      this.#trades[id]!,
    )
  }
}

function addTo(sum: Float64Array, added: Float64Array): void {
  assert(sum.length === added.length, 'equity columns differ in length')
  for (let i = 0; i < sum.length; i++) sum[i]! += added[i]!
}

/** The limit of the account that would have refused an entry at some heartbeat, in words. Hot. */
function firstBound(equity: Float64Array, grid: EquityGrid, trial: ColumnTrial): string | null {
  const { dayStarts, points } = grid
  const lossMax = trial.dailyLossMax ?? Number.POSITIVE_INFINITY
  const keep = 1 - (trial.dailyDrawdownMax ?? Number.POSITIVE_INFINITY)
  let lowest = Number.POSITIVE_INFINITY
  for (let day = 0; day < dayStarts.length; day++) {
    const end = day + 1 < dayStarts.length ? dayStarts[day + 1]! : points
    const from = dayStarts[day]!
    let high = equity[from]!
    let dayLowest = high
    let share = 1
    for (let point = from; point < end; point++) {
      const value = equity[point]!
      if (value > high) high = value
      else if (value < dayLowest) dayLowest = value
      if (value < high * share) share = value / high
    }
    if (equity[from]! - dayLowest >= lossMax) return 'risk.dailyLossMax was reached'
    // A rounding away from the limit counts as reached: the event tier then decides.
    if (share <= keep + 1e-9) return 'risk.dailyDrawdownMax was reached'
    if (dayLowest < lowest) lowest = dayLowest
  }
  if (lowest < trial.safeEquity) return 'leverage or margin could have refused an entry'
  return null
}

/** Figures of all instruments' trades, defined as in the tear sheet. */
function tradeFigures(trial: ColumnTrial, totals: readonly BarTotals[]) {
  let trips = 0
  let closed = 0
  let wins = 0
  let netBps = 0
  let turnover = 0
  let cost = 0
  totals.forEach((each, id) => {
    const { priceDecimals, quantityDecimals } = trial.instruments[id]!
    const unit = 10 ** -(priceDecimals + quantityDecimals)
    trips += each.trips
    closed += each.closed
    wins += each.wins
    netBps += each.netBps
    turnover += each.turnover * unit
    cost += each.distance * unit + each.fees * 10 ** -trial.moneyDecimals
  })
  return {
    netBpsMean: closed === 0 ? null : netBps / closed,
    hitRate: closed === 0 ? null : wins / closed,
    costBps: turnover === 0 ? null : (cost / turnover) * 1e4,
    trips,
  }
}
