import { describe, expect, it } from 'vitest'
import {
  cancelOf,
  createStage,
  finish,
  order,
  startMs,
  testKey,
} from '../../../../test/support/hyperliquid-stage.ts'

const resting = (oid: number) => ({
  status: 'ok',
  response: { type: 'order', data: { statuses: [{ resting: { oid } }] } },
})

describe('a Hyperliquid session', () => {
  it('loads the named perpetuals in order with the account’s own fees', async () => {
    const { adapter, environment } = createStage()
    const [eth, btc] = await finish(environment, adapter.loadInstruments(['ETH', 'BTC']))
    expect(eth).toMatchObject({ id: 0, symbol: 'ETH', priceDecimals: 2, quantityDecimals: 4 })
    expect(btc).toMatchObject({ id: 1, symbol: 'BTC', priceDecimals: 1, quantityDecimals: 5 })
    expect(btc?.fees).toEqual({ makerE9: 150_000, takerE9: 450_000 })
    expect(btc?.minimumNotional).toBe(1_000_000_000n)
  })

  it('asks for the fees of an account it only observes, and connects nothing of it', async () => {
    const feeAddress = `0x${'b'.repeat(40)}`
    const stage = createStage({ userAddress: null, privateKey: null, feeAddress })
    await stage.start()
    const asked = stage.venue.requests.map(({ body }) => body)
    expect(asked).toContainEqual({ type: 'userFees', user: feeAddress })
    expect(asked.filter(({ user }) => user !== undefined)).toHaveLength(1)
  })

  it('names the nearest symbols when one is unknown', async () => {
    const { adapter, environment } = createStage()
    await expect(finish(environment, adapter.loadInstruments(['BTX']))).rejects.toMatchObject({
      code: 'VENUE_UNKNOWN_INSTRUMENT',
      message: expect.stringContaining('nearest: BTC'),
    })
    await expect(finish(environment, adapter.loadInstruments(['OLD']))).rejects.toMatchObject({
      message: 'OLD is delisted',
    })
  })

  it('asks nothing when there are more perpetuals than the venue has subscriptions for', async () => {
    const stage = createStage()
    const symbols = Array.from({ length: 498 }, (_, i) => `C${i}`)
    await expect(stage.adapter.loadInstruments(symbols)).rejects.toMatchObject({
      code: 'VENUE_UNSUPPORTED',
      disposition: 'fatal',
      message: expect.stringMatching(/need 1001 subscriptions.* at most 497 perpetuals/),
    })
    expect(stage.venue.requests).toEqual([])
    const load = stage.adapter.loadInstruments(symbols.slice(1))
    await expect(finish(stage.environment, load)).rejects.toMatchObject({
      code: 'VENUE_UNKNOWN_INSTRUMENT',
    })
  })

  it('subscribes, catches up and calls every stream connected', async () => {
    const stage = createStage()
    await stage.start()
    const connected = stage.sink
      .of('streamStatus')
      .map((e) => `${e.stream} ${e.instrument} ${e.status}`)
    expect(connected.sort()).toEqual([
      'account null connected',
      'book 0 connected',
      'book 1 connected',
      'trades 0 connected',
      'trades 1 connected',
    ])
    await stage.adapter.stop()
    await stage.environment.run(1)
    expect(stage.environment.pending).toBe(0)
  })

  it('places an order with our id as cloid and reports it accepted', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = resting(77)
    const placed = order(1, { postOnly: true })
    stage.adapter.submit(placed)
    await stage.environment.run(100)
    const request = stage.venue.requests.find(({ path }) => path === '/exchange')!.body
    expect(request['action']).toEqual({
      type: 'order',
      orders: [
        {
          a: 1,
          b: true,
          p: '50000',
          s: '0.001',
          r: false,
          t: { limit: { tif: 'Alo' } },
          c: `0x${placed.clientOrderId}`,
        },
      ],
      grouping: 'na',
    })
    expect(request['nonce']).toBe(startMs)
    expect(request['expiresAfter']).toBe(startMs + 10_000)
    expect(stage.sink.evidence(placed.clientOrderId)).toEqual(['accepted'])
    expect(stage.sink.of('orderReported')[0]!.report.venueOrderId).toBe('77')
  })

  it('cancels by cloid', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['cancelByCloid'] = {
      status: 'ok',
      response: { type: 'cancel', data: { statuses: ['success'] } },
    }
    stage.adapter.cancel(cancelOf(order(1)))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['canceled'])
  })
})

