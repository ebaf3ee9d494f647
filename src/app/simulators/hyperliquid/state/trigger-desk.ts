import type { Account } from './account.ts'
import { type OrderDraft, type OrderRecord, type OrderStatus, setStatus } from './order.ts'
import {
  addWaiting,
  isReached,
  type TriggerBook,
  type TriggerEntry,
  takeWaiting,
  waitingOf,
} from './triggers.ts'
import type { VenueFloor } from './venue-floor.ts'

/** Orders that wait for a mark price, and before that perhaps for a parent to fill. */
export class TriggerDesk {
  readonly book: TriggerBook
  readonly #state: VenueFloor
  #ended: { readonly account: Account; readonly order: OrderRecord }[] = []

  constructor(state: VenueFloor, book: TriggerBook) {
    this.#state = state
    this.book = book
  }

  /** Holds an order back until the mark reaches its price, and before that until a parent fills. */
  hold(account: Account, draft: OrderDraft, parent: number | null): TriggerEntry {
    const order = this.#state.create(account, draft)
    const entry: TriggerEntry = { order, parent, siblings: [] }
    addWaiting(this.book, entry)
    this.#state.tellOrders(account, [order])
    return entry
  }

  /** Orders of a user that wait, oldest first. */
  waiting(account: Account): readonly OrderRecord[] {
    return waitingOf(this.book, account.address).map(({ order }) => order)
  }

  /** True when an order of the account rests or waits. */
  isOpen(account: Account, { oid }: OrderRecord): boolean {
    return account.open.has(oid) || this.book.waiting.get(account.address)?.has(oid) === true
  }

  /** Orders that wait for the fill of this one. */
  childrenOf({ user, oid }: OrderRecord): readonly OrderRecord[] {
    return waitingOf(this.book, user)
      .filter(({ parent }) => parent === oid)
      .map(({ order }) => order)
  }

  /** Ends an order that waits; false when it is none of those. */
  drop(account: Account, order: OrderRecord, as: OrderStatus): boolean {
    if (takeWaiting(this.book, order) === null) return false
    this.#state.end(account, order, as)
    return true
  }

  /** Marks may have moved: fires the triggers they reached, oldest first. */
  reach(): void {
    const { waiting } = this.book
    for (const user of [...waiting.keys()]) {
      const account = this.#state.accounts.get(user)!
      for (const entry of waitingOf(this.book, user)) {
        const { order, parent } = entry
        const isThere = waiting.get(user)?.has(order.oid) === true
        if (!isThere || parent !== null || order.trigger === undefined) continue
        const mark = this.#state.mark(order.instrument)
        if (isReached(order, order.trigger, mark)) this.#fire(account, entry)
      }
    }
  }

  /** Notes an order that ended, for the next `react`. */
  note(account: Account, order: OrderRecord): void {
    this.#ended.push({ account, order })
  }

  /** Draws the consequences: children of parents, siblings, positions that are closed. */
  react(): void {
    while (this.#ended.length > 0) {
      const batch = this.#ended
      this.#ended = []
      for (const { account, order } of batch) {
        this.#release(account, order)
        this.#dropSiblings(account, order)
        this.#dropOfClosedPositions(account)
      }
    }
  }

  #fire(account: Account, entry: TriggerEntry): void {
    const { order } = entry
    takeWaiting(this.book, order)
    setStatus(order, 'triggered', this.#state.time)
    this.#state.tellOrders(account, [order])
    if (order.originalLots === 0) {
      order.leavesLots = Math.abs(account.positions.get(order.instrument)?.lots ?? 0)
      if (order.leavesLots === 0) return this.#state.end(account, order, 'reduceOnlyCanceled')
    }
    this.book.live.set(order.oid, entry)
    this.#state.submit(account, order)
  }

  /** A parent that filled, or was cut short by margin, lets its children go; otherwise they end. */
  #release(account: Account, parent: OrderRecord): void {
    const isFilled = parent.status === 'filled'
    const isCutShort = parent.status === 'marginCanceled' && parent.filledLots > 0
    for (const child of waitingOf(this.book, parent.user)) {
      if (child.parent !== parent.oid) continue
      if (isFilled || isCutShort) child.parent = null
      else this.drop(account, child.order, 'canceled')
    }
  }

  #dropSiblings(account: Account, order: OrderRecord): void {
    const entry = this.book.live.get(order.oid)
    if (entry === undefined) return
    this.book.live.delete(order.oid)
    if (order.status !== 'filled') return
    for (const { order: other } of waitingOf(this.book, order.user)) {
      if (entry.siblings.includes(other.oid)) this.drop(account, other, 'siblingFilledCanceled')
    }
    for (const oid of entry.siblings) {
      const other = account.open.get(oid)
      if (other !== undefined) this.#state.cancel(account, other, 'siblingFilledCanceled')
    }
  }

  #dropOfClosedPositions(account: Account): void {
    for (const { order, parent } of waitingOf(this.book, account.address)) {
      if (parent !== null || order.trigger?.isPosition !== true) continue
      if (!account.positions.has(order.instrument)) this.drop(account, order, 'reduceOnlyCanceled')
    }
  }
}
