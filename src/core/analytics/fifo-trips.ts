import type { InstrumentId, Side, TimeUs } from '../domain/units.ts'

/** A fill as round trips by FIFO need it; money and prices in currency units. */
export interface FifoFill {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly side: Side
  readonly shares: number
  readonly price: number
  readonly fee: number
}

/** New shares for one old share. */
export interface FifoSplit {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly ratio: number
}

/** Shares of one purchase that one sale closed. */
export interface FifoTrip {
  readonly instrument: InstrumentId
  readonly entryTime: TimeUs
  readonly exitTime: TimeUs
  /** As counted at the exit. */
  readonly shares: number
  /** What was paid for them and what they brought, fees beside. */
  readonly cost: number
  readonly proceeds: number
  /** The entry's and the exit's, by shares. */
  readonly fees: number
  /** proceeds - cost - fees, without dividends. */
  readonly net: number
}

interface Lot {
  readonly time: TimeUs
  shares: number
  /** Cost and fee of what is left of it. */
  cost: number
  fee: number
}

/** Shares below it are the rounding of a split. */
const NOTHING = 1e-9

/**
 * Round trips of long positions, first in, first out: every sale closes the oldest shares there
 * are, and what it closes of one purchase is one trip. What is still held makes none. Fills and
 * splits come in order of time, a split before the fills of its instant.
 */
export function fifoTrips(
  fills: readonly FifoFill[],
  splits: readonly FifoSplit[] = [],
): readonly FifoTrip[] {
  const lots = new Map<InstrumentId, Lot[]>()
  const trips: FifoTrip[] = []
  let next = 0
  for (const fill of fills) {
    for (; next < splits.length && splits[next]!.time <= fill.time; next++) {
      const { instrument, ratio } = splits[next]!
      for (const lot of lots.get(instrument) ?? []) lot.shares *= ratio
    }
    const own = lots.get(fill.instrument) ?? []
    lots.set(fill.instrument, own)
    const { time, shares, price, fee } = fill
    if (fill.side === 'buy') own.push({ time, shares, cost: shares * price, fee })
    else close(fill, own, trips)
  }
  return trips
}

function close(sale: FifoFill, own: Lot[], trips: FifoTrip[]): void {
  let left = sale.shares
  while (left > NOTHING && own.length > 0) {
    const lot = own[0]!
    const shares = Math.min(left, lot.shares)
    const part = shares / lot.shares
    const fees = lot.fee * part + sale.fee * (shares / sale.shares)
    const cost = lot.cost * part
    const proceeds = shares * sale.price
    const { instrument, time: exitTime } = sale
    const net = proceeds - cost - fees
    trips.push({ instrument, entryTime: lot.time, exitTime, shares, cost, proceeds, fees, net })
    left -= shares
    lot.shares -= shares
    lot.cost -= cost
    lot.fee -= lot.fee * part
    if (lot.shares <= NOTHING) own.shift()
  }
}
