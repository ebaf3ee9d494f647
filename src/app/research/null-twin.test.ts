import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Recording } from '../../adapters/mod.ts'
import {
  createRandom,
  isValidPrice,
  MarketCursor,
  MarketWriter,
  RecordKind,
  roundPrice,
} from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { loadMarket } from '../run/load-market.ts'
import { canRandomise, randomiseSigns } from './null-twin.ts'

const MINUTE = 60_000_000

const generated = loadMarket(
  parseConfig(
    '{ name: twin, data: { kind: generated, model: plantedEdge, instruments: [BTC, ETH], duration: 10m } }',
    'twin.yaml',
  ).config,
  '.',
)

/** Mids (or closes), doubled, of one instrument in the order of the recording. */
function levels({ batch }: Recording, instrument: number): number[] {
  const cursor = new MarketCursor()
  const found: number[] = []
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.instrument !== instrument) continue
    const { pool, aux, quantity } = cursor
    if (cursor.kind === RecordKind.snapshot) found.push(pool[aux]! + pool[aux + 2 * quantity]!)
    else if (cursor.kind === RecordKind.bar) found.push(2 * cursor.price)
  }
  return found
}

const changes = (values: readonly number[]): number[] =>
  values.slice(1).map((value, i) => value - values[i]!)

/** Bars of BTC: each opens at the close before it, with wicks. */
function bars(recording: Recording, moves: readonly number[]): Recording {
  const writer = new MarketWriter()
  let open = 640_000
  moves.forEach((move, i) => {
    const close = open + move
    const time = (1_000_000 + i) * MINUTE
    const high = Math.max(open, close) + 30
    const low = Math.min(open, close) - 20
    const head = { receivedTime: time + MINUTE, venueTime: time + MINUTE, instrument: 0 }
    writer.bar(head, { open, high, low, close, volume: 5, openTime: time })
    open = close
  })
  return { ...recording, batch: writer.batch() }
}

