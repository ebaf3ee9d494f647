import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  topUpIsolatedMargin,
  updateIsolatedMargin,
  updateLeverage,
} from '../../src/app/simulators/hyperliquid/state/leverage.ts'
import { liquidationPrice } from '../../src/app/simulators/hyperliquid/state/margin.ts'
import { tokenAt } from '../../src/app/simulators/hyperliquid/state/tokens.ts'
import {
  classTransfer,
  sendAsset,
  usdSend,
  withdraw,
} from '../../src/app/simulators/hyperliquid/state/transfers.ts'
import { MONEY_UNIT, notional, parseDecimal } from '../../src/core/mod.ts'
import {
  alice,
  bob,
  createMoneyStage,
  holdings,
  type Move,
  usd,
} from './hyperliquid-money-stage.ts'

const coins = ['BTC', 'xyz:GOLD', 'xyz:HOOD', 'xyz:HIMS', 'flx:OIL'] as const
const seed = 20261121
const money = (text: string): bigint => parseDecimal(text, 8)!

const deeds = fc.record({
  user: fc.constantFrom(alice, bob),
  coin: fc.constantFrom(...coins),
  wait: fc.integer({ min: 0, max: 400 }),
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('order' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'leverage',
        'margin',
        'topUp',
        'send',
        'class',
        'usd',
        'out',
        'cancel',
      ),
    },
  ),
  isBuy: fc.boolean(),
  isFlag: fc.boolean(),
  ticks: fc.integer({ min: -300, max: 300 }),
  size: fc.integer({ min: 10, max: 9_000 }),
  amount: fc.integer({ min: -200_000, max: 900_000 }),
  tif: fc.constantFrom('Gtc', 'Ioc', 'Alo'),
  place: fc.constantFrom('', 'xyz', 'flx', 'spot'),
})
type Deed = typeof deeds extends fc.Arbitrary<infer T> ? T : never

/** Prices that walk by up to 4 % each two minutes for some hours: liquidations happen. */
const walks = fc
  .array(fc.tuple(fc.constantFrom(...coins), fc.integer({ min: -400, max: 400 })), {
    minLength: 60,
    maxLength: 60,
  })
  .map((steps): Move[] => {
    const price = new Map<string, number>(coins.map((coin) => [coin, 100]))
    return steps.map(([coin, bp], i) => {
      const next = price.get(coin)! * (1 + bp / 1e4)
      price.set(coin, next)
      return {
        at: 120 * (i + 1),
        coin,
        price: next,
        lots: 2_000 + 50 * i,
        mark: next * 1.0005,
        oracle: next,
      }
    })
  })

function createPlay(moves: readonly Move[]) {
  const stage = createMoneyStage(moves, { deposit: usd(3_000) })
  const { state } = stage
  for (const user of [alice, bob])
    for (const place of ['xyz', 'flx', 'spot']) state.deposit(user, usd(500), place)
  let now = 0
  const play = (deed: Deed): void => {
    now += deed.wait
    stage.run(now)
    const account = state.accounts.get(deed.user)!
    const instrument = state.listing.find(deed.coin)!
    const amount = usd(deed.amount / 1_000)
    const { place } = deed
    const token = state.listing.dexNamed(place)?.collateral ?? tokenAt(0)
    const order = () => {
      const mark = state.mark(instrument.id)
      const price = (Math.round(mark / 100) + deed.ticks) * 100
      const side = deed.isBuy ? ('buy' as const) : ('sell' as const)
      stage.order(deed.coin, side, deed.size / 100, {
        price: price / 1e4,
        tif: deed.tif as 'Gtc',
        reduceOnly: deed.isFlag && deed.isBuy,
        account,
        builderTenthsBp: deed.size % 7,
      })
    }
    const destination = deed.isFlag ? alice : bob
    const send = {
      destination,
      sourceDex: place,
      destinationDex: deed.isBuy ? 'spot' : '',
      token,
      amount,
      nonce: 1,
    }
    switch (deed.kind) {
      case 'order':
        return order()
      case 'cancel':
        for (const open of [...account.open.values()]) state.cancel(account, open)
        return
      case 'leverage':
        updateLeverage(state, account, {
          instrument,
          isCross: deed.isFlag,
          leverage: 1 + (deed.size % 10),
        })
        return
      case 'margin':
        updateIsolatedMargin(state, account, instrument, amount)
        return
      case 'topUp':
        topUpIsolatedMargin(state, account, instrument, BigInt(1 + deed.size) * 1_000_000n)
        return
      case 'send':
        sendAsset(state, account, send)
        return
      case 'class':
        classTransfer(state, account, { amount, toPerp: deed.isBuy })
        return
      case 'usd':
        usdSend(state, account, { destination, amount })
        return
      case 'out':
        withdraw(state, account, { amount, nonce: 1 })
    }
  }
  return { stage, play }
}

