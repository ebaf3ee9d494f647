import type { EventOf } from '../domain/event.ts'
import { moneyToNumber } from '../domain/money.ts'
import { moveAnchorsBy } from '../risk/breakers.ts'
import { isNews } from './reports.ts'
import { splitShares } from './shares.ts'
import type { World } from './world.ts'

/** Books what holding an instrument earned or cost, once. */
export function onFundingPaid(world: World, event: EventOf<'fundingPaid'>): void {
  if (!isNews(world, `f:${event.fundingId}`, event.venueTime)) return
  world.ledger.applyFunding(event.instrument, event.amount, event.cause)
}

/** Books cash that moved, once; what is neither charged nor credited is no gain or loss of the day. */
export function onTransferred(world: World, event: EventOf<'transferred'>): void {
  if (!isNews(world, `t:${event.transferId}`, event.venueTime)) return
  world.ledger.applyTransfer(event.currency, event.amount, event.cause)
  if (event.cause === undefined && world.quoteCurrencies.includes(event.currency)) {
    moveAnchorsBy(world.risk, moneyToNumber(event.amount))
  }
}

/** Counts split shares anew, once; true when the position moved. */
export function onSplit(world: World, event: EventOf<'sharesSplit'>): boolean {
  if (!isNews(world, `s:${event.splitId}`, event.venueTime)) return false
  return splitShares(world, event) !== 0
}
