import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { venueRules } from '../../src/app/simulators/hyperliquid/exchange/action.ts'
import { applyEntry } from '../../src/app/simulators/hyperliquid/exchange/gateway.ts'
import { answerInfo } from '../../src/app/simulators/hyperliquid/info/answer.ts'
import { type LogEntry, memoryStore } from '../../src/app/simulators/hyperliquid/store.ts'
import { createHyperliquidVenue } from '../../src/app/simulators/hyperliquid/venue.ts'
import type { Json } from '../../src/app/simulators/json.ts'
import { MONEY_UNIT, parseSafeDecimal } from '../../src/core/mod.ts'
import { benchOptions, limit, startTime } from './hyperliquid-bench.ts'

const rules = { ...venueRules, scheduleCancelVolume: 0 }
const users = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`]
const lotsOf = (text: string): number => parseSafeDecimal(text, 5)!

/** One thing somebody does: prices as ticks from the mid, sizes in lots. */
const step = fc.record({
  user: fc.integer({ min: 0, max: 1 }),
  waitUs: fc.constantFrom(0, 1, 50_000, 700_000, 4_000_000),
  deed: fc.oneof(
    { weight: 4, arbitrary: fc.constant('order' as const) },
    { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'modify' as const) },
    { weight: 1, arbitrary: fc.constantFrom('switch' as const, 'leverage' as const) },
  ),
  isBuy: fc.boolean(),
  ticks: fc.integer({ min: -12, max: 12 }),
  lots: fc.integer({ min: 20, max: 400_000 }),
  tif: fc.constantFrom('Gtc' as const, 'Ioc' as const, 'Alo' as const),
  reduceOnly: fc.boolean(),
  pick: fc.nat(20),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A venue whose actions are applied without signatures, logged like signed ones. */
function createPlayground() {
  const store = memoryStore()
  let now = startTime + 2_000_000
  const options = () =>
    benchOptions(() => now, {
      store,
      rules,
      users: users.map((address) => ({ address, deposit: 50_000n * MONEY_UNIT })),
    })
  const venue = createHyperliquidVenue(options())
  venue.advance(now)
  let nonce = 0
  const ask = (body: Json, of = venue): never => {
    const reply = answerInfo(body, { state: of.state, nowMs: 0 })
    return (reply.kind === 'json' ? reply.body : null) as never
  }
  const openOids = (user: string): number[] =>
    (ask({ type: 'openOrders', user }) as { oid: number }[]).map(({ oid }) => oid)
  const act = (user: string, action: object): void => {
    const entry: LogEntry = {
      kind: 'action',
      time: venue.state.time,
      signer: user,
      user,
      nonce: ++nonce,
      action: action as never,
    }
    store.append(entry, applyEntry(venue.state, entry, rules))
  }
  const play = (each: Step): void => {
    now += each.waitUs
    venue.advance(now)
    const user = users[each.user]!
    const mids = ask({ type: 'allMids' }) as { BTC: string }
    const order = limit({
      ...each,
      price: String(Math.round(Number(mids.BTC)) + each.ticks),
      size: String(each.lots / 1e5),
    })
    const open = openOids(user)
    const oid = open[each.pick % Math.max(1, open.length)] ?? 1
    switch (each.deed) {
      case 'order':
        return act(user, { type: 'order', orders: [order, order], grouping: 'na' })
      case 'cancel':
        return act(user, { type: 'cancel', cancels: [{ a: 0, o: oid }] })
      case 'modify':
        return act(user, { type: 'batchModify', modifies: [{ oid, order }] })
      case 'switch':
        return act(user, { type: 'scheduleCancel', time: Math.ceil(now / 1000) + 5_000 })
      case 'leverage':
        return act(user, {
          type: 'updateLeverage',
          asset: 0,
          isCross: true,
          leverage: 1 + each.pick,
        })
    }
  }
  return { play, ask, restart: () => createHyperliquidVenue(options()), now: () => now }
}

describe('whatever two users do', () => {
  test('positions are their fills, books stay apart, and a restart changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { play, ask, restart, now } = createPlayground()
        for (const each of steps) play(each)
        const book = ask({ type: 'l2Book', coin: 'BTC' }) as { levels: { px: string }[][] }
        const [bid, ask1] = book.levels.map(([best]) => Number(best!.px))
        expect(bid).toBeLessThan(ask1!)
        const questions = users.flatMap((user) =>
          ['clearinghouseState', 'openOrders', 'userFills', 'historicalOrders'].map((type) => ({
            type,
            user,
          })),
        )
        for (const user of users) {
          const fills = ask({ type: 'userFills', user }) as {
            side: string
            sz: string
            oid: number
          }[]
          const state = ask({ type: 'clearinghouseState', user }) as {
            assetPositions: { position: { szi: string } }[]
          }
          const sum = fills.reduce(
            (lots, { side, sz }) => lots + (side === 'B' ? 1 : -1) * lotsOf(sz),
            0,
          )
          expect(lotsOf(state.assetPositions[0]?.position.szi ?? '0')).toBe(sum)
          const history = ask({ type: 'historicalOrders', user }) as {
            order: { oid: number; origSz: string; sz: string }
            status: string
          }[]
          for (const { order, status } of history) {
            const filled = fills
              .filter(({ oid }) => oid === order.oid)
              .reduce((lots, { sz }) => lots + lotsOf(sz), 0)
            if (status === 'open') expect(filled).toBeLessThan(lotsOf(order.origSz))
            else expect(lotsOf(order.origSz) - filled).toBe(lotsOf(order.sz))
          }
        }
        const again = restart()
        again.advance(now())
        for (const question of questions) {
          expect(ask(question, again)).toEqual(ask(question))
        }
      }),
      { seed: 20261121, numRuns: 15 },
    )
  })
})
