import { Alpaca, ApiError } from '@alpacahq/alpaca-trade-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../src/app/simulators/alpaca/options.ts'
import { type RunningVenue, runVenue } from '../../src/app/simulators/alpaca/run.ts'

let running: RunningVenue
let url = ''

/** The official client, pointed here by rewriting its requests and by the streams' own option. */
function createClient(secret = DEMO_SECRET): Alpaca {
  return new Alpaca({
    keyId: DEMO_KEY,
    secret,
    retry: false,
    fetchApi: (input, init) => {
      const asked = new URL(String(input))
      return fetch(`${url}${asked.pathname}${asked.search}`, init)
    },
  })
}

beforeEach(async () => {
  const flags = { port: '0', seed: '1', crypto: 'BTC,ETH', stocks: 'AAPL,SPY' }
  // A Friday, ten minutes after the open.
  const options = readRunOptions({ ...flags, time: '2026-11-20T14:40:00Z' })
  running = await runVenue(options, (error) => {
    throw error
  })
  url = `http://127.0.0.1:${running.server.port}`
})
afterEach(() => running.stop())

describe('the official client of JavaScript', () => {
  test('reads account, clock and assets', async () => {
    const client = createClient()
    const account = await client.trading.account.getAccount()
    expect(account).toMatchObject({ status: 'ACTIVE', cash: '100000', multiplier: '4' })
    expect((await client.trading.clock.legacyClock()).isOpen).toBe(true)
    const { clocks } = await client.trading.clock.clock({})
    expect(clocks[0]).toMatchObject({
      phase: 'core',
      isMarketDay: true,
      market: { acronym: 'NYSE' },
    })
    const range = { start: new Date('2026-11-25'), end: new Date('2026-11-30') }
    const { calendar } = await client.trading.calendar.calendar({ market: 'NYSE', ...range })
    expect(calendar).toHaveLength(3)
    expect(await client.trading.calendar.legacyCalendar(range)).toHaveLength(3)
  })

  test('places, replaces and cancels orders, and reads what became of them', async () => {
    const client = createClient()
    const { orders, positions, accountActivities } = client.trading
    const bought = await orders.market({ symbol: 'AAPL', qty: 10, side: 'buy' })
    expect(bought.status).toBe('pending_new')
    expect((await orders.getOrderByOrderID({ orderId: bought.id! })).status).toBe('filled')
    const low = await orders.limit({
      symbol: 'BTC/USD',
      qty: '0.001',
      side: 'buy',
      limitPrice: '50000',
      timeInForce: 'gtc',
      clientOrderId: 'c1',
    })
    const moved = await orders.patchOrderByOrderId({
      orderId: low.id!,
      patchOrderRequest: { limitPrice: '50001' },
    })
    expect(moved.replaces).toBe(low.id)
    expect((await orders.getOrderByClientOrderId({ clientOrderId: 'c1' })).status).toBe('replaced')
    await orders.deleteOrderByOrderID({ orderId: moved.id! })
    expect(await orders.getAllOrders({ status: 'open' })).toEqual([])
    const [position] = await positions.getAllOpenPositions()
    expect(position).toMatchObject({ symbol: 'AAPL', qty: '10', side: 'long' })
    await positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL', percentage: 50 })
    expect((await positions.getOpenPosition({ symbolOrAssetId: 'AAPL' })).qty).toBe('5')
    expect((await accountActivities.getAccountActivities({})).length).toBeGreaterThan(1)
    const refused = await orders
      .limit({ symbol: 'BTC/USD', qty: '9', side: 'buy', limitPrice: '50000', timeInForce: 'gtc' })
      .catch((caught: unknown) => caught)
    expect(refused).toBeInstanceOf(ApiError)
    expect((refused as ApiError).message).toMatch(/insufficient balance for USD/)
  })

  test('reads bars page by page, quotes, books and snapshots', async () => {
    const client = createClient()
    const { crypto, stocks } = client.marketData
    const start = new Date('2026-11-20T12:00:00Z')
    const bars = await crypto.cryptoBars({
      loc: 'us',
      symbols: 'BTC/USD',
      timeframe: '1Min',
      start,
      limit: 20,
    })
    expect(bars.bars['BTC/USD']).toHaveLength(20)
    expect(bars.nextPageToken).not.toBeNull()
    const book = await crypto.cryptoLatestOrderbooks({ loc: 'us', symbols: 'BTC/USD' })
    expect(book.orderbooks['BTC/USD']?.a).toHaveLength(20)
    const days = await stocks.stockBars({
      symbols: 'AAPL,SPY',
      timeframe: '1Day',
      start: new Date('2026-01-02'),
    })
    expect(days.bars['SPY']!.length).toBeGreaterThan(200)
    const snapshot = await stocks.stockSnapshotSingle({ symbol: 'AAPL' })
    expect(snapshot.dailyBar?.c).toBeGreaterThan(0)
  })

  test('hears of its fills and of the market, in JSON and in MessagePack', async () => {
    const client = createClient()
    const socketUrl = url.replace('http', 'ws')
    const heard: string[] = []
    const updates = client.trading.stream({ url: `${socketUrl}/stream` })
    updates.onTradeUpdate(({ event }) => heard.push(event))
    updates.onConnect(() => updates.subscribeTradeUpdates())
    const coins = client.marketData.cryptoStream({ url: `${socketUrl}/v1beta3/crypto/us` })
    coins.onOrderbook(() => heard.push('book'))
    coins.onQuote(({ timestampRaw }) => {
      if (timestampRaw?.startsWith('2026-11-20T14:4') === true) heard.push('quote')
    })
    coins.onConnect(() => {
      coins.subscribeForOrderbooks(['BTC/USD'])
      coins.subscribeForQuotes(['BTC/USD'])
    })
    updates.connect()
    coins.connect()
    expect(await updates.waitForAuthentication(5_000)).toBe(true)
    expect(await coins.waitForAuthentication(5_000)).toBe(true)
    await client.trading.orders.market({
      symbol: 'ETH/USD',
      qty: '0.1',
      side: 'buy',
      timeInForce: 'gtc',
    })
    await expect
      .poll(() => [...new Set(heard)].sort(), { timeout: 10_000 })
      .toEqual(['book', 'fill', 'new', 'pending_new', 'quote'])
    updates.disconnect()
    coins.disconnect()
  })

  test('is told why wrong keys are refused', async () => {
    const error = await createClient('wrong')
      .trading.account.getAccount()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).status).toBe(401)
  })
})
