import { describe, expect, test } from 'vitest'
import { type Any, createStage, KEY, SECRET } from './alpaca-stage.ts'

const OPEN = '2026-11-20T15:00:00Z'
const coin = { symbol: 'BTC/USD', qty: '0.01', side: 'buy', type: 'market', time_in_force: 'gtc' }
const share = { symbol: 'AAPL', qty: 1, side: 'buy', type: 'market', time_in_force: 'day' }
const limit = { ...share, type: 'limit' }

/** An order and how the venue answers it: status, code, message. */
const refusals: readonly (readonly [string, object, number, number, string | RegExp])[] = [
  ['an unknown symbol', { ...share, symbol: 'NOPE' }, 422, 42210000, 'asset "NOPE" not found'],
  ['no quantity', { ...share, qty: null }, 422, 40010001, 'qty or notional is required'],
  [
    'both of quantity and notional',
    { ...share, notional: 5 },
    422,
    40010001,
    'only one of qty or notional is accepted',
  ],
  ['a quantity of nothing', { ...share, qty: 0 }, 422, 42210000, 'qty must be > 0'],
  ['a quantity that is no number', { ...share, qty: 'ten' }, 422, 40010001, 'invalid qty'],
  ['a side that is none', { ...share, side: 'hold' }, 422, 40010001, 'invalid side'],
  ['a type that is none', { ...share, type: 'iceberg' }, 422, 40010001, 'invalid order type'],
  ['a limit order without its price', limit, 422, 42210000, 'limit orders require a limit price'],
  [
    'a sub-penny price',
    { ...limit, limit_price: 290.123 },
    422,
    42210000,
    'invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria',
  ],
  [
    'a time in force that coins do not have',
    { ...coin, time_in_force: 'day' },
    422,
    42210000,
    'invalid crypto time_in_force',
  ],
  [
    'a bracket of coins',
    { ...coin, order_class: 'bracket' },
    422,
    42210000,
    /crypto orders not allowed/,
  ],
  [
    'too small an order of coins',
    { ...coin, qty: '0.0001' },
    403,
    40310000,
    'cost basis must be >= minimal amount of order 10',
  ],
  [
    'too small a notional of shares',
    { ...share, qty: null, notional: 0.5 },
    403,
    40310000,
    'cost basis must be >= minimal amount of order 1',
  ],
  [
    'fractions beyond the day',
    { ...share, qty: 1.5, time_in_force: 'gtc' },
    422,
    42210000,
    'fractional orders must be DAY orders',
  ],
  [
    'fractions with exits',
    {
      ...limit,
      qty: 1.5,
      limit_price: 90,
      order_class: 'bracket',
      take_profit: { limit_price: 99 },
      stop_loss: { stop_price: 80 },
    },
    422,
    42210000,
    'fractional orders must be simple orders',
  ],
  [
    'a fractional short',
    { ...share, side: 'sell', qty: 1.5 },
    422,
    42210000,
    'fractional orders cannot be sold short',
  ],
  [
    'a short of what cannot be borrowed',
    { ...share, symbol: 'URA', side: 'sell' },
    422,
    42210000,
    'asset "URA" cannot be sold short',
  ],
  [
    'a short without a locate',
    { ...share, symbol: 'GME', side: 'sell' },
    422,
    42210000,
    /requires a locate/,
  ],
  [
    'market orders out of hours',
    { ...share, extended_hours: true },
    422,
    42210000,
    'extended hours order must be DAY limit orders',
  ],
  [
    'exits the wrong way round',
    {
      ...share,
      order_class: 'bracket',
      take_profit: { limit_price: 80 },
      stop_loss: { stop_price: 90 },
    },
    422,
    42210000,
    'take_profit.limit_price must be > stop_loss.stop_price',
  ],
  [
    'a trailing stop that trails nothing',
    { ...share, type: 'trailing_stop' },
    422,
    42210000,
    /one and only one of trail/,
  ],
]

