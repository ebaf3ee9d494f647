import { describe, expect, test } from 'vitest'
import { createFaultPlan } from '../../src/app/simulators/faults.ts'
import { memoryStore } from '../../src/app/simulators/hyperliquid/store.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import {
  type Bench,
  benchOptions,
  createBench,
  limit,
  listen,
  orders,
  startTime,
} from './hyperliquid-bench.ts'

/** Some trading: crossing, resting near the touch, cancels, over 40 seconds. */
async function trade(bench: Bench): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const book = (await bench.info({ type: 'l2Book', coin: 'BTC' })) as {
      levels: { px: string }[][]
    }
    const [bid, ask] = [book.levels[0]![0]!.px, book.levels[1]![0]!.px].map((px) =>
      String(Number(px)),
    )
    const cloid = `0x${String(round).padStart(32, '0')}`
    await bench.act(
      orders(
        limit({
          isBuy: round % 2 === 0,
          price: round % 2 === 0 ? ask! : bid!,
          size: '0.02',
          tif: 'Ioc',
        }),
        limit({ isBuy: true, price: bid!, size: '0.5', cloid }),
        limit({ isBuy: false, price: ask!, size: '0.5', tif: 'Alo' }),
      ),
    )
    await attach(bench, Number(bid), round)
    bench.run(3_000_000)
    await bench.act({ type: 'cancelByCloid', cancels: [{ asset: 0, cloid }] })
    bench.run(2_000_000)
  }
}

/** What acts by itself later: a TWAP, a stop near the mark, an order with children. */
async function attach(bench: Bench, bid: number, round: number): Promise<void> {
  const stop = (at: number) => ({
    ...limit({ isBuy: false, price: String(at - 500), size: '0.01', reduceOnly: true }),
    t: { trigger: { isMarket: true, triggerPx: String(at), tpsl: 'sl' } },
  })
  const parent = limit({ isBuy: true, price: String(bid - 2), size: '0.01' })
  await bench.act(orders(stop(bid - 3)))
  const children = [stop(bid - 40), stop(bid - 60)]
  await bench.act({ type: 'order', orders: [parent, ...children], grouping: 'normalTpsl' })
  const twap = { a: 0, b: round % 3 === 0, s: '0.01', r: false, m: 5, t: true }
  if (round % 4 === 0) await bench.act({ type: 'twapOrder', twap })
  if (round % 5 === 0) await bench.act({ type: 'reserveRequestWeight', weight: 10 })
}

const stateOf = async (venue: HyperliquidVenue, now: number, user: string) => {
  const ask = async (body: object) =>
    (
      await venue.handleHttp({
        method: 'POST',
        path: '/info',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        receivedTimeUs: now,
      })
    ).body
  const types = [
    'clearinghouseState',
    'openOrders',
    'userFills',
    'historicalOrders',
    'frontendOpenOrders',
    'userRateLimit',
    'twapHistory',
    'userTwapSliceFills',
    'userNonFundingLedgerUpdates',
  ]
  const replies = await Promise.all(types.map((type) => ask({ type, user })))
  const market = await Promise.all([
    ask({ type: 'l2Book', coin: 'BTC' }),
    ask({ type: 'recentTrades', coin: 'ETH' }),
    ask({ type: 'metaAndAssetCtxs' }),
    ask({ type: 'candleSnapshot', req: { coin: 'BTC', interval: '1m', startTime: 0 } }),
  ])
  return [...replies, ...market]
}

describe('the simulated venue', () => {
  test('gives the same frames and replies twice for the same seeds, faults included', async () => {
    const run = async () => {
      const faults = createFaultPlan({
        seed: 5,
        rates: { privateLost: 0.1, privateLate: 0.3, marketRepeated: 0.1, privateRepeated: 0.2 },
      })
      const bench = createBench({ faults })
      const client = listen(bench)
      for (const type of ['userFills', 'orderUpdates', 'userEvents']) {
        client.send({ method: 'subscribe', subscription: { type, user: bench.user } })
      }
      for (const type of ['trades', 'bbo', 'l2Book']) {
        client.send({ method: 'subscribe', subscription: { type, coin: 'BTC' } })
      }
      await trade(bench)
      return { frames: client.frames, state: await stateOf(bench.venue, bench.now(), bench.user) }
    }
    const first = await run()
    expect(first.frames.length).toBeGreaterThan(150)
    expect(await run()).toEqual(first)
  })

  test('does not depend on how its time is cut', async () => {
    const run = async (steps: number) => {
      const bench = createBench()
      await trade(bench)
      for (let i = 0; i < steps; i++) bench.run(6_000_000 / steps)
      return stateOf(bench.venue, bench.now(), bench.user)
    }
    expect(await run(1)).toEqual(await run(100))
  })

  test.for([
    false,
    true,
  ])('goes on from its log as if it had never stopped (checkpoint: %s)', async (hasCheckpoint) => {
    const store = memoryStore()
    const bench = createBench({ store })
    await trade(bench)
    if (hasCheckpoint) bench.venue.checkpoint()
    await trade(bench)
    const now = bench.now() + 10_000_000
    const again = createHyperliquidVenue(benchOptions(() => now, { store, startTime: now }))
    bench.run(10_000_000)
    again.advance(now)
    expect(await stateOf(again, now, bench.user)).toEqual(
      await stateOf(bench.venue, now, bench.user),
    )
  })

  test('stands still during a long absence, and goes on from there, again and again', async () => {
    const store = memoryStore()
    const bench = createBench({ store })
    await trade(bench)
    const day = 86_400_000_000
    for (const age of [3 * day, 3 * day + 1_000_000, 5 * day]) {
      const now = startTime + age
      const restart = async () => {
        const venue = createHyperliquidVenue(benchOptions(() => now, { store }))
        expect(venue.state.time).toBeGreaterThan(now - 3_600_000_000)
        venue.advance(now)
        return stateOf(venue, now, bench.user)
      }
      expect(await restart()).toEqual(await restart())
    }
    expect([...store.entriesAfter(0)].filter(({ entry }) => entry.kind === 'pause')).toHaveLength(2)
  })

  test('refuses a store of another seed or market, and one that comes out differently', () => {
    const store = memoryStore()
    const make = (seed: number) =>
      createHyperliquidVenue(benchOptions(() => startTime, { store, seed }))
    make(7)
    expect(() => make(8)).toThrow('its seed differs')
    store.append(
      { kind: 'deposit', time: startTime, address: `0x${'3'.repeat(40)}`, amounts: { '': '1' } },
      '"something else"',
    )
    expect(() => make(7)).toThrow('log entry 2 comes out differently')
  })
})