describe('whatever users and prices do', () => {
  test('no unit of money appears or disappears, and each account’s rows explain its cash', () => {
    fc.assert(
      fc.property(walks, fc.array(deeds, { minLength: 20, maxLength: 70 }), (moves, list) => {
        const { stage, play } = createPlay(moves)
        const { state } = stage
        for (const deed of list) {
          play(deed)
          const { accounts, books } = holdings(state)
          for (const [token, amount] of accounts) expect(books.get(token) ?? 0n).toBe(amount)
        }
        for (const account of state.accounts.values()) {
          const profit = account.fills.reduce((sum, { closedPnl }) => sum + money(closedPnl), 0n)
          const fees = account.fills.reduce((sum, { fee }) => sum + money(fee), 0n)
          const funding = account.fundings.reduce((sum, { usdc }) => sum + money(usdc), 0n)
          let moved = 0n
          for (const { delta } of account.ledger) moved += rowAmount(delta, account.address)
          let held = 0n
          for (const amount of [...account.cash.values(), ...account.spot.values()]) held += amount
          for (const { margin } of account.positions.values()) held += margin ?? 0n
          const gap = held - (moved + profit - fees + funding)
          // Printed profits are rounded by half a unit each.
          const rounding = BigInt(account.fills.length) * 50n
          expect(gap < 0n ? -gap : gap).toBeLessThanOrEqual(rounding)
        }
      }),
      { seed, numRuns: 40 },
    )
  })

  test('isolated margins are never negative, cash only by what fees took, no loss outlives its account', () => {
    let liquidations = 0
    fc.assert(
      fc.property(walks, fc.array(deeds, { minLength: 20, maxLength: 70 }), (moves, list) => {
        const { stage, play } = createPlay(moves)
        for (const deed of list) play(deed)
        stage.run(9_000)
        for (const account of stage.state.accounts.values()) {
          liquidations += account.fills.filter(({ liquidation }) => liquidation).length
          const dexs = new Set(
            [...account.positions.keys()].map((id) => stage.state.listing.perps[id]!.dex),
          )
          for (const [dex, cash] of account.cash) {
            if (!dexs.has(dex)) expect(cash).toBeGreaterThanOrEqual(-usd(1))
          }
          for (const { lots } of account.positions.values()) expect(lots).not.toBe(0)
        }
      }),
      { seed, numRuns: 25 },
    )
    expect(liquidations).toBeGreaterThan(10)
  })

  test('the liquidation price is where equity meets maintenance', () => {
    fc.assert(
      fc.property(walks, fc.array(deeds, { minLength: 10, maxLength: 30 }), (moves, list) => {
        const { stage, play } = createPlay(moves)
        const { state } = stage
        for (const deed of list) play(deed)
        for (const account of state.accounts.values()) {
          for (const [id, { lots }] of account.positions) {
            const value = state.valueOf(account, state.listing.perps[id]!.dex)
            const own = value.positions.find(({ instrument }) => instrument.id === id)!
            const price = liquidationPrice(own, value)
            if (price === null) continue
            const { instrument } = own
            const at = Math.round(price * 10 ** instrument.priceDecimals)
            const shift =
              notional(instrument, at, lots) - notional(instrument, state.mark(id), lots)
            const isCross = own.isolatedRawUsd === null
            const equity = (isCross ? value.cross.accountValue : own.initialMargin) + shift
            const others = isCross ? value.maintenanceMargin - own.maintenanceMargin : 0n
            const maintenance = notional(instrument, at, Math.abs(lots)) / 20n + others
            expect(Math.abs(Number(equity - maintenance) / Number(MONEY_UNIT))).toBeLessThan(
              (0.0002 * Math.abs(lots)) / 100 + 0.01,
            )
          }
        }
      }),
      { seed, numRuns: 20 },
    )
  })
})

/** What a ledger row moved, from the account's point of view: transfers inside it move nothing. */
function rowAmount(delta: Readonly<Record<string, unknown>>, address: string): bigint {
  const of = (key: string): bigint => money(String(delta[key]))
  switch (delta['type']) {
    case 'deposit':
      return of('usdc')
    case 'withdraw':
      return -of('usdc') - of('fee')
    case 'liquidation':
      return -of('accountValue')
    case 'internalTransfer':
      return delta['user'] === address ? -of('usdc') : of('usdc')
    case 'send':
      if (delta['user'] === delta['destination']) return 0n
      return delta['user'] === address ? -of('amount') : of('amount')
    default:
      return 0n
  }
}
