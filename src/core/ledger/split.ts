import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import type { Money } from '../domain/units.ts'
import { divideHalfEven } from '../lib/decimal.ts'
import type { Position } from './position.ts'

const RATIO = 1_000_000_000n

/** What a split did to a position. */
export interface PositionSplit {
  /** Change of the signed lots. */
  readonly addedLots: number
  /** Cash for the fraction of a lot that is left over; negative is owed by a short. */
  readonly cashInLieu: Money
  /** Cost that left with the fraction. */
  readonly releasedCost: Money
}

/** A split as positions see it. */
export interface Split {
  readonly ratioE9: number
  /** Price after it, quanta, at which a fraction of a lot is settled. */
  readonly price: number
}

/** Lots after a split x 1e9. */
function exactLots(held: number, ratioE9: number): bigint {
  const exact = BigInt(held) * BigInt(ratioE9)
  const error = BigInt(Math.abs(held))
  const rest = exact % RATIO
  const size = rest < 0n ? -rest : rest
  const way = held < 0 ? -1n : 1n
  if (size <= error) return exact - rest
  return RATIO - size <= error ? exact - rest + way * RATIO : exact
}

/**
 * Signed lots after a split, and the cash for the fraction of a lot that is left over. A ratio such
 * as a third is known to nine digits: what lies no further from a whole lot is that lot.
 */
export function splitLots(
  instrument: Instrument,
  held: number,
  { ratioE9, price }: Split,
): { readonly lots: number; readonly cashInLieu: Money; readonly rest: bigint } {
  const exact = exactLots(held, ratioE9)
  const rest = exact % RATIO
  const cashInLieu = divideHalfEven(notional(instrument, price, 1) * rest, RATIO)
  return { lots: Number((exact - rest) / RATIO), cashInLieu, rest }
}

/**
 * Splits or joins the shares of a position: lots times `ratioE9` / 10^9 at an unchanged cost. Whole
 * lots stay (rounded towards flat), the fraction is settled at `price` quanta, rounded half to even
 * to the money unit, and its cost is realised. Mutates `position`.
 */
export function applySplit(
  position: Position,
  instrument: Instrument,
  split: Split,
): PositionSplit {
  const before = position.quantity
  if (before === 0) return { addedLots: 0, cashInLieu: 0n, releasedCost: 0n }
  const { lots, cashInLieu, rest } = splitLots(instrument, before, split)
  const exact = exactLots(before, split.ratioE9)
  const way = exact < 0n ? -1n : 1n
  const releasedCost = divideHalfEven(position.cost * rest * way, exact * way)
  position.quantity = lots
  position.cost -= releasedCost
  position.realised += cashInLieu - releasedCost
  if (lots === 0) position.entryTime = null
  return { addedLots: lots - before, cashInLieu, releasedCost }
}
