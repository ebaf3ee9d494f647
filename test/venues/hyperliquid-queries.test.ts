import {
  ExchangeClient,
  HttpTransport,
  InfoClient,
  SubscriptionClient,
  WebSocketTransport,
} from '@nktkas/hyperliquid'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveVenue, type VenueServer } from '../../src/app/simulators/hyperliquid/server.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import { wholeUniverse } from '../../src/app/simulators/market/generator.ts'
import { pickInstruments } from '../../src/app/simulators/market/universe.ts'
import { benchOptions, testKey } from './hyperliquid-bench.ts'

const wallet = privateKeyToAccount(testKey)
const user = wallet.address
const coins = ['BTC', 'ETH', 'xyz:SP500', 'flx:OIL']
const now = () => Math.floor((performance.timeOrigin + performance.now()) * 1000)

let venue: HyperliquidVenue
let server: VenueServer
let info: InfoClient
let exchange: ExchangeClient
let mid = 0

beforeAll(async () => {
  const instruments = pickInstruments(wholeUniverse(), coins).filter((each) => each !== null)
  venue = createHyperliquidVenue({
    ...benchOptions(now, {
      market: { kind: 'generated', instruments, model: 'zeroEdge', historyMinutes: 3 },
      cadences: { slowBookUs: 200_000, fastBookUs: 200_000, midsUs: 200_000, contextsUs: 200_000 },
    }),
    startTime: now() - 20_000_000,
  })
  server = await serveVenue(venue, { port: 0, now, stepMs: 5, failed: () => {} })
  const transport = new HttpTransport({ apiUrl: `http://127.0.0.1:${server.port}` })
  info = new InfoClient({ transport })
  exchange = new ExchangeClient({ transport, wallet })
  mid = Math.round(Number((await info.allMids())['BTC']))
})

afterAll(async () => {
  venue.close()
  await server.close()
})

/** Queries about things that are not simulated, and refused as the venue refuses unknown types. */
const refused = [
  'allBorrowLendReserveStates',
  'borrowLendReserveState',
  'borrowLendUserState',
  'gossipPriorityAuctionStatus',
  'outcomeTemplates',
  'perpAnnotation',
  'settledOutcome',
  'subAccounts2',
  'tokenDetails',
  'usdcRouting',
  'userBorrowLendInterest',
  'validatorL1Votes',
]

const parameters = {
  user,
  builder: user,
  source: user,
  vaultAddress: user,
  coin: 'BTC',
  id: 56,
  oid: 1,
  startTime: 0,
  endTime: Date.now(),
  interval: '1m',
  token: 0,
  dex: '',
  outcome: 0,
}

