import type { RiskContext } from '../risk/gate.ts'
import type { World } from './world.ts'

/** The world as the risk gate sees it. One object per engine, reading live state. */
export function createRiskContext(world: World): RiskContext {
  return {
    get now() {
      return world.now
    },
    instruments: world.config.instruments,
    get reconciled() {
      return world.reconcile.done
    },
    get behindUs() {
      return world.behindUs
    },
    positionLots: (i) => world.ledger.position(i).quantity,
    worstCaseLots: (i, side) => world.orders.worstCaseLots(i, side),
    halfMid: (i) => world.books[i]!.halfMid(),
    bookAge: (i) => bookAge(world, i),
    isBookKnown: (i) => isBookKnown(world, i),
    isConnected: (i) => world.connected[i] === 1,
    get accountAge() {
      return world.now - world.reconcile.lastReportTime
    },
    stopReason: (i) => world.stops[i] ?? null,
    get equity() {
      return world.equity
    },
  }
}

/** Age of the strategy's book by received time, us; Infinity when never seen. */
export function bookAge(world: World, instrument: number): number {
  const seen = world.bookTimes[instrument]!
  return seen < 0 ? Number.POSITIVE_INFINITY : world.now - seen
}

/** True when the book has both sides and is neither gapped nor crossed. */
export function isBookKnown(world: World, instrument: number): boolean {
  const { status } = world.books[instrument]!
  return status === 'valid' || status === 'locked'
}
