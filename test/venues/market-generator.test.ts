import { describe, expect, test } from 'vitest'
import {
  createMarketModel,
  defaultUniverse,
  type MarketModelKind,
  type MarketModelOptions,
} from '../../src/app/simulators/market/generator.ts'
import {
  isValidPrice,
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  type Price,
  RecordKind,
} from '../../src/core/mod.ts'

const startTime = Date.UTC(2026, 0, 5, 12, 0, 30) * 1000
const minute = 60_000_000

const optionsOf = (changes: Partial<MarketModelOptions> = {}): MarketModelOptions => ({
  instruments: defaultUniverse(),
  seed: 7,
  model: 'plantedEdge',
  startTime,
  historyMinutes: 5,
  ...changes,
})

const bytesOf = (batch: MarketBatch) => ({
  records: Buffer.from(batch.u8).toString('base64'),
  pool: Buffer.from(batch.pool.buffer, batch.pool.byteOffset, batch.pool.byteLength).toString(
    'base64',
  ),
})

function recordsOf(batch: MarketBatch): MarketCursor[] {
  return Array.from({ length: batch.count }, (_, index) => {
    const cursor = new MarketCursor()
    cursor.load(batch, index)
    return cursor
  })
}

describe('createMarketModel', () => {
  test('gives the same market for the same seed and another for another seed', () => {
    const run = (seed: number) => {
      const writer = new MarketWriter()
      createMarketModel(optionsOf({ seed })).advance(startTime + minute, writer)
      return bytesOf(writer.batch())
    }
    expect(run(7)).toEqual(run(7))
    expect(run(7).records).not.toEqual(run(8).records)
  })

  test('does not depend on how the time is cut into steps', () => {
    const whole = new MarketWriter()
    createMarketModel(optionsOf()).advance(startTime + minute, whole)
    const cut = new MarketWriter()
    const model = createMarketModel(optionsOf())
    for (const part of [1, 99_999, 100_000, 130_000, 7_777_777, 31_000_003, minute]) {
      model.advance(startTime + part, cut)
    }
    expect(bytesOf(cut.batch())).toEqual(bytesOf(whole.batch()))
  })

  test('goes on from its stored state as if it had never stopped', () => {
    const whole = createMarketModel(optionsOf())
    whole.advance(startTime + minute, null)
    const state = JSON.parse(JSON.stringify(whole.state()))
    const first = new MarketWriter()
    whole.advance(startTime + 2 * minute, first)
    const second = new MarketWriter()
    createMarketModel(optionsOf({ resume: state })).advance(startTime + 2 * minute, second)
    expect(bytesOf(second.batch())).toEqual(bytesOf(first.batch()))
  })

  test('writes ordered records with valid, uncrossed books of twenty levels', () => {
    const writer = new MarketWriter()
    createMarketModel(optionsOf()).advance(startTime + minute, writer)
    const universe = defaultUniverse()
    let last = 0
    const kinds = new Set<number>()
    for (const record of recordsOf(writer.batch())) {
      expect(record.venueTime).toBeGreaterThanOrEqual(last)
      last = record.venueTime
      kinds.add(record.kind)
      const { instrument } = universe[record.instrument]!
      if (record.kind === RecordKind.trade) {
        expect(isValidPrice(instrument, record.price as Price)).toBe(true)
        expect(record.quantity).toBeGreaterThanOrEqual(1)
      }
      if (record.kind !== RecordKind.snapshot) continue
      expect([record.quantity, record.price]).toEqual([20, 20])
      const prices = Array.from({ length: 40 }, (_, n) => record.pool[record.aux + 2 * n]!)
      for (const price of prices) expect(isValidPrice(instrument, price as Price)).toBe(true)
      for (let n = 1; n < 20; n++) {
        expect(prices[n]).toBeLessThan(prices[n - 1]!)
        expect(prices[20 + n]).toBeGreaterThan(prices[19 + n]!)
      }
      expect(prices[20]).toBeGreaterThan(prices[0]!)
    }
    expect([...kinds].sort()).toEqual([RecordKind.snapshot, RecordKind.trade, RecordKind.mark])
  })

  test('publishes the same books as changes when asked for them', () => {
    const model = createMarketModel(optionsOf({ form: 'deltas' }))
    const writer = new MarketWriter()
    model.advance(startTime + 45_000_000, writer)
    const sides = [new Map<number, number>(), new Map<number, number>()]
    for (const record of recordsOf(writer.batch())) {
      if (record.instrument !== 0) continue
      if (record.kind === RecordKind.snapshot) {
        for (const side of sides) side.clear()
        for (let n = 0; n < 40; n++) {
          const at = record.aux + 2 * n
          sides[n < 20 ? 0 : 1]!.set(record.pool[at]!, record.pool[at + 1]!)
        }
      } else if (record.kind === RecordKind.delta) {
        const side = sides[record.side]!
        if (record.quantity === 0) side.delete(record.price)
        else side.set(record.price, record.quantity)
      }
    }
    const { bids, asks } = model.book(0)
    const flat = (side: Map<number, number>, sign: number) =>
      [...side].sort((a, b) => sign * (a[0] - b[0])).flat()
    expect(flat(sides[0]!, -1)).toEqual(bids)
    expect(flat(sides[1]!, 1)).toEqual(asks)
  })

  test('has a history of minutes that the live part continues', () => {
    const model = createMarketModel(optionsOf({ historyMinutes: 250 }))
    const before = model.candles(0, 240)
    expect(before).toHaveLength(240)
    model.advance(startTime + 3 * minute, null)
    const after = model.candles(0, 243)
    expect(after.slice(0, 239)).toEqual(before.slice(0, 239))
    for (let i = 1; i < after.length; i++) {
      expect(after[i]!.openTime - after[i - 1]!.openTime).toBe(minute)
      expect(Math.abs(Math.log(after[i]!.open / after[i - 1]!.close))).toBeLessThan(0.001)
    }
    const fives = model.candles(0, 4, 5 * minute)
    expect(fives.map((candle) => candle.openTime % (5 * minute))).toEqual([0, 0, 0, 0])
    const parts = after.filter((candle) => candle.openTime >= fives[2]!.openTime).slice(0, 5)
    expect(fives[2]).toMatchObject({
      open: parts[0]!.open,
      high: Math.max(...parts.map((candle) => candle.high)),
      close: parts[4]!.close,
      volume: parts.reduce((sum, candle) => sum + candle.volume, 0),
    })
  })

  test('pays the interest rate as funding at the full hour when there is no premium', () => {
    const model = createMarketModel(optionsOf({ model: 'zeroEdge' }))
    const writer = new MarketWriter()
    model.advance(startTime + 61 * minute, writer)
    const rates = recordsOf(writer.batch()).filter((record) => record.kind === RecordKind.funding)
    expect(rates).toHaveLength(8)
    for (const rate of rates) {
      expect(rate.aux).toBe(12_500)
      expect(rate.venueTime % (60 * minute)).toBe(0)
    }
  })
})

