import type { Instrument } from '../domain/instrument.ts'
import { assetValue, notional } from '../domain/money.ts'
import { type InstrumentId, type Money, type Side, sign, type TimeUs } from '../domain/units.ts'
import { splitLots } from '../ledger/split.ts'
import { assert } from '../lib/assert.ts'
import { divideHalfEven } from '../lib/decimal.ts'
import {
  createMidLookup,
  type FillCost,
  fillCost,
  halfNotional,
  type MidLookup,
} from './fill-cost.ts'
import { createLotsMoved } from './lots-moved.ts'
import type { RunFill, RunRecord, RunSplit } from './run-record.ts'
import { createSplits } from './splits.ts'

/** A position from flat to flat, however many fills; the last may still be open. */
export interface RoundTrip {
  readonly number: number
  readonly instrument: InstrumentId
  /** Side of the entry: buy is long. */
  readonly side: Side
  readonly entryTime: TimeUs
  /** Null: still open at the end, valued at the last mid. */
  readonly exitTime: TimeUs | null
  /** To the exit, or to the end of the run. */
  readonly holdingUs: number
  /** Largest size held, lots. */
  readonly maximumQuantity: number
  /** Average prices in quanta, fractions; exit null while nothing was closed. */
  readonly averageEntryPrice: number
  readonly averageExitPrice: number | null
  /** Value of all that was entered. */
  readonly entryNotional: Money
  /** Result at the mids of the decisions: pricePnl + spread + slippage. */
  readonly gross: Money
  /** Costs inside pricePnl; negative is earned. */
  readonly spread: Money
  readonly slippage: Money
  /** Result at fill prices, the open rest at the last mid. */
  readonly pricePnl: Money
  readonly fees: Money
  readonly funding: Money
  /** pricePnl - fees + funding. */
  readonly net: Money
  /** Of entry notional. */
  readonly grossBps: number
  readonly netBps: number
  /** Share of traded notional filled as maker, 0 to 1. */
  readonly makerShare: number
  readonly fills: number
  readonly entryReason: string
  /** Reason of the last reducing fill; null when nothing was closed. */
  readonly exitReason: string | null
}

/** Round trips of a run and what belongs to none. */
export interface RoundTripReport {
  /** In order of entry. */
  readonly trips: readonly RoundTrip[]
  /** Funding that arrived while flat. */
  readonly unattributedFunding: Money
  /** Value at the end of what fees taken in the asset left beside whole lots. */
  readonly dust: Money
}

interface OpenTrip {
  readonly instrument: Instrument
  readonly side: Side
  readonly entryTime: TimeUs
  readonly entryReason: string
  readonly number: number
  position: number
  maximumQuantity: number
  entryLots: number
  entryNotional: Money
  exitLots: number
  exitNotional: Money
  /** Paid for what fees took of the asset: part of the fees, not of the price. */
  taken: Money
  fees: Money
  spread: Money
  slippage: Money
  funding: Money
  makerNotional: Money
  fills: number
  exitReason: string | null
}

/**
 * Folds fills and funding into round trips. A fill that crosses flat is split by quantity, its fee
 * and costs too (the closing part rounded half to even, the opening part the rest). Funding at
 * the instant of a fill belongs to the position before it, or else to the one after it. What a fee
 * taken in the asset leaves beside whole lots belongs to no trip.
 */
