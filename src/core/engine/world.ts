import type { BookKernel } from '../book/book-kernel.ts'
import { BookShelf } from '../book/book-shelf.ts'
import type { OrderBook } from '../book/order-book.ts'
import type { Session } from '../calendar/sessions.ts'
import type { Effect } from '../domain/effect.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { TimeUs } from '../domain/units.ts'
import type { Work } from '../execution/executor.ts'
import { OrderStore } from '../execution/order-store.ts'
import { BAR_ROW } from '../indicators/bar-builder.ts'
import { Signal } from '../indicators/signal.ts'
import { Ledger } from '../ledger/ledger.ts'
import { BoundedSet } from '../lib/bounded-set.ts'
import { freshRiskState, type RiskState } from '../risk/limits.ts'
import { freshShareState, type ShareState } from '../shares/share-rules.ts'
import type { EngineConfig } from './config.ts'

/** Execution, funding and transfer ids remembered for deduplication. */
const SEEN_MAX = 65_536

/** Why and how far trading waits for the venue's word. */
export interface ReconcileState {
  /** True once the venue's view was compared and every open question answered. */
  done: boolean
  /** True until the first comparison of a session: its differences follow the session's rule. */
  isFirst: boolean
  resumed: boolean
  /** True once a whole account report was stepped: before, the venue's state is taken over. */
  compared: boolean
  /**
   * Venue time of the report that the journal began with, -1 before: what the venue booked by then
   * is in the balances that were taken over.
   */
  historyTime: TimeUs
  /** Orders whose fate was asked for by the running comparison. */
  pending: ClientOrderId[]
  differences: number
  queryInFlight: boolean
  lastQueryTime: TimeUs
  lastReportTime: TimeUs
  /** Instruments in which the last routine report differed once (confirmed at the second time). */
  suspects: number[]
  /** Instruments whose next difference an operator accepts. */
  accepted: number[]
  /** Cash that the last settled comparison missed, as text of its integer count; null for none. */
  cashDifference: string | null
}

/** Counters for reports; never read by decisions. */
export interface Counters {
  events: number
  bars: number
  evaluations: number
  signals: number
  orders: number
  fills: number
  rejects: number
  duplicates: number
  contradictions: number
  denials: Record<string, number>
  outcomes: Record<string, number>
}

/** The whole mutable state of the core. Functions of engine/ are its only writers. */
export interface World {
  readonly config: EngineConfig
  /** Quote currencies of the universe; equity adds them one to one, so there must be one. */
  readonly quoteCurrencies: readonly string[]
  now: TimeUs
  sessionId: string
  started: boolean
  stopping: boolean
  readonly shelf: BookShelf
  readonly books: readonly OrderBook[]
  readonly bookTimes: Float64Array
  readonly connected: Uint8Array
  /** When a book's stream came up last; -1 while none has since the session was started. */
  booksSince: TimeUs
  readonly signals: Signal[]
  /** The bar under construction of each signal: a row each, see bar-builder.ts. */
  readonly bars: Float64Array
  /** What takes runs of records; null: they are stepped one by one. */
  readonly kernel: BookKernel | null
  readonly fundingRatesE9: (number | null)[]
  readonly halfMarks: Float64Array
  readonly ledger: Ledger
  /** Would-be positions of instruments in shadow: a book of their own, which no account has. */
  readonly shadowLedger: Ledger
  readonly orders: OrderStore
  readonly works: (Work | null)[]
  intentNumber: number
  readonly seen: BoundedSet
  readonly risk: RiskState
  /** Null where the account goes by no rules of shares. */
  readonly shares: ShareState | null
  /** What the calendar said last, and from and until when it holds; no state of its own. */
  readonly sessionSeen: { session: Session | null; from: TimeUs; until: TimeUs }
  readonly stops: (string | null)[]
  readonly reconcile: ReconcileState
  behindUs: number
  /** True while the private stream is interrupted: fills could go unseen. */
  accountDown: boolean
  /** 1 while the public trades of an instrument are interrupted. */
  readonly tradesDown: Uint8Array
  /** True from an operator's flatten until nothing is held or working. */
  flattening: boolean
  /** What the strategy threw; null while it works. */
  strategyFailure: string | null
  equity: number
  strategyState: unknown
  readonly lastOutcomes: string[]
  readonly counters: Counters
  effects: Effect[]
}

