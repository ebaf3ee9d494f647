import { describe, expect, test } from 'vitest'
import { type Any, createStage, marketOf, type Stage } from './alpaca-stage.ts'

const OPEN = '2026-11-20T15:00:00Z'
const WEEKEND = '2026-11-21T15:00:00Z'
const coin = { symbol: 'BTC/USD', side: 'buy', type: 'market', time_in_force: 'gtc' }
const share = { symbol: 'AAPL', side: 'buy', type: 'market', time_in_force: 'day' }

/** Best prices of a symbol as the venue tells them. */
async function touch(stage: Stage, symbol: string): Promise<{ bp: number; ap: number }> {
  const path = symbol.includes('/')
    ? `/v1beta3/crypto/us/latest/quotes?symbols=${symbol}`
    : `/v2/stocks/quotes/latest?symbols=${symbol}`
  return (await stage.get(path)).quotes[symbol]
}

/** Days of shares alone go by quickly. */
const shares = { market: marketOf([], ['AAPL']) }

const round = (price: number, decimals = 2): string => price.toFixed(decimals)

describe('orders in coins', () => {
  test('fill against the book, and their fee is taken in what is received', async () => {
    const stage = createStage(WEEKEND)
    const { ap } = await touch(stage, 'BTC/USD')
    const placed = await stage.order({ ...coin, qty: '0.01' })
    expect(placed).toMatchObject({ status: 200, body: { status: 'pending_new', filled_qty: '0' } })
    const order = await stage.get(`/v2/orders/${placed.body.id}`)
    expect(order).toMatchObject({ status: 'filled', filled_qty: '0.01', symbol: 'BTC/USD' })
    expect(Number(order.filled_avg_price)).toBeCloseTo(ap, 0)
    const position = await stage.get('/v2/positions/BTCUSD')
    expect(position).toMatchObject({ qty: '0.009975', symbol: 'BTCUSD', asset_class: 'crypto' })
    const sold = await stage.order({ ...coin, side: 'sell', qty: '0.009975' })
    expect(sold.status).toBe(200)
    expect(await stage.get('/v2/positions')).toEqual([])
    const value =
      Number((await stage.get(`/v2/orders/${sold.body.id}`)).filled_avg_price) * 0.009975
    const spent = 0.01 * Number(order.filled_avg_price)
    const { cash } = await stage.get('/v2/account')
    expect(Number(cash)).toBeCloseTo(100_000 - spent + value * 0.9975, 6)
  })

  test('cut digits beyond the ninth off, whether sent as numbers or texts', async () => {
    const stage = createStage(WEEKEND)
    const placed = await stage.order({ ...coin, qty: 0.0100000001239 })
    expect(placed.body.qty).toBe('0.01')
    const text = await stage.order({ ...coin, qty: '0.0100000019999' })
    expect(text.body.qty).toBe('0.010000001')
  })

  test('by notional spend that much', async () => {
    const stage = createStage(WEEKEND)
    const placed = await stage.order({ ...coin, notional: '50' })
    const order = await stage.get(`/v2/orders/${placed.body.id}`)
    expect(order).toMatchObject({ status: 'filled', notional: '50' })
    const { cash } = await stage.get('/v2/account')
    expect(Number(cash)).toBeCloseTo(99_950, 3)
  })

  test('rest at their limit, fill as maker when the market comes, and are told of in order', async () => {
    const stage = createStage(WEEKEND)
    const socket = stage.open('/stream')
    socket.send({ action: 'authenticate', data: { key_id: 'PKTEST', secret_key: 'test-secret' } })
    socket.send({ action: 'listen', data: { streams: ['trade_updates', 'nonsense'] } })
    const { bp } = await touch(stage, 'BTC/USD')
    const placed = await stage.order({
      ...coin,
      type: 'limit',
      qty: '0.01',
      limit_price: round(bp),
    })
    expect((await stage.get(`/v2/orders/${placed.body.id}`)).status).toBe('new')
    for (let i = 0; i < 60 && (await stage.get('/v2/positions')).length === 0; i++) stage.pass(10)
    const [position] = await stage.get('/v2/positions')
    // The maker's 15 bp.
    expect(position.qty).toBe('0.009985')
    const events = socket.frames.slice(2).map((frame: Any) => frame.data.event)
    expect(events.slice(0, 2)).toEqual(['pending_new', 'new'])
    expect(events.at(-1)).toBe('fill')
    const last = socket.frames.at(-1).data
    expect(last).toMatchObject({ qty: expect.any(String), position_qty: '0.009985' })
    expect(Number(last.price)).toBe(Number(round(bp)))
  })

  test('that are immediate or cancel leave nothing; all or nothing ones fill whole or not', async () => {
    const stage = createStage(WEEKEND)
    const { bp, ap } = await touch(stage, 'DOGE/USD')
    const away = { ...coin, symbol: 'DOGE/USD', type: 'limit', limit_price: round(bp * 0.9, 6) }
    const ioc = await stage.order({ ...away, qty: '1000', time_in_force: 'ioc' })
    expect((await stage.get(`/v2/orders/${ioc.body.id}`)).status).toBe('canceled')
    const most = { ...away, limit_price: round(ap, 6) }
    const fok = await stage.order({ ...most, time_in_force: 'fok', qty: '600000' })
    const found = await stage.get(`/v2/orders/${fok.body.id}`)
    expect([found.status, found.filled_qty]).toEqual(['canceled', '0'])
  })

  test('that stop and limit wait for their price', async () => {
    const stage = createStage(WEEKEND)
    const { ap } = await touch(stage, 'BTC/USD')
    const stop = round(ap * 1.0002)
    const limit = round(ap * 1.01)
    const placed = await stage.order({
      ...coin,
      type: 'stop_limit',
      qty: '0.01',
      stop_price: stop,
      limit_price: limit,
    })
    expect((await stage.get(`/v2/orders/${placed.body.id}`)).status).toBe('new')
    for (let i = 0; i < 200 && (await stage.get('/v2/positions')).length === 0; i++) stage.pass(10)
    const order = await stage.get(`/v2/orders/${placed.body.id}`)
    expect(order.status).toBe('filled')
    expect(Number(order.filled_avg_price)).toBeGreaterThan(ap)
  })
})

