import fc from 'fast-check'
import { expect, test } from 'vitest'
import { venueRules } from '../../src/app/simulators/hyperliquid/exchange/action.ts'
import { applyEntry } from '../../src/app/simulators/hyperliquid/exchange/gateway.ts'
import {
  type HyperliquidStore,
  type LogEntry,
  memoryStore,
} from '../../src/app/simulators/hyperliquid/store.ts'
import { createHyperliquidVenue } from '../../src/app/simulators/hyperliquid/venue.ts'
import {
  pickInstruments,
  type SimulatedInstrument,
  wholeUniverse,
} from '../../src/app/simulators/market/generator.ts'
import { limit, startTime } from './hyperliquid-bench.ts'
import { alice, bob, holdings, usd } from './hyperliquid-money-stage.ts'

const coins = ['ETH', 'xyz:GOLD', 'xyz:HIMS', 'flx:OIL']
const assets = [0, 110_000, 110_001, 120_000]
const HOUR_US = 3_600_000_000

const deed = fc.record({
  user: fc.constantFrom(alice, bob),
  coin: fc.nat(3),
  waitUs: fc.constantFrom(0, 70_000, 3_000_000, 95_000_000, 400_000_000),
  kind: fc.constantFrom('order', 'order', 'order', 'leverage', 'margin', 'send', 'class'),
  isBuy: fc.boolean(),
  ticks: fc.integer({ min: -8, max: 8 }),
  notional: fc.integer({ min: 20, max: 30_000 }),
  tif: fc.constantFrom('Gtc' as const, 'Ioc' as const, 'Alo' as const),
})
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

const openVenue = (store: HyperliquidStore, now: () => number) =>
  createHyperliquidVenue({
    market: {
      kind: 'generated',
      instruments: pickInstruments(wholeUniverse(), coins) as SimulatedInstrument[],
      model: 'plantedEdge',
      historyMinutes: 3,
    },
    store,
    seed: 3,
    startTime: startTime - HOUR_US / 60,
    now,
    users: [alice, bob].map((address) => ({
      address,
      deposit: usd(2_000),
      deposits: { xyz: usd(900), flx: usd(900), spot: usd(50) },
    })),
  })

function actionOf(venue: ReturnType<typeof openVenue>, each: Deed, nonce: number): object {
  const { state } = venue
  const [asset, mark] = [assets[each.coin]!, state.mark(each.coin)]
  const { priceDecimals, quantityDecimals } = state.listing.instruments[each.coin]!
  const price = mark / 10 ** priceDecimals
  const step = 10 ** (Math.floor(Math.log10(price)) - 3)
  const to = (value: number, digits: number) => String(Number(value.toFixed(digits)))
  switch (each.kind) {
    case 'leverage':
      return {
        type: 'updateLeverage',
        asset,
        isCross: each.isBuy,
        leverage: 1 + (each.notional % 5),
      }
    case 'margin':
      return { type: 'updateIsolatedMargin', asset, isBuy: true, ntli: each.ticks * 10_000_000 }
    case 'send':
      return {
        type: 'sendAsset',
        signatureChainId: '0x1',
        hyperliquidChain: 'Mainnet',
        destination: each.isBuy ? alice : bob,
        sourceDex: '',
        destinationDex: 'xyz',
        token: 'USDC:0x6d1e7cde53ba9467b783cb7c530ce054',
        amount: String(each.notional % 90),
        fromSubAccount: '',
        nonce,
      }
    case 'class':
      return {
        type: 'usdClassTransfer',
        signatureChainId: '0x1',
        hyperliquidChain: 'Mainnet',
        amount: String(1 + (each.notional % 20)),
        toPerp: each.isBuy,
        nonce,
      }
    default: {
      const order = limit({
        isBuy: each.isBuy,
        tif: each.tif,
        price: to(Math.round(price / step + each.ticks) * step, priceDecimals),
        size: to(each.notional / price, quantityDecimals),
      })
      return { type: 'order', orders: [{ ...order, a: asset }], grouping: 'na' }
    }
  }
}

test('killed anywhere, money, margins, rates and books go on as if nothing had happened', () => {
  let fills = 0
  let fundings = 0
  fc.assert(
    fc.property(fc.array(deed, { minLength: 15, maxLength: 45 }), fc.nat(44), (list, cut) => {
      const store = memoryStore()
      let now = startTime
      const venue = openVenue(store, () => now)
      venue.advance(now)
      let sequence = [...store.entriesAfter(0)].length
      list.forEach((each, i) => {
        now += each.waitUs
        venue.advance(now)
        const action = actionOf(venue, each, i + 1) as never
        const entry: LogEntry = {
          kind: 'action',
          time: venue.state.time,
          signer: each.user,
          user: each.user,
          nonce: i + 1,
          action,
        }
        sequence = store.append(entry, applyEntry(venue.state, entry, venueRules))
        if (i === cut) store.writeCheckpoint({ sequence, snapshot: venue.state.snapshot() })
      })
      const again = openVenue(store, () => now)
      for (const each of [venue, again]) each.advance(now + 60_000_000)
      expect(again.state.snapshot()).toEqual(venue.state.snapshot())
      const { accounts, books } = holdings(venue.state)
      for (const [token, amount] of accounts) expect(books.get(token) ?? 0n).toBe(amount)
      for (const account of venue.state.accounts.values()) {
        fills += account.fills.length
        fundings += account.fundings.length
      }
    }),
    { seed: 20261121, numRuns: 12 },
  )
  expect(fills).toBeGreaterThan(20)
  expect(fundings).toBeGreaterThan(0)
}, 60_000)
