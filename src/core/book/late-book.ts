import type { OrderBook } from './order-book.ts'

/** Nothing waits. */
const NONE = -1

/**
 * An order book that takes a whole book in when somebody looks at it: until then the newest one is
 * only copied, over the one that waited. What is seen is what it would be had each been applied at
 * once, except that malformed ones nobody looked at do not count as refused.
 */
export class LateBook {
  readonly #book: OrderBook
  /** (price, quantity) pairs of the book that waits, as they came. Grows to the deepest one. */
  #waiting = new Float64Array(0)
  /** Levels of its sides; NONE bids: none waits. */
  #bidCount = NONE
  #askCount = 0

  constructor(book: OrderBook) {
    this.#book = book
  }

  /** The book as of the last update: to be asked for again after the next one. */
  get current(): OrderBook {
    if (this.#bidCount !== NONE) this.#catchUp()
    return this.#book
  }

  /** As {@link OrderBook.applySnapshot}, at the latest when the book is next looked at. */
  applySnapshot(pool: Float64Array, at: number, bidCount: number, askCount: number): void {
    const length = 2 * (bidCount + askCount)
    if (length > this.#waiting.length) this.#waiting = new Float64Array(length)
    const waiting = this.#waiting
    for (let i = 0; i < length; i++) waiting[i] = pool[at + i]!
    this.#bidCount = bidCount
    this.#askCount = askCount
  }

  #catchUp(): void {
    const bidCount = this.#bidCount
    this.#bidCount = NONE
    this.#book.applySnapshot(this.#waiting, 0, bidCount, this.#askCount)
  }
}
