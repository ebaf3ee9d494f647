import { encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { createFaultPlan, type DemandRates } from '../../src/app/simulators/faults.ts'
import { type Any, createStage, KEY, SECRET, type Stage } from './alpaca-stage.ts'

const OPEN = '2026-11-20T15:00:00Z'
const CRYPTO = '/v1beta3/crypto/us'
const authenticate = { action: 'auth', key: KEY, secret: SECRET }
const error = (code: number, msg: string) => [{ T: 'error', code, msg }]

describe('a market data stream', () => {
  test('greets, authenticates by message, confirms all subscriptions each time', () => {
    const socket = createStage(OPEN).open(CRYPTO)
    expect(socket.frames).toEqual([[{ T: 'success', msg: 'connected' }]])
    socket.send({ action: 'subscribe', trades: ['BTC/USD'] })
    expect(socket.frames.at(-1)).toEqual(error(401, 'not authenticated'))
    socket.send(authenticate)
    expect(socket.frames.at(-1)).toEqual([{ T: 'success', msg: 'authenticated' }])
    socket.send(authenticate)
    expect(socket.frames.at(-1)).toEqual(error(403, 'already authenticated'))
    socket.send({ action: 'subscribe', trades: ['BTC/USD'], quotes: ['LTC/USD', 'ETH/USD'] })
    socket.send({ action: 'unsubscribe', quotes: ['LTC/USD'] })
    expect(socket.frames.at(-1)).toEqual([
      {
        T: 'subscription',
        trades: ['BTC/USD'],
        quotes: ['ETH/USD'],
        orderbooks: [],
        bars: [],
        updatedBars: [],
        dailyBars: [],
      },
    ])
    socket.send({ action: 'subscribe', statuses: ['BTC/USD'] })
    expect(socket.frames.at(-1)).toEqual(error(410, 'invalid subscribe action for this feed'))
    socket.sendBytes(new TextEncoder().encode('{"action":'))
    expect(socket.frames.at(-1)).toEqual(error(400, 'invalid syntax'))
    expect(socket.closed).toBeNull()
  })

  test('authenticates by the handshake’s headers', () => {
    const headers = { 'apca-api-key-id': KEY, 'apca-api-secret-key': SECRET }
    const socket = createStage(OPEN).open('/v2/iex', headers)
    expect(socket.frames).toEqual([
      [{ T: 'success', msg: 'connected' }],
      [{ T: 'success', msg: 'authenticated' }],
    ])
  })

  test('ends with wrong keys, with none for ten seconds, and when another one is there', () => {
    const stage = createStage(OPEN)
    const wrong = stage.open('/v2/iex')
    wrong.send({ ...authenticate, secret: 'wrong' })
    expect(wrong.frames.at(-1)).toEqual(error(402, 'auth failed'))
    expect(wrong.closed).toBe(1000)
    const silent = stage.open('/v2/iex')
    stage.pass(9.9)
    expect(silent.closed).toBeNull()
    stage.pass(0.2)
    expect(silent.frames.at(-1)).toEqual(error(404, 'auth timeout'))
    const first = stage.open('/v2/iex')
    first.send(authenticate)
    const second = stage.open('/v2/sip')
    second.send(authenticate)
    expect(second.frames.at(-1)).toEqual(error(406, 'connection limit exceeded'))
    expect([first.closed, second.closed]).toEqual([null, 1000])
    const other = stage.open(CRYPTO)
    other.send(authenticate)
    expect(other.frames.at(-1)).toEqual([{ T: 'success', msg: 'authenticated' }])
    first.close()
    const third = stage.open('/v2/iex')
    third.send(authenticate)
    expect(third.frames.at(-1)).toEqual([{ T: 'success', msg: 'authenticated' }])
  })

  test('of a free plan has 30 symbols and no sip', () => {
    const stage = createStage(OPEN, { plan: 'free' })
    const sip = stage.open('/v2/sip')
    sip.send(authenticate)
    expect(sip.frames.at(-1)).toEqual(error(409, 'insufficient subscription'))
    const socket = stage.open('/v2/iex')
    const many = Array.from({ length: 31 }, (_, i) => `A${String.fromCharCode(65 + (i % 26))}${i}`)
    socket.begin({ quotes: many })
    expect(socket.frames.at(-1)).toEqual(error(405, 'symbol limit exceeded'))
    socket.send({ action: 'subscribe', bars: many })
    expect(socket.frames.at(-1)[0].bars).toHaveLength(31)
  })

  test('drops a client that does not read', () => {
    const stage = createStage(OPEN)
    const socket = stage.open(CRYPTO)
    socket.begin({ quotes: ['*'] })
    socket.waiting = 1 << 30
    stage.pass(30)
    expect(socket.frames.at(-1)).toEqual(error(407, 'slow client'))
    expect(socket.closed).toBe(1006)
  })

  test('tells books whole once and then by what changed', async () => {
    const stage = createStage(OPEN)
    const socket = stage.open(CRYPTO)
    socket.begin({ orderbooks: ['BTC/USD'] })
    stage.pass(60)
    const [first, ...rest] = socket.of('o')
    expect(first.r).toBe(true)
    expect(first.b).toHaveLength(20)
    expect(rest.length).toBeGreaterThan(20)
    expect(rest.some((each) => each.r === true)).toBe(false)
    const sides = { a: new Map<number, number>(), b: new Map<number, number>() }
    for (const message of [first, ...rest]) {
      for (const side of ['a', 'b'] as const) {
        for (const { p, s } of message[side]) {
          if (s === 0) sides[side].delete(p)
          else sides[side].set(p, s)
        }
      }
    }
    const { orderbooks } = await stage.get(`${CRYPTO}/latest/orderbooks?symbols=BTC/USD`)
    const levels = (side: 'a' | 'b') => orderbooks['BTC/USD'][side].map(({ p, s }: Any) => [p, s])
    expect([...sides.a].sort((x, y) => x[0] - y[0])).toEqual(levels('a'))
    expect([...sides.b].sort((x, y) => y[0] - x[0])).toEqual(levels('b'))
  })

  test('tells bars just after their minute, corrected ones half a minute later, and the day’s', async () => {
    const stage = createStage(OPEN)
    const socket = stage.open('/v2/iex')
    socket.begin({ bars: ['*'], updatedBars: ['*'], dailyBars: ['SPY'] })
    stage.pass(600)
    const bars = socket.of('b').filter(({ S }) => S === 'SPY')
    expect(bars.map(({ t }) => t).slice(0, 2)).toEqual([
      '2026-11-20T15:00:00Z',
      '2026-11-20T15:01:00Z',
    ])
    expect(socket.of('u').length).toBeGreaterThan(0)
    expect(new Set(socket.of('d').map(({ t }) => t))).toEqual(new Set(['2026-11-20T05:00:00Z']))
    const { bars: known } = await stage.get(
      '/v2/stocks/bars?symbols=SPY&timeframe=1Min&start=2026-11-20T15:00:00Z',
    )
    const corrected = new Map(bars.map((bar) => [bar.t, bar]))
    for (const bar of socket.of('u').filter(({ S }) => S === 'SPY')) corrected.set(bar.t, bar)
    expect([...corrected.values()].map(({ T, S, ...bar }) => bar)).toEqual(known.SPY)
  })

  test('tells halts', () => {
    const stage = createStage(OPEN)
    const socket = stage.open('/v2/iex')
    socket.begin({ statuses: ['*'], trades: ['AAPL'] })
    stage.venue.control('POST /halt', { symbol: 'AAPL' })
    const before = socket.of('t').length
    stage.pass(30)
    expect(socket.of('t')).toHaveLength(before)
    stage.venue.control('POST /halt', { symbol: 'AAPL', halted: false })
    expect(socket.of('s').map(({ S, sc }) => [S, sc])).toEqual([
      ['AAPL', 'H'],
      ['AAPL', 'T'],
    ])
  })

  test('speaks MessagePack both ways, with times as its Timestamp', () => {
    const stage = createStage(OPEN)
    const socket = stage.open(CRYPTO, { 'content-type': 'application/msgpack' })
    const plain = stage.open('/v2/iex')
    plain.begin({})
    expect(socket.raw[0]).toBeInstanceOf(Uint8Array)
    socket.sendBytes(encode(authenticate))
    socket.sendBytes(encode({ action: 'subscribe', quotes: ['BTC/USD'] }))
    expect(socket.frames.slice(1, 3)).toMatchObject([
      [{ T: 'success', msg: 'authenticated' }],
      [{ T: 'subscription', quotes: ['BTC/USD'] }],
    ])
    stage.pass(10)
    const bytes = socket.raw.at(-1) as Uint8Array
    // fixext 8 of type -1.
    const at = bytes.findIndex((byte, i) => byte === 0xd7 && bytes[i + 1] === 0xff)
    expect(at).toBeGreaterThan(0)
    const stamp = new DataView(bytes.buffer, bytes.byteOffset + at + 2, 8).getBigUint64(0)
    const seconds = Number(stamp & 0x3ffffffffn)
    expect(Math.abs(seconds - stage.now() / 1e6)).toBeLessThan(11)
    expect(typeof plain.raw[0]).toBe('string')
  })

  test('of tests tells its symbol at any time', () => {
    const stage = createStage('2026-11-21T15:00:00Z')
    const socket = stage.open('/v2/test')
    socket.begin({ trades: ['FAKEPACA'], bars: ['FAKEPACA'] })
    stage.pass(61)
    expect(socket.of('t').length).toBeGreaterThan(55)
    expect(socket.of('b')).toMatchObject([{ S: 'FAKEPACA', n: 60 }])
  })
})

describe('the stream of an account', () => {
  test('takes both forms of authentication and says no to what comes before', () => {
    const socket = createStage(OPEN).open('/stream')
    expect(socket.frames).toEqual([])
    socket.send({ action: 'listen', data: { streams: ['trade_updates'] } })
    socket.send({ action: 'authenticate', data: { key_id: KEY, secret_key: 'wrong' } })
    socket.send({ action: 'auth', key: KEY, secret: SECRET })
    socket.send({ action: 'listen', data: { streams: ['trade_updates', 'account_updates'] } })
    expect(socket.frames).toMatchObject([
      { stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } },
      { stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } },
      { stream: 'authorization', data: { status: 'authorized', action: 'authenticate' } },
      { stream: 'listening', data: { streams: ['trade_updates'] } },
    ])
    expect(socket.raw[0]).toBeInstanceOf(Uint8Array)
  })

  test('is of text frames at the live venue', () => {
    const socket = createStage(OPEN, { mode: 'live' }).open('/stream')
    socket.send({ action: 'auth', key: KEY, secret: SECRET })
    expect(typeof socket.raw[0]).toBe('string')
  })
})

