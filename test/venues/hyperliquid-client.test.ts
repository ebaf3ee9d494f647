import {
  ExchangeClient,
  HttpTransport,
  InfoClient,
  SubscriptionClient,
  WebSocketTransport,
} from '@nktkas/hyperliquid'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { serveVenue, type VenueServer } from '../../src/app/simulators/hyperliquid/server.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import { benchOptions, testKey } from './hyperliquid-bench.ts'

const wallet = privateKeyToAccount(testKey)
const user = wallet.address
const cloid = `0x${'77'.repeat(16)}` as const

let venue: HyperliquidVenue
let server: VenueServer
let url = ''
let socketUrl = ''
let failure: unknown = null
const now = () => Math.floor((performance.timeOrigin + performance.now()) * 1000)

beforeAll(async () => {
  venue = createHyperliquidVenue({ ...benchOptions(now), startTime: now() - 20_000_000 })
  server = await serveVenue(venue, {
    port: 0,
    now,
    stepMs: 5,
    failed: (error) => {
      failure = error
    },
  })
  url = `http://127.0.0.1:${server.port}`
  socketUrl = `ws://127.0.0.1:${server.port}/ws`
})

afterAll(async () => {
  venue.close()
  await server.close()
  expect(failure).toBeNull()
})

describe('the public client over loopback', () => {
  test('reads, trades and cancels over HTTP', async () => {
    const transport = new HttpTransport({ apiUrl: url })
    const info = new InfoClient({ transport })
    const exchange = new ExchangeClient({ transport, wallet })
    const { universe } = await info.meta()
    expect(universe.map(({ name }) => name)).toEqual(['BTC', 'ETH'])
    const mid = Number((await info.allMids())['BTC'])
    const placed = await exchange.order({
      orders: [
        {
          a: 0,
          b: true,
          p: Math.round(mid * 1.02),
          s: '0.01',
          r: false,
          t: { limit: { tif: 'Ioc' } },
        },
        {
          a: 0,
          b: true,
          p: Math.round(mid * 0.9),
          s: 0.02,
          r: false,
          t: { limit: { tif: 'Gtc' } },
          c: cloid,
        },
      ],
      grouping: 'na',
    })
    expect(placed.response.data.statuses).toEqual([
      { filled: expect.objectContaining({ totalSz: '0.01' }) },
      { resting: { oid: expect.any(Number), cloid } },
    ])
    expect(await info.orderStatus({ user, oid: cloid })).toMatchObject({
      status: 'order',
      order: { status: 'open', order: { origSz: '0.02', tif: 'Gtc' } },
    })
    const [position] = (await info.clearinghouseState({ user })).assetPositions
    expect(position!.position.szi).toBe('0.01')
    await exchange.updateLeverage({ asset: 0, isCross: true, leverage: 10 })
    expect((await info.userFees({ user })).userCrossRate).toBe('0.00045')
    const canceled = await exchange.cancelByCloid({ cancels: [{ asset: 0, cloid }] })
    expect(canceled.response.data.statuses).toEqual(['success'])
    await expect(exchange.cancelByCloid({ cancels: [{ asset: 0, cloid }] })).rejects.toThrow(
      'Order was never placed, already canceled, or filled. asset=0',
    )
    await expect(
      new ExchangeClient({
        transport: new HttpTransport({ apiUrl: url, isTestnet: true }),
        wallet,
      }).updateLeverage({ asset: 0, isCross: true, leverage: 10 }),
    ).rejects.toThrow(/User or API Wallet 0x[0-9a-f]{40} does not exist/)
  })

  test('subscribes, hears of its own fills and posts over a socket', async () => {
    const transport = new WebSocketTransport({ url: socketUrl })
    const subscriptions = new SubscriptionClient({ transport })
    const fills: { isSnapshot?: boolean; fills: { oid: number }[] }[] = []
    const updates: string[] = []
    const heard = new Map<string, number>()
    const hear = (name: string) => () => void heard.set(name, (heard.get(name) ?? 0) + 1)
    const filled = Promise.withResolvers<void>()
    await subscriptions.userFills({ user }, (event) => {
      fills.push(event as never)
      if (fills.length === 2) filled.resolve()
    })
    await subscriptions.orderUpdates({ user }, (event) => {
      updates.push(...event.map(({ status }) => status))
    })
    await subscriptions.l2Book({ coin: 'BTC' }, hear('l2Book'))
    await subscriptions.trades({ coin: 'BTC' }, hear('trades'))
    await subscriptions.candle({ coin: 'BTC', interval: '1m' }, hear('candle'))
    await subscriptions.allMids(hear('allMids'))
    await subscriptions.activeAssetCtx({ coin: 'BTC' }, hear('activeAssetCtx'))
    await subscriptions.userEvents({ user }, hear('userEvents'))
    await subscriptions.userFundings({ user }, hear('userFundings'))
    const bboHeard = Promise.withResolvers<void>()
    const bbo = await subscriptions.bbo({ coin: 'BTC' }, () => bboHeard.resolve())
    await bboHeard.promise
    await bbo.unsubscribe()
    const info = new InfoClient({ transport })
    const exchange = new ExchangeClient({ transport, wallet })
    const mid = Number((await info.allMids())['BTC'])
    await exchange.order({
      orders: [
        {
          a: 0,
          b: false,
          p: Math.round(mid * 0.98),
          s: '0.005',
          r: false,
          t: { limit: { tif: 'Ioc' } },
        },
      ],
      grouping: 'na',
    })
    await filled.promise
    expect(fills[0]).toMatchObject({ isSnapshot: true })
    expect(fills[1]!.isSnapshot).toBeUndefined()
    expect(updates).toEqual(['filled'])
    expect(heard.get('userEvents')).toBe(1)
    expect([...heard.keys()].sort()).toEqual(
      [
        'activeAssetCtx',
        'allMids',
        'candle',
        'l2Book',
        'trades',
        'userEvents',
        'userFundings',
      ].sort(),
    )
    transport.close()
  })

  test('a dropped socket ends without a close frame, compression is not negotiated', async () => {
    const socket = new WebSocket(socketUrl)
    const code = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    expect(socket.extensions).toBe('')
    const subscription = { type: 'l2Book', coin: 'NOPE' }
    socket.send(JSON.stringify({ method: 'subscribe', subscription }))
    expect(await code).toBe(1006)
  })

  test('a body beyond a megabyte is refused', async () => {
    const body = 'x'.repeat(2 << 20)
    const headers = { 'content-type': 'application/json' }
    const status = await fetch(`${url}/info`, { method: 'POST', headers, body }).then(
      (reply) => reply.status,
      () => 'closed',
    )
    expect([413, 'closed']).toContain(status)
  })
})