describe('orders in shares', () => {
  test('fill while the market is open', async () => {
    const stage = createStage(OPEN)
    const placed = await stage.order({ ...share, qty: 10 })
    expect(placed.body.status).toBe('pending_new')
    const order = await stage.get(`/v2/orders/${placed.body.id}`)
    expect(order).toMatchObject({ status: 'filled', qty: '10', position_intent: 'buy_to_open' })
    expect(await stage.get('/v2/positions/AAPL')).toMatchObject({ qty: '10', side: 'long' })
  })

  test('are accepted while it is closed, and wait for the bell over weekend and night', async () => {
    const stage = createStage(WEEKEND, shares)
    const placed = await stage.order({ ...share, qty: 3 })
    expect(placed.body).toMatchObject({ status: 'accepted', expires_at: '2026-11-23T21:00:00Z' })
    stage.until('2026-11-23T14:29:59Z')
    expect((await stage.get(`/v2/orders/${placed.body.id}`)).status).toBe('accepted')
    stage.until('2026-11-23T14:30:02Z')
    expect((await stage.get(`/v2/orders/${placed.body.id}`)).status).toBe('filled')
  })

  test('of a day expire at its close; extended ones at eight; good-till-canceled ones stay', async () => {
    const stage = createStage('2026-11-20T20:58:00Z', shares)
    const { bp } = await touch(stage, 'AAPL')
    const low = { ...share, type: 'limit', qty: 1, limit_price: round(bp * 0.8) }
    const day = (await stage.order(low)).body.id
    const late = (await stage.order({ ...low, extended_hours: true })).body.id
    const gtc = (await stage.order({ ...low, time_in_force: 'gtc' })).body.id
    const states = async () =>
      Promise.all([day, late, gtc].map(async (id) => (await stage.get(`/v2/orders/${id}`)).status))
    stage.until('2026-11-20T21:00:01Z')
    expect(await states()).toEqual(['expired', 'new', 'new'])
    stage.until('2026-11-21T01:00:01Z')
    expect(await states()).toEqual(['expired', 'expired', 'new'])
  })

  test('know the day after Thanksgiving: the bell at one, extended hours to five', async () => {
    const stage = createStage('2026-11-26T15:00:00Z', shares)
    expect(await stage.get('/v2/clock')).toMatchObject({
      is_open: false,
      next_open: '2026-11-27T09:30:00-05:00',
      next_close: '2026-11-27T13:00:00-05:00',
    })
    const low = { ...share, type: 'limit', qty: 1, limit_price: 100 }
    const { body } = await stage.order(low)
    expect(body).toMatchObject({ status: 'accepted', expires_at: '2026-11-27T18:00:00Z' })
    const late = await stage.order({ ...low, extended_hours: true })
    expect(late.body.expires_at).toBe('2026-11-27T22:00:00Z')
    stage.until('2026-11-27T17:49:00Z')
    const close = await stage.order({ ...share, qty: 1, time_in_force: 'cls' })
    stage.until('2026-11-27T17:59:59Z')
    expect((await stage.get('/v2/clock')).is_open).toBe(true)
    const tooLate = await stage.order({ ...share, qty: 1, time_in_force: 'cls' })
    expect(tooLate.body.message).toBe(
      'cls orders must be submitted after 7:00pm and before 12:50pm',
    )
    stage.until('2026-11-27T18:00:01Z')
    expect((await stage.get('/v2/clock')).is_open).toBe(false)
    expect((await stage.get(`/v2/orders/${body.id}`)).status).toBe('expired')
    expect((await stage.get(`/v2/orders/${close.body.id}`)).status).toBe('filled')
    expect((await stage.order({ ...share, qty: 1 })).body.expires_at).toBe('2026-11-30T21:00:00Z')
  })

  test('meant for the auctions fill at their print', async () => {
    const stage = createStage('2026-11-20T14:00:00Z', shares)
    const { body } = await stage.order({ ...share, qty: 5, time_in_force: 'opg' })
    expect(body.status).toBe('accepted')
    stage.until('2026-11-20T14:30:01Z')
    const order = await stage.get(`/v2/orders/${body.id}`)
    expect(order.status).toBe('filled')
    const { trades } = await stage.get(
      '/v2/stocks/trades?symbols=AAPL&start=2026-11-20T14:30:00Z&end=2026-11-20T14:30:00Z',
    )
    expect(trades.AAPL[0]).toMatchObject({ c: ['@', 'O'], p: Number(order.filled_avg_price) })
    const late = await stage.order({ ...share, qty: 5, time_in_force: 'opg' })
    expect(late).toMatchObject({
      status: 403,
      body: {
        code: 40310000,
        message: 'opg orders must be submitted after 7:00pm and before 9:28am',
      },
    })
    const close = await stage.order({ ...share, qty: 5, time_in_force: 'cls' })
    stage.until('2026-11-20T21:00:01Z')
    expect((await stage.get(`/v2/orders/${close.body.id}`)).status).toBe('filled')
  })

  test('with a bracket: the entry wakes the exits, one exit ends the other', async () => {
    const stage = createStage(OPEN)
    const { ap } = await touch(stage, 'AAPL')
    const { body } = await stage.order({
      ...share,
      qty: 2,
      order_class: 'bracket',
      take_profit: { limit_price: round(ap * 1.0008) },
      stop_loss: { stop_price: round(ap * 0.9992) },
    })
    expect(body.legs.map((leg: Any) => [leg.type, leg.side, leg.status])).toEqual([
      ['limit', 'sell', 'held'],
      ['stop', 'sell', 'held'],
    ])
    for (let i = 0; i < 200 && (await stage.get('/v2/positions')).length > 0; i++) stage.pass(15)
    const { legs } = await stage.get(`/v2/orders/${body.id}?nested=true`)
    expect(legs.map((leg: Any) => leg.status).sort()).toEqual(['canceled', 'filled'])
  })

  test('that trail move their stop with the market', async () => {
    const stage = createStage(OPEN)
    await stage.order({ ...share, qty: 2 })
    const { body } = await stage.order({
      ...share,
      side: 'sell',
      qty: 2,
      type: 'trailing_stop',
      trail_percent: '0.15',
    })
    expect(Number(body.stop_price)).toBeCloseTo(Number(body.hwm) * 0.9985, 4)
    for (let i = 0; i < 400 && (await stage.get('/v2/positions')).length > 0; i++) stage.pass(15)
    const order = await stage.get(`/v2/orders/${body.id}`)
    expect(order.status).toBe('filled')
    expect(Number(order.hwm)).toBeGreaterThanOrEqual(Number(body.hwm))
  })

  test('are replaced at once: a new order, or the old one as it was', async () => {
    const stage = createStage(OPEN)
    const { bp } = await touch(stage, 'AAPL')
    const old = await stage.order({ ...share, type: 'limit', qty: 5, limit_price: round(bp * 0.9) })
    const path = `/v2/orders/${old.body.id}`
    const refused = await stage.ask('PATCH', path, { qty: 5000 })
    expect(refused.body.message).toBe('insufficient buying power')
    expect((await stage.get(path)).status).toBe('new')
    const fresh = await stage.ask('PATCH', path, { qty: 4, limit_price: round(bp * 0.91) })
    expect(fresh.body).toMatchObject({ replaces: old.body.id, qty: '4' })
    expect(await stage.get(path)).toMatchObject({ status: 'replaced', replaced_by: fresh.body.id })
    const again = await stage.ask('PATCH', path, { qty: 3 })
    expect(again).toMatchObject({ status: 422, body: { code: 42210000 } })
  })

  test('sold short after a fall of a tenth wait for a bid below them', async () => {
    const stage = createStage(OPEN)
    const { state } = stage.venue
    const data = state.data[state.listing.find('AAPL')!.index]!
    // As if it had closed far higher yesterday.
    const last = data.days.pop()!
    data.days.push({ ...last, close: last.close * 1.3 })
    stage.pass(20)
    const short = await stage.order({ ...share, side: 'sell', qty: 1 })
    stage.pass(300)
    expect((await stage.get(`/v2/orders/${short.body.id}`)).status).toBe('new')
    const { ap } = await touch(stage, 'AAPL')
    const above = { ...share, side: 'sell', qty: 1, type: 'limit', limit_price: round(ap) }
    const { body } = await stage.order(above)
    for (let i = 0; i < 100 && (await stage.get('/v2/positions')).length === 0; i++) stage.pass(10)
    expect((await stage.get(`/v2/orders/${body.id}`)).status).toBe('filled')
    await stage.order({ ...share, symbol: 'SPY', side: 'sell', qty: 1 })
    expect((await stage.get('/v2/positions/SPY')).qty).toBe('-1')
  })

  test('stand still while trading is halted', async () => {
    const stage = createStage(OPEN)
    stage.venue.control('POST /halt', { symbol: 'AAPL' })
    const { body } = await stage.order({ ...share, qty: 1 })
    stage.pass(60)
    expect((await stage.get(`/v2/orders/${body.id}`)).status).toBe('accepted')
    stage.venue.control('POST /halt', { symbol: 'AAPL', halted: false })
    stage.pass(5)
    expect((await stage.get(`/v2/orders/${body.id}`)).status).toBe('filled')
  })
})
