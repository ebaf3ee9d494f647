import { beforeAll, describe, expect, it } from 'vitest'
import { loadHyperliquidRecording, type Recording } from '../../src/adapters/mod.ts'
import { parseConfig } from '../../src/app/config/load.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { toRunRecord } from '../../src/app/run/run-record.ts'
import { createMidLookup, type RoundTrip, roundTrips } from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'

/** Definitions: oracles.md, hl_taker_received_time. */
interface Oracle {
  readonly bars: number
  readonly z_values: number
  readonly trades: number
  readonly long: number
  readonly trades_list: readonly (readonly [number, number, number, number, number])[] | null
}

const configText = (interval: string, symbol: string) => `
name: oracle-${symbol.toLowerCase()}
data: { kind: hyperliquid-book, book: unused.parquet, timeBasis: received }
signal: { source: mid, interval: ${interval}, window: 60, maxGap: 1000, trendWindow: 0 }
strategy:
  { trendGate: false, revertGate: off, stopLoss: off, timeStop: off, costGate: off, notional: 12 }
risk: { bookAgeMax: 30s, ordersPerMinuteMax: off }
fills: { entryLatency: 0ms, responseLatency: 0ms }
`

function tripsOf(recording: Recording, interval: string, symbol: string) {
  const { config, hash } = parseConfig(configText(interval, symbol), 'oracle.yaml')
  const result = runBacktest({ config, configurationHash: hash, codeHash: '', recording })
  const record = toRunRecord(result, {
    config,
    configurationHash: hash,
    codeHash: '',
    commit: '',
    command: '',
    recording,
    trials: null,
  })
  return { result, trips: roundTrips(record, createMidLookup(record.mids)).trips }
}

const touchBp = (trip: RoundTrip, lastTouch: number): number => {
  const exit = trip.averageExitPrice ?? lastTouch
  return (exit / trip.averageEntryPrice - 1) * 1e4 * (trip.side === 'buy' ? 1 : -1)
}

const name = `recorded Hyperliquid books against independent figures${sharedDataNote}`

describe.skipIf(!hasSharedData)(name, () => {
  for (const symbol of ['BTC']) {
    let recording: Recording
    let oracles: Record<string, Oracle>
    beforeAll(async () => {
      const book = sharedData(`hyperliquid/hl_l2book20_${symbol}_20250904.parquet`)
      recording = await loadHyperliquidRecording({ book, timeBasis: 'received' })
      const all = readOracle('hl_taker_received_time') as Record<string, typeof oracles>
      oracles = all[symbol] ?? {}
    })

    for (const interval of ['60s', '10s', '5s', '1s']) {
      const key = `${Number.parseInt(interval, 10) * 1000}ms_W60_N20`
      it(`${symbol} with ${interval} bars trades as often, and each trade when, the figures say`, () => {
        const oracle = oracles[key]
        expect(oracle).toBeDefined()
        if (oracle === undefined) return
        const { result, trips } = tripsOf(recording, interval, symbol)
        expect(trips.length).toBe(oracle.trades)
        expect(trips.filter((t) => t.side === 'buy').length).toBe(oracle.long)
        expect(result.collected.bars[0]!.time.length).toBe(oracle.bars)
        const zs = result.collected.bars[0]!.z.filter((z) => !Number.isNaN(z))
        expect(zs.length).toBe(oracle.z_values)
        oracle.trades_list?.forEach(([direction, entry, exit, , touch], i) => {
          const trip = trips[i]!
          expect(trip.side).toBe(direction > 0 ? 'buy' : 'sell')
          // The file's clock has microseconds as a binary fraction of seconds: one may round off.
          expect(Math.abs(trip.entryTime - entry)).toBeLessThanOrEqual(1)
          if (trip.exitTime !== null) expect(Math.abs(trip.exitTime - exit)).toBeLessThanOrEqual(1)
          const book = result.exchange.book(0)
          const last = trip.side === 'buy' ? book.bestBid() : book.bestAsk()
          expect(touchBp(trip, last)).toBeCloseTo(touch, 1)
        })
      })
    }
  }
})