export function roundTrips(
  record: RunRecord,
  mids: MidLookup = createMidLookup(record.mids),
): RoundTripReport {
  const open = new Map<InstrumentId, OpenTrip>()
  const done: RoundTrip[] = []
  let started = 0
  let unattributedFunding = 0n
  const funding = record.funding.toSorted((a, b) => a.time - b.time)
  let nextFunding = 0
  let pending: { readonly instrument: InstrumentId; readonly amount: Money }[] = []
  const attribute = (instrument: InstrumentId, amount: Money): boolean => {
    const trip = open.get(instrument)
    if (trip === undefined) return false
    trip.funding += amount
    return true
  }
  const settlePending = (): void => {
    for (const { instrument, amount } of pending) {
      if (!attribute(instrument, amount)) unattributedFunding += amount
    }
    pending = []
  }
  const fundUntil = (time: TimeUs): void => {
    while (nextFunding < funding.length && funding[nextFunding]!.time <= time) {
      const { time: at, instrument, amount } = funding[nextFunding++]!
      if (attribute(instrument, amount)) continue
      if (at === time) pending.push({ instrument, amount })
      else unattributedFunding += amount
    }
  }
  const lots = createLotsMoved(record)
  const splitsUntil = createSplits(record)
  const split = (each: RunSplit): void => splitOpen(open, done, each)
  let lastTime = Number.NEGATIVE_INFINITY
  for (const fill of record.fills.toSorted((a, b) => a.time - b.time)) {
    if (fill.time > lastTime) settlePending()
    lastTime = fill.time
    fundUntil(fill.time)
    splitsUntil(fill.time, split)
    const instrument = record.instruments[fill.instrument]
    assert(instrument !== undefined, `fill names unknown instrument ${fill.instrument}`)
    const lost = sign(fill.side) * fill.quantity - lots.moved(fill)
    const held = open.get(fill.instrument)
    for (const part of splitAtFlat(instrument, { fill, lost }, held, mids)) {
      let trip = open.get(fill.instrument)
      if (trip === undefined) {
        trip = startTrip(instrument, fill, started++)
        open.set(fill.instrument, trip)
      }
      apply(trip, fill, part)
      if (trip.position === 0 && trip.exitLots > 0) {
        done.push(finish(trip, fill.time, 0n, fill.time))
        open.delete(fill.instrument)
      }
    }
  }
  settlePending()
  fundUntil(Number.POSITIVE_INFINITY)
  settlePending()
  splitsUntil(Number.POSITIVE_INFINITY, split)
  const end = Math.max(record.data.lastTime, lastTime)
  for (const trip of open.values()) done.push(finish(trip, null, markOf(trip, record, mids), end))
  let dust = 0n
  for (const [id, units] of lots.dusts) {
    const half = lastHalf(id, record, mids)
    if (half !== null) dust += assetValue(record.instruments[id]!, half, units) / 2n
  }
  return { trips: done.toSorted((a, b) => a.number - b.number), unattributedFunding, dust }
}

interface FillPart {
  readonly lots: number
  /** Lots that a fee taken in the asset cost. */
  readonly lost: number
  readonly fee: Money
  readonly cost: FillCost
}

function splitAtFlat(
  instrument: Instrument,
  { fill, lost }: { readonly fill: RunFill; readonly lost: number },
  trip: OpenTrip | undefined,
  mids: MidLookup,
): readonly FillPart[] {
  assert(fill.quantity > 0, 'a fill has a positive quantity')
  const cost = fillCost(instrument, fill, mids)
  const whole = { lots: fill.quantity, lost, fee: fill.fee, cost }
  if (trip === undefined || fill.side === trip.side) return [whole]
  const held = Math.abs(trip.position)
  if (fill.quantity <= held) return [whole]
  const share = (value: Money): Money => divideHalfEven(value * BigInt(held), BigInt(fill.quantity))
  const closing = {
    lots: held,
    lost: 0,
    fee: share(fill.fee),
    cost: { ...cost, spread: share(cost.spread), slippage: share(cost.slippage) },
  }
  const opening = {
    lots: fill.quantity - held,
    lost,
    fee: fill.fee - closing.fee,
    cost: {
      ...cost,
      spread: cost.spread - closing.cost.spread,
      slippage: cost.slippage - closing.cost.slippage,
    },
  }
  return [closing, opening]
}

const startTrip = (instrument: Instrument, fill: RunFill, index: number): OpenTrip => ({
  instrument,
  side: fill.side,
  entryTime: fill.time,
  entryReason: fill.reason,
  number: index + 1,
  position: 0,
  maximumQuantity: 0,
  entryLots: 0,
  entryNotional: 0n,
  exitLots: 0,
  exitNotional: 0n,
  taken: 0n,
  fees: 0n,
  spread: 0n,
  slippage: 0n,
  funding: 0n,
  makerNotional: 0n,
  fills: 0,
  exitReason: null,
})