/** A world before its first event. */
export function createWorld(config: EngineConfig): World {
  const { instruments } = config
  const count = instruments.length
  const levels = config.signal.imbalanceLevels
  const kept = { levels, capacity: config.bookCapacity }
  const kernel = config.bookKernel?.(count, kept) ?? null
  const shelf = new BookShelf(count, kept, kernel)
  const bars = kernel?.bars ?? new Float64Array(BAR_ROW * count)
  return {
    config,
    quoteCurrencies: [...new Set(instruments.map((i) => i.quoteCurrency))],
    now: 0,
    sessionId: '',
    started: false,
    stopping: false,
    shelf,
    books: shelf.books,
    bookTimes: (kernel?.bookTimes ?? new Float64Array(count)).fill(-1),
    connected: new Uint8Array(count),
    booksSince: -1,
    signals: instruments.map((_, row) => new Signal(config.signal, bars, row)),
    bars,
    kernel,
    fundingRatesE9: instruments.map(() => null),
    halfMarks: new Float64Array(count).fill(-1),
    ledger: new Ledger(instruments),
    shadowLedger: new Ledger(instruments),
    orders: new OrderStore(count),
    works: instruments.map(() => null),
    intentNumber: 0,
    seen: new BoundedSet(SEEN_MAX),
    risk: freshRiskState(config.limits),
    shares: config.shares === undefined ? null : freshShareState(instruments),
    sessionSeen: { session: null, from: 0, until: 0 },
    stops: instruments.map(() => null),
    reconcile: {
      done: false,
      isFirst: true,
      resumed: false,
      compared: false,
      historyTime: -1,
      pending: [],
      differences: 0,
      queryInFlight: false,
      lastQueryTime: 0,
      lastReportTime: 0,
      suspects: [],
      accepted: [],
      cashDifference: null,
    },
    behindUs: 0,
    accountDown: false,
    tradesDown: new Uint8Array(count),
    flattening: false,
    strategyFailure: null,
    equity: 0,
    strategyState: config.strategy.init(instruments),
    lastOutcomes: instruments.map(() => ''),
    counters: {
      events: 0,
      bars: 0,
      evaluations: 0,
      signals: 0,
      orders: 0,
      fills: 0,
      rejects: 0,
      duplicates: 0,
      contradictions: 0,
      denials: {},
      outcomes: {},
    },
    effects: [],
  }
}

/** Id of the strategy whose intents an instrument has. */
export const ownerOf = ({ config }: World, instrument: number): string =>
  config.ownerOf?.(instrument) ?? config.strategy.id

/** True for an instrument whose orders are recorded and not sent. */
export const isShadow = ({ config }: World, instrument: number): boolean =>
  config.shadow?.includes(instrument) === true

/** The books in which the strategy's own positions of an instrument are. */
export const ledgerOf = (world: World, instrument: number): Ledger =>
  isShadow(world, instrument) ? world.shadowLedger : world.ledger

/** Records an effect. */
export const emit = (world: World, effect: Effect): void => {
  world.effects.push(effect)
}

/** Recomputes equity at the present mids (last marks where a book is unknown). */
export function markToMarket(world: World): number {
  for (let i = 0; i < world.books.length; i++) {
    const half = world.books[i]!.halfMid()
    if (half > 0) world.halfMarks[i] = half
  }
  let equity = 0
  for (const currency of world.quoteCurrencies) {
    equity += world.ledger.equity(currency, world.halfMarks)
  }
  world.equity = equity
  return equity
}