describe('an order is refused in the venue’s words', () => {
  test.for(refusals)('%s', async ([, body, status, code, message]) => {
    const stage = createStage(OPEN)
    const reply = await stage.order(body as Record<string, unknown>)
    expect([reply.status, reply.body.code]).toEqual([status, code])
    expect(reply.body.message).toMatch(message)
    expect(await stage.get('/v2/orders?status=all')).toEqual([])
  })

  test('for want of buying power, with how much there is', async () => {
    const stage = createStage(OPEN)
    const shares = await stage.order({ ...limit, qty: 2000, limit_price: 250 })
    expect(shares.body).toEqual({
      code: 40310000,
      message: 'insufficient buying power',
      buying_power: '400000',
      cost_basis: '500000',
    })
    const coins = await stage.order({ ...coin, type: 'limit', limit_price: 60000, qty: '2' })
    expect(coins.body).toEqual({
      code: 40310000,
      message: 'insufficient balance for USD (requested: 120000, available: 100000)',
      available: '100000',
      balance: '100000',
      symbol: 'USD',
    })
  })

  test('for selling more than is free, naming what holds it', async () => {
    const stage = createStage(OPEN)
    await stage.order({ ...share, qty: 19 })
    const held = await stage.order({ ...limit, side: 'sell', qty: 19, limit_price: 900 })
    const reply = await stage.order({ ...share, side: 'sell', qty: 19 })
    expect(reply.body).toEqual({
      code: 40310000,
      message: 'insufficient qty available for order (requested: 19, available: 0)',
      available: '0',
      existing_qty: '19',
      held_for_orders: '19',
      related_orders: [held.body.id],
      symbol: 'AAPL',
    })
    const none = await stage.order({ ...coin, side: 'sell', qty: '0.016135' })
    expect(none.body.message).toBe(
      'insufficient balance for BTC (requested: 0.016135, available: 0)',
    )
  })

  test('when it could meet another one of the same account', async () => {
    const stage = createStage(OPEN)
    const open = await stage.order({ ...limit, qty: 2, limit_price: 100 })
    const reply = await stage.order({ ...limit, side: 'sell', qty: 2, limit_price: 100 })
    expect(reply.body).toEqual({
      code: 40310000,
      message: 'potential wash trade detected. use complex orders',
      existing_order_id: open.body.id,
      reject_reason: 'opposite side limit order exists',
    })
  })

  test('when its own id was used before, also by an order that has ended', async () => {
    const stage = createStage(OPEN)
    await stage.order({ ...share, client_order_id: 'mine' })
    const reply = await stage.order({ ...share, client_order_id: 'mine' })
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 40010001, message: 'client_order_id must be unique' },
    })
  })

  test('when the user suspended trading, and shorts when the user wants none', async () => {
    const stage = createStage(OPEN)
    await stage.ask('PATCH', '/v2/account/configurations', { no_shorting: true })
    const short = await stage.order({ ...share, side: 'sell' })
    expect(short.body.message).toBe('account is not allowed to short')
    await stage.ask('PATCH', '/v2/account/configurations', { suspend_trade: true })
    expect((await stage.order(share)).body.message).toBe('new orders are rejected by user request')
  })

  test('when it would be the fourth day trade of a small account, until that rule ended', async () => {
    const accounts = [{ key: KEY, secret: SECRET, cash: 20_000n * 10n ** 9n }]
    for (const [day, isRefused] of [
      ['2026-06-03', true],
      ['2026-06-04', false],
    ] as const) {
      const stage = createStage(`${day}T15:00:00Z`, { accounts, shape: 'legacy' })
      for (let i = 0; i < 3; i++) {
        await stage.order(share)
        await stage.order({ ...share, side: 'sell' })
      }
      const reply = await stage.order(share)
      if (isRefused) {
        expect(reply).toMatchObject({
          status: 403,
          body: { code: 40310100, message: 'trade denied due to pattern day trading protection' },
        })
      } else expect(reply.status).toBe(200)
      expect((await stage.get('/v2/account')).daytrade_count).toBe(isRefused ? 3 : 0)
    }
  })
})

