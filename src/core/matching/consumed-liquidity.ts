import type { OrderBook } from '../book/order-book.ts'
import type { SideIndex } from './venue-order.ts'

interface Consumed {
  lots: number
  /** The published quantity it was taken from. */
  readonly displayed: number
}

/** Consumed liquidity as plain data: (side, price, lots, displayed). */
export type ConsumedSnapshot = readonly (readonly [SideIndex, number, number, number])[]

/**
 * Displayed lots that simulated orders took. The recorded market knows nothing of them, so they
 * stay gone until their level updates: a delta that names the level, or a snapshot that shows it
 * with another quantity or not at all. A snapshot repeating the same quantity is no update.
 */
export class ConsumedLiquidity {
  readonly #levels: readonly [Map<number, Consumed>, Map<number, Consumed>] = [new Map(), new Map()]

  #count = 0

  /** True when nothing is missing from the book. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Lots left of a level that displays `displayed`. */
  free(side: SideIndex, price: number, displayed: number): number {
    if (this.#count === 0) return displayed
    const consumed = this.#levels[side].get(price)
    return consumed === undefined ? displayed : Math.max(0, displayed - consumed.lots)
  }

  /** Takes `lots` off a level that displays `displayed`. */
  take(side: SideIndex, price: number, displayed: number, lots: number): void {
    const consumed = this.#levels[side].get(price)
    if (consumed !== undefined) {
      consumed.lots += lots
    } else {
      this.#levels[side].set(price, { lots, displayed })
      this.#count++
    }
  }

  /** Prices of the levels of a side that something is missing from. */
  prices(side: SideIndex): Iterable<number> {
    return this.#levels[side].keys()
  }

  /** A delta named the level. */
  levelNamed(side: SideIndex, price: number): void {
    if (this.#count > 0 && this.#levels[side].delete(price)) this.#count--
  }

  /** A snapshot replaced the book. */
  bookReplaced(book: OrderBook): void {
    if (this.#count === 0) return
    for (const side of [0, 1] as const) {
      for (const [price, { displayed }] of this.#levels[side]) {
        if (book.quantityAtPrice(side, price) !== displayed) this.levelNamed(side, price)
      }
    }
  }

  snapshot(): ConsumedSnapshot {
    return ([0, 1] as const).flatMap((side) =>
      [...this.#levels[side]].map(
        ([price, { lots, displayed }]) => [side, price, lots, displayed] as const,
      ),
    )
  }

  restore(snapshot: ConsumedSnapshot): void {
    for (const [side, price, lots, displayed] of snapshot) this.take(side, price, displayed, lots)
  }
}
