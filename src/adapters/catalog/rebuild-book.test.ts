import { describe, expect, test } from 'vitest'
import {
  hasSharedData,
  readOracle,
  sharedData,
  sharedDataNote,
} from '../../../test/data/shared-data.ts'
import { MarketWriter } from '../../core/mod.ts'
import { withDatabase } from './duckdb.ts'
import { recordedInstrument } from './instruments.ts'
import { normaliseFile } from './normalise.ts'
import { writeChanges } from './rebuild-book.ts'
import { createTables } from './tables.ts'

const spot = recordedInstrument({
  id: 0,
  venue: 'binance',
  symbol: 'BTCUSDT',
  kind: 'spot',
  found: { price: 2, quantity: 6 },
})

describe.skipIf(!hasSharedData)(`writeChanges on a raw capture${sharedDataNote}`, () => {
  test('rebuilds the book of the oracle', async () => {
    const oracle =
      readOracle<
        Record<
          string,
          {
            diffs_dropped_before_snapshot: number
            diffs_applied: number
            levels: number[]
            best_bid_x100: number
            best_ask_x100: number
            best_bid_qty_e8: number
            best_ask_qty_e8: number
            sum20_e8: number[]
            imbalance: Record<string, number>
          }
        >
      >('raw_depth_rebuild')['binance_spot_btcusdt_20240808']!
    await withDatabase(async (connection) => {
      const file = sharedData('crypto_l2/binance_spot_btcusdt_20240808.raw.gz')
      await normaliseFile(connection, file)
      const writer = new MarketWriter()
      const rebuilt = await writeChanges({
        connection,
        instrument: spot,
        writer,
        latencyUs: 0,
        reject: () => expect.unreachable(),
      })
      expect(rebuilt.old).toBe(oracle.diffs_dropped_before_snapshot)
      expect(rebuilt.applied).toBe(oracle.diffs_applied)
      expect([rebuilt.lost, rebuilt.crossed]).toEqual([0, 0])
      const { book } = rebuilt
      expect([book.depth(0), book.depth(1)]).toEqual(oracle.levels)
      expect([book.bestBid(), book.bestAsk()]).toEqual([oracle.best_bid_x100, oracle.best_ask_x100])
      expect([book.bestBidQuantity() * 100, book.bestAskQuantity() * 100]).toEqual([
        oracle.best_bid_qty_e8,
        oracle.best_ask_qty_e8,
      ])
      expect([book.bidSum() * 100, book.askSum() * 100]).toEqual(oracle.sum20_e8)
      expect(book.imbalance()).toBeCloseTo(oracle.imbalance['20']!, 12)
    })
  })
})

describe('writeChanges', () => {
  type Row = readonly [row: number, snapshot: boolean, first: number | null, last: number | null]

  async function rebuild(rows: readonly Row[]) {
    return withDatabase(async (connection) => {
      const tables = createTables(connection)
      const changes = await tables.open('bookChanges')
      for (const [row, snapshot, first, last] of rows) {
        for (const [side, price] of [
          ['bid', 10],
          ['ask', 11],
        ] as const) {
          changes.add({
            source_row: row,
            instrument: 'BTCUSDT',
            received_us: 1_000_000 + row,
            venue_us: snapshot ? null : 900_000 + row,
            is_snapshot: snapshot,
            first_id: first,
            last_id: last,
            side,
            price,
            quantity: row,
          })
        }
      }
      tables.close()
      const writer = new MarketWriter()
      const rejected: string[] = []
      const rebuilt = await writeChanges({
        connection,
        instrument: spot,
        writer,
        latencyUs: 0,
        reject: (_row, rule) => rejected.push(rule),
      })
      return { rebuilt, rejected, batch: writer.batch() }
    })
  }

  test('applies changes that came before the snapshot but belong after it', async () => {
    const { rebuilt, batch } = await rebuild([
      [1, false, 1, 4],
      [2, false, 5, 6],
      [3, true, null, 4],
      [4, false, 7, 8],
    ])
    expect([rebuilt.old, rebuilt.applied, rebuilt.lost]).toEqual([1, 2, 0])
    expect(batch.count).toBe(1 + 2 + 2)
    // The snapshot shows the moment of the last change it contains.
    expect([batch.f64[0], batch.f64[1]]).toEqual([1_000_003, 900_001])
    expect([batch.f64[5], batch.f64[6]]).toEqual([1_000_003, 900_002])
  })

  test('leaves everything out after a missing change until the next snapshot', async () => {
    const { rebuilt } = await rebuild([
      [1, true, null, 4],
      [2, false, 5, 6],
      [3, false, 9, 9],
      [4, false, 10, 10],
      [5, true, null, 20],
      [6, false, 21, 21],
    ])
    expect([rebuilt.applied, rebuilt.lost]).toEqual([2, 2])
  })

  test('says so when there is no book to apply changes to', async () => {
    const { rejected, batch } = await rebuild([[1, false, 1, 2]])
    expect(rejected).toEqual(['no snapshot'])
    expect(batch.count).toBe(0)
  })
})
