import { describe, expect, test } from 'vitest'
import { type Any, createStage, KEY, marketOf, SECRET, type Stage } from './alpaca-stage.ts'

const buy = { symbol: 'AAPL', side: 'buy', type: 'market', time_in_force: 'day' }
const sell = { ...buy, side: 'sell' }
/** Days of shares alone go by quickly. */
const shares = { market: marketOf([], ['AAPL', 'GME']) }
const account = (stage: Stage): Promise<Any> => stage.get('/v2/account')
const filled = async (stage: Stage, body: Record<string, unknown>): Promise<Any> => {
  const placed = await stage.order(body)
  expect(placed.body.message).toBeUndefined()
  return stage.get(`/v2/orders/${placed.body.id}`)
}
const fees = async (stage: Stage): Promise<Any[]> =>
  stage.get('/v2/account/activities/FEE?direction=asc')

describe('selling shares', () => {
  test.each([
    // $20.60 a million and $0.000195 a share since 2026.
    ['2026-11-20T20:30:00Z', '2026-11-21', 20.6, 0.000195],
    // $13 a million since 2018-05-22, and $0.000119 a share.
    ['2018-06-06T19:30:00Z', '2018-06-07', 13, 0.000119],
  ])('costs what the rules of %s say, at the day’s end', async (open, end, perMillion, perShare) => {
    const stage = createStage(open, shares)
    await filled(stage, { ...buy, qty: 300 })
    const sold = await filled(stage, { ...sell, qty: 300 })
    const value = 300 * Number(sold.filled_avg_price)
    const up = (fee: number) => Math.ceil(fee * 100 - 1e-9) / 100
    const before = Number((await account(stage)).cash)
    expect(Number((await account(stage)).accrued_fees)).toBeGreaterThan(0)
    stage.until(`${end}T01:00:01Z`)
    const [sec, taf] = await fees(stage)
    const fills: Any[] = await stage.get('/v2/account/activities/FILL')
    const sales = fills.filter(({ side }) => side === 'sell')
    const wanted = sales.reduce(
      (sum, { qty, price }) => sum + up((qty * price * perMillion) / 1e6),
      0,
    )
    expect(-Number(sec.net_amount)).toBeCloseTo(wanted, 6)
    expect(-Number(sec.net_amount)).toBeGreaterThanOrEqual((value * perMillion) / 1e6 - 1e-6)
    const activity = sales.reduce((sum, { qty }) => sum + up(qty * perShare), 0)
    expect(-Number(taf.net_amount)).toBeCloseTo(activity, 6)
    const after = Number((await account(stage)).cash)
    expect(after - before).toBeCloseTo(-wanted - activity, 6)
  })

  test.each([
    ['2024-05-24T19:50:00Z', '2024-05-28', '2024-05-29'],
    ['2024-05-28T19:50:00Z', '2024-05-28', '2024-05-29'],
    // Two days, and Memorial Day between.
    ['2018-05-25T19:50:00Z', '2018-05-29', '2018-05-30'],
  ])('settles as it did on %s: coins cannot be bought with it before', async (open, still, settled) => {
    const stage = createStage(open, { market: marketOf([], ['AAPL']) })
    await filled(stage, { ...buy, qty: 300 })
    const sold = await filled(stage, { ...sell, qty: 300 })
    const proceeds = Number(sold.filled_avg_price) * 300
    const power = async () => Number((await account(stage)).non_marginable_buying_power)
    expect(Number((await account(stage)).unsettled_cash)).toBeCloseTo(proceeds, 4)
    expect(await power()).toBeLessThan(100_001 - proceeds)
    stage.until(`${still}T20:00:00Z`)
    expect(Number((await account(stage)).unsettled_cash)).toBeGreaterThan(0)
    stage.until(`${settled}T13:00:00Z`)
    expect((await account(stage)).unsettled_cash).toBe('0')
    expect(await power()).toBeGreaterThan(99_000)
  })
})

