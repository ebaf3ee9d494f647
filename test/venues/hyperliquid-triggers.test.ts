import { beforeEach, describe, expect, test } from 'vitest'
import { type Bench, createBench, limit, listen } from './hyperliquid-bench.ts'

type Status = { resting?: { oid: number }; filled?: { oid: number }; error?: string } | string

let bench: Bench
let mark = 0
let client: ReturnType<typeof listen>

beforeEach(async () => {
  bench = createBench()
  client = listen(bench)
  client.send({ method: 'subscribe', subscription: { type: 'orderUpdates', user: bench.user } })
  mark = Math.round(await markPrice())
})

async function markPrice(): Promise<number> {
  const [, [context]] = (await bench.info({ type: 'metaAndAssetCtxs' })) as [
    unknown,
    { markPx: string }[],
  ]
  return Number(context!.markPx)
}

const trigger = (order: {
  readonly isBuy: boolean
  readonly price: number
  readonly at: number
  readonly tpsl: 'tp' | 'sl'
  readonly isMarket?: boolean
  readonly size?: string
  readonly reduceOnly?: boolean
}) => ({
  a: 0,
  b: order.isBuy,
  p: String(Math.round(order.price)),
  s: order.size ?? '0.01',
  r: order.reduceOnly ?? true,
  t: {
    trigger: {
      isMarket: order.isMarket ?? true,
      triggerPx: String(Math.round(order.at)),
      tpsl: order.tpsl,
    },
  },
})

async function place(grouping: string, ...orders: object[]): Promise<Status[]> {
  const reply = (await bench.act({ type: 'order', orders, grouping })) as {
    response: { data: { statuses: Status[] } }
  }
  return reply.response.data.statuses
}

const buy = (size = '0.01') =>
  place('na', limit({ isBuy: true, price: String(Math.round(mark * 1.02)), size, tif: 'Ioc' }))
const open = async (): Promise<Record<string, unknown>[]> =>
  (await bench.info({ type: 'frontendOpenOrders', user: bench.user })) as never
const lifeOf = async (oid: number): Promise<string> => {
  const reply = await bench.info({ type: 'orderStatus', user: bench.user, oid })
  return (reply as { order: { status: string } }).order.status
}
const stop = (at: number, changes = {}) =>
  trigger({ isBuy: false, price: at * 0.95, at, tpsl: 'sl', ...changes })
const profit = (at: number, changes = {}) =>
  trigger({ isBuy: false, price: at * 0.95, at, tpsl: 'tp', ...changes })
const told = (): string[] =>
  (client.of('orderUpdates') as { status: string }[][]).flat().map(({ status }) => status)

