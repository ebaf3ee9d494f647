import type { BookKernel } from './book-kernel.ts'
import { LadderTable } from './ladder-table.ts'
import { NO_KEY } from './levels.ts'
import { NO_ROW, OrderBook, type OrderBookOptions } from './order-book.ts'

/**
 * The books of all instruments of an owner, by index. Their ladders are rows of one table, so that
 * most updates change that table alone and touch no book object.
 */
export class BookShelf {
  readonly books: readonly OrderBook[]
  readonly #ladders: LadderTable
  readonly #rows: Int32Array
  /** Levels that a side with missing ones must show. */
  readonly #least: number
  readonly #kernel: BookKernel | null

  constructor(
    count: number,
    { levels, capacity = 128 }: OrderBookOptions,
    kernel: BookKernel | null = null,
  ) {
    const options = { levels, capacity }
    const ladders = new LadderTable(options, kernel?.ladders)
    const rows = kernel?.rows ?? new Int32Array(2 * count)
    this.#kernel = kernel
    this.books = Array.from(rows.subarray(count), (_, index) => {
      return new OrderBook(options, { ladders, rows, index })
    })
    this.#ladders = ladders
    this.#rows = rows
    this.#least = Math.max(1, levels)
  }

  /** As {@link OrderBook.applyDelta} of book `index`. Hot. */
  applyDelta(index: number, side: 0 | 1, price: number, quantity: number): void {
    const row = this.#rows[2 * index + side]!
    if (
      row === NO_ROW ||
      price <= 0 ||
      !(quantity >= 0 && quantity <= Number.MAX_SAFE_INTEGER && quantity === Math.floor(quantity))
    ) {
      this.books[index]!.applyDelta(side, price, quantity)
      return
    }
    const ladders = this.#ladders
    const isRemoval = quantity === 0
    if (isRemoval && ladders.horizon(row) !== NO_KEY && ladders.count(row) <= this.#least) {
      this.books[index]!.applyDelta(side, price, quantity)
      return
    }
    if (ladders.set(row, side === 0 ? -price : price, quantity) < 0) {
      this.books[index]!.applyDelta(side, price, quantity)
    }
  }

  /**
   * As {@link OrderBook.applySnapshot} of book `index`; false when it is not known that no more
   * than the table needs to change: then nothing changed.
   */
  replace(
    index: number,
    pool: Float64Array,
    at: number,
    bidCount: number,
    askCount: number,
  ): boolean {
    return (
      this.#kernel !== null &&
      this.isReady(index) &&
      this.#kernel.replaceBook(index, pool, at, bidCount, askCount)
    )
  }

  /** As {@link OrderBook.halfMid} of book `index`. Hot. */
  halfMid(index: number): number {
    const bids = this.#rows[2 * index]!
    const asks = this.#rows[2 * index + 1]!
    if (bids === NO_ROW || asks === NO_ROW) return this.books[index]!.halfMid()
    const ladders = this.#ladders
    if (ladders.count(bids) === 0 || ladders.count(asks) === 0) return -1
    return ladders.best(asks) - ladders.best(bids)
  }

  /** As {@link OrderBook.soundHalfMid} of book `index`. Hot. */
  soundHalfMid(index: number): number {
    const bids = this.#rows[2 * index]!
    const asks = this.#rows[2 * index + 1]!
    if (bids === NO_ROW || asks === NO_ROW) return this.books[index]!.soundHalfMid()
    const ladders = this.#ladders
    if (ladders.count(bids) === 0 || ladders.count(asks) === 0) return -1
    const bid = -ladders.best(bids)
    const ask = ladders.best(asks)
    return bid <= ask ? bid + ask : -1
  }

  /** True while updates of both sides change nothing but the table. */
  isReady(index: number): boolean {
    return this.#rows[2 * index]! !== NO_ROW && this.#rows[2 * index + 1]! !== NO_ROW
  }
}
