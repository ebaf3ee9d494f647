import type { Instrument } from '../domain/instrument.ts'
import { applyRate, notional } from '../domain/money.ts'
import { MONEY_DECIMALS } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import type { BarTrades } from './bar-trades.ts'

/** Instants at which equity is looked at, and what one instrument shows there. */
export interface BarGrid {
  /** By row: the first point at which the row's close is known. */
  readonly visibleFrom: Int32Array
  /** By point: the last known close in quanta, 0 before the first. */
  readonly marks: Float64Array
}

/** The parts (days, mostly) of a grid finer than the one that is written. */
export interface BarParts {
  /** By row: as `visibleFrom`, in the finer grid. */
  readonly visibleFrom: Int32Array
  /** First finer point after each part, ascending; the last is their number. */
  readonly ends: Int32Array
  /** Lowest and highest mark within each part. */
  readonly lowest: Float64Array
  readonly highest: Float64Array
}

/**
 * Bounds of what an instrument's trades earned within each part: never narrower than the truth, as
 * wide as if every trade had met the extremes of each part it reaches into.
 */
export class EquityBounds {
  readonly low: Float64Array
  readonly high: Float64Array
  #part = 0

  constructor(parts: number) {
    this.low = new Float64Array(parts)
    this.high = new Float64Array(parts)
  }

  /** Forgets everything. */
  clear(): void {
    this.low.fill(Number.POSITIVE_INFINITY)
    this.high.fill(Number.NEGATIVE_INFINITY)
    this.#part = 0
  }

  /** Takes base + slope x mark at finer points [from, until), which follow those before. */
  add(parts: BarParts, from: number, until: number, base: number, slope: number): void {
    const { ends, lowest, highest } = parts
    while (this.#part < ends.length && ends[this.#part]! <= from) this.#part++
    for (let part = this.#part, start = from; start < until; start = ends[part++]!) {
      const a = base + slope * (slope < 0 ? highest[part]! : lowest[part]!)
      const b = base + slope * (slope < 0 ? lowest[part]! : highest[part]!)
      if (a < this.low[part]!) this.low[part] = a
      if (b > this.high[part]!) this.high[part] = b
    }
  }
}

/** Sums of one instrument's trades. Exact integers unless said. */
export interface BarTotals {
  /** Fill prices and the last mark, quanta x lots. */
  gross: number
  /** Money units of the venue's fee scale. */
  fees: number
  /** Value of all fills, quanta x lots. */
  turnover: number
  /** Distance of the fills from the last closes when they were sent, quanta x lots; + is a cost. */
  distance: number
  trips: number
  closed: number
  wins: number
  /** Sum over closed trips of net result in bp of entry value; a fraction. */
  netBps: number
}

/** Instrument and the digits to which its venue rounds money. */
export interface BarAccount {
  readonly instrument: Instrument
  readonly moneyDecimals: number
}

/**
 * Writes what an instrument's trades earned after fees, positions at their marks, plus `start`, to
 * every point of the grid, and its bounds within each part; returns the sums. Gross and fees are
 * exact, as the ledger's; `out` is their sum in currency units, rounded to a double.
 */
export function writeBarEquity(
  trades: BarTrades,
  grid: BarGrid,
  account: BarAccount,
  start: number,
  out: Float64Array,
  parts: BarParts,
  bounds: EquityBounds,
): BarTotals {
  const { marks, visibleFrom } = grid
  assert(out instanceof Float64Array && out.length === marks.length, 'equity and grid differ')
  const fee = feeOf(account)
  const { priceDecimals, quantityDecimals } = account.instrument
  const unit = 10 ** -(priceDecimals + quantityDecimals)
  const feeUnit = 10 ** -account.moneyDecimals
  const points = marks.length
  const beats = parts.ends.at(-1) ?? 0
  const last = points === 0 ? 0 : marks[points - 1]!
  const totals = emptyTotals()
  let { gross, fees } = totals
  let point = 0
  let beat = 0
  bounds.clear()
  for (let i = 0; i < trades.count; i++) {
    const lots = trades.lots[i]!
    const signed = trades.directions[i]! * lots
    const entry = trades.entryPrices[i]!
    const exitRow = trades.exitRows[i]!
    const from = visibleFrom[trades.entryRows[i]!]!
    const until = exitRow < 0 ? points : visibleFrom[exitRow]!
    const beatFrom = parts.visibleFrom[trades.entryRows[i]!]!
    const beatUntil = exitRow < 0 ? beats : parts.visibleFrom[exitRow]!
    const flat = start + gross * unit - fees * feeUnit
    bounds.add(parts, beat, beatFrom, flat, 0)
    for (; point < from; point++) out[point] = flat
    const entryFee = fee(entry * lots)
    fees += entryFee
    // The cost comes off once: what is left of the loop is one product and two sums.
    const held = start + (gross - signed * entry) * unit - fees * feeUnit
    const slope = signed * unit
    for (; point < until; point++) out[point] = held + slope * marks[point]!
    bounds.add(parts, beatFrom, beatUntil, held, slope)
    beat = beatUntil
    addEntry(totals, trades, i)
    if (exitRow < 0) gross += signed * (last - entry)
    else {
      const exitFee = fee(trades.exitPrices[i]! * lots)
      fees += exitFee
      gross += addExit(totals, trades, i, (entryFee + exitFee) * (feeUnit / unit))
    }
  }
  const end = start + gross * unit - fees * feeUnit
  bounds.add(parts, beat, beats, end, 0)
  out.fill(end, point)
  totals.gross = gross
  totals.fees = fees
  return totals
}

const emptyTotals = (): BarTotals => ({
  gross: 0,
  fees: 0,
  turnover: 0,
  distance: 0,
  trips: 0,
  closed: 0,
  wins: 0,
  netBps: 0,
})

function addEntry(totals: BarTotals, trades: BarTrades, i: number): void {
  const lots = trades.lots[i]!
  const price = trades.entryPrices[i]!
  totals.trips++
  totals.turnover += price * lots
  totals.distance += trades.directions[i]! * (price - trades.entryMids[i]!) * lots
}

/** Adds a closed trip and returns its gross result; `fees` of both fills in quanta x lots. */
function addExit(totals: BarTotals, trades: BarTrades, i: number, fees: number): number {
  const lots = trades.lots[i]!
  const signed = trades.directions[i]! * lots
  const price = trades.exitPrices[i]!
  const value = trades.entryPrices[i]! * lots
  const gross = signed * price - trades.directions[i]! * value
  totals.turnover += price * lots
  totals.distance -= signed * (price - trades.exitMids[i]!)
  totals.closed++
  totals.netBps += ((gross - fees) / value) * 1e4
  if (gross - fees > 1e-7) totals.wins++
  return gross
}

/**
 * The fee of a fill worth so many quanta x lots, in units of the venue's money: the value times the
 * taker's rate, rounded half to even as the venue does.
 */
function feeOf({ instrument, moneyDecimals }: BarAccount): (value: number) => number {
  const { takerE9 } = instrument.fees
  const decimals = instrument.priceDecimals + instrument.quantityDecimals
  const scale = takerE9 * 10 ** (moneyDecimals - 9 - decimals)
  const step = 10 ** (MONEY_DECIMALS - moneyDecimals)
  return (value) => {
    const units = value * scale
    const rounded = Math.round(units)
    // So near a half a double cannot tell: the exact way is slow and rare.
    if (Math.abs(Math.abs(units - rounded) - 0.5) > 1e-6) return rounded
    return Number(applyRate(notional(instrument, value, 1), takerE9, moneyDecimals)) / step
  }
}