describe('being short', () => {
  test('needs margin, costs rent by the day, and owes dividends', async () => {
    const stage = createStage('2026-11-20T19:00:00Z', shares)
    const sold = await filled(stage, { ...sell, qty: 100 })
    expect(sold.position_intent).toBe('sell_to_open')
    const [fill] = await stage.get('/v2/account/activities/FILL')
    expect(fill.side).toBe('sell_short')
    const position = await stage.get('/v2/positions/AAPL')
    expect(position).toMatchObject({ qty: '-100', qty_available: '-100', side: 'short' })
    const value = await account(stage)
    expect(Number(value.initial_margin)).toBeCloseTo(-Number(value.short_market_value) / 2, 6)
    // What the sale brought secures it: no coins for it.
    expect(Number(value.non_marginable_buying_power)).toBeLessThanOrEqual(100_000)
    const before = Number(value.cash)
    stage.venue.control('POST /dividend', { symbol: 'AAPL', perShare: '0.26' })
    expect(Number((await account(stage)).cash)).toBeCloseTo(before - 26, 6)
    const [dividend] = await stage.get('/v2/account/activities/DIV')
    expect(dividend).toMatchObject({ net_amount: '-26', per_share_amount: '0.26' })
    stage.until('2026-11-21T01:00:01Z')
    const rent = (await fees(stage)).filter(({ description }) => /Borrow/.test(description))
    expect(rent).toHaveLength(1)
    // Three nights to Monday at 0.3 % a year of 360 days, in whole cents.
    const owed = (-Number(position.market_value) * 0.003 * 3) / 360
    expect(-Number(rent[0].net_amount)).toBeGreaterThanOrEqual(Math.floor(owed * 98) / 100)
    expect(-Number(rent[0].net_amount)).toBeLessThanOrEqual(Math.ceil(owed * 102) / 100)
    const tooMany = await stage.order({ ...buy, qty: 101 })
    expect(tooMany.body.message).toMatch(/^insufficient qty available/)
    const part = await stage.ask('DELETE', '/v2/positions/AAPL?percentage=0.5')
    expect(part.body.message).toBe('fractional orders cannot cover a short position')
  })

  test('brings the lender security: longs beyond the own money pay interest for the nights', async () => {
    const stage = createStage('2026-11-20T19:00:00Z', shares)
    await filled(stage, { ...buy, qty: 600 })
    await filled(stage, { ...sell, symbol: 'GME', qty: 10 }).catch(() => null)
    const { cash, short_market_value } = await account(stage)
    const debit = -Number(cash) - Number(short_market_value)
    expect(debit).toBeGreaterThan(0)
    stage.until('2026-11-21T01:00:01Z')
    const [interest, ...more] = await stage.get('/v2/account/activities/INT')
    expect(more).toEqual([])
    // Three nights to Monday at the prime rate, a year of 360 days, in whole cents.
    const owed = (debit * 0.0675 * 3) / 360
    expect(-Number(interest.net_amount)).toBeGreaterThanOrEqual(owed - 0.05)
    expect(-Number(interest.net_amount)).toBeLessThanOrEqual(owed + 0.05)
    expect(Number((await account(stage)).cash)).toBeLessThan(Number(cash) - owed + 0.05)
  })

  test('of hard-to-borrow shares takes a locate', async () => {
    const stage = createStage('2026-11-20T19:00:00Z', shares)
    const quotes = await stage.get('/v1/locates/quotes?symbols=GME,AAPL,NOPE')
    expect(quotes.errors.map(({ code }: Any) => code)).toEqual([
      'easy_to_borrow',
      'symbol_not_found',
    ])
    const [quote] = quotes.quotes
    const qty = Math.min(100, quote.available_qty)
    const post = (body: object, key: string) =>
      stage.ask('POST', '/v1/locates', body, {
        'apca-api-key-id': KEY,
        'apca-api-secret-key': SECRET,
        'idempotency-key': key,
      })
    const located = await post({ symbol: 'GME', qty }, 'a')
    expect(located.body).toMatchObject({
      status: 'active',
      located_qty: qty,
      located_price: quote.price,
    })
    expect((await post({ symbol: 'GME', qty }, 'a')).body.id).toBe(located.body.id)
    expect((await post({ symbol: 'GME', qty: 200 }, 'a')).body.code).toBe(
      'idempotency_key_conflict',
    )
    expect((await post({ symbol: 'GME', qty: 150 }, 'b')).body.code).toBe('invalid_input')
    const short = { ...sell, symbol: 'GME' }
    expect((await stage.order({ ...short, qty: qty + 1 })).body.message).toMatch(/locate/)
    expect((await filled(stage, { ...short, qty })).status).toBe('filled')
    stage.until('2026-11-21T01:00:00Z')
    expect((await stage.get('/v1/locates')).locates[0].status).toBe('expired')
  })
})