interface Prices {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

function pricesOf({ batch }: Recording): Prices[] {
  const cursor = new MarketCursor()
  return Array.from({ length: batch.count }, (_, i) => {
    cursor.load(batch, i)
    const [open, high, low, close] = cursor.pool.subarray(cursor.aux, cursor.aux + 4)
    expect(cursor.price).toBe(close)
    return { open: open!, high: high!, low: low!, close: close! }
  })
}

describe('null twin of books', () => {
  it('keeps the size of every change of the mid, up to the rounding to the tick', async () => {
    const recording = await generated
    for (const instrument of [0, 1]) {
      const real = changes(levels(recording, instrument))
      const twin = changes(levels(randomiseSigns(recording, 5), instrument))
      expect(twin).toHaveLength(real.length)
      // Ticks are 10 quanta here, each level is off by half a tick at most: 2 x 10 in half quanta.
      real.forEach((change, i) => {
        expect(Math.abs(Math.abs(twin[i]!) - Math.abs(change))).toBeLessThanOrEqual(20)
      })
      const power = (values: readonly number[]) => values.reduce((sum, x) => sum + x * x, 0)
      expect(power(twin) / power(real)).toBeGreaterThan(0.9)
      expect(power(twin) / power(real)).toBeLessThan(1.1)
    }
  })

  it('has prices that the venue accepts and books that are not crossed', async () => {
    const recording = await generated
    const { batch } = randomiseSigns(recording, 9)
    const cursor = new MarketCursor()
    for (let i = 0; i < batch.count; i++) {
      cursor.load(batch, i)
      const instrument = recording.instruments[cursor.instrument]!
      const { pool, aux, quantity: bids, price: asks } = cursor
      if (cursor.kind === RecordKind.trade) {
        expect(isValidPrice(instrument, cursor.price as never)).toBe(true)
      }
      if (cursor.kind !== RecordKind.snapshot) continue
      expect(pool[aux]!).toBeLessThan(pool[aux + 2 * bids]!)
      for (let k = aux; k < aux + 2 * (bids + asks); k += 2) {
        if (!isValidPrice(instrument, pool[k]! as never)) {
          expect.fail(`${instrument.symbol}: ${pool[k]} is not on the grid`)
        }
      }
    }
  })

  it('stays on the grid and uncrossed where the price step changes, losing no quantity', async () => {
    const recording = await generated
    // Below 1,000.00 the step of five figures is one quantum, from there on ten.
    const instruments = recording.instruments.map((each) => ({ ...each, priceDecimals: 2 }))
    const [instrument] = instruments
    const random = createRandom(7)
    const writer = new MarketWriter()
    let mid = 99_960
    for (let i = 0; i < 400; i++) {
      const head = { receivedTime: i, venueTime: i, instrument: 0 }
      const sides = [1, -1].map((side) =>
        Array.from({ length: 8 }, (_, n) => {
          const way = side > 0 ? 'up' : 'down'
          return [roundPrice(instrument!, mid + side * (4 * n + 3), way), 1 + n] as const
        }),
      )
      writer.snapshot(head, sides[1]!.flat(), sides[0]!.flat())
      writer.trade(head, 'buy', sides[0]![0]![0], 1, 2 * i)
      writer.trade(head, 'sell', sides[1]![0]![0], 1, 2 * i + 1)
      mid = Math.min(99_960, Math.max(99_900, mid + Math.round(random.next() * 20 - 10)))
    }
    const real = { ...recording, instruments, batch: writer.batch() }
    const cursor = new MarketCursor()
    const merged = new Set<number>()
    for (const seed of [1, 2, 3, 4]) {
      const { batch } = randomiseSigns(real, seed)
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        const { pool, aux, quantity: bids, price: asks } = cursor
        if (cursor.kind === RecordKind.trade) {
          expect(isValidPrice(instrument!, cursor.price as never)).toBe(true)
          continue
        }
        const prices = [...pool.subarray(aux, aux + 2 * (bids + asks))].filter(
          (_, k) => k % 2 === 0,
        )
        const sizes = [...pool.subarray(aux, aux + 2 * (bids + asks))].filter((_, k) => k % 2 === 1)
        expect(prices.filter((price) => !isValidPrice(instrument!, price as never))).toEqual([])
        const fromTop = [...prices.slice(0, bids).toReversed(), ...prices.slice(bids)]
        expect(fromTop).toEqual([...new Set(fromTop)].toSorted((a, b) => a - b))
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(72)
        merged.add(bids + asks)
      }
    }
    expect(merged.size).toBeGreaterThan(1)
  })

  it('leaves the recording as it is and depends on nothing but the seed', async () => {
    const recording = await generated
    const before = recording.batch.pool.slice()
    const twin = randomiseSigns(recording, 5)
    expect(recording.batch.pool).toEqual(before)
    expect(randomiseSigns(recording, 5).batch.pool).toEqual(twin.batch.pool)
    expect(randomiseSigns(recording, 6).batch.pool).not.toEqual(twin.batch.pool)
  })

  it('is not made of level changes', () => {
    const writer = new MarketWriter()
    writer.delta({ receivedTime: 1, venueTime: 1, instrument: 0 }, 'bid', 10, 1)
    expect(canRandomise({ batch: writer.batch() } as Recording)).toBe(false)
  })
})

describe('null twin of bars', () => {
  it('mirrors bars as a whole: an open tells nothing of the close that follows', async () => {
    const random = createRandom(3)
    const moves = Array.from({ length: 400 }, () => 10 * Math.round(random.next() * 40 - 20))
    const real = bars(await generated, moves)
    const twin = pricesOf(randomiseSigns(real, 11))
    let same = 0
    twin.forEach((bar, i) => {
      if (i === 0) return
      expect(bar.open).toBe(twin[i - 1]!.close)
      expect(Math.abs(bar.close - bar.open)).toBe(Math.abs(moves[i]!))
      if (bar.close - bar.open === moves[i]) same++
    })
    expect(same).toBeGreaterThan(150)
    expect(same).toBeLessThan(270)
  })

  it('has bars whose extremes hold their open and close, on the grid and above zero', async () => {
    const recording = await generated
    const instrument = recording.instruments[0]!
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 1000 }),
        (moves, seed) => {
          const real = bars(
            recording,
            moves.map((move) => 10 * move),
          )
          for (const bar of pricesOf(randomiseSigns(real, seed))) {
            expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close))
            expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close))
            for (const price of Object.values(bar)) {
              expect(isValidPrice(instrument, price as never)).toBe(true)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