describe('the public client', () => {
  test('gets an answer to every query, but for those that are not simulated', async () => {
    const names = Object.getOwnPropertyNames(InfoClient.prototype).filter(
      (name) => name !== 'constructor' && !name.endsWith('_'),
    )
    expect(names.length).toBeGreaterThan(60)
    const failed: string[] = []
    const client = info as unknown as Record<string, (given?: object) => Promise<unknown>>
    for (const name of names) {
      try {
        // Queries without parameters take options in their place.
        await client[name]!(parameters).catch(() => client[name]!())
      } catch {
        failed.push(name)
      }
    }
    expect(failed.sort()).toEqual([...refused].sort())
  })

  test('sees the dexs of builders with their own universes', async () => {
    const dexs = await info.perpDexs()
    expect(dexs[0]).toBeNull()
    expect(dexs.slice(1).map((dex) => dex!.name)).toEqual(['xyz', 'flx'])
    const [natives, xyz, flx] = await info.allPerpMetas()
    expect(natives!.universe.map(({ name }) => name)).toEqual(['BTC', 'ETH'])
    expect(xyz).toMatchObject({
      collateralToken: 0,
      universe: [{ name: 'xyz:SP500', onlyIsolated: true, marginMode: 'noCross' }],
    })
    expect(flx!.collateralToken).toBe(360)
    expect(natives!.universe[0]).not.toHaveProperty('onlyIsolated')
    await expect(info.metaAndAssetCtxs({ dex: 'nope' })).rejects.toThrow()
    expect(Object.keys(await info.allMids({ dex: 'flx' }))).toEqual(['flx:OIL'])
    expect((await info.perpDexLimits({ dex: 'xyz' }))!.coinToOiCap[0]![0]).toBe('xyz:SP500')
    expect(await info.marginTable({ id: 56 })).toMatchObject({ description: 'tiered 40x' })
  })

  test('hears every channel, told of trading as it happens', async () => {
    const transport = new WebSocketTransport({ url: `ws://127.0.0.1:${server.port}/ws` })
    const client = new SubscriptionClient({ transport })
    const heard = new Map<string, unknown[]>()
    const hear = (name: string) => (data: unknown) => {
      heard.set(name, [...(heard.get(name) ?? []), data])
    }
    await client.allDexsAssetCtxs(hear('allDexsAssetCtxs'))
    await client.assetCtxs({ dex: 'xyz' }, hear('assetCtxs'))
    await client.spotAssetCtxs(hear('spotAssetCtxs'))
    await client.allMids({ dex: 'xyz' }, hear('allMids'))
    await client.activeAssetCtx({ coin: 'xyz:SP500' }, hear('activeAssetCtx'))
    await client.activeAssetData({ user, coin: 'BTC' }, hear('activeAssetData'))
    await client.clearinghouseState({ user }, hear('clearinghouseState'))
    await client.allDexsClearinghouseState({ user }, hear('allDexsClearinghouseState'))
    await client.openOrders({ user }, hear('openOrders'))
    await client.spotState({ user }, hear('spotState'))
    await client.twapStates({ user }, hear('twapStates'))
    await client.userHistoricalOrders({ user }, hear('userHistoricalOrders'))
    await client.userNonFundingLedgerUpdates({ user }, hear('userNonFundingLedgerUpdates'))
    await client.userTwapHistory({ user }, hear('userTwapHistory'))
    await client.userTwapSliceFills({ user }, hear('userTwapSliceFills'))
    await client.webData3({ user }, hear('webData3'))
    await client.notification({ user }, hear('notification'))
    const orders = [
      {
        a: 0,
        b: true,
        p: String(Math.round(mid * 0.9)),
        s: '0.01',
        r: false,
        t: { limit: { tif: 'Gtc' as const } },
      },
    ]
    await exchange.order({ orders, grouping: 'na' })
    await exchange.usdClassTransfer({ amount: '5', toPerp: false })
    const twap = { a: 0, b: true, s: '0.01', r: false, m: 5, t: false }
    await exchange.twapOrder({ twap })
    const isComplete = (): boolean =>
      (heard.get('userTwapSliceFills')?.length ?? 0) > 1 && heard.has('activeAssetData')
    for (let i = 0; i < 100 && !isComplete(); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const counts = [...heard].map(([name, list]) => [name, list.length] as const)
    expect(counts.filter(([, count]) => count < 1)).toEqual([])
    expect(heard.size).toBe(16)
    expect(heard.get('openOrders')!.length).toBeGreaterThan(1)
    expect(heard.get('openOrders')!.at(-1)).toMatchObject({ dex: '', user: user.toLowerCase() })
    const snapshots = ['userHistoricalOrders', 'userNonFundingLedgerUpdates', 'userTwapHistory']
    for (const name of [...snapshots, 'userTwapSliceFills']) {
      const [first, ...later] = heard.get(name)!
      expect(first, name).toHaveProperty('isSnapshot', true)
      expect(later.length, name).toBeGreaterThan(0)
      for (const each of later) expect(each, name).not.toHaveProperty('isSnapshot')
    }
    expect(heard.get('twapStates')!.at(-1)).toMatchObject({
      states: [[expect.any(Number), { coin: 'BTC', sz: '0.01', minutes: 5 }]],
    })
    transport.close()
  })
})
