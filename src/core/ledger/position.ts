import type { Instrument } from '../domain/instrument.ts'
import { moneyPerLot, notional } from '../domain/money.ts'
import type { Money, TimeUs } from '../domain/units.ts'
import { divideHalfEven } from '../lib/decimal.ts'

/** One instrument's position with its exact cost. Mutable; owned by the ledger. */
export interface Position {
  /** Signed lots. */
  quantity: number
  /** Signed sum of price x quantity of the open lots; 0 when flat. */
  cost: Money
  realised: Money
  fees: Money
  funding: Money
  /** Venue time of the fill that opened the present position; null when flat. */
  entryTime: TimeUs | null
}

/** A flat position with nothing earned or paid. */
export const emptyPosition = (): Position => ({
  quantity: 0,
  cost: 0n,
  realised: 0n,
  fees: 0n,
  funding: 0n,
  entryTime: null,
})

/** What a fill did to a position, in money of the quote currency. */
export interface PositionChange {
  /** Realised PnL of the closed part, before fees. */
  readonly realised: Money
  /** Cost taken out of the position by the closed part (signed like the position). */
  readonly releasedCost: Money
  /** Cost put in by the opened part (signed like the fill). */
  readonly addedCost: Money
}

/**
 * Applies a fill at average cost: the closed part releases its share of the cost (rounded half to
 * even; a full close releases all of it), the rest opens or adds. Mutates `position`.
 */
export function applyFill(
  position: Position,
  instrument: Instrument,
  fill: { readonly signedLots: number; readonly price: number; readonly venueTime: TimeUs },
): PositionChange {
  const { signedLots, price, venueTime } = fill
  const before = position.quantity
  const closes = before !== 0 && Math.sign(before) !== Math.sign(signedLots)
  const closedLots = closes ? Math.min(Math.abs(before), Math.abs(signedLots)) : 0
  const closedSigned = Math.sign(signedLots) * closedLots
  let releasedCost = 0n
  if (closedLots > 0) {
    releasedCost =
      closedLots === Math.abs(before)
        ? position.cost
        : divideHalfEven(position.cost * BigInt(closedLots), BigInt(Math.abs(before)))
  }
  const realised = closedLots > 0 ? -notional(instrument, price, closedSigned) - releasedCost : 0n
  const openedSigned = signedLots - closedSigned
  const addedCost = notional(instrument, price, openedSigned)
  position.quantity = before + signedLots
  position.cost += addedCost - releasedCost
  position.realised += realised
  if (position.quantity === 0) position.entryTime = null
  else if (before === 0 || Math.sign(before) !== Math.sign(position.quantity)) {
    position.entryTime = venueTime
  }
  return { realised, releasedCost, addedCost }
}

/** Average entry price in quanta (a fraction), null when flat. */
export function averageEntryPrice(position: Position, instrument: Instrument): number | null {
  if (position.quantity === 0) return null
  return Number(position.cost) / (moneyPerLot(instrument) * position.quantity)
}