describe('margin', () => {
  test('is twice the equity over night, four times within a session since June 2026', async () => {
    const power = async (at: string) => Number((await account(createStage(at))).buying_power)
    expect(await power('2026-11-20T15:00:00Z')).toBe(400_000)
    expect(await power('2026-11-20T12:00:00Z')).toBe(200_000)
    expect(await power('2026-05-20T15:00:00Z')).toBe(200_000)
    const small = createStage('2026-11-20T15:00:00Z', {
      accounts: [{ key: KEY, secret: SECRET, cash: 1_999n * 10n ** 9n }],
    })
    expect(await account(small)).toMatchObject({
      multiplier: '1',
      buying_power: '1999',
      shorting_enabled: false,
    })
  })

  test('is what open orders leave of it', async () => {
    const stage = createStage('2026-11-20T15:00:00Z')
    await stage.order({ ...buy, type: 'limit', qty: 100, limit_price: 200 })
    expect((await account(stage)).buying_power).toBe('380000')
    await stage.order({
      ...buy,
      symbol: 'BTC/USD',
      type: 'limit',
      time_in_force: 'gtc',
      qty: '0.5',
      limit_price: 50_000,
    })
    const value = await account(stage)
    expect(value.non_marginable_buying_power).toBe('55000')
    await stage.ask('DELETE', '/v2/orders')
    expect((await account(stage)).buying_power).toBe('400000')
  })

  test('grows with the volume of 30 days into cheaper fees of coins', async () => {
    const accounts = [{ key: KEY, secret: SECRET, cash: 10_000_000n * 10n ** 9n }]
    const stage = createStage('2026-11-21T23:50:00Z', { accounts })
    const coin = { ...buy, symbol: 'BTC/USD', time_in_force: 'gtc' }
    for (let i = 0; i < 3; i++) {
      await stage.order({ ...coin, notional: 60_000 })
      stage.pass(20)
    }
    const before = Number((await stage.get('/v2/positions/BTCUSD')).qty)
    const order = await filled(stage, { ...coin, qty: '0.1' })
    expect(order.status).toBe('filled')
    const after = Number((await stage.get('/v2/positions/BTCUSD')).qty)
    expect(after - before).toBeCloseTo(0.1 * (1 - 0.0022), 8)
    expect((await account(stage)).crypto_tier).toBe(2)
    stage.until('2026-11-22T00:00:01Z')
    const [fee] = await stage.get('/v2/account/activities/CFEE')
    expect(fee).toMatchObject({ symbol: 'BTCUSD', activity_type: 'CFEE' })
    expect(Number(fee.qty)).toBeLessThan(0)
  })
})

describe('what is held', () => {
  test('is closed whole, in part by quantity or percentage, and all together', async () => {
    const stage = createStage('2026-11-20T15:00:00Z')
    await filled(stage, { ...buy, qty: 10 })
    await filled(stage, { ...sell, symbol: 'SPY', qty: 4 })
    expect((await stage.ask('DELETE', '/v2/positions/AAPL?percentage=50')).body.qty).toBe('5')
    expect((await stage.ask('DELETE', '/v2/positions/AAPL?qty=2')).body.qty).toBe('2')
    const all = await stage.ask('DELETE', '/v2/positions')
    expect(all.body.map(({ symbol, status }: Any) => [symbol, status])).toEqual([
      ['AAPL', 200],
      ['SPY', 200],
    ])
    expect(await stage.get('/v2/positions')).toEqual([])
  })

  test('is not sold twice by notional', async () => {
    const stage = createStage('2026-11-20T15:00:00Z')
    await filled(stage, { ...buy, qty: 1 })
    const tooMuch = await stage.order({ ...sell, notional: 10_000 })
    expect(tooMuch.body.message).toMatch(/^insufficient qty available/)
    const high = { ...sell, type: 'limit', limit_price: 400 }
    expect((await stage.order({ ...high, notional: 390 })).status).toBe(200)
    expect((await stage.order({ ...high, qty: 1 })).body.message).toMatch(/available: 0\)$/)
    expect(await stage.get('/v2/positions/AAPL')).toMatchObject({ qty: '1', qty_available: '0' })
    await stage.ask('DELETE', '/v2/orders')
    const { current_price } = await stage.get('/v2/positions/AAPL')
    const most = await filled(stage, { ...sell, notional: (current_price * 0.995).toFixed(2) })
    expect(most.status).toBe('filled')
    const [rest] = await stage.get('/v2/positions')
    expect(Number(rest?.qty ?? 0)).toBeGreaterThanOrEqual(0)
  })

  test('shows in the portfolio’s history', async () => {
    const stage = createStage('2026-11-20T15:00:00Z')
    await filled(stage, { ...buy, qty: 100 })
    stage.pass(3600)
    const history = await stage.get('/v2/account/portfolio/history?period=1D&timeframe=15Min')
    expect(history.timestamp.length).toBe(history.equity.length)
    expect(history.timestamp.length).toBeGreaterThan(3)
    expect(history.base_value).toBe(100_000)
    const last = history.equity.at(-1)
    expect(last).toBeCloseTo(Number((await account(stage)).equity), 2)
  })

  test('is told page by page', async () => {
    const stage = createStage('2026-11-20T15:00:00Z')
    for (let i = 0; i < 5; i++) await filled(stage, { ...buy, qty: 1 })
    const first = await stage.get('/v2/account/activities?page_size=2')
    const rest = await stage.get(`/v2/account/activities?page_size=100&page_token=${first[1].id}`)
    const ids = [...first, ...rest].map(({ id }: Any) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(5)
  })
})
