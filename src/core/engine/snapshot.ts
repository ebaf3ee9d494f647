import type { Work } from '../execution/executor.ts'
import type { OrderStoreSnapshot } from '../execution/order-store.ts'
import type { LedgerSnapshot } from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { RiskState } from '../risk/limits.ts'
import type { ShareState } from '../shares/share-rules.ts'
import type { Counters, ReconcileState, World } from './world.ts'

/** Layout of {@link EngineSnapshot}; another number is refused. */
export const SNAPSHOT_VERSION = 13

/** One book's levels, best first, as flat (price, quantity) pairs. */
export interface BookSnapshot {
  readonly status: string
  readonly bids: readonly number[]
  readonly asks: readonly number[]
  /** Where levels begin to be missing, -1 nowhere: bids, asks. */
  readonly missingFrom: readonly [number, number]
}

/** The core's whole state as JSON-safe data (bigint money as text inside the ledger). */
export interface EngineSnapshot {
  readonly version: number
  readonly now: number
  readonly sessionId: string
  readonly started: boolean
  readonly stopping: boolean
  readonly books: readonly BookSnapshot[]
  readonly bookTimes: readonly number[]
  readonly connected: readonly number[]
  readonly booksSince: number
  readonly signals: readonly unknown[]
  readonly fundingRatesE9: readonly (number | null)[]
  readonly halfMarks: readonly number[]
  readonly ledger: LedgerSnapshot
  readonly shadowLedger: LedgerSnapshot
  readonly orders: OrderStoreSnapshot
  readonly works: readonly (Work | null)[]
  readonly intentNumber: number
  readonly seen: readonly string[]
  readonly risk: RiskState
  readonly shares: ShareState | null
  readonly stops: readonly (string | null)[]
  readonly reconcile: ReconcileState
  readonly behindUs: number
  readonly accountDown: boolean
  readonly tradesDown: readonly number[]
  readonly flattening: boolean
  readonly strategyFailure: string | null
  readonly equity: number
  readonly strategyState: unknown
  readonly lastOutcomes: readonly string[]
  readonly counters: Counters
}

/** Copies the world out. */
export function snapshotWorld(world: World): EngineSnapshot {
  assert(world.effects.length === 0, 'effects must be taken before a snapshot')
  return structuredCopy({
    version: SNAPSHOT_VERSION,
    now: world.now,
    sessionId: world.sessionId,
    started: world.started,
    stopping: world.stopping,
    booksSince: world.booksSince,
    books: world.books.map((book) => {
      const side = (s: 0 | 1): number[] => {
        const levels: number[] = []
        for (let i = 0; i < book.depth(s); i++)
          levels.push(book.priceAt(s, i), book.quantityAt(s, i))
        return levels
      }
      const missingFrom = [book.missingFrom(0), book.missingFrom(1)] as const
      return { status: book.status, bids: side(0), asks: side(1), missingFrom }
    }),
    bookTimes: [...world.bookTimes],
    connected: [...world.connected],
    signals: world.signals.map((signal) => signal.snapshot()),
    fundingRatesE9: world.fundingRatesE9,
    halfMarks: [...world.halfMarks],
    ledger: world.ledger.snapshot(),
    shadowLedger: world.shadowLedger.snapshot(),
    orders: world.orders.snapshot(),
    works: world.works,
    intentNumber: world.intentNumber,
    seen: world.seen.values(),
    risk: world.risk,
    shares: world.shares,
    stops: world.stops,
    reconcile: world.reconcile,
    behindUs: world.behindUs,
    accountDown: world.accountDown,
    tradesDown: [...world.tradesDown],
    flattening: world.flattening,
    strategyFailure: world.strategyFailure,
    equity: world.equity,
    strategyState: world.strategyState,
    lastOutcomes: world.lastOutcomes,
    counters: world.counters,
  })
}

/** Puts a snapshot back into a world of the same configuration. */
export function restoreWorld(world: World, snapshot: EngineSnapshot): void {
  assert(snapshot.version === SNAPSHOT_VERSION, `snapshot version ${snapshot.version}`)
  assert(snapshot.books.length === world.books.length, 'snapshot of another universe')
  const copy = structuredCopy(snapshot)
  world.now = copy.now
  world.sessionId = copy.sessionId
  world.started = copy.started
  world.stopping = copy.stopping
  world.booksSince = copy.booksSince
  copy.books.forEach((book, i) => {
    const pool = Float64Array.from([...book.bids, ...book.asks])
    const target = world.books[i]!
    if (book.status === 'unknown') target.clear()
    else target.applySnapshot(pool, 0, book.bids.length / 2, book.asks.length / 2)
    book.missingFrom.forEach((at, side) => {
      if (at > 0) target.markMissingFrom(side as 0 | 1, at)
    })
    if (book.status === 'gapped') target.markGap()
  })
  world.bookTimes.set(copy.bookTimes)
  world.connected.set(copy.connected)
  copy.signals.forEach((signal, i) => {
    world.signals[i]!.restore(signal as never)
  })
  assign(world.fundingRatesE9, copy.fundingRatesE9)
  world.halfMarks.set(copy.halfMarks)
  world.ledger.restore(copy.ledger)
  world.shadowLedger.restore(copy.shadowLedger)
  world.orders.restore(copy.orders)
  assign(world.works, copy.works)
  world.intentNumber = copy.intentNumber
  world.seen.restore(copy.seen)
  Object.assign(world.risk, copy.risk)
  assert((world.shares === null) === (copy.shares === null), 'snapshot of other rules of shares')
  if (world.shares !== null) Object.assign(world.shares, copy.shares)
  assign(world.stops, copy.stops)
  Object.assign(world.reconcile, copy.reconcile)
  world.behindUs = copy.behindUs
  world.accountDown = copy.accountDown
  world.tradesDown.set(copy.tradesDown)
  world.flattening = copy.flattening
  world.strategyFailure = copy.strategyFailure
  world.equity = copy.equity
  world.strategyState = copy.strategyState
  assign(world.lastOutcomes, copy.lastOutcomes)
  Object.assign(world.counters, copy.counters)
}

function assign<T>(target: T[], source: readonly T[]): void {
  for (let i = 0; i < source.length; i++) target[i] = source[i]!
}

/** Deep copy of JSON-safe data: the snapshot shares nothing with the running world. */
function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
