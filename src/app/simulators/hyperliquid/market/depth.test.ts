import { describe, expect, test } from 'vitest'
import { aggregate, type Depth, type DepthSource, readDepth } from './depth.ts'

const bookOf = (bids: [number, number][], asks: [number, number][]): DepthSource => {
  const sides = [bids, asks]
  return {
    depth: (side) => sides[side]!.length,
    priceAt: (side, level) => sides[side]![level]![0],
    quantityAt: (side, level) => sides[side]![level]![1],
  }
}

const flat = ({ bids, asks }: Depth) =>
  [bids, asks].map((side) => side.map(({ price, lots }) => [price, lots]))

describe('the public book', () => {
  const book = bookOf(
    [
      [100, 5],
      [98, 7],
    ],
    [
      [103, 4],
      [105, 9],
    ],
  )

  test('adds resting orders to the levels of the market, or between them', () => {
    const shown = readDepth(book, [
      { side: 'buy', price: 100, leavesLots: 2 },
      { side: 'buy', price: 101, leavesLots: 1 },
      { side: 'buy', price: 90, leavesLots: 3 },
      { side: 'sell', price: 104, leavesLots: 6 },
    ])
    expect(flat(shown)).toEqual([
      [
        [101, 1],
        [100, 7],
        [98, 7],
        [90, 3],
      ],
      [
        [103, 4],
        [104, 6],
        [105, 9],
      ],
    ])
  })

  test('is never locked or crossed by resting orders', () => {
    const shown = readDepth(book, [
      { side: 'buy', price: 103, leavesLots: 2 },
      { side: 'sell', price: 99, leavesLots: 2 },
      { side: 'buy', price: 102, leavesLots: 1 },
      { side: 'sell', price: 102, leavesLots: 1 },
    ])
    expect(shown.bids[0]!.price).toBe(102)
    expect(shown.asks[0]!.price).toBe(103)
  })

  test('of an empty market shows the orders alone', () => {
    const shown = readDepth(bookOf([], []), [{ side: 'sell', price: 7, leavesLots: 1 }])
    expect(flat(shown)).toEqual([[], [[7, 1]]])
  })

  test('merges levels outwards and keeps every lot', () => {
    const merged = aggregate(
      readDepth(
        bookOf(
          [
            [12349, 1],
            [12341, 2],
            [12338, 3],
          ],
          [
            [12351, 4],
            [12359, 5],
            [12361, 6],
          ],
        ),
        [],
      ),
      { nSigFigs: 4, mantissa: null },
    )
    expect(flat(merged)).toEqual([
      [
        [12340, 3],
        [12330, 3],
      ],
      [
        [12360, 9],
        [12370, 6],
      ],
    ])
  })
})
