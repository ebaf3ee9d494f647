import { chmodSync, copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeParquet } from '../../../test/data/make-parquet.ts'
import {
  hasSharedData,
  readOracle,
  sharedData,
  sharedDataNote,
} from '../../../test/data/shared-data.ts'
import { isValidPrice, MarketCursor, type Price, RecordKind } from '../../core/mod.ts'
import { InputError } from '../errors.ts'
import { loadHyperliquidRecording } from './hyperliquid-recording.ts'
import type { Recording } from './recording.ts'

const folder = mkdtempSync(join(tmpdir(), 'ornstein-recording-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bookFile = (coin: string) => sharedData(`hyperliquid/hl_l2book20_${coin}_20250904.parquet`)
const tradesFile = (coin: string) => sharedData(`hyperliquid/hl_trades_${coin}_20250904.parquet`)

function topLots(recording: Recording, record: number, levels: number): [number, number] {
  const cursor = new MarketCursor()
  cursor.load(recording.batch, record)
  let bids = 0
  let asks = 0
  for (let level = 0; level < levels; level++) {
    bids += cursor.pool[cursor.aux + 2 * level + 1]!
    asks += cursor.pool[cursor.aux + 2 * (cursor.quantity + level) + 1]!
  }
  return [bids, asks]
}

async function failure(promise: Promise<unknown>): Promise<InputError> {
  const cause = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  expect(cause).toBeInstanceOf(InputError)
  return cause as InputError
}

describe.skipIf(!hasSharedData)(`loadHyperliquidRecording${sharedDataNote}`, () => {
  test('gives exact integers that agree with the oracle lots', async () => {
    type Lots = Record<string, { first_lots: number[]; last_lots: number[] }>
    const oracle = readOracle<{ BTC: Lots }>('hl_l2book20_20250904').BTC
    const recording = await loadHyperliquidRecording({ book: bookFile('BTC') })
    expect(recording.batch.count).toBe(3785)
    for (const levels of [1, 5, 10, 20]) {
      expect(topLots(recording, 0, levels)).toEqual(oracle[`N${levels}`]!.first_lots)
      expect(topLots(recording, 3784, levels)).toEqual(oracle[`N${levels}`]!.last_lots)
    }
    expect(recording.instruments[0]).toMatchObject({ priceDecimals: 1, quantityDecimals: 5 })
    expect(recording.info.cadenceUs).toBeGreaterThan(530_000)
  })

  test('drops repeated trades and the history sent on subscribing, and counts them', async () => {
    const recording = await loadHyperliquidRecording({
      book: bookFile('ETH'),
      trades: tradesFile('ETH'),
    })
    expect(recording.info.duplicatesDropped).toBe(17)
    expect(recording.info.historyDropped).toBe(30)
    expect(recording.batch.count).toBe(3785 + 6884 - 17 - 30)
    expect(recording.info.gaps).toHaveLength(1)
    expect(recording.info.quarantined).toEqual([])
  })

  test('orders records by received time and keeps every price valid', async () => {
    const recording = await loadHyperliquidRecording({
      book: bookFile('BTC'),
      trades: tradesFile('BTC'),
    })
    const cursor = new MarketCursor()
    let last = 0
    for (let i = 0; i < recording.batch.count; i++) {
      cursor.load(recording.batch, i)
      expect(cursor.receivedTime).toBeGreaterThanOrEqual(last)
      expect(cursor.receivedTime).toBeGreaterThanOrEqual(cursor.venueTime)
      last = cursor.receivedTime
      const price = cursor.kind === RecordKind.trade ? cursor.price : cursor.pool[cursor.aux]!
      expect(isValidPrice(recording.instruments[0]!, price as Price)).toBe(true)
    }
  })

  test('can replace venue times by received times for comparisons', async () => {
    const { batch, info } = await loadHyperliquidRecording({
      book: bookFile('BTC'),
      timeBasis: 'received',
    })
    expect(info.timeBasis).toBe('received')
    for (let i = 0; i < batch.count; i++) expect(batch.f64[i * 5]).toBe(batch.f64[i * 5 + 1])
  })

  test('refuses a damaged file with one clear error', async () => {
    const damaged = join(folder, 'books_BTC_20250904.parquet')
    copyFileSync(bookFile('BTC'), damaged)
    chmodSync(damaged, 0o644)
    truncateSync(damaged, 400_000)
    const error = await failure(loadHyperliquidRecording({ book: damaged }))
    expect(error.code).toBe('ORN-DATA-005')
    expect(error.exitCode).toBe(4)
  })

  test('refuses a file of another kind and says what it holds', async () => {
    const error = await failure(
      loadHyperliquidRecording({ book: tradesFile('BTC'), symbol: 'BTC' }),
    )
    expect(error.code).toBe('ORN-DATA-006')
    expect(error.details.join()).toContain('trades')
  })
})

describe('loadHyperliquidRecording without usable files', () => {
  test('names a missing file, a folder and an empty file', async () => {
    const empty = join(folder, 'empty_BTC_20250904.parquet')
    writeFileSync(empty, '')
    const codes = []
    for (const book of [join(folder, 'none.parquet'), folder, empty]) {
      const error = await failure(loadHyperliquidRecording({ book }))
      expect(error.exitCode).toBe(4)
      codes.push(error.code)
    }
    expect(codes).toEqual(['ORN-DATA-001', 'ORN-DATA-002', 'ORN-DATA-003'])
  })

  test('asks for the symbol when the name does not say it', async () => {
    const file = await makeParquet(
      join(folder, 'books.parquet'),
      `select 1757015216.5::double as recv_ts, 1 as sequence, 1757015216253 as exchange_timestamp,
        100.0 as bid_price_0, 1.0 as bid_size_0, 101.0 as ask_price_0, 1.0 as ask_size_0`,
    )
    expect((await failure(loadHyperliquidRecording({ book: file }))).code).toBe('ORN-DATA-007')
  })
})