describe('a request is refused in the venue’s words', () => {
  test('without keys, with wrong ones, of market data too', async () => {
    const stage = createStage(OPEN)
    expect(await stage.ask('GET', '/v2/account', undefined, {})).toMatchObject({
      status: 401,
      body: { message: 'unauthorized.' },
    })
    const wrong = { 'apca-api-key-id': KEY, 'apca-api-secret-key': 'wrong' }
    expect((await stage.ask('POST', '/v2/orders', coin, wrong)).status).toBe(401)
    const data = await stage.ask('GET', '/v2/stocks/bars?symbols=AAPL', undefined, wrong)
    expect(data).toMatchObject({ status: 403, body: { message: 'forbidden.' } })
    const open = await stage.ask(
      'GET',
      '/v1beta3/crypto/us/latest/trades?symbols=BTC/USD',
      undefined,
      {},
    )
    expect(open.status).toBe(200)
  })

  test('more than 200 times a minute', async () => {
    const stage = createStage(OPEN, { requestsPerMinute: 200 })
    for (let i = 0; i < 200; i++) await stage.get('/v2/clock')
    const reply = await stage.ask('GET', '/v2/clock')
    expect(reply).toMatchObject({
      status: 429,
      body: { code: 42910000, message: 'rate limit exceeded' },
      headers: { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '0' },
    })
    stage.pass(60)
    expect((await stage.ask('GET', '/v2/clock')).status).toBe(200)
  })

  test('about orders and positions that are not there', async () => {
    const stage = createStage(OPEN)
    const id = '61e69015-8549-4bfd-b9c3-01e75843f47d'
    const missing = { status: 404, body: { code: 40410000, message: `order not found for ${id}` } }
    expect(await stage.ask('GET', `/v2/orders/${id}`)).toMatchObject(missing)
    expect(await stage.ask('DELETE', `/v2/orders/${id}`)).toMatchObject(missing)
    expect(await stage.ask('GET', '/v2/positions/AAPL')).toMatchObject({
      status: 404,
      body: { code: 40410000, message: 'position does not exist' },
    })
    expect((await stage.ask('GET', '/v2/assets/NOPE')).body.message).toBe(
      'asset not found for NOPE',
    )
    const { body } = await stage.order(share)
    expect(await stage.ask('DELETE', `/v2/orders/${body.id}`)).toMatchObject({
      status: 422,
      body: { code: 42210000, message: 'order is already in "filled" state' },
    })
  })

  test('with a body that is no JSON, on a path or by a method that is none', async () => {
    const stage = createStage(OPEN)
    expect((await stage.ask('POST', '/v2/orders', '{"symbol":')).status).toBe(400)
    expect((await stage.ask('GET', '/v2/nothing')).status).toBe(404)
    expect((await stage.ask('PUT', '/v2/account')).status).toBe(405)
  })

  test('for market data that cannot be had', async () => {
    const stage = createStage(OPEN)
    const data = async (path: string): Promise<Any> => stage.ask('GET', path)
    const crypto = await data('/v1beta3/crypto/us/bars?symbols=BTCUSD&timeframe=1Min')
    expect(crypto).toMatchObject({
      status: 400,
      body: { message: 'invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$' },
    })
    const bars = '/v2/stocks/bars?symbols=AAPL'
    expect((await data(`${bars}&timeframe=7Sec`)).status).toBe(400)
    expect((await data(`${bars}&timeframe=1Day&limit=10001`)).status).toBe(400)
    expect((await data(`${bars}&timeframe=1Day&start=yesterday`)).body.message).toMatch(
      /^Invalid format for parameter/,
    )
    expect((await data(`${bars}&timeframe=1Day&page_token=x`)).status).toBe(400)
    const unknown = await data('/v2/stocks/bars?symbols=ZZZZ&timeframe=1Day')
    expect(unknown.body).toEqual({ bars: {}, next_page_token: null })
  })
})