/**
 * Correlation over minutes of z (60 candles) and of the imbalance with the next 8 minutes' move.
 */
function measure(model: MarketModelKind) {
  const hours = 20
  const universe = defaultUniverse().slice(0, 4)
  const market = createMarketModel({
    ...optionsOf({
      instruments: universe,
      model,
      historyMinutes: 60,
      bookCadenceUs: 60_000_000,
      seed: 11,
    }),
    startTime: startTime - (startTime % minute),
  })
  const rows = universe.map(() => [] as number[][])
  for (let i = 1; i <= hours * 60; i++) {
    market.advance(startTime - (startTime % minute) + i * minute, null)
    for (let id = 0; id < rows.length; id++) {
      const { bids, asks } = market.book(id)
      const sum = (side: readonly number[]) =>
        side.reduce((total, value, n) => (n % 2 === 1 ? total + value : total), 0)
      const [b, a] = [sum(bids), sum(asks)]
      rows[id]!.push([Math.log((bids[0]! + asks[0]!) / 2), (b - a) / (b + a)])
    }
  }
  const pairs: { z: number; rho: number; next: number }[] = []
  for (const series of rows) {
    for (let t = 59; t + 8 < series.length; t++) {
      const window = series.slice(t - 59, t + 1).map((row) => row[0]!)
      const mean = window.reduce((x, y) => x + y) / 60
      const sd = Math.sqrt(window.reduce((x, y) => x + (y - mean) ** 2, 0) / 59)
      pairs.push({
        z: (series[t]![0]! - mean) / sd,
        rho: series[t]![1]!,
        next: 1e4 * (series[t + 8]![0]! - series[t]![0]!),
      })
    }
  }
  return pairs
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((p, q) => p + q, 0) / x.length
  const [ma, mb] = [mean(a), mean(b)]
  const cross = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)))
  return cross / Math.sqrt(mean(a.map((v) => (v - ma) ** 2)) * mean(b.map((v) => (v - mb) ** 2)))
}

describe('the two kinds of market', () => {
  test('zeroEdge: neither z nor the imbalance says anything about the next minutes', () => {
    const pairs = measure('zeroEdge')
    const next = pairs.map((pair) => pair.next)
    expect(
      Math.abs(
        correlation(
          pairs.map((p) => p.rho),
          next,
        ),
      ),
    ).toBeLessThan(0.06)
    expect(
      Math.abs(
        correlation(
          pairs.map((p) => p.rho),
          pairs.map((p) => p.z),
        ),
      ),
    ).toBeLessThan(0.06)
  })

  test('plantedEdge: z is often beyond 1.25, the book leans back, and the move pays', () => {
    const pairs = measure('plantedEdge')
    const low = pairs.filter((pair) => pair.z < -1.25)
    expect(low.length / pairs.length).toBeGreaterThan(0.08)
    const gated = low.filter((pair) => pair.rho > 0)
    expect(gated.length / low.length).toBeGreaterThan(0.8)
    expect(gated.reduce((sum, pair) => sum + pair.next, 0) / gated.length).toBeGreaterThan(12)
    expect(
      correlation(
        pairs.map((p) => p.z),
        pairs.map((p) => p.next),
      ),
    ).toBeLessThan(-0.2)
  })
})