function apply(trip: OpenTrip, fill: RunFill, part: FillPart): void {
  const value = notional(trip.instrument, fill.price, part.lots)
  trip.position += sign(fill.side) * part.lots - part.lost
  if (fill.assetFee !== undefined) {
    trip.taken += assetValue(trip.instrument, fill.price, fill.assetFee)
  }
  trip.maximumQuantity = Math.max(trip.maximumQuantity, Math.abs(trip.position))
  if (fill.side === trip.side) {
    trip.entryLots += part.lots
    trip.entryNotional += value
  } else {
    trip.exitLots += part.lots
    trip.exitNotional += value
    trip.exitReason = fill.reason
  }
  trip.fees += part.fee
  trip.spread += part.cost.spread
  trip.slippage += part.cost.slippage
  if (fill.liquidity === 'maker') trip.makerNotional += value
  trip.fills++
}

/** Splits the open trip of an instrument; one whose last lot becomes cash is done. */
function splitOpen(open: Map<InstrumentId, OpenTrip>, done: RoundTrip[], split: RunSplit): void {
  const trip = open.get(split.instrument)
  if (trip === undefined) return
  splitTrip(trip, split)
  if (trip.position !== 0) return
  done.push(finish(trip, split.time, 0n, split.time))
  open.delete(split.instrument)
}

/** Counts a trip's lots anew; cash for a fraction of a lot leaves like a fill. */
function splitTrip(trip: OpenTrip, split: RunSplit): void {
  const ratio = split.ratioE9 / 1e9
  const { lots, cashInLieu } = splitLots(trip.instrument, trip.position, split)
  trip.position = lots
  trip.exitNotional += BigInt(sign(trip.side)) * cashInLieu
  trip.entryLots *= ratio
  trip.exitLots *= ratio
  trip.maximumQuantity = Math.max(Math.abs(lots), Math.round(trip.maximumQuantity * ratio))
}

/** The last mid, else the last bar's close, in half quanta; null when there is neither. */
function lastHalf(id: InstrumentId, record: RunRecord, mids: MidLookup): number | null {
  const closes = record.bars.find((bars) => bars.instrument === id)?.close
  return mids.last(id) ?? closes?.[closes.length - 1] ?? null
}

/** Value of what is still held: at the last mid, else the last bar's close, else the entry. */
function markOf(trip: OpenTrip, record: RunRecord, mids: MidLookup): Money {
  const half = lastHalf(trip.instrument.id, record, mids)
  if (half !== null) return halfNotional(trip.instrument, half, trip.position)
  return divideHalfEven(
    trip.entryNotional * BigInt(trip.position),
    BigInt(Math.round(trip.entryLots)),
  )
}

function finish(trip: OpenTrip, exitTime: TimeUs | null, mark: Money, end: TimeUs): RoundTrip {
  const { instrument } = trip
  const cash = BigInt(sign(trip.side)) * (trip.exitNotional - trip.entryNotional)
  const pricePnl = cash + trip.taken + mark
  const gross = pricePnl + trip.spread + trip.slippage
  const net = pricePnl - trip.fees + trip.funding
  const bps = (value: Money): number => (Number(value) / Number(trip.entryNotional)) * 1e4
  const unit = Number(notional(instrument, 1, 1))
  return {
    number: trip.number,
    instrument: instrument.id,
    side: trip.side,
    entryTime: trip.entryTime,
    exitTime,
    holdingUs: end - trip.entryTime,
    maximumQuantity: trip.maximumQuantity,
    averageEntryPrice: Number(trip.entryNotional) / unit / trip.entryLots,
    averageExitPrice: trip.exitLots > 0 ? Number(trip.exitNotional) / unit / trip.exitLots : null,
    entryNotional: trip.entryNotional,
    gross,
    spread: trip.spread,
    slippage: trip.slippage,
    pricePnl,
    fees: trip.fees,
    funding: trip.funding,
    net,
    grossBps: bps(gross),
    netBps: bps(net),
    makerShare: Number(trip.makerNotional) / Number(trip.entryNotional + trip.exitNotional),
    fills: trip.fills,
    entryReason: trip.entryReason,
    exitReason: trip.exitReason,
  }
}
