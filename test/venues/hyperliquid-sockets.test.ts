import { beforeEach, describe, expect, test } from 'vitest'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import { venueLimits } from '../../src/app/simulators/hyperliquid/venue.ts'
import { type Bench, createBench, limit, listen, orders } from './hyperliquid-bench.ts'

const SECOND = 1_000_000

let bench: Bench
let client: ReturnType<typeof listen>

beforeEach(() => {
  bench = createBench()
  client = listen(bench)
})

const subscribe = (subscription: object) => client.send({ method: 'subscribe', subscription })
const errors = (): string[] => client.of('error')

describe('a socket', () => {
  test('begins with a plain text and answers pings', () => {
    expect(client.texts).toEqual(['Websocket connection established.'])
    client.send({ method: 'ping' })
    expect(client.frames).toEqual([{ channel: 'pong' }])
  })

  test('echoes a subscription with its defaults before the first snapshot', () => {
    subscribe({ type: 'l2Book', coin: 'BTC', fast: true })
    expect(client.frames[0]).toEqual({
      channel: 'subscriptionResponse',
      data: {
        method: 'subscribe',
        subscription: { type: 'l2Book', coin: 'BTC', nSigFigs: null, mantissa: null, fast: true },
      },
    })
    expect(client.frames[1]).toMatchObject({ channel: 'l2Book', data: { coin: 'BTC', fast: true } })
  })

  test('refuses a second equal subscription, and to end one that is none', () => {
    subscribe({ type: 'l2Book', coin: 'ETH' })
    subscribe({ type: 'l2Book', coin: 'ETH', nSigFigs: null })
    client.send({ method: 'unsubscribe', subscription: { type: 'bbo', coin: 'ETH' } })
    expect(errors()).toEqual([
      'Already subscribed: {"type":"l2Book","coin":"ETH","nSigFigs":null,"mantissa":null,"fast":false}',
      'Already unsubscribed: {"type":"bbo","coin":"ETH"}',
    ])
    client.send({ method: 'unsubscribe', subscription: { type: 'l2Book', coin: 'ETH' } })
    const before = client.frames.length
    bench.run(20 * SECOND)
    expect(client.frames.length).toBe(before)
    expect(client.closed).toEqual([])
  })

  test.for([
    'not json',
    '[]',
    '{"method":"dance"}',
    '{"method":"subscribe"}',
    '{"method":"subscribe","subscription":{"type":"bbo","coin":["BTC","ETH"]}}',
    '{"method":"subscribe","subscription":{"type":"userFills","user":"0x1"}}',
    '{"method":"subscribe","subscription":{"type":"candle","coin":"BTC","interval":"7m"}}',
    '{"method":"post","request":{"type":"info","payload":{"type":"meta"}}}',
  ])('answers %s with the text itself and stays', (text) => {
    client.send(text)
    expect(errors()).toEqual([`Error parsing JSON into valid websocket request: ${text}`])
    expect(client.closed).toEqual([])
  })

  test.for([
    { type: 'l2Book', coin: 'btc' },
    { type: 'bbo', coin: 'NOPE' },
    { type: 'l2Book', coin: 'BTC', nSigFigs: 7 },
    { type: 'l2Book', coin: 'BTC', nSigFigs: 4, mantissa: 2 },
  ])('is dropped without a word after subscribing to %o', (subscription) => {
    subscribe(subscription)
    expect(client.closed).toEqual([1006])
    client.send({ method: 'ping' })
    expect(client.frames).toEqual([])
  })

  test('is dropped after a minute of silence, but not while it pings', () => {
    const other = listen(bench)
    for (let second = 0; second < 70; second += 10) {
      other.send({ method: 'ping' })
      bench.run(10 * SECOND)
    }
    expect(client.closed).toEqual([1006])
    expect(other.closed).toEqual([])
  })

  test('answers posted requests by their id', async () => {
    client.send({
      method: 'post',
      id: 7,
      request: { type: 'info', payload: { type: 'l2Book', coin: 'NOPE' } },
    })
    client.send({ method: 'post', id: 8, request: { type: 'info', payload: { type: 'nope' } } })
    client.send({ method: 'post', id: 9, request: { type: 'action', payload: { nonce: 1 } } })
    await new Promise(setImmediate)
    expect(client.of('post')).toEqual([
      { id: 7, response: { type: 'info', payload: { type: 'l2Book', data: null } } },
      { id: 8, response: { type: 'error', payload: expect.any(String) } },
      { id: 9, response: { type: 'error', payload: expect.any(String) } },
    ])
  })

  test('has the venue’s limits when they are on', () => {
    bench = createBench({ limits: venueLimits })
    client = listen(bench)
    for (let i = 0; i < 11; i++) {
      subscribe({ type: 'userFills', user: `0x${String(i).padStart(40, '0')}` })
    }
    expect(errors()).toEqual(['Cannot track more than 10 total users.'])
  })
})

