import { beforeAll, describe, expect, test } from 'vitest'
import { type Bench, benchMarket, createBench, limit, listen, orders } from './hyperliquid-bench.ts'
import {
  hasVectors,
  readRecordedReply,
  readVector,
  shapeOf,
  vectorsNote,
} from './hyperliquid-shared.ts'

/** Paths whose recorded kind ours must have; what differs on purpose is named by the caller. */
function expectSameShape(
  ours: unknown,
  recorded: unknown,
  differences: { readonly gone?: readonly string[]; readonly added?: readonly string[] } = {},
): void {
  const mine = shapeOf(ours)
  const theirs = shapeOf(recorded)
  for (const path of differences.gone ?? []) delete theirs[path]
  for (const path of differences.added ?? []) {
    expect(mine, `${path} is no difference`).toHaveProperty([path])
    delete mine[path]
  }
  expect(mine).toEqual(theirs)
}

describe.skipIf(!hasVectors)(`replies against recorded payloads${vectorsNote}`, () => {
  let bench: Bench
  let client: ReturnType<typeof listen>
  const ask = (body: object): Promise<unknown> => bench.info(body)
  const cloid = `0x${'ab'.repeat(16)}`

  beforeAll(async () => {
    bench = createBench({ market: benchMarket(245) })
    bench.run(3_600_000_000 - 35_000_000)
    client = listen(bench)
    for (const type of ['userFills', 'orderUpdates', 'userEvents', 'userFundings']) {
      client.send({ method: 'subscribe', subscription: { type, user: bench.user } })
    }
    for (const type of ['bbo', 'trades', 'activeAssetCtx', 'l2Book']) {
      client.send({ method: 'subscribe', subscription: { type, coin: 'BTC' } })
    }
    client.send({
      method: 'subscribe',
      subscription: { type: 'candle', coin: 'BTC', interval: '1m' },
    })
    client.send({ method: 'subscribe', subscription: { type: 'allMids' } })
    const { BTC } = (await ask({ type: 'allMids' })) as { BTC: string }
    const price = (share: number) => String(Math.round(Number(BTC) * share))
    await bench.act(orders(limit({ isBuy: true, price: price(1.02), size: '0.123', tif: 'Ioc' })))
    await bench.act(orders(limit({ isBuy: true, price: price(0.9), size: '0.1', cloid })))
    await bench.act(
      orders(limit({ isBuy: false, price: price(1.1), size: '0.1', reduceOnly: true })),
    )
    bench.run(1_000_000)
    await bench.act(orders(limit({ isBuy: false, price: price(0.98), size: '0.0234', tif: 'Ioc' })))
    bench.run(60_000_000)
  })

  test('l2Book', async () => {
    const recorded = readRecordedReply('test_get_l2_snapshot', 'l2Book')
    expectSameShape(await ask({ type: 'l2Book', coin: 'BTC' }), recorded)
  })

  test('allMids', async () => {
    const mids = (await ask({ type: 'allMids' })) as Record<string, string>
    const recorded = readRecordedReply('test_get_all_mids', 'allMids') as Record<string, string>
    expectSameShape(
      { BTC: mids['BTC'], ETH: mids['ETH'] },
      { BTC: recorded['BTC'], ETH: recorded['ETH'] },
    )
  })

  test('meta', async () => {
    expectSameShape(await ask({ type: 'meta' }), readRecordedReply('test_get_info', 'meta'), {
      added: [
        '.universe[].marginTableId',
        '.collateralToken',
        '.marginTables[][]',
        '.marginTables[][].description',
        '.marginTables[][].marginTiers[].lowerBound',
        '.marginTables[][].marginTiers[].maxLeverage',
      ],
    })
  })

  test('metaAndAssetCtxs', async () => {
    const [, contexts] = (await ask({ type: 'metaAndAssetCtxs' })) as [unknown, object[]]
    const frame = readVector('nautilus/ws_all_dexs_asset_ctxs.json') as {
      data: { ctxs: [string, object[]][] }
    }
    expectSameShape(contexts[0], frame.data.ctxs[0]![1][0])
  })

  test('candleSnapshot has 240 and more one-minute candles', async () => {
    const request = { coin: 'BTC', interval: '1m', startTime: 0 }
    const candles = (await ask({ type: 'candleSnapshot', req: request })) as { t: number }[]
    expect(candles.length).toBeGreaterThanOrEqual(240)
    const steps = candles.slice(1).map((candle, i) => candle.t - candles[i]!.t)
    expect(new Set(steps)).toEqual(new Set([60_000]))
    expectSameShape(candles, readRecordedReply('test_get_candles_snapshot', 'candleSnapshot'))
  })

  test('clearinghouseState', async () => {
    const state = await ask({ type: 'clearinghouseState', user: bench.user })
    const position = '.assetPositions[].position'
    const recorded = shapeOf(readRecordedReply('test_get_user_state', 'clearinghouseState'))
    const mine = shapeOf(state)
    for (const path of Object.keys(recorded)) {
      if (path === `${position}.maxTradeSzs[]`) continue
      if (path === `${position}.liquidationPx`) continue
      expect(mine[path], path).toBe(recorded[path])
    }
    for (const key of ['allTime', 'sinceOpen', 'sinceChange']) {
      expect(mine[`${position}.cumFunding.${key}`]).toBe('decimal with a point')
    }
    expect(mine[`${position}.maxLeverage`]).toBe('number')
  })

  test('openOrders and frontendOpenOrders', async () => {
    const recorded = readRecordedReply('test_get_open_orders', 'openOrders')
    expectSameShape(await ask({ type: 'openOrders', user: bench.user }), recorded, {
      added: ['[].origSz', '[].cloid', '[].reduceOnly'],
    })
    const frontend = readRecordedReply('test_get_frontend_open_orders', 'frontendOpenOrders')
    const [, , plain] = frontend as object[]
    expectSameShape(
      ((await ask({ type: 'frontendOpenOrders', user: bench.user })) as object[])[1],
      { ...plain, children: [] },
      { added: ['.cloid'] },
    )
  })

  test('historicalOrders and orderStatus', async () => {
    const recorded = (
      readRecordedReply('test_historical_orders', 'historicalOrders') as { status: string }[]
    ).slice(0, 1)
    const history = (await ask({ type: 'historicalOrders', user: bench.user })) as object[]
    expectSameShape(history.slice(-1), recorded)
    const status = await ask({ type: 'orderStatus', user: bench.user, oid: cloid })
    expectSameShape(
      status,
      { status: 'order', order: recorded[0] },
      {
        gone: ['.order.order.cloid'],
        added: ['.order.order.cloid'],
      },
    )
    expect(await ask({ type: 'orderStatus', user: bench.user, oid: 1 })).toEqual({
      status: 'unknownOid',
    })
  })

  test('userFills, by request and by frame', async () => {
    const [recorded] = readVector('nautilus/http_user_fills_dust_conversion.json') as object[]
    const fills = (await ask({ type: 'userFills', user: bench.user })) as object[]
    expect(fills.length).toBeGreaterThanOrEqual(2)
    for (const fill of fills) expectSameShape(fill, recorded)
    const times = { startTime: 0 }
    const byTime = (await ask({ type: 'userFillsByTime', user: bench.user, ...times })) as object[]
    expect(byTime).toEqual([...fills].reverse())
    const frame = readVector('nautilus/ws_user_fill_liquidation.json') as {
      data: { fills: Record<string, unknown>[] }
    }
    const { liquidation: _, cloid: __, ...ordinary } = frame.data.fills[0]!
    const events = client.of('user') as { fills?: object[] }[]
    const told = events.find((event) => event.fills !== undefined)!
    expectSameShape(told, { fills: [ordinary] })
  })

  test('fundingHistory and userFunding', async () => {
    const history = await ask({ type: 'fundingHistory', coin: 'BTC', startTime: 0 })
    const recorded = readRecordedReply('test_get_funding_history_None', 'fundingHistory')
    expectSameShape(history, recorded)
    const paid = await ask({ type: 'userFunding', user: bench.user, startTime: 0 })
    const recordedPaid = readRecordedReply(
      'test_user_funding_history_without_end_time',
      'userFunding',
    ) as { delta: { nSamples: unknown } }[]
    for (const row of recordedPaid) row.delta.nSamples = null
    expectSameShape(paid, recordedPaid)
  })

  test('userRateLimit, userRole, extraAgents, spotClearinghouseState, exchangeStatus', async () => {
    const limits = await ask({ type: 'userRateLimit', user: bench.user })
    expectSameShape(limits, readRecordedReply('test_user_rate_limit', 'userRateLimit'), {
      added: ['.nRequestsSurplus'],
    })
    expect(await ask({ type: 'userRole', user: bench.user })).toEqual({ role: 'user' })
    expect(await ask({ type: 'userRole', user: `0x${'9'.repeat(40)}` })).toEqual({
      role: 'missing',
    })
    expect(await ask({ type: 'extraAgents', user: bench.user })).toEqual([])
    expect(await ask({ type: 'spotClearinghouseState', user: bench.user })).toEqual({
      balances: [],
    })
    const nowMs = Math.floor(bench.now() / 1000)
    expect(await ask({ type: 'exchangeStatus' })).toEqual({ time: nowMs, specialStatuses: null })
    expect(await ask({ type: 'perpDexs' })).toEqual([null])
  })

  test('recentTrades', async () => {
    const recorded = readVector('nautilus/http_recent_trades_btc.json') as {
      users: unknown
    }[]
    for (const trade of recorded) trade.users = [`0x${'1'.repeat(40)}`, `0x${'2'.repeat(40)}`]
    const trades = (await ask({ type: 'recentTrades', coin: 'BTC' })) as { time: number }[]
    expectSameShape(trades, recorded)
    expect(trades[0]!.time).toBeGreaterThanOrEqual(trades[1]!.time)
  })

  test('frames', async () => {
    const probed = readVector('probed/ws_frames_2026-09-24.json') as {
      dir: string
      frame: { channel: string; data: { fast?: boolean } }
    }[]
    for (const channel of ['l2Book', 'bbo', 'trades', 'activeAssetCtx', 'candle']) {
      const recorded = probed.find(({ dir, frame }) => dir === 'in' && frame.channel === channel)
      const [first] = client.of(channel)
      expectSameShape(first, recorded!.frame.data)
    }
    const mids = readVector('nautilus/ws_allmids.json') as { data: { mids: { BTC: string } } }
    const [sent] = client.of('allMids') as { mids: { BTC: string } }[]
    expectSameShape({ mids: { BTC: sent!.mids.BTC } }, { mids: { BTC: mids.data.mids.BTC } })
    const [echo] = client.of('subscriptionResponse').slice(-3) as object[]
    expect(echo).toEqual({
      method: 'subscribe',
      subscription: { type: 'l2Book', coin: 'BTC', nSigFigs: null, mantissa: null, fast: false },
    })
    expect(client.of('userFundings').at(-1)).toMatchObject({ user: bench.user })
  })
})
