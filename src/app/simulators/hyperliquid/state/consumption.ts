import type { DepthSource } from '../market/depth.ts'

interface Taken {
  lots: number
  /** The published quantity it was taken from. */
  readonly displayed: number
}

/** Consumed liquidity of all instruments as plain data. */
export type ConsumptionState = Map<number, readonly [Map<number, Taken>, Map<number, Taken>]>

/**
 * What the users' orders took of the published books. It stays gone from what everybody is shown
 * until the level is published with another quantity, as it does for the matching engine.
 */
export class Consumption {
  readonly taken: ConsumptionState

  constructor(stored: ConsumptionState = new Map()) {
    this.taken = stored
  }

  /** Notes lots taken off a level. */
  take(instrument: number, book: DepthSource, level: { side: 0 | 1; price: number; lots: number }) {
    const { side, price, lots } = level
    const displayed = quantityAt(book, side, price)
    if (displayed === 0) return
    const sides = this.taken.get(instrument) ?? [new Map(), new Map()]
    this.taken.set(instrument, sides)
    const before = sides[side].get(price)
    if (before === undefined) sides[side].set(price, { lots, displayed })
    else before.lots += lots
  }

  /** The book has been published anew, whole (no side) or one level of it. */
  published(instrument: number, book: DepthSource, level?: { side: 0 | 1; price: number }): void {
    const sides = this.taken.get(instrument)
    if (sides === undefined) return
    if (level !== undefined) sides[level.side].delete(level.price)
    else {
      for (const side of [0, 1] as const) {
        for (const [price, { displayed }] of sides[side]) {
          if (quantityAt(book, side, price) !== displayed) sides[side].delete(price)
        }
      }
    }
    if (sides[0].size + sides[1].size === 0) this.taken.delete(instrument)
  }

  /** The book without what was taken; levels that are used up are left out. */
  view(instrument: number, book: DepthSource): DepthSource {
    const taken = this.taken.get(instrument)
    if (taken === undefined) return book
    const sides = ([0, 1] as const).map((side) => {
      const levels: (readonly [price: number, lots: number])[] = []
      for (let i = 0; i < book.depth(side); i++) {
        const price = book.priceAt(side, i)
        const lots = book.quantityAt(side, i) - (taken[side].get(price)?.lots ?? 0)
        if (lots > 0) levels.push([price, lots])
      }
      return levels
    })
    return {
      depth: (side) => sides[side]!.length,
      priceAt: (side, level) => sides[side]![level]![0],
      quantityAt: (side, level) => sides[side]![level]![1],
    }
  }
}

function quantityAt(book: DepthSource, side: 0 | 1, price: number): number {
  for (let i = 0; i < book.depth(side); i++) {
    if (book.priceAt(side, i) === price) return book.quantityAt(side, i)
  }
  return 0
}