describe('market data', () => {
  test('whole books come at one clock, fast ones ten times as often', () => {
    for (const coin of ['BTC', 'ETH']) {
      subscribe({ type: 'l2Book', coin })
      subscribe({ type: 'l2Book', coin, fast: true })
    }
    client.frames.length = 0
    bench.run(54 * SECOND)
    const books = client.of('l2Book') as {
      coin: string
      time: number
      fast?: true
      levels: object[][]
    }[]
    const times = (coin: string, fast: boolean) =>
      books
        .filter((book) => book.coin === coin && (book.fast === true) === fast)
        .map(({ time }) => time)
    expect(times('BTC', false)).toHaveLength(10)
    expect(times('BTC', true)).toHaveLength(100)
    expect(times('ETH', true)).toEqual(times('BTC', true))
    for (const { levels, fast } of books) {
      expect(levels.map((side) => side.length)).toEqual(fast ? [5, 5] : [20, 20])
    }
  })

  test('best prices come on change only', () => {
    subscribe({ type: 'bbo', coin: 'BTC' })
    bench.run(30 * SECOND)
    const told = (client.of('bbo') as { bbo: { px: string; sz: string }[] }[]).map(({ bbo }) =>
      bbo.map(({ px, sz }) => `${px} ${sz}`).join(),
    )
    expect(told.length).toBeGreaterThan(20)
    for (let i = 1; i < told.length; i++) expect(told[i]).not.toBe(told[i - 1])
  })

  test('trades begin with history and never repeat an id', () => {
    bench.run(30 * SECOND)
    subscribe({ type: 'trades', coin: 'BTC' })
    const [history] = client.of('trades') as { tid: number }[][]
    expect(history).toHaveLength(30)
    bench.run(30 * SECOND)
    const ids = (client.of('trades') as { tid: number }[][]).flat().map(({ tid }) => tid)
    expect(ids.length).toBeGreaterThan(50)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(Number.isSafeInteger(id)).toBe(true)
  })

  test('candles agree with the trades they are made of', async () => {
    bench.run(58 * SECOND)
    subscribe({ type: 'trades', coin: 'BTC' })
    subscribe({ type: 'candle', coin: 'BTC', interval: '1m' })
    client.frames.length = 0
    bench.run(60 * SECOND)
    const start = Math.floor(bench.now() / 60e6) * 60_000 - 0
    const trades = (client.of('trades') as { px: string; sz: string; time: number }[][])
      .flat()
      .filter(({ time }) => time >= start - 60_000 && time < start)
    const candles = (await bench.info({
      type: 'candleSnapshot',
      req: { coin: 'BTC', interval: '1m', startTime: start - 60_000, endTime: start - 60_000 },
    })) as { o: string; h: string; l: string; c: string; v: string; n: number }[]
    const prices = trades.map(({ px }) => Number(px))
    expect(candles).toHaveLength(1)
    expect(candles[0]).toMatchObject({ n: trades.length, o: trades[0]!.px, c: trades.at(-1)!.px })
    expect(Number(candles[0]!.h)).toBe(Math.max(...prices))
    expect(Number(candles[0]!.l)).toBe(Math.min(...prices))
    const volume = trades.reduce((sum, { sz }) => sum + Number(sz), 0)
    expect(Number(candles[0]!.v)).toBeCloseTo(volume, 5)
    const frames = client.of('candle') as { t: number }[]
    expect(new Set(frames.map(({ t }) => t)).size).toBe(2)
  })

  test('merged levels lie on coarser prices, bids below and asks above', () => {
    subscribe({ type: 'l2Book', coin: 'BTC', nSigFigs: 5, mantissa: 5 })
    const [book] = client.of('l2Book') as { levels: { px: string }[][]; spread: string }[]
    const prices = book!.levels.map((side) => side.map(({ px }) => Number(px)))
    for (const price of prices.flat()) expect(price % 5).toBe(0)
    expect(prices[0]![0]!).toBeLessThan(prices[1]![0]!)
    expect(book!.spread).toMatch(/^\d+\.\d+$/)
  })
})

