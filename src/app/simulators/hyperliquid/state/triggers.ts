import type { OrderRecord, TriggerTerms } from './order.ts'

/** An order that waits for its parent to fill or for a mark price. Plain data. */
export interface TriggerEntry {
  readonly order: OrderRecord
  /** Venue order id whose fill it waits for; null once it waits for the price only. */
  parent: number | null
  /** Venue order ids that are canceled when this one has filled. */
  readonly siblings: number[]
}

/** All trigger orders of a venue as plain data. */
export interface TriggerBook {
  /** Not yet triggered, by user and then by venue order id, oldest first. */
  readonly waiting: Map<string, Map<number, TriggerEntry>>
  /** Triggered and not yet ended, by venue order id. */
  readonly live: Map<number, TriggerEntry>
}

/** A book without orders. */
export const createTriggerBook = (): TriggerBook => ({ waiting: new Map(), live: new Map() })

/** True when the mark has come to the trigger price from the right side. */
export function isReached(order: OrderRecord, terms: TriggerTerms, mark: number): boolean {
  if (mark <= 0) return false
  return triggersAbove(order.side, terms.kind) ? mark >= terms.price : mark <= terms.price
}

/** A sell takes profit above and stops below, a buy the other way round. */
export const triggersAbove = (side: 'buy' | 'sell', kind: TriggerTerms['kind']): boolean =>
  (side === 'sell') === (kind === 'tp')

/** Orders of a user that wait, oldest first. */
export const waitingOf = (book: TriggerBook, user: string): readonly TriggerEntry[] => [
  ...(book.waiting.get(user)?.values() ?? []),
]

/** Adds an order that waits. */
export function addWaiting(book: TriggerBook, entry: TriggerEntry): void {
  const { user, oid } = entry.order
  const entries = book.waiting.get(user)
  if (entries === undefined) book.waiting.set(user, new Map([[oid, entry]]))
  else entries.set(oid, entry)
}

/** Takes an order off the waiting ones; null when it is not among them. */
export function takeWaiting(book: TriggerBook, order: OrderRecord): TriggerEntry | null {
  const entries = book.waiting.get(order.user)
  const entry = entries?.get(order.oid)
  if (entries === undefined || entry === undefined) return null
  entries.delete(order.oid)
  if (entries.size === 0) book.waiting.delete(order.user)
  return entry
}
