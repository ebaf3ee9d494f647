import {
  type ClientOrderId,
  isClosed,
  type NewOrder,
  type OrderState,
  type VenueOrderId,
} from '../domain/order.ts'
import { type GridEvidence, orderGrid } from '../domain/order-grid.ts'
import { sign, type TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** Everything we know of one order. Mutable; owned by the store. */
export interface OrderRecord {
  readonly order: NewOrder
  state: OrderState
  venueOrderId: VenueOrderId | null
  /** Lots that the venue holds it for: less than asked when the order it replaced filled meanwhile. */
  quantity: number
  filledQuantity: number
  readonly sentTime: TimeUs
  /** When the state or the fills last changed. */
  changedTime: TimeUs
  /** When we last asked the venue about it; 0 never. */
  queriedTime: TimeUs
  queries: number
  /** The order that was sent in its place, the last one; null when none was. */
  replacedBy: ClientOrderId | null
  /** The order it was sent in the place of. */
  readonly replaces: ClientOrderId | null
  /** Why it closed without filling, in the venue's or our words. */
  closeReason: string
}

/** The store as plain data. The order of things is part of it: effects come in that order. */
export interface OrderStoreSnapshot {
  /** In order of creation. */
  readonly records: readonly OrderRecord[]
  /** Not closed, by instrument, oldest first. */
  readonly active: readonly (readonly ClientOrderId[])[]
  /** In order of closing. */
  readonly closed: readonly ClientOrderId[]
}

/** Quantity that may still fill. */
export const leavesQuantity = (record: OrderRecord): number =>
  isClosed(record.state) ? 0 : Math.max(0, record.quantity - record.filledQuantity)

/** Closed orders kept for late evidence and display. */
const CLOSED_KEPT_MAX = 4096

/** All orders by client order id, with the open ones per instrument. */
export class OrderStore {
  readonly #records = new Map<ClientOrderId, OrderRecord>()
  readonly #active: Set<OrderRecord>[]
  readonly #closed: ClientOrderId[] = []

  constructor(instrumentCount: number) {
    this.#active = Array.from({ length: instrumentCount }, () => new Set<OrderRecord>())
  }

  get(id: ClientOrderId): OrderRecord | undefined {
    return this.#records.get(id)
  }

  /** Orders not yet closed on an instrument, oldest first. */
  active(instrument: number): ReadonlySet<OrderRecord> {
    return this.#active[instrument]!
  }

  /** Orders not yet closed, all instruments. */
  *allActive(): IterableIterator<OrderRecord> {
    for (const set of this.#active) yield* set
  }

  /** Takes an order in; `replaced` is one that rests and whose place it shall take. */
  add(order: NewOrder, now: TimeUs, replaced: OrderRecord | null = null): OrderRecord {
    const { clientOrderId } = order
    if (this.#records.has(clientOrderId)) assert(false, `order id ${clientOrderId} reused`)
    const record: OrderRecord = {
      order,
      state: 'inFlight',
      venueOrderId: null,
      quantity: order.quantity,
      filledQuantity: 0,
      sentTime: now,
      changedTime: now,
      queriedTime: 0,
      queries: 0,
      replacedBy: null,
      replaces: replaced?.order.clientOrderId ?? null,
      closeReason: '',
    }
    if (replaced !== null) {
      replaced.replacedBy = clientOrderId
      this.apply(replaced, 'cancelSent', now)
    }
    this.#records.set(clientOrderId, record)
    this.#active[order.instrument]!.add(record)
    return record
  }

  /** Applies evidence through the grid; returns the verdict. Fills go through {@link fill}. */
  apply(
    record: OrderRecord,
    evidence: GridEvidence,
    now: TimeUs,
  ): 'normal' | 'late' | 'contradiction' {
    const cell = orderGrid[record.state][evidence]
    this.#move(record, cell.next, now)
    return cell.verdict
  }

  /**
   * Counts a fill of `lots`, whatever the state says. It is taken off the order that was sent in
   * its place: what the venue replaces is what is left of it.
   */
  fill(record: OrderRecord, lots: number, now: TimeUs): 'normal' | 'late' | 'contradiction' {
    record.filledQuantity += lots
    record.changedTime = now
    const successor = this.successorOf(record)
    if (successor !== undefined && successor.state !== 'rejected') {
      successor.quantity = Math.max(0, successor.quantity - lots)
      const isComplete = successor.filledQuantity >= successor.quantity
      if (successor.filledQuantity > 0 && isComplete && !isClosed(successor.state)) {
        this.apply(successor, 'lastFill', now)
      }
    }
    const complete = record.filledQuantity >= record.quantity
    return this.apply(record, complete ? 'lastFill' : 'partialFill', now)
  }

  /** The order that was sent in the place of another; undefined when none was. */
  successorOf({ replacedBy }: OrderRecord): OrderRecord | undefined {
    return replacedBy === null ? undefined : this.#records.get(replacedBy)
  }

  /** Signed lots that could still be bought (side buy) or sold if everything open fills. */
  worstCaseLots(instrument: number, side: 'buy' | 'sell'): number {
    let lots = 0
    for (const record of this.#active[instrument]!) {
      if (record.order.side === side && !record.order.reduceOnly) lots += leavesQuantity(record)
    }
    return sign(side) * lots
  }

  /** Every order known, in order of creation; closed ones as far as kept. */
  records(): IterableIterator<OrderRecord> {
    return this.#records.values()
  }

  /** Copies the store out; records are shared with it until they are serialised. */
  snapshot(): OrderStoreSnapshot {
    return {
      records: [...this.#records.values()],
      active: this.#active.map((set) => [...set].map(({ order }) => order.clientOrderId)),
      closed: [...this.#closed],
    }
  }

  restore({ records, active, closed }: OrderStoreSnapshot): void {
    this.#records.clear()
    for (const record of records) this.#records.set(record.order.clientOrderId, { ...record })
    this.#closed.splice(0, Number.POSITIVE_INFINITY, ...closed)
    this.#active.forEach((set, instrument) => {
      set.clear()
      for (const id of active[instrument]!) set.add(this.#records.get(id)!)
    })
  }

  #move(record: OrderRecord, next: OrderState, now: TimeUs): void {
    if (record.state === next) return
    const wasClosed = isClosed(record.state)
    record.state = next
    record.changedTime = now
    if (isClosed(next) && !wasClosed) {
      this.#active[record.order.instrument]!.delete(record)
      this.#remember(record)
    } else if (!isClosed(next) && wasClosed) {
      this.#active[record.order.instrument]!.add(record)
    }
  }

  #remember(record: OrderRecord): void {
    this.#closed.push(record.order.clientOrderId)
    if (this.#closed.length <= CLOSED_KEPT_MAX) return
    const oldest = this.#closed.shift()!
    const old = this.#records.get(oldest)
    if (old !== undefined && isClosed(old.state)) this.#records.delete(oldest)
  }
}