describe('a user’s frames', () => {
  const price = async (share: number) => {
    const mids = (await bench.info({ type: 'allMids' })) as { BTC: string }
    return String(Math.round(Number(mids.BTC) * share))
  }

  test('tell an order’s life and its fills, and begin with a snapshot of fills', async () => {
    for (const type of ['userFills', 'orderUpdates', 'userEvents']) {
      subscribe({ type, user: bench.user })
    }
    expect(client.of('userFills')).toEqual([{ isSnapshot: true, user: bench.user, fills: [] }])
    await bench.act(
      orders(limit({ isBuy: true, price: await price(1.02), size: '0.01', tif: 'Ioc' })),
    )
    await bench.act(orders(limit({ isBuy: true, price: await price(0.9), size: '0.02' })))
    const open = (await bench.info({ type: 'openOrders', user: bench.user })) as { oid: number }[]
    await bench.act({ type: 'cancel', cancels: [{ a: 0, o: open[0]!.oid }] })
    const updates = (client.of('orderUpdates') as { status: string }[][]).flat()
    expect(updates.map(({ status }) => status)).toEqual(['filled', 'open', 'canceled'])
    const told = client.of('userFills') as { isSnapshot?: true; fills: object[] }[]
    expect(told).toHaveLength(2)
    expect(told[1]).not.toHaveProperty('isSnapshot')
    const again = listen(bench)
    again.send({ method: 'subscribe', subscription: { type: 'userFills', user: bench.user } })
    const [snapshot] = again.of('userFills') as { fills: object[] }[]
    expect(snapshot).toMatchObject({ isSnapshot: true, fills: told[1]!.fills })
  })

  test('tell makers’ fills and what they became of', async () => {
    subscribe({ type: 'userFills', user: bench.user })
    subscribe({ type: 'orderUpdates', user: bench.user })
    const book = (await bench.info({ type: 'l2Book', coin: 'BTC' })) as {
      levels: { px: string }[][]
    }
    const [bid, ask] = book.levels.map(([best]) => String(Number(best!.px)))
    await bench.act(
      orders(
        limit({ isBuy: true, price: bid!, size: '0.05', tif: 'Alo' }),
        limit({ isBuy: false, price: ask!, size: '0.05', tif: 'Alo' }),
      ),
    )
    bench.run(600 * SECOND)
    const fills = (
      client.of('userFills') as { fills: { crossed: boolean; fee: string; dir: string }[] }[]
    ).flatMap(({ fills }) => fills)
    expect(fills.length).toBeGreaterThan(0)
    expect(fills.every(({ crossed }) => !crossed)).toBe(true)
    const updates = (client.of('orderUpdates') as { status: string }[][]).flat()
    expect(updates.map(({ status }) => status)).toContain('filled')
  })

  test('can be lost, doubled, late or cut off, while the state stays right', async () => {
    bench = createBench({
      faults: createFaultPlan({
        seed: 3,
        rates: { privateLost: 0.3, privateRepeated: 0.3, privateLate: 0.3, snapshotMissing: 0.5 },
      }),
    })
    client = listen(bench)
    subscribe({ type: 'userFills', user: bench.user })
    for (let i = 0; i < 30; i++) {
      const side = i % 2 === 0
      await bench.act(
        orders(
          limit({ isBuy: side, price: await price(side ? 1.02 : 0.98), size: '0.01', tif: 'Ioc' }),
        ),
      )
      bench.run(SECOND)
    }
    const all = (await bench.info({ type: 'userFills', user: bench.user })) as { tid: number }[]
    const told = (client.of('userFills') as { isSnapshot?: true; fills: { tid: number }[] }[])
      .filter(({ isSnapshot }) => isSnapshot !== true)
      .flatMap(({ fills }) => fills)
    const ids = told.map(({ tid }) => tid)
    expect(new Set(ids).size).toBeLessThan(all.length)
    expect(new Set(ids).size).toBeLessThan(ids.length)
    for (const id of ids) expect(all.map(({ tid }) => tid)).toContain(id)
  })
})
