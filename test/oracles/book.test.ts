import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  OrderBook,
  parseSafeDecimal,
  SequenceCheck,
  type SequenceRule,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { at, relative } from './columns.ts'
import { readSnapshots } from './snapshots.ts'

type RawLevel = [price: string, quantity: string]
interface RawFrame {
  lastUpdateId?: number
  bids?: RawLevel[]
  asks?: RawLevel[]
  stream?: string
  data?: {
    U: number
    u: number
    pu?: number
    b: RawLevel[] | string
    a: RawLevel[] | string
    B: string
    A: string
  }
}

interface Rebuilt {
  readonly book: OrderBook
  readonly dropped: number
  readonly applied: number
  readonly gaps: number
  readonly last: number
  /** Published best bid and offer that carried the id of the book's last update, and agreed. */
  readonly tickersEqual: number
  readonly tickersCompared: number
}

interface Capture {
  readonly file: string
  readonly rule: SequenceRule
  readonly levels: number
  readonly priceDecimals: number
}

/** Replays a raw capture: diffs before the snapshot are held back, as a live client would. */
function rebuild({ file, rule, levels, priceDecimals }: Capture): Rebuilt {
  const price = (text: string): number => parseSafeDecimal(text, priceDecimals)!
  const quantity = (text: string): number => parseSafeDecimal(text, 8)!
  const lines = gunzipSync(readFileSync(sharedData(`crypto_l2/${file}`)))
    .toString()
    .split('\n')
  const book = new OrderBook({ levels, capacity: 4096 })
  const check = new SequenceCheck(rule)
  const held: RawFrame[] = []
  const tickers = new Map<number, [number, number, number, number]>()
  const count = { dropped: 0, applied: 0, gaps: 0, equal: 0, compared: 0 }
  const diff = (frame: RawFrame): void => {
    const data = frame.data!
    const verdict = check.onDiff(data.U, data.u, data.pu)
    if (verdict === 'old') count.dropped++
    if (verdict === 'gap') count.gaps++
    if (verdict !== 'apply') return
    count.applied++
    for (const [at, size] of data.b as RawLevel[]) book.applyDelta(0, price(at), quantity(size))
    for (const [at, size] of data.a as RawLevel[]) book.applyDelta(1, price(at), quantity(size))
    const ticker = tickers.get(data.u)
    if (ticker === undefined) return
    count.compared++
    const ours = [book.bestBid(), book.bestBidQuantity(), book.bestAsk(), book.bestAskQuantity()]
    if (ours.every((value, i) => value === ticker[i])) count.equal++
  }
  const frames = lines
    .filter((line) => line !== '')
    .map((line) => {
      return JSON.parse(line.slice(line.indexOf(' ') + 1)) as RawFrame
    })
  for (const frame of frames) {
    if (frame.stream?.endsWith('@bookTicker') !== true) continue
    const { u, b, B, a, A } = frame.data!
    tickers.set(u, [price(b as string), quantity(B), price(a as string), quantity(A)])
  }
  for (const frame of frames) {
    if (frame.lastUpdateId !== undefined) {
      const bids = frame.bids!.flatMap(([at, size]) => [price(at), quantity(size)])
      const asks = frame.asks!.flatMap(([at, size]) => [price(at), quantity(size)])
      book.applySnapshot(new Float64Array([...bids, ...asks]), 0, bids.length / 2, asks.length / 2)
      check.onSnapshot(frame.lastUpdateId)
      for (const early of held) diff(early)
    } else if (frame.stream?.includes('@depth') === true) {
      if (book.status === 'unknown') held.push(frame)
      else diff(frame)
    }
  }
  return {
    book,
    dropped: count.dropped,
    applied: count.applied,
    gaps: count.gaps,
    last: check.last,
    tickersEqual: count.equal,
    tickersCompared: count.compared,
  }
}