describe('faults', () => {
  const listening = (rates: DemandRates): readonly [Stage, Any] => {
    const stage = createStage(OPEN, { faults: createFaultPlan({ seed: 1, rates }) })
    const socket = stage.open('/stream')
    socket.send({ action: 'auth', key: KEY, secret: SECRET })
    socket.send({ action: 'listen', data: { streams: ['trade_updates'] } })
    return [stage, socket]
  }
  const buy = { symbol: 'AAPL', qty: 1, side: 'buy', type: 'market', time_in_force: 'day' }
  const fills = (socket: Any) =>
    socket.frames.filter(({ data }: Any) => data.event === 'fill').length

  test('keep updates from coming, tell them twice, end the socket: the account is as it is', async () => {
    for (const [rates, wanted, isClosed] of [
      [{ privateLost: 1 }, 0, false],
      [{ privateRepeated: 1 }, 2, false],
      [{ disconnected: 1 }, 0, true],
    ] as const) {
      const [stage, socket] = listening(rates)
      await stage.order(buy)
      expect([fills(socket), socket.closed === 1006]).toEqual([wanted, isClosed])
      expect(await stage.get('/v2/positions/AAPL')).toMatchObject({ qty: '1' })
    }
  })

  test('lose replies of what was done, and requests before they were', async () => {
    const [stage] = listening({ replyFailed: 1 })
    expect((await stage.order(buy)).status).toBe(502)
    expect(await stage.get('/v2/positions/AAPL')).toMatchObject({ qty: '1' })
    const [other] = listening({ commandRefused: 1 })
    expect((await other.order(buy)).status).toBe(503)
    expect(await other.get('/v2/positions')).toEqual([])
    const [silent] = listening({ replyLost: 1 })
    const reply = silent.order(buy)
    silent.pass(121)
    expect((await reply).status).toBe(0)
    expect(await silent.get('/v2/positions/AAPL')).toMatchObject({ qty: '1' })
  })

  test('cross books and send prices of nothing', () => {
    const stage = createStage(OPEN, {
      faults: createFaultPlan({ seed: 1, rates: { bookCrossed: 1 } }),
    })
    const socket = stage.open(CRYPTO)
    socket.begin({ quotes: ['BTC/USD'] })
    stage.pass(20)
    expect(socket.of('q').every(({ bp, ap }) => bp > ap)).toBe(true)
    expect(socket.of('q').length).toBeGreaterThan(2)
  })
})