describe('a trigger order', () => {
  test('waits as an open order that names its condition', async () => {
    await buy()
    const [status] = await place('na', stop(mark * 0.9))
    expect(status).toEqual({ resting: { oid: expect.any(Number) } })
    const [order] = await open()
    expect(order).toMatchObject({
      isTrigger: true,
      triggerPx: `${Math.round(mark * 0.9)}.0`,
      triggerCondition: `Price below ${Math.round(mark * 0.9)}`,
      orderType: 'Stop Market',
      tif: null,
      reduceOnly: true,
      isPositionTpsl: false,
    })
  })

  test('fires when the mark reaches its price, and then takes', async () => {
    await buy()
    const [status] = await place('na', stop(mark - 1))
    const oid = (status as { resting: { oid: number } }).resting.oid
    for (let i = 0; i < 600 && (await lifeOf(oid)) === 'open'; i++) bench.run(1_000_000)
    expect(await lifeOf(oid)).toBe('filled')
    expect(told().slice(-2)).toEqual(['triggered', 'filled'])
    const state = (await bench.info({ type: 'clearinghouseState', user: bench.user })) as {
      assetPositions: unknown[]
    }
    expect(state.assetPositions).toEqual([])
  })

  test('with a limit rests at its price once it has fired', async () => {
    await buy()
    const price = Math.round(mark * 0.9)
    const away = trigger({
      isBuy: false,
      price: mark - 1,
      at: mark - 1,
      tpsl: 'sl',
      isMarket: false,
    })
    const [status] = await place('na', { ...away, p: String(mark - 1) })
    expect(price).toBeGreaterThan(0)
    const oid = (status as { resting: { oid: number } }).resting.oid
    for (let i = 0; i < 600 && !told().includes('triggered'); i++) bench.run(1_000_000)
    expect(['open', 'filled']).toContain(await lifeOf(oid))
  })

  test.for([
    ['on the wrong side of the mark', () => stop(mark * 1.1)],
    ['that takes profit where there is none', () => profit(mark * 0.9)],
    ['whose limit lies before its trigger', () => ({ ...stop(mark * 0.9), p: String(mark) })],
    [
      'off the tick',
      () => ({
        ...stop(mark * 0.9),
        t: { trigger: { isMarket: true, triggerPx: '60000.123', tpsl: 'sl' } },
      }),
    ],
  ] as const)('%s is refused', async ([, make]) => {
    expect(await place('na', make())).toEqual([{ error: 'Invalid TP/SL price. asset=0' }])
    expect(await open()).toEqual([])
  })

  test('is canceled and modified like any order', async () => {
    await buy()
    const [status] = await place('na', stop(mark * 0.9))
    const { oid } = (status as { resting: { oid: number } }).resting
    const modified = (await bench.act({
      type: 'batchModify',
      modifies: [{ oid, order: stop(mark * 0.8) }],
    })) as { response: { data: { statuses: { resting: { oid: number } }[] } } }
    const next = modified.response.data.statuses[0]!.resting.oid
    expect(next).toBeGreaterThan(oid)
    expect(await bench.act({ type: 'cancel', cancels: [{ a: 0, o: next }] })).toMatchObject({
      response: { data: { statuses: ['success'] } },
    })
    expect(await open()).toEqual([])
  })
})

describe('grouped orders', () => {
  test('children wait for the fill, then for the price', async () => {
    const parent = limit({ isBuy: true, price: String(Math.round(mark * 0.99)), size: '0.01' })
    const statuses = await place(
      'normalTpsl',
      parent,
      profit(mark * 1.1),
      stop(Math.round(mark * 0.9)),
    )
    expect(statuses.slice(1)).toEqual(['waitingForFill', 'waitingForFill'])
    const orders = await open()
    const shown = orders.find(({ isTrigger }) => isTrigger === false)!
    expect(shown['children']).toHaveLength(2)
    const { oid } = (statuses[0] as { resting: { oid: number } }).resting
    await bench.act({ type: 'cancel', cancels: [{ a: 0, o: oid }] })
    expect(await open()).toEqual([])
  })

  test('children of a filled parent wait for the price, and end with each other', async () => {
    const parent = limit({
      isBuy: true,
      price: String(Math.round(mark * 1.02)),
      size: '0.01',
      tif: 'Gtc',
    })
    const statuses = await place('normalTpsl', parent, profit(mark * 1.2), stop(mark - 1))
    expect(statuses[0]).toHaveProperty('filled')
    expect(statuses.slice(1)).toEqual(['waitingForTrigger', 'waitingForTrigger'])
    const [other] = (await open()).filter(({ orderType }) => orderType === 'Take Profit Market')
    for (let i = 0; i < 600 && (await open()).length > 0; i++) bench.run(1_000_000)
    expect(await lifeOf(other!['oid'] as number)).toBe('siblingFilledCanceled')
  })

  test('of a position take it whole, whatever it is by then', async () => {
    await buy('0.03')
    const statuses = await place(
      'positionTpsl',
      profit(mark * 1.2, { size: '0' }),
      stop(mark - 1, { size: '0' }),
    )
    expect(statuses).toEqual(['waitingForTrigger', 'waitingForTrigger'])
    expect((await open())[0]).toMatchObject({ isPositionTpsl: true, origSz: '0.0' })
    await buy('0.02')
    for (let i = 0; i < 600 && (await open()).length > 0; i++) bench.run(1_000_000)
    const fills = (await bench.info({ type: 'userFills', user: bench.user })) as {
      dir: string
      sz: string
    }[]
    const closed = fills.filter(({ dir }) => dir === 'Close Long')
    expect(closed.reduce((sum, { sz }) => sum + Number(sz), 0)).toBeCloseTo(0.05, 8)
  })

  test('of a position end when it is closed otherwise', async () => {
    await buy()
    await place('positionTpsl', stop(mark * 0.8, { size: '0' }))
    const close = limit({
      isBuy: false,
      price: String(Math.round(mark * 0.98)),
      size: '0.01',
      tif: 'Ioc',
    })
    await place('na', close)
    expect(await open()).toEqual([])
    expect(told()).toContain('reduceOnlyCanceled')
  })

  test('need a position, must reduce it, and have an ordinary parent', async () => {
    expect(await place('positionTpsl', stop(mark * 0.9, { size: '0' }))).toEqual([
      { error: 'Reduce only order would increase position. asset=0' },
    ])
    await buy()
    expect(await place('positionTpsl', stop(mark * 0.9, { reduceOnly: false }))).toEqual([
      { error: 'TP/SL orders must be reduce only. asset=0' },
    ])
    expect(await place('normalTpsl', stop(mark * 0.9))).toEqual([
      { error: 'Main order cannot be trigger order.' },
    ])
  })
})

