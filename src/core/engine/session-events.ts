import type { EventOf } from '../domain/event.ts'
import { askForAccount } from './reports.ts'
import { isShadow, type World } from './world.ts'

/** Reason of the pause that a restart lifts. */
export const SHUTDOWN = 'shutdown'

/** A session begins, new or resumed: what the venue says is to be heard anew. */
export function onSessionStarted(world: World, event: EventOf<'sessionStarted'>): void {
  world.sessionId = event.sessionId
  world.started = true
  world.stopping = false
  world.reconcile.done = false
  world.reconcile.isFirst = true
  world.reconcile.resumed = event.resumed
  world.reconcile.queryInFlight = false
  world.reconcile.pending = []
  world.reconcile.differences = 0
  world.reconcile.suspects = []
  // What slowed an earlier process down is over; a stream that is still down says so again.
  world.behindUs = 0
  world.accountDown = false
  world.tradesDown.fill(0)
  if (event.resumed) {
    for (const record of [...world.orders.allActive()]) {
      // Of an order that was never sent nothing is unknown.
      if (isShadow(world, record.order.instrument)) continue
      world.orders.apply(record, 'unknown', world.now)
    }
    for (const book of world.books) book.clear()
    world.bookTimes.fill(-1)
    world.connected.fill(0)
    world.booksSince = -1
    if (world.risk.pausedReason === SHUTDOWN) world.risk.paused = false
  }
}

/** A stream of the venue came up, broke or lost updates. */
export function onStreamStatus(world: World, event: EventOf<'streamStatus'>): void {
  if (event.stream === 'account') {
    // Every connection of the account stream begins with the venue's whole truth.
    world.reconcile.queryInFlight = false
    world.accountDown = event.status !== 'connected'
    if (event.status === 'connected') askForAccount(world)
    return
  }
  for (const { id } of world.config.instruments) {
    if (event.instrument !== null && event.instrument !== id) continue
    if (event.stream === 'trades') {
      world.tradesDown[id] = event.status === 'connected' ? 0 : 1
      continue
    }
    const isUp = event.status === 'connected'
    if (isUp && world.connected[id] === 0) world.booksSince = world.now
    world.connected[id] = isUp ? 1 : 0
    if (event.status === 'gap') world.books[id]!.markGap()
    else if (event.status === 'disconnected') world.books[id]!.clear()
  }
}
