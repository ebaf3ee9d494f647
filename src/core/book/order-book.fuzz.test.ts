import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderBook } from './order-book.ts'

type Level = [price: number, quantity: number]
type Operation =
  | { kind: 'snapshot'; bids: Level[]; asks: Level[] }
  | { kind: 'delta'; side: 0 | 1; price: number; quantity: number }

/** The same book the obvious way: one map per side, sorted when asked. */
class NaiveBook {
  readonly sides: [Map<number, number>, Map<number, number>] = [new Map(), new Map()]

  apply(operation: Operation): number {
    if (operation.kind === 'snapshot') {
      this.sides[0] = new Map(operation.bids)
      this.sides[1] = new Map(operation.asks)
      return 0
    }
    const side = this.sides[operation.side]
    const old = side.get(operation.price) ?? 0
    if (operation.quantity > 0) side.set(operation.price, operation.quantity)
    else side.delete(operation.price)
    return old
  }

  levels(side: 0 | 1): Level[] {
    const sign = side === 0 ? -1 : 1
    return [...this.sides[side]].sort((a, b) => sign * (a[0] - b[0]))
  }
}

/** Mostly close together; the far ones make a side too wide for a ladder, now and then for good. */
const price = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4090, max: 4150 }) },
  { weight: 1, arbitrary: fc.constant(2 ** 31 - 2) },
)
const lots = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 45 }))
const side = (sign: 1 | -1): fc.Arbitrary<Level[]> =>
  fc
    .uniqueArray(fc.tuple(price, lots), { maxLength: 40, selector: (level) => level[0] })
    .map((levels) => levels.sort((a, b) => sign * (a[0] - b[0])))
const snapshot: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant('snapshot' as const),
  bids: side(-1),
  asks: side(1),
})
const delta: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant('delta' as const),
  side: fc.constantFrom(0 as const, 1 as const),
  price,
  quantity: fc.oneof(fc.constant(0), lots),
})
const operations = fc
  .tuple(
    snapshot,
    fc.array(fc.oneof({ weight: 40, arbitrary: delta }, snapshot), { maxLength: 120 }),
  )
  .map(([first, rest]) => [first, ...rest])

function apply(book: OrderBook, operation: Operation): number {
  if (operation.kind === 'delta') {
    return book.applyDelta(operation.side, operation.price, operation.quantity)
  }
  const pool = new Float64Array([7, ...operation.bids.flat(), ...operation.asks.flat()])
  book.applySnapshot(pool, 1, operation.bids.length, operation.asks.length)
  return 0
}

const held = (book: OrderBook, which: 0 | 1): Level[] =>
  Array.from({ length: book.depth(which) }, (_, i) => [
    book.priceAt(which, i),
    book.quantityAt(which, i),
  ])
const total = (levels: Level[]): number => levels.reduce((sum, level) => sum + level[1], 0)

describe('OrderBook against a naive book', () => {
  it('agrees in every value after every operation when nothing is cut', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 0, max: 25 }), (list, levels) => {
        const book = new OrderBook({ levels, capacity: 64 })
        const naive = new NaiveBook()
        for (const operation of list) {
          expect(apply(book, operation)).toBe(naive.apply(operation))
          const bids = naive.levels(0)
          const asks = naive.levels(1)
          expect(held(book, 0)).toEqual(bids)
          expect(held(book, 1)).toEqual(asks)
          const b = total(bids.slice(0, levels))
          const a = total(asks.slice(0, levels))
          expect([book.bidSum(), book.askSum()]).toEqual([b, a])
          const both = bids.length > 0 && asks.length > 0
          expect(book.imbalance()).toBe(both ? (b - a) / (b + a) : Number.NaN)
          expect(book.halfMid()).toBe(both ? bids[0]![0] + asks[0]![0] : -1)
          expect(book.bestBid()).toBe(bids[0]?.[0] ?? -1)
          expect(book.bestAskQuantity()).toBe(asks[0]?.[1] ?? 0)
          const spread = both ? asks[0]![0] - bids[0]![0] : Number.NaN
          const status = spread > 0 ? 'valid' : spread === 0 ? 'locked' : 'crossed'
          expect(book.status).toBe(both ? status : 'oneSided')
        }
      }),
      { numRuns: 150 },
    )
  })

  it('keeps an unbroken run of the true best levels at any capacity, or says gapped', () => {
    fc.assert(
      fc.property(
        operations,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        (list, levels, spare) => {
          const least = Math.max(1, levels)
          const book = new OrderBook({ levels, capacity: least + spare })
          const naive = new NaiveBook()
          for (const operation of list) {
            apply(book, operation)
            naive.apply(operation)
            for (const which of [0, 1] as const) {
              const truth = naive.levels(which)
              const kept = held(book, which)
              expect(kept).toEqual(truth.slice(0, kept.length))
              if (book.status === 'gapped') continue
              expect(kept.length).toBeGreaterThanOrEqual(Math.min(least, truth.length))
              const sum = which === 0 ? book.bidSum() : book.askSum()
              expect(sum).toBe(total(truth.slice(0, levels)))
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each([
    ['close together', 1],
    ['far apart, where the search is binary and moves are in bulk', 1000],
  ])('holds for deep sides with levels %s', (_, tick) => {
    const deep = fc.array(
      fc.record({
        kind: fc.constant('delta' as const),
        side: fc.constantFrom(0 as const, 1 as const),
        price: fc.integer({ min: 1, max: 400 }).map((ticks) => ticks * tick),
        quantity: fc.integer({ min: 0, max: 5 }),
      }),
      { minLength: 600, maxLength: 900 },
    )
    fc.assert(
      fc.property(deep, (list) => {
        const book = new OrderBook({ levels: 20, capacity: 512 })
        const naive = new NaiveBook()
        apply(book, { kind: 'snapshot', bids: [], asks: [] })
        for (const operation of list) {
          expect(apply(book, operation)).toBe(naive.apply(operation))
        }
        expect(held(book, 0)).toEqual(naive.levels(0))
        expect(held(book, 1)).toEqual(naive.levels(1))
        expect(book.bidSum()).toBe(total(naive.levels(0).slice(0, 20)))
        for (const [at, quantity] of naive.levels(1)) {
          expect(book.quantityAtPrice(1, at)).toBe(quantity)
        }
        for (const which of [0, 1] as const) {
          expect(book.worstPrice(which)).toBe(naive.levels(which).at(-1)?.[0] ?? -1)
        }
      }),
      { numRuns: 30 },
    )
  })
})