describe('a TWAP', () => {
  const twap = (changes = {}) => ({
    type: 'twapOrder',
    twap: { a: 0, b: true, s: '0.02', r: false, m: 5, t: false, ...changes },
  })
  type Started = { response: { data: { status: { running?: { twapId: number } } } } }

  test('works its size off in slices of thirty seconds and says so', async () => {
    client.send({ method: 'subscribe', subscription: { type: 'userEvents', user: bench.user } })
    const reply = (await bench.act(twap({ t: true }))) as Started
    expect(reply).toMatchObject({ response: { type: 'twapOrder' } })
    const { twapId } = reply.response.data.status.running!
    bench.run(120_000_000)
    type Row = { fill: { hash: string; twapId: number }; twapId: number }
    const ask = async () =>
      (await bench.info({ type: 'userTwapSliceFills', user: bench.user })) as Row[]
    expect((await ask()).length).toBeGreaterThanOrEqual(4)
    bench.run(240_000_000)
    const [row] = await ask()
    expect(row).toMatchObject({ twapId, fill: { twapId, hash: `0x${'0'.repeat(64)}` } })
    const history = (await bench.info({ type: 'twapHistory', user: bench.user })) as {
      status: { status: string }
      state: { executedSz: string; sz: string }
    }[]
    expect(history.map(({ status }) => status.status)).toEqual(['finished', 'activated'])
    expect(history[0]!.state).toMatchObject({ executedSz: '0.02', sz: '0.02' })
    const events = client.of('user') as { twapHistory?: unknown }[]
    expect(events.filter(({ twapHistory }) => twapHistory !== undefined)).toHaveLength(2)
  })

  test('is ended by its number', async () => {
    const { twapId } = ((await bench.act(twap())) as Started).response.data.status.running!
    const cancel = { type: 'twapCancel', a: 0, t: twapId }
    const data = async () => ((await bench.act(cancel)) as Started).response.data
    expect(await data()).toEqual({ status: 'success' })
    const error = 'TWAP was never placed, already canceled, or filled.'
    expect(await data()).toEqual({ status: { error } })
  })

  test.for([
    [{ s: '0.0001' }, 'TWAP order value too small. Min is $50, which is $10 per minute.'],
    [{ m: 3 }, 'Invalid TWAP duration: 3 min(s)'],
    [{ r: true }, 'Reduce only order would increase position. asset=0'],
  ] as const)('is refused: %j', async ([changes, error]) => {
    const reply = (await bench.act(twap(changes))) as Started
    expect(reply.response.data.status).toEqual({ error })
  })
})
