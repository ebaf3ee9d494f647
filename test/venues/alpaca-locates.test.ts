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
import { type Instrument, quantity, roundPrice, type Side } from '../../src/core/mod.ts'
import { approve } from '../support/hyperliquid-stage.ts'

const headers = { 'APCA-API-KEY-ID': DEMO_KEY, 'APCA-API-SECRET-KEY': DEMO_SECRET }
const patience = { timeout: 8_000, interval: 20 }

let running: RunningVenue
let adapter: AlpacaAdapter
let sink: RecordingSink
let instruments: readonly Instrument[]
let orders = 0

beforeEach(async () => {
  const stocks = 'GME,CAR,LITE,SNDK,Q,SPY,URA'
  const flags = { port: '0', seed: '1', crypto: 'BTC', stocks, time: '2026-11-18T15:00:00Z' }
  running = await runVenue(readRunOptions(flags), (error) => {
    throw error
  })
  const { port } = running.server
  adapter = createAlpacaAdapter({
    environment: { ...createNodeEnvironment(), now: () => running.venue.state.time },
    tradingUrl: `http://127.0.0.1:${port}`,
    dataUrl: `http://127.0.0.1:${port}`,
    accountStreamUrl: `ws://127.0.0.1:${port}/stream`,
    dataStreamUrl: `ws://127.0.0.1:${port}/v1beta3/crypto/us`,
    stockStreamUrl: `ws://127.0.0.1:${port}/v2/iex`,
    keyId: DEMO_KEY,
    secret: DEMO_SECRET,
    trades: true,
  })
  sink = createRecordingSink()
  instruments = await adapter.loadInstruments(stocks.split(','))
  await adapter.start(sink)
})
afterEach(async () => {
  await adapter.stop()
  await running.stop()
})

const idOf = (symbol: string): number => instruments.find((each) => each.symbol === symbol)!.id

/** Shares of a name that the venue can find today, by its own quote. */
async function available(symbol: string): Promise<number> {
  const { port } = running.server
  const url = `http://127.0.0.1:${port}/v1/locates/quotes?symbols=${symbol}`
  const reply = (await (await fetch(url, { headers })).json()) as {
    readonly quotes: readonly { readonly available_qty: number }[]
  }
  return reply.quotes[0]!.available_qty
}

/** Located shares, by locate. */
async function located(): Promise<readonly number[]> {
  const { port } = running.server
  const reply = await fetch(`http://127.0.0.1:${port}/v1/locates`, { headers })
  const body = (await reply.json()) as { readonly locates: readonly { located_qty?: number }[] }
  return body.locates.map(({ located_qty: qty = 0 }) => qty).reverse()
}

/** Sends an order 2 % through the market. */
async function send(symbol: string, side: Side, lots: number): Promise<string> {
  const instrument = instruments[idOf(symbol)]!
  const book = () => sink.books.findLast((each) => each.instrument === instrument.id)
  await expect.poll(book, patience).toBeDefined()
  const { bids, asks } = book()!
  const price = side === 'buy' ? asks[0]![0] * 1.02 : bids[0]![0] * 0.98
  const clientOrderId = (++orders).toString(16).padStart(32, '0')
  adapter.submit(
    approve({
      ...{ clientOrderId, intentId: 'intent', instrument: instrument.id, side },
      price: roundPrice(instrument, price, 'down'),
      ...{ quantity: quantity(lots), timeInForce: 'gtc', postOnly: false },
      ...{ reduceOnly: side === 'buy', arrivalPrice: null },
    }),
  )
  return clientOrderId
}

const filled = (id: string): number =>
  sink.events.reduce(
    (sum, event) =>
      event.kind === 'executed' && event.execution.clientOrderId === id
        ? sum + event.execution.quantity
        : sum,
    0,
  )
const rejected = (id: string) =>
  sink.events.flatMap((event) =>
    event.kind === 'orderReported' && event.report.clientOrderId === id
      ? event.report.evidence === 'rejected'
        ? [event.report.text]
        : []
      : [],
  )

describe('shares that are hard to borrow', () => {
  it('are told from those that are easy, and from those that cannot be sold short', () => {
    const of = (symbol: string) => {
      const { borrow = 'easy', longOnly } = instruments[idOf(symbol)]!
      return [borrow, longOnly]
    }
    expect(of('SPY')).toEqual(['easy', false])
    expect(of('GME')).toEqual(['hard', false])
    expect(of('URA')[1]).toBe(true)
  })

  it('are located before they are sold short, once for what is sold', async () => {
    const names = ['GME', 'CAR', 'LITE', 'SNDK', 'Q']
    const found = await Promise.all(names.map(available))
    const symbol = names[found.findIndex((shares) => shares >= 300)]!
    const first = await send(symbol, 'sell', 40)
    await expect.poll(() => filled(first), patience).toBe(40)
    expect(await located()).toEqual([100])
    // What is located is enough for another 60, not for 61.
    const second = await send(symbol, 'sell', 60)
    await expect.poll(() => filled(second), patience).toBe(60)
    expect(await located()).toEqual([100])
    const third = await send(symbol, 'sell', 101)
    await expect.poll(() => filled(third), patience).toBe(101)
    expect(await located()).toEqual([100, 200])
  })

  it('end an order with the venue’s reason where none are found; nothing was sent', async () => {
    const most = await available('GME')
    const id = await send('GME', 'sell', most + 1)
    await expect.poll(() => rejected(id), patience).toHaveLength(1)
    expect(rejected(id)[0]).toContain('no locate')
    expect(rejected(id)[0]).toContain('insufficient_quantity')
    expect(filled(id)).toBe(0)
  })

  it('are not asked for where a share is easy to borrow', async () => {
    const id = await send('SPY', 'sell', 10)
    await expect.poll(() => filled(id), patience).toBe(10)
    expect(await located()).toEqual([])
  })
})