describe.skipIf(!hasSharedData)(`order book on raw captures${sharedDataNote}`, () => {
  it('rebuilds the spot book to the independent figures, exactly', () => {
    const oracle = at(readOracle<unknown>('raw_depth_rebuild'), 'binance_spot_btcusdt_20240808')
    for (const levels of [1, 5, 20]) {
      const rebuilt = rebuild({
        file: 'binance_spot_btcusdt_20240808.raw.gz',
        rule: 'contiguous',
        levels,
        priceDecimals: 2,
      })
      const { book } = rebuilt
      expect(rebuilt.dropped).toBe(at(oracle, 'diffs_dropped_before_snapshot'))
      expect(rebuilt.applied).toBe(at(oracle, 'diffs_applied'))
      expect(rebuilt.gaps).toBe(at(oracle, 'sequence_gaps'))
      expect(rebuilt.last).toBe(at(oracle, 'last_u'))
      expect([book.depth(0), book.depth(1)]).toEqual(at(oracle, 'levels'))
      expect(book.bestBid()).toBe(at(oracle, 'best_bid_x100'))
      expect(book.bestAsk()).toBe(at(oracle, 'best_ask_x100'))
      expect(book.bestBidQuantity()).toBe(at(oracle, 'best_bid_qty_e8'))
      expect(book.bestAskQuantity()).toBe(at(oracle, 'best_ask_qty_e8'))
      expect(book.imbalance()).toBe(at(oracle, 'imbalance', levels))
      if (levels === 20) expect([book.bidSum(), book.askSum()]).toEqual(at(oracle, 'sum20_e8'))
      expect(book.status).toBe('valid')
      expect(book.refused).toBe(0)
    }
  })

  it('agrees with the published best bid and offer of the same update, spot and futures', () => {
    const captures: Capture[] = [
      {
        file: 'binance_spot_btcusdt_20240808.raw.gz',
        rule: 'contiguous',
        levels: 20,
        priceDecimals: 2,
      },
      {
        file: 'binance_spot_ethusdt_20240808.raw.gz',
        rule: 'contiguous',
        levels: 20,
        priceDecimals: 2,
      },
      {
        file: 'binance_usdm_btcusdt_20240808.raw.gz',
        rule: 'chained',
        levels: 20,
        priceDecimals: 2,
      },
    ]
    for (const capture of captures) {
      const rebuilt = rebuild(capture)
      expect(rebuilt.gaps, capture.file).toBe(0)
      expect(rebuilt.tickersCompared, capture.file).toBeGreaterThan(100)
      expect(rebuilt.tickersEqual, capture.file).toBe(rebuilt.tickersCompared)
      expect(rebuilt.book.status).toBe('valid')
    }
  })

  it('finds the published imbalances by the formula, in lots', () => {
    const oracle = at(readOracle<unknown>('binance_imbalance_5s'))
    const file = sharedData('crypto_l2/binance_btcusdt_imbalance_5s_202606.csv.gz')
    const [, ...rows] = gunzipSync(readFileSync(file)).toString().trim().split('\n')
    expect(rows.length).toBe(at(oracle, 'rows'))
    const book = new OrderBook({ levels: 1 })
    let sum = 0
    let worst = 0
    for (const row of rows) {
      const [bid, ask, , , bids, asks, published] = row.split(',').map(Number)
      // The volumes were printed from floating sums: the nearest lot of 1e-8 is what they mean.
      const pool = [bid! * 100, bids! * 1e8, ask! * 100, asks! * 1e8].map(Math.round)
      book.applySnapshot(new Float64Array(pool), 0, 1, 1)
      expect(book.status).toBe('valid')
      worst = Math.max(worst, Math.abs(book.imbalance() - published!))
      sum += book.imbalance()
    }
    expect(worst).toBeLessThan(2e-15)
    expect(relative(sum / rows.length, at(oracle, 'mean') as number)).toBeLessThan(1e-9)
  })
})

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length
const deviation = (values: Float64Array): number => {
  const center = mean(values)
  return Math.sqrt(values.reduce((a, b) => a + (b - center) ** 2, 0) / (values.length - 1))
}

describe.skipIf(!hasSharedData)(`imbalance of recorded 20-level books${sharedDataNote}`, () => {
  it('has the independent distribution at 1, 5, 10 and 20 levels', async () => {
    const { rows, pool } = await readSnapshots('BTC', 5)
    for (const levels of [1, 5, 10, 20]) {
      const oracle = at(readOracle<unknown>('hl_l2book20_20250904'), 'BTC', `N${levels}`)
      const figure = (key: string): number => at(oracle, key) as number
      const book = new OrderBook({ levels, capacity: 20 })
      const rho = new Float64Array(rows)
      const sums: [number, number][] = []
      for (let row = 0; row < rows; row++) {
        book.applySnapshot(pool, row * 80, 20, 20)
        rho[row] = book.imbalance()
        sums.push([book.bidSum(), book.askSum()])
      }
      const changes = rho.slice(1).map((value, i) => value - rho[i]!)
      const signed = rho.filter((value) => value !== 0)
      expect(rows).toBe(figure('n'))
      expect(sums[0]).toEqual(at(oracle, 'first_lots'))
      expect(sums.at(-1)).toEqual(at(oracle, 'last_lots'))
      expect(rho[0]).toBe(figure('first'))
      expect(rho.at(-1)).toBe(figure('last'))
      expect(Math.min(...rho)).toBe(figure('min'))
      expect(Math.max(...rho)).toBe(figure('max'))
      expect(rho.filter((value) => value === 0).length).toBe(figure('zeros'))
      expect(signed.filter((v, i) => i > 0 && v * signed[i - 1]! < 0).length).toBe(
        figure('sign_flips'),
      )
      expect(relative(mean(rho), figure('mean'))).toBeLessThan(1e-9)
      expect(relative(deviation(rho), figure('sd_ddof1'))).toBeLessThan(1e-9)
      expect(relative(mean(changes.map(Math.abs)), figure('mean_abs_change'))).toBeLessThan(1e-9)
      expect(relative(deviation(changes), figure('sd_change_ddof1'))).toBeLessThan(1e-9)
    }
  })

  it('is the same whether books arrive as snapshots or as the diffs between them', async () => {
    for (const [coin, decimals] of [
      ['BTC', 5],
      ['ETH', 4],
    ] as const) {
      const { rows, pool } = await readSnapshots(coin, decimals)
      const snapshots = new OrderBook({ levels: 10, capacity: 20 })
      const diffs = new OrderBook({ levels: 10, capacity: 64 })
      diffs.applySnapshot(pool, 0, 20, 20)
      for (let row = 1; row < rows; row++) {
        snapshots.applySnapshot(pool, row * 80, 20, 20)
        for (const side of [0, 1] as const) {
          for (let i = diffs.depth(side) - 1; i >= 0; i--) {
            const price = diffs.priceAt(side, i)
            if (snapshots.quantityAtPrice(side, price) === 0) diffs.applyDelta(side, price, 0)
          }
          for (let i = 0; i < 20; i++) {
            diffs.applyDelta(side, snapshots.priceAt(side, i), snapshots.quantityAt(side, i))
          }
        }
        expect(diffs.imbalance()).toBe(snapshots.imbalance())
        expect(diffs.halfMid()).toBe(snapshots.halfMid())
      }
      expect(diffs.status).toBe('valid')
    }
  })
})
