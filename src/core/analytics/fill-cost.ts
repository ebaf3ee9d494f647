import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import { type InstrumentId, type Money, sign, type TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { divideHalfEven } from '../lib/decimal.ts'
import { lastAtOrBefore } from './growth.ts'
import type { RunFill, RunMids } from './run-record.ts'

/** What a fill cost against the mid when it was decided. Positive is a cost; sums exactly. */
export interface FillCost {
  /** Distance of the fill from the mid at that moment: half spread and depth walked; a maker's is
   * mostly negative (earned). */
  readonly spread: Money
  /** How far the mid moved against us between decision and fill. */
  readonly slippage: Money
  /** False when no mid at the fill was known: spread is then counted 0. */
  readonly spreadMeasured: boolean
  /** False when no mid at the decision was known: slippage is then counted 0. */
  readonly slippageMeasured: boolean
}

/** Finds mids in the columns of a run. */
export interface MidLookup {
  /** Last mid at or before `time` in half quanta; null when there is none. */
  at(instrument: InstrumentId, time: TimeUs): number | null
  /** Last mid of the run; null when there is none. */
  last(instrument: InstrumentId): number | null
  columns(instrument: InstrumentId): RunMids | null
}

/** Indexes mids by instrument. */
export function createMidLookup(mids: readonly RunMids[]): MidLookup {
  const byInstrument = new Map<InstrumentId, RunMids>()
  for (const column of mids) {
    assert(column.time.length === column.halfMid.length, 'mid columns differ in length')
    byInstrument.set(column.instrument, column)
  }
  const at = (instrument: InstrumentId, time: TimeUs): number | null => {
    const column = byInstrument.get(instrument)
    if (column === undefined) return null
    const row = lastAtOrBefore(column.time, time)
    return row < 0 ? null : column.halfMid[row]!
  }
  return {
    at,
    last: (instrument) => at(instrument, Number.POSITIVE_INFINITY),
    columns: (instrument) => byInstrument.get(instrument) ?? null,
  }
}

/**
 * Mid at the fill, half quanta: the recorded one, else the last of the columns; null if unknown.
 */
export const midAtFill = (fill: RunFill, mids: MidLookup): number | null =>
  fill.midHalfQuanta ?? mids.at(fill.instrument, fill.time)

/** Mid at the decision, half quanta: the recorded one, else looked up; null if unknown. */
export const midAtDecision = (fill: RunFill, mids: MidLookup): number | null =>
  fill.arrivalMidHalfQuanta ??
  (fill.decisionTime === null ? null : mids.at(fill.instrument, fill.decisionTime))

/** Value of `lots` at a price in half quanta, rounded half to even to the money unit. */
export function halfNotional(instrument: Instrument, halfPrice: number, lots: number): Money {
  return divideHalfEven(notional(instrument, halfPrice, lots), 2n)
}

/** Splits what a fill cost into spread and slippage, each rounded half to even once. */
export function fillCost(instrument: Instrument, fill: RunFill, mids: MidLookup): FillCost {
  const way = sign(fill.side)
  const mid = midAtFill(fill, mids)
  const arrival = midAtDecision(fill, mids)
  const spread =
    mid === null ? 0n : halfNotional(instrument, way * (2 * fill.price - mid), fill.quantity)
  const reference = mid ?? 2 * fill.price
  const slippage =
    arrival === null ? 0n : halfNotional(instrument, way * (reference - arrival), fill.quantity)
  return { spread, slippage, spreadMeasured: mid !== null, slippageMeasured: arrival !== null }
}