describe('credentials', () => {
  it.each([
    '',
    '0x12',
    `0x${'g'.repeat(64)}`,
    `0x${'0'.repeat(64)}`,
    `0x${'f'.repeat(64)}`,
  ])('of the wrong form are refused without repeating them (%#)', (privateKey) => {
    let message = ''
    try {
      createStage({ privateKey })
    } catch (error) {
      expect(error).toMatchObject({ code: 'VENUE_CREDENTIALS', disposition: 'fatal' })
      expect(error).not.toHaveProperty('cause')
      message = String(error)
    }
    expect(message).toContain('64 hexadecimal digits')
    if (privateKey.length > 10) expect(message).not.toContain(privateKey.slice(2))
  })

  it('need a well-formed account, and an account at all', () => {
    expect(() => createStage({ userAddress: '0x12' })).toThrow('40 hexadecimal digits')
    expect(() => createStage({ userAddress: null })).toThrow('address of the account')
  })

  it('appear in nothing that is sent, told or thrown', async () => {
    const stage = createStage()
    await stage.start()
    stage.venue.exchange['order'] = { status: 'err', response: 'no' }
    stage.adapter.submit(order(1))
    stage.faults.http = () => 'refuse'
    stage.adapter.submit(order(2))
    stage.adapter.queryAccount(0)
    await stage.environment.run(20_000)
    const everything = JSON.stringify(
      [stage.sink.events, stage.notices, stage.venue.requests, stage.venue.frames, stage.adapter],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    )
    expect(everything).toContain('refused')
    expect(everything.toLowerCase()).not.toContain(testKey.slice(2))
  })
})

describe('a venue that does not answer', () => {
  it('is asked again while loading and starting', async () => {
    const stage = createStage()
    let failures = 0
    stage.faults.http = () => (failures++ % 2 === 0 ? 'refuse' : 'none')
    await stage.start()
    expect(stage.sink.of('streamStatus').at(-1)?.status).toBe('connected')
  })

  it('is given up in the end, and may be tried again', async () => {
    const stage = createStage({ startTimeoutMs: 5_000 })
    stage.faults.http = () => 'refuse'
    await expect(stage.start()).rejects.toMatchObject({ code: 'VENUE_UNREACHABLE' })
    stage.faults.http = null
    stage.faults.refusesSockets = true
    await expect(stage.start()).rejects.toMatchObject({ code: 'VENUE_UNREACHABLE' })
    await stage.environment.run(60_000)
    expect(stage.environment.pending).toBe(0)
    stage.faults.refusesSockets = false
    await stage.start()
    stage.venue.exchange['order'] = resting(1)
    stage.adapter.submit(order(1))
    await stage.environment.run(100)
    expect(stage.sink.evidence(order(1).clientOrderId)).toEqual(['accepted'])
  })
})

describe('leverage', () => {
  it('is set for each instrument within its maximum; a refusal is a notice', async () => {
    const stage = createStage({ leverage: { value: 30, isCross: true } })
    stage.venue.exchange['updateLeverage'] = (body: { action: { asset: number } }) =>
      body.action.asset === 0
        ? { status: 'ok', response: { type: 'default' } }
        : { status: 'err', response: 'Cannot switch leverage type with open position.' }
    await stage.start()
    const actions = stage.venue.requests
      .filter(({ path }) => path === '/exchange')
      .map(({ body }) => body['action'])
    expect(actions).toEqual([
      { type: 'updateLeverage', asset: 0, isCross: true, leverage: 25 },
      { type: 'updateLeverage', asset: 1, isCross: true, leverage: 30 },
    ])
    expect(stage.notices).toEqual([
      {
        code: 'leverageOpenPosition',
        text: 'BTC: 30x cross not set: Cannot switch leverage type with open position.',
      },
    ])
  })
})

