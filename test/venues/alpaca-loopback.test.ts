import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AlpacaAdapter,
  createAlpacaAdapter,
  createNodeEnvironment,
} from '../../src/adapters/mod.ts'
import {
  createRecordingSink,
  type RecordingSink,
} from '../../src/adapters/venues/recording-sink.ts'
import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../src/app/simulators/alpaca/options.ts'
import { type RunningVenue, runVenue } from '../../src/app/simulators/alpaca/run.ts'
import { type Instrument, Ledger, quantity, roundPrice } from '../../src/core/mod.ts'
import { approve } from '../support/hyperliquid-stage.ts'

let running: RunningVenue
let adapter: AlpacaAdapter
let sink: RecordingSink
let instruments: readonly Instrument[]

beforeEach(async () => {
  const flags = { port: '0', seed: '1', crypto: 'BTC,DOGE', stocks: 'SPY' }
  running = await runVenue(readRunOptions({ ...flags, time: '2026-11-20T14:40:00Z' }), (error) => {
    throw error
  })
  const { port } = running.server
  adapter = createAlpacaAdapter({
    environment: createNodeEnvironment(),
    tradingUrl: `http://127.0.0.1:${port}`,
    dataUrl: `http://127.0.0.1:${port}`,
    accountStreamUrl: `ws://127.0.0.1:${port}/stream`,
    dataStreamUrl: `ws://127.0.0.1:${port}/v1beta3/crypto/us`,
    keyId: DEMO_KEY,
    secret: DEMO_SECRET,
    trades: true,
    // The venue plays a day in the future or past: everything of it counts.
    fillsSince: 0,
  })
  sink = createRecordingSink()
  instruments = await adapter.loadInstruments(['BTC/USD', 'DOGE/USD'])
  await adapter.start(sink)
})
afterEach(async () => {
  await adapter.stop()
  await running.stop()
})

const patience = { timeout: 8_000, interval: 20 }

describe('the adapter over real sockets', () => {
  it('reads moving books of twenty ordered levels, buys and reports the account', async () => {
    await expect
      .poll(() => sink.books.filter((book) => book.instrument === 0).length, patience)
      .toBeGreaterThan(3)
    await expect.poll(() => sink.books.some((book) => book.instrument === 1), patience).toBe(true)
    for (const { bids, asks } of sink.books) {
      expect(bids.map(([price]) => price)).toEqual(bids.map(([p]) => p).toSorted((a, b) => b - a))
      expect(asks.map(([price]) => price)).toEqual(asks.map(([p]) => p).toSorted((a, b) => a - b))
      expect(bids[0]![0]).toBeLessThan(asks[0]![0])
    }
    for (const { id } of instruments) {
      const book = sink.books.findLast(({ instrument }) => instrument === id)!
      adapter.submit(
        approve({
          clientOrderId: `${id}`.padStart(32, 'a'),
          intentId: 'intent',
          instrument: id,
          side: 'buy',
          price: roundPrice(instruments[id]!, book.asks[0]![0] * 1.01, 'down'),
          quantity: quantity(10 ** instruments[id]!.quantityDecimals / (id === 0 ? 100 : 0.001)),
          timeInForce: 'ioc',
          postOnly: false,
          reduceOnly: false,
          arrivalPrice: null,
        }),
      )
    }
    const filled = (id: number): number =>
      sink
        .of('executed')
        .filter(({ execution }) => execution.instrument === id && execution.side === 'buy')
        .reduce((sum, { execution }) => sum + execution.quantity, 0)
    await expect.poll(() => filled(0), patience).toBe(10_000)
    await expect
      .poll(() => filled(1), patience)
      .toBe(10 ** instruments[1]!.quantityDecimals * 1_000)
    adapter.queryAccount(0)
    await expect.poll(() => sink.of('accountReported').length, patience).toBe(1)
    const { account } = sink.of('accountReported')[0]!
    const ledger = new Ledger(instruments)
    for (const execution of account.executions) ledger.applyExecution(execution)
    for (const { instrument, quantity: lots, dust } of account.positions) {
      expect({ quantity: lots, dust }).toEqual({
        quantity: ledger.position(instrument).quantity,
        dust: ledger.position(instrument).dust,
      })
      expect(lots).toBeLessThan(filled(instrument))
    }
  })
})
