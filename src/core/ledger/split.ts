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

/**
 * Splits or joins the shares of a position: lots times `ratioE9` / 10^9 at an unchanged cost. Whole
 * lots stay (rounded towards flat), the fraction is settled at `price` quanta, rounded half to even
 * to the money unit, and its cost is realised. Mutates `position`.
 */
export function applySplit(
  position: Position,
  instrument: Instrument,
  { ratioE9, price }: { readonly ratioE9: number; readonly price: number },
): PositionSplit {
  const before = position.quantity
  const exact = BigInt(before) * BigInt(ratioE9)
  if (exact === 0n) return { addedLots: 0, cashInLieu: 0n, releasedCost: 0n }
  const rest = exact % RATIO
  const lots = Number((exact - rest) / RATIO)
  const cashInLieu = divideHalfEven(notional(instrument, price, 1) * rest, RATIO)
  const way = exact < 0n ? -1n : 1n
  const releasedCost = divideHalfEven(position.cost * rest * way, exact * way)
  position.quantity = lots
  position.cost -= releasedCost
  position.realised += cashInLieu - releasedCost
  if (lots === 0) position.entryTime = null
  return { addedLots: lots - before, cashInLieu, releasedCost }
}