describe('the dead man’s switch', () => {
  const scheduled = (stage: ReturnType<typeof createStage>) =>
    stage.venue.requests
      .map(({ body, now }) => ({ action: body['action'] as { time?: number } | undefined, now }))
      .filter(({ action }) => action?.time !== undefined)
      .map(({ action, now }) => action!.time! - now / 1000)

  it('is renewed long before it would fire', async () => {
    const stage = createStage({ deadManSwitchMs: 15_000 })
    stage.venue.exchange['scheduleCancel'] = { status: 'ok', response: { type: 'default' } }
    await stage.start()
    expect(stage.adapter.capabilities.deadManSwitch).toBe(true)
    await stage.environment.run(60_000)
    expect(scheduled(stage)).toEqual(Array.from({ length: 13 }, () => 15_000))
    await stage.adapter.stop()
    await stage.environment.run(60_000)
    expect(scheduled(stage)).toHaveLength(13)
  })

  it('that the venue refuses is not a capability, and not asked for again', async () => {
    const stage = createStage({ deadManSwitchMs: 15_000 })
    const text = 'Cannot set scheduled cancel time until enough volume traded. Required: $1000000.'
    stage.venue.exchange['scheduleCancel'] = { status: 'err', response: text }
    await stage.start()
    await stage.environment.run(60_000)
    expect(scheduled(stage)).toHaveLength(1)
    expect(stage.adapter.capabilities.deadManSwitch).toBe(false)
    expect(stage.notices).toEqual([{ code: 'deadManSwitchRefused', text }])
  })
})

describe('history', () => {
  const minute = 60_000_000
  const candle = (t: number, changes = {}) => ({
    t,
    T: t + 59_999,
    s: 'BTC',
    i: '1m',
    o: '50000.0',
    c: '50001.0',
    h: '50002.5',
    l: '49999.0',
    v: '1.234567',
    n: 3,
    ...changes,
  })
  const first = startMs - (startMs % 60_000)

  async function load(candles: readonly unknown[], count = 3) {
    const stage = createStage()
    const [, btc] = await finish(stage.environment, stage.adapter.loadInstruments(['ETH', 'BTC']))
    stage.venue.info['candleSnapshot'] = candles
    return finish(stage.environment, stage.adapter.loadBars(btc!, minute, count), 200_000)
  }

  it('is the finished bars wanted and the one that forms, exact, oldest first', async () => {
    const opens = [first - 120_000, first - 60_000, first]
    const bars = await load([candle(opens[2]!), candle(opens[1]!), candle(opens[0]!)], 2)
    expect(bars.map(({ openTime }) => openTime / 1000)).toEqual(opens)
    const [fewer] = await load(
      opens.map((open) => candle(open)),
      1,
    )
    expect(fewer!.openTime / 1000).toBe(opens[1])
    expect(bars[0]).toEqual({
      open: 500_000,
      high: 500_025,
      low: 499_990,
      close: 500_010,
      volume: 123_456,
      openTime: (first - 120_000) * 1000,
      closeTime: (first - 60_000) * 1000,
    })
  })

  it('of an impossible shape is refused', async () => {
    const broken = [{ h: '1.0' }, { o: '50000.05' }, { s: 'ETH' }, { l: '-1.0' }, { v: 'NaN' }]
    for (const changes of broken) {
      await expect(load([candle(first - 60_000, changes)])).rejects.toMatchObject({
        code: 'VENUE_UNREADABLE',
      })
    }
  })

  it('is fetched page by page', async () => {
    const stage = createStage()
    const [, btc] = await finish(stage.environment, stage.adapter.loadInstruments(['ETH', 'BTC']))
    const all = Array.from({ length: 1_200 }, (_, i) => candle(first - (1_200 - i) * 60_000))
    stage.venue.info['candleSnapshot'] = ({ req }: { req: { startTime: number } }) =>
      all.filter(({ t }) => t >= req.startTime).slice(0, 500)
    const bars = await finish(stage.environment, stage.adapter.loadBars(btc!, minute, 1_100))
    expect(bars).toHaveLength(1_100)
    expect(bars.at(-1)!.openTime).toBe((first - 60_000) * 1000)
  })

  it('comes in the venue’s intervals only', async () => {
    const stage = createStage()
    const [eth] = await finish(stage.environment, stage.adapter.loadInstruments(['ETH']))
    const loading = finish(stage.environment, stage.adapter.loadBars(eth!, 7_000_000, 10))
    await expect(loading).rejects.toThrow('no candles of 7 s; the venue offers 1m, 3m')
  })
})
