import {
  assert,
  type BarRules,
  type BarTotals,
  BarTrades,
  EquityBounds,
  findBarTrades,
  type Instrument,
  writeBarEquity,
} from '../../../core/mod.ts'
import type { BarMarket } from './bar-market.ts'
import { equityFigures } from './equity-figures.ts'
import type { EquityGrid, GridPoints } from './equity-grid.ts'
import type { OrderColumns } from './order-columns.ts'
import { writeReturns } from './return-span.ts'
import { type SignalColumns, signalColumn } from './signal-columns.ts'
import type { TrialResult } from './trial.ts'

/** Everything that column trials of one sweep read. Plain data over shared memory. */
export interface ColumnShare {
  readonly market: BarMarket
  readonly signals: SignalColumns
  readonly orders: readonly OrderColumns[]
  readonly grids: readonly EquityGrid[]
  /** How many returns a trial keeps. */
  readonly returns: number
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
  #bounds = new EquityBounds(0)
  #low = new Float64Array(0)
  #high = new Float64Array(0)

  constructor(share: ColumnShare) {
    this.#share = share
    const { offsets } = share.market
    this.#trades = offsets.slice(1).map((end, id) => new BarTrades(end - offsets[id]!))
  }

  /** Runs one trial; its returns are written to `returns`, room for all that a trial keeps. */
  run(
    trial: ColumnTrial,
    returns: Float64Array = new Float64Array(this.#share.returns),
  ): ColumnOutcome {
    const grid = this.#share.grids[trial.grid]!
    trial.instruments.forEach((_, id) => {
      this.#findTrades(trial, id)
    })
    const totals = this.#account(trial, grid, grid.samples)
    const equity = this.#equity
    writeReturns(trial.startEquity, equity, grid.returnRows, returns)
    const figures = equityFigures(trial.startEquity, grid.sampleTimes, equity)
    const bound = this.#firstBound(trial, grid)
    if (bound !== null) return { bound }
    return { result: { metrics: { ...figures, ...tradeFigures(trial, totals) }, returns } }
  }

  /** Trades of one instrument in the last trial, for comparisons. */
  trades(id: number): BarTrades {
    return this.#trades[id]!
  }

  /** Writes the equity of all instruments together at some points, and its bounds by day. */
  #account(trial: ColumnTrial, grid: EquityGrid, at: GridPoints): readonly BarTotals[] {
    const { market } = this.#share
    const { points } = at
    const days = grid.dayEnds.length
    if (this.#equity.length !== points) this.#equity = new Float64Array(points)
    if (this.#added.length !== points) this.#added = new Float64Array(points)
    if (this.#low.length !== days) {
      this.#bounds = new EquityBounds(days)
      this.#low = new Float64Array(days)
      this.#high = new Float64Array(days)
    }
    this.#low.fill(0)
    this.#high.fill(0)
    return trial.instruments.map((instrument, id) => {
      const [from, to] = [market.offsets[id]!, market.offsets[id + 1]!]
      const out = id === 0 ? this.#equity : this.#added
      const view = {
        visibleFrom: at.visibleFrom.subarray(from, to),
        marks: at.marks.subarray(id * points, (id + 1) * points),
      }
      const parts = {
        visibleFrom: grid.beats.visibleFrom.subarray(from, to),
        ends: grid.dayEnds,
        lowest: grid.lowest.subarray(id * days, (id + 1) * days),
        highest: grid.highest.subarray(id * days, (id + 1) * days),
      }
      const account = { instrument, moneyDecimals: trial.moneyDecimals }
      const start = id === 0 ? trial.startEquity : 0
      const bounds = this.#bounds
      const totals = writeBarEquity(this.#trades[id]!, view, account, start, out, parts, bounds)
      if (id > 0) addTo(this.#equity, out)
      addTo(this.#low, bounds.low)
      addTo(this.#high, bounds.high)
      return totals
    })
  }

  /**
   * The limit of the account that could have refused an entry, in words. Equity at every heartbeat
   * is only worked out where its bounds do not rule a limit out.
   */
  #firstBound(trial: ColumnTrial, grid: EquityGrid): string | null {
    const limits = limitsOf(trial)
    const isSafe = this.#low.every((low, day) => {
      const high = this.#high[day]!
      return low >= trial.safeEquity && high - low < limits.lossMax && low > high * limits.keep
    })
    if (isSafe) return null
    this.#account(trial, grid, grid.beats)
    return firstReached(this.#equity, grid.dayEnds, trial.safeEquity, limits)
  }

  #findTrades(trial: ColumnTrial, id: number): void {
    const { market, signals } = this.#share
    const rules = trial.rules?.[id]
    if (rules === undefined) {
      this.#trades[id]!.count = 0
      return
    }
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

interface DayLimits {
  /** Loss since the day's start at which new risk stops. */
  readonly lossMax: number
  /** Share of the day's highest equity at which it stops. */
  readonly keep: number
}

/** A rounding away from a limit counts as reached: the event tier then decides. */
const limitsOf = ({ dailyLossMax, dailyDrawdownMax }: ColumnTrial): DayLimits => ({
  lossMax: (dailyLossMax ?? Number.POSITIVE_INFINITY) - 1e-6,
  keep: 1 - (dailyDrawdownMax ?? Number.POSITIVE_INFINITY) + 1e-9,
})

/** The first limit that equity at the heartbeats reached, in words. */
function firstReached(
  equity: Float64Array,
  dayEnds: Int32Array,
  safeEquity: number,
  { lossMax, keep }: DayLimits,
): string | null {
  let point = 0
  for (const end of dayEnds) {
    const start = equity[point]!
    let highest = start
    for (; point < end; point++) {
      const value = equity[point]!
      if (value > highest) highest = value
      if (value < safeEquity) return 'leverage or margin could have refused an entry'
      if (start - value >= lossMax) return 'risk.dailyLossMax was reached'
      if (value <= highest * keep) return 'risk.dailyDrawdownMax was reached'
    }
  }
  return null
}

/** Figures of all instruments' trades, defined as in the tear sheet. */
function tradeFigures(trial: ColumnTrial, totals: readonly BarTotals[]) {
  let closed = 0
  let wins = 0
  let netBps = 0
  let turnover = 0
  let cost = 0
  totals.forEach((each, id) => {
    const { priceDecimals, quantityDecimals } = trial.instruments[id]!
    const unit = 10 ** -(priceDecimals + quantityDecimals)
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
    trips: closed,
  }
}
