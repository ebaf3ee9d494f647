import type { Instrument } from '../domain/instrument.ts'
import { assetLot, assetValue, moneyPerLot, notional } from '../domain/money.ts'
import type { AssetUnits, Money, TimeUs } from '../domain/units.ts'
import { divideHalfEven } from '../lib/decimal.ts'

/** One instrument's position with its exact cost. Mutable; owned by the ledger. */
export interface Position {
  /** Signed lots. */
  quantity: number
  /** What is held beyond the lots where fees are taken in the asset: 0 or more, less than a lot. */
  dust: AssetUnits
  /** Signed sum of price x quantity of what is held, dust included; 0 when nothing is. */
  cost: Money
  realised: Money
  fees: Money
  funding: Money
  /** Venue time of the fill that opened the present position; null when flat. */
  entryTime: TimeUs | null
}

/** A position as JSON holds it: money and units as decimal text of their integer count. */
export interface PositionSnapshot {
  readonly quantity: number
  readonly dust: string
  readonly cost: string
  readonly realised: string
  readonly fees: string
  readonly funding: string
  readonly entryTime: TimeUs | null
}

/** A flat position with nothing earned or paid. */
export const emptyPosition = (): Position => ({
  quantity: 0,
  dust: 0n,
  cost: 0n,
  realised: 0n,
  fees: 0n,
  funding: 0n,
  entryTime: null,
})

/** Copies a position out. */
export const snapshotPosition = (position: Readonly<Position>): PositionSnapshot => ({
  quantity: position.quantity,
  dust: position.dust.toString(),
  cost: position.cost.toString(),
  realised: position.realised.toString(),
  fees: position.fees.toString(),
  funding: position.funding.toString(),
  entryTime: position.entryTime,
})

/** The position of a snapshot. */
export const restorePosition = (snapshot: PositionSnapshot): Position => ({
  quantity: snapshot.quantity,
  dust: BigInt(snapshot.dust),
  cost: BigInt(snapshot.cost),
  realised: BigInt(snapshot.realised),
  fees: BigInt(snapshot.fees),
  funding: BigInt(snapshot.funding),
  entryTime: snapshot.entryTime,
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

/** A fill as a position sees it. */
export interface PositionFill {
  /** Positive buys. */
  readonly signedLots: number
  readonly price: number
  readonly venueTime: TimeUs
  /** Kept by the venue out of the asset; see `Execution.assetFee`. */
  readonly assetFee?: AssetUnits
}

/**
 * Applies a fill at average cost: the closed part releases its share of the cost (rounded half to
 * even; a full close releases all of it), the rest opens or adds. Mutates `position`.
 */
export function applyFill(
  position: Position,
  instrument: Instrument,
  fill: PositionFill,
): PositionChange {
  if (position.dust !== 0n || (fill.assetFee ?? 0n) !== 0n) {
    return applyUnits(position, instrument, fill)
  }
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
  move(position, { quantity: before + signedLots, dust: 0n, venueTime })
  position.cost += addedCost - releasedCost
  position.realised += realised
  return { realised, releasedCost, addedCost }
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/** The same to the asset's unit, for what is not held in whole lots. */
function applyUnits(
  position: Position,
  instrument: Instrument,
  { signedLots, price, venueTime, assetFee = 0n }: PositionFill,
): PositionChange {
  const lot = assetLot(instrument)
  const before = heldUnits(position, instrument)
  const change = BigInt(signedLots) * lot - assetFee
  const value = notional(instrument, price, signedLots) - assetValue(instrument, price, assetFee)
  const closes = before !== 0n && change !== 0n && before < 0n !== change < 0n
  const [held, moved] = [absolute(before), absolute(change)]
  const closed = !closes ? 0n : held < moved ? held : moved
  const share = (whole: Money, of: bigint): Money =>
    closed === of ? whole : divideHalfEven(whole * closed, of)
  const releasedCost = closed === 0n ? 0n : share(position.cost, held)
  const closedValue = closed === 0n ? 0n : share(value, moved)
  const realised = closed === 0n ? 0n : -closedValue - releasedCost
  const addedCost = value - closedValue
  const after = before + change
  const quantity = floorDivide(after, lot)
  move(position, { quantity: Number(quantity), dust: after - quantity * lot, venueTime })
  position.cost += addedCost - releasedCost
  position.realised += realised
  return { realised, releasedCost, addedCost }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

function move(
  position: Position,
  to: { readonly quantity: number; readonly dust: AssetUnits; readonly venueTime: TimeUs },
): void {
  const before = position.quantity
  position.quantity = to.quantity
  position.dust = to.dust
  if (to.quantity === 0) position.entryTime = null
  else if (before === 0 || Math.sign(before) !== Math.sign(to.quantity)) {
    position.entryTime = to.venueTime
  }
}

/** All that is held, to the asset's unit. */
export const heldUnits = (position: Readonly<Position>, instrument: Instrument): AssetUnits =>
  BigInt(position.quantity) * assetLot(instrument) + position.dust

/** True when nothing at all is held. */
export const isEmpty = ({ quantity, dust }: Readonly<Position>): boolean =>
  quantity === 0 && dust === 0n

/** Value at a price given in half quanta, dust included, rounded towards zero. */
export function valueAtHalf(
  position: Readonly<Position>,
  instrument: Instrument,
  halfPrice: number,
): Money {
  const value = notional(instrument, halfPrice, position.quantity)
  if (position.dust === 0n) return value / 2n
  return (value + assetValue(instrument, halfPrice, position.dust)) / 2n
}

/** Average entry price in quanta (a fraction), null when flat. */
export function averageEntryPrice(
  position: Readonly<Position>,
  instrument: Instrument,
): number | null {
  if (position.quantity === 0) return null
  const { quantity, dust } = position
  const lots = dust === 0n ? quantity : quantity + Number(dust) / Number(assetLot(instrument))
  return Number(position.cost) / (moneyPerLot(instrument) * lots)
}
