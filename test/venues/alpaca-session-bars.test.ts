import { expect, it } from 'vitest'
import {
  type AlpacaOptions,
  createAlpacaAdapter,
  createVirtualEnvironment,
  type VenueSink,
} from '../../src/adapters/mod.ts'
import { serveInMemory } from '../../src/app/simulators/alpaca/in-memory.ts'
import { createAlpacaVenue } from '../../src/app/simulators/alpaca/venue.ts'
import { readNano } from '../../src/app/simulators/alpaca/wire/nano.ts'
import { formatUtcIso, MarketCursor, RecordKind, type TimeUs } from '../../src/core/mod.ts'
import { demoKey, demoSecret, keepRunning } from '../support/alpaca-venue.ts'
import { marketOf } from './alpaca-stage.ts'

const MINUTE_US = 60_000_000
const SESSION_US = 390 * MINUTE_US
const at = (text: string): TimeUs => Date.parse(text) * 1000

interface Delivered {
  readonly instrument: number
  readonly openTime: string
  readonly closeTime: string
  /** Minutes after the close. */
  readonly afterClose: number
}

/** An adapter of two shares at a venue in memory, both at the same virtual time. */
function openAt(time: string, more: Partial<AlpacaOptions> = {}) {
  const startTime = at(time)
  const environment = createVirtualEnvironment({
    startTime,
    route: serveInMemory(() => venue),
  })
  const venue = createAlpacaVenue({
    market: marketOf([], ['AAPL', 'SPY']),
    seed: 1,
    startTime: startTime - 1,
    now: environment.now,
    accounts: [{ key: demoKey, secret: demoSecret, cash: readNano('100000')! }],
  })
  venue.advance(startTime)
  keepRunning(venue, environment)
  const host = '//alpaca.test'
  const adapter = createAlpacaAdapter({
    environment,
    tradingUrl: `http:${host}`,
    dataUrl: `http:${host}`,
    accountStreamUrl: `ws:${host}/stream`,
    dataStreamUrl: `ws:${host}/v1beta3/crypto/us`,
    stockStreamUrl: `ws:${host}/v2/iex`,
    keyId: demoKey,
    secret: demoSecret,
    trades: false,
    ...more,
  })
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false
    const done = (): void => {
      isSettled = true
    }
    promise.then(done, done)
    await environment.runUntilTrue(() => isSettled, 60_000)
    return promise
  }
  return { environment, adapter, settle }
}

/** Keeps the finished bars of what is delivered. */
function barSink(): VenueSink & { readonly bars: Delivered[] } {
  const bars: Delivered[] = []
  const cursor = new MarketCursor()
  return {
    bars,
    event() {},
    market(batch) {
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        if (cursor.kind !== RecordKind.bar) continue
        bars.push({
          instrument: cursor.instrument,
          openTime: formatUtcIso(cursor.pool[cursor.aux + 5]!),
          closeTime: formatUtcIso(cursor.venueTime),
          afterClose: Math.floor((cursor.receivedTime - cursor.venueTime) / MINUTE_US),
        })
      }
    },
  }
}

it('delivers the bar of a session once it is over, of its own span on an early close', async () => {
  // The day after Thanksgiving ends at one in the afternoon of New York.
  const { environment, adapter, settle } = openAt('2026-11-27T17:57:00Z', {
    barIntervalUs: SESSION_US,
    hasAccount: false,
  })
  const sink = barSink()
  await settle(adapter.loadInstruments(['AAPL', 'SPY']))
  await settle(adapter.start(sink))
  await environment.run(3 * 60_000)
  expect(sink.bars).toEqual([])
  await environment.run(2 * 60_000)
  const span = { openTime: '2026-11-27T14:30:00.000000Z', closeTime: '2026-11-27T18:00:00.000000Z' }
  expect(sink.bars).toEqual([
    { instrument: 0, ...span, afterClose: 1 },
    { instrument: 1, ...span, afterClose: 1 },
  ])
  await adapter.stop()
})

it('loads sessions as history, over a change of clocks, and never a midnight', async () => {
  const { adapter, settle } = openAt('2026-11-27T18:30:00Z')
  const [apple] = await settle(adapter.loadInstruments(['AAPL']))
  const bars = await settle(adapter.loadBars(apple!, SESSION_US, 20))
  expect(bars).toHaveLength(20)
  const spans = bars.map(({ openTime, closeTime }) => [openTime, closeTime].map(formatUtcIso))
  expect(spans.at(-1)).toEqual(['2026-11-27T14:30:00.000000Z', '2026-11-27T18:00:00.000000Z'])
  const of = (day: string) => spans.find(([open]) => open!.startsWith(day))
  expect(of('2026-10-30')).toEqual(['2026-10-30T13:30:00.000000Z', '2026-10-30T20:00:00.000000Z'])
  expect(of('2026-11-02')).toEqual(['2026-11-02T14:30:00.000000Z', '2026-11-02T21:00:00.000000Z'])
  expect(of('2026-11-26')).toBeUndefined()
})

it('refuses finished bars that the venue does not deliver', async () => {
  const { adapter, settle } = openAt('2026-11-27T17:57:00Z', { barIntervalUs: MINUTE_US })
  await settle(adapter.loadInstruments(['AAPL']))
  await expect(settle(adapter.start(barSink()))).rejects.toMatchObject({
    code: 'VENUE_UNSUPPORTED',
  })
})
