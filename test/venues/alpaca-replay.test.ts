import { beforeAll, describe, expect, test } from 'vitest'
import { loadBarRecording, type Recording } from '../../src/adapters/mod.ts'
import { amountOf, dollarsOf } from '../../src/app/simulators/alpaca/listing.ts'
import { barsOf } from '../../src/app/simulators/alpaca/market/replayed.ts'
import { memoryStore } from '../../src/app/simulators/alpaca/store.ts'
import { sharedFile, sharedNote } from '../support/shared-data.ts'
import { type Any, createStage, type Stage } from './alpaca-stage.ts'

const shareFile = sharedFile('data', 'equities_intraday', 'us_1m_2018_shared60.parquet')
const coinFile = sharedFile('data', 'crypto_1m', 'binance_spot_1m_2021_shared14.parquet')
const isThere = shareFile !== null && coinFile !== null
const buy = { symbol: 'AAPL', qty: 5, side: 'buy', type: 'market', time_in_force: 'day' }

let shares: Recording
let coins: Recording

beforeAll(async () => {
  if (!isThere) return
  shares = await loadBarRecording({ file: shareFile, symbols: ['AAPL', 'C'] })
  coins = await loadBarRecording({ file: coinFile, symbols: ['BTCUSDT', 'DOGEUSDT'] })
})

/** Real bars of an asset in a range, as the venue shows bars. */
function realBars(stage: Stage, recording: Recording, symbol: string, from: string, to: string) {
  const asset = stage.venue.state.listing.find(symbol)!
  const place = recording.instruments.findIndex(({ baseCurrency }) =>
    symbol.startsWith(baseCurrency),
  )
  return barsOf(recording)
    [place]!.filter(
      ({ openTime }) => openTime >= Date.parse(from) * 1000 && openTime < Date.parse(to) * 1000,
    )
    .map((bar) => ({
      t: new Date(bar.openTime / 1000).toISOString().replace('.000', ''),
      o: dollarsOf(asset, bar.open),
      h: dollarsOf(asset, bar.high),
      l: dollarsOf(asset, bar.low),
      c: dollarsOf(asset, bar.close),
      v: amountOf(asset, bar.volume),
    }))
}

const withoutCounts = ({ n, vw, ...bar }: Any) => bar

describe.skipIf(!isThere)(`real bars, played again${sharedNote(isThere)}`, () => {
  test('come out of the venue as they went in, over a weekend with a change of clocks', async () => {
    const stage = createStage('2018-03-09T20:30:00Z', {
      market: { kind: 'replayed', recordings: [shares] },
    })
    const socket = stage.open('/v2/iex')
    socket.begin({ bars: ['AAPL'] })
    const late = await stage.order({ ...buy, time_in_force: 'cls' })
    stage.until('2018-03-10T02:00:00Z')
    const order = await stage.get(`/v2/orders/${late.body.id}`)
    const [auction] = realBars(
      stage,
      shares,
      'AAPL',
      '2018-03-09T21:00:00Z',
      '2018-03-09T21:01:00Z',
    )
    expect(order).toMatchObject({ status: 'filled', filled_avg_price: String(auction!.o) })
    const monday = await stage.order(buy)
    expect(monday.body.status).toBe('accepted')
    // Summer time since Sunday: the bell is at 13:30 UTC.
    stage.until('2018-03-12T13:29:59Z')
    expect((await stage.get('/v2/clock')).next_open).toBe('2018-03-12T09:30:00-04:00')
    expect((await stage.get(`/v2/orders/${monday.body.id}`)).status).toBe('accepted')
    stage.until('2018-03-12T14:00:00Z')
    expect((await stage.get(`/v2/orders/${monday.body.id}`)).status).toBe('filled')
    const range = ['2018-03-09T20:31:00Z', '2018-03-12T14:00:00Z'] as const
    const real = realBars(stage, shares, 'AAPL', ...range)
    const path = `/v2/stocks/bars?symbols=AAPL&timeframe=1Min&limit=10000&start=${range[0]}&end=${range[1]}`
    const { bars } = await stage.get(path)
    expect(bars.AAPL.map(withoutCounts)).toEqual(real)
    expect(real.length).toBeGreaterThan(55)
    // The stream began with the minute before.
    const told = socket.of('b').slice(1)
    expect(told.map(({ T, S, ...bar }) => withoutCounts(bar))).toEqual(real)
  }, 60_000)

  test('leave out a holiday, and make the days they lie in', async () => {
    const stage = createStage('2018-04-02T13:00:00Z', {
      market: { kind: 'replayed', recordings: [shares] },
    })
    const { bars } = await stage.get(
      '/v2/stocks/bars?symbols=C&timeframe=1Day&start=2018-03-26T00:00:00Z',
    )
    // Good Friday is not there.
    expect(bars.C.map(({ t }: Any) => t)).toEqual(
      ['26', '27', '28', '29'].map((day) => `2018-03-${day}T04:00:00Z`),
    )
    const minutes = realBars(stage, shares, 'C', '2018-03-29T13:30:00Z', '2018-03-29T20:01:00Z')
    expect(bars.C.at(-1)).toMatchObject({
      o: minutes[0]!.o,
      h: Math.max(...minutes.map(({ h }) => h)),
      l: Math.min(...minutes.map(({ l }) => l)),
      c: minutes.at(-1)!.c,
    })
  })

  test('hold the outage of the real market: books stand, nothing trades, then it goes on', async () => {
    const market = { kind: 'replayed', recordings: [coins] } as const
    const store = memoryStore()
    const stage = createStage('2021-04-25T03:50:00Z', { market, store })
    const socket = stage.open('/v1beta3/crypto/us')
    socket.begin({ trades: ['*'] })
    stage.until('2021-04-25T04:10:00Z')
    const before = socket.of('t').length
    expect(before).toBeGreaterThan(0)
    stage.venue.checkpoint()
    stage.until('2021-04-25T08:40:00Z')
    expect(socket.of('t')).toHaveLength(before)
    stage.until('2021-04-25T09:00:00Z')
    expect(socket.of('t').length).toBeGreaterThan(before)
    const placed = await stage.order({
      ...buy,
      symbol: 'BTC/USD',
      qty: '0.1',
      time_in_force: 'gtc',
    })
    const order = await stage.get(`/v2/orders/${placed.body.id}`)
    const { quotes } = await stage.get('/v1beta3/crypto/us/latest/quotes?symbols=BTC/USD')
    expect(Number(order.filled_avg_price)).toBeCloseTo(quotes['BTC/USD'].ap, -2)
    const again = createStage('2021-04-25T03:50:00Z', { market, store })
    again.until('2021-04-25T09:00:00Z')
    expect(await again.get('/v2/positions')).toEqual(await stage.get('/v2/positions'))
  }, 60_000)
})
