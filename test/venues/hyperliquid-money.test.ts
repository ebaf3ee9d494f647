import { describe, expect, test } from 'vitest'
import type { ListingRules } from '../../src/app/simulators/hyperliquid/listing-terms.ts'
import { knownTerms } from '../../src/app/simulators/hyperliquid/market/known-listing.ts'
import {
  updateIsolatedMargin,
  updateLeverage,
} from '../../src/app/simulators/hyperliquid/state/leverage.ts'
import { profileOf } from '../../src/app/simulators/hyperliquid/state/profiles.ts'
import { findToken, tokenAt } from '../../src/app/simulators/hyperliquid/state/tokens.ts'
import {
  classTransfer,
  sendAsset,
  usdSend,
  withdraw,
} from '../../src/app/simulators/hyperliquid/state/transfers.ts'
import { wireMoney } from '../../src/app/simulators/hyperliquid/wire/numbers.ts'
import { bob, createMoneyStage, holdings, usd } from './hyperliquid-money-stage.ts'

type Stage = ReturnType<typeof createMoneyStage>

const toDex = (stage: Stage, dex: string, amount: number, token = 'USDC') =>
  sendAsset(stage.state, stage.account, {
    destination: stage.account.address,
    sourceDex: dex === 'flx' ? 'spot' : '',
    destinationDex: dex,
    token: findToken(token)!,
    amount: usd(amount),
    nonce: 1,
  })

const dexOf = (stage: Stage, dex: number) => {
  const value = stage.state.valueOf(stage.account, dex)
  return { equity: wireMoney(value.accountValue), free: wireMoney(value.withdrawable) }
}

const expectBalanced = ({ state }: Stage): void => {
  const { accounts, books } = holdings(state)
  for (const [token, amount] of accounts) expect(books.get(token) ?? 0n).toBe(amount)
}

describe('each builder’s dex is a clearinghouse of its own', () => {
  test('funded by sendAsset in its collateral, up to what is withdrawable', () => {
    const stage = createMoneyStage([])
    expect(toDex(stage, 'xyz', 1_000)).toBeNull()
    expect([dexOf(stage, 0).free, dexOf(stage, 1).free]).toEqual(['9000.0', '1000.0'])
    expect(toDex(stage, 'xyz', 9_000.01)).toBe('tokenTransfer')
    expect(toDex(stage, 'flx', 1, 'USDC')).toBe('wrongCollateral')
    expect(toDex(stage, 'abc', 1)).toBe('unknownDex')
    expect(stage.account.ledger.at(-1)!.delta).toMatchObject({
      type: 'send',
      sourceDex: '',
      destinationDex: 'xyz',
      amount: '1000.0',
    })
    expectBalanced(stage)
  })

  test('orders draw on their own dex only', () => {
    const stage = createMoneyStage([])
    expect(stage.order('xyz:GOLD', 'buy', 1)).toBe('perpMarginRejected')
    toDex(stage, 'xyz', 100)
    // 5 x 100 at ten times needs 50 of the 100; the other half less fees carries 4 more, not 5.
    expect(stage.order('xyz:GOLD', 'buy', 5)).toMatchObject({ status: 'filled' })
    expect(stage.order('xyz:GOLD', 'buy', 5)).toBe('perpMarginRejected')
    expect(stage.order('xyz:GOLD', 'buy', 4)).toMatchObject({ status: 'filled' })
    expect(dexOf(stage, 0).equity).toBe('9900.0')
    expectBalanced(stage)
  })
})

describe('dex abstraction', () => {
  const abstracted = (): Stage => {
    const stage = createMoneyStage([], { deposits: { spot: usd(7) } })
    const { profiles } = stage.state.desk
    profileOf(profiles, stage.account.address).abstraction = 'dexAbstraction'
    return stage
  }

  test('draws what margin and fee want from the native dex, and no more', () => {
    const stage = abstracted()
    expect(stage.order('xyz:GOLD', 'buy', 5)).toMatchObject({ status: 'filled' })
    // 500 at ten times, and 9 bp of it.
    expect(stage.account.ledger.at(-1)!.delta).toEqual({
      type: 'activateDexAbstraction',
      dex: 'xyz',
      token: 'USDC',
      amount: '50.45',
    })
    expect(stage.account.cash.get(0)).toBe(usd(10_000 - 50.45))
    expect(stage.order('xyz:GOLD', 'buy', 99_999)).toBe('perpMarginRejected')
    expectBalanced(stage)
  })

  test('draws other collateral from spot only, and nothing where it is off', () => {
    const stage = abstracted()
    expect(stage.order('flx:OIL', 'buy', 5)).toBe('perpMarginRejected')
    stage.account.spot.set(360, usd(60))
    expect(stage.order('flx:OIL', 'buy', 5)).toMatchObject({ status: 'filled' })
    expect(createMoneyStage([]).order('xyz:GOLD', 'buy', 5)).toBe('perpMarginRejected')
  })
})

describe('isolated margin', () => {
  const opened = (coin = 'xyz:HOOD'): Stage => {
    const stage = createMoneyStage([{ at: 60, coin, price: 105 }])
    toDex(stage, 'xyz', 1_000)
    stage.order(coin, 'buy', 10)
    return stage
  }

  test('is set aside at the fill and given back with the position', () => {
    const stage = opened()
    const { positions, cash } = stage.account
    const id = stage.id('xyz:HOOD')
    // 10 at 100.01, ten times; 0.9 bp of 1,000.1 as a fee.
    expect(positions.get(id)!.margin).toBe(usd(100.01))
    expect(cash.get(1)).toBe(usd(1_000 - 100.01 - 0.090009))
    stage.run(61)
    stage.order('xyz:HOOD', 'sell', 4)
    expect(positions.get(id)!.margin).toBe(usd(60.006))
    stage.order('xyz:HOOD', 'sell', 6)
    expect(positions.has(id)).toBe(false)
    expect(stage.account.fills.map(({ closedPnl }) => closedPnl)).toEqual(['0.0', '19.92', '29.88'])
    expect(cash.get(1)).toBe(usd(1_000 + 49.8 - 0.090009 - 0.037796 - 0.056695))
    expectBalanced(stage)
  })

  test('can be added and taken down to the initial margin; not taken from strict coins', () => {
    const stage = opened()
    const { state, account } = stage
    const hood = state.listing.find('xyz:HOOD')!
    expect(updateIsolatedMargin(state, account, hood, usd(50))).toBeNull()
    expect(updateIsolatedMargin(state, account, hood, usd(-50.01))).toBe('noMarginToTake')
    expect(updateIsolatedMargin(state, account, hood, usd(-49))).toBeNull()
    expect(updateIsolatedMargin(state, account, hood, usd(900))).toBe('noMarginToAdd')
    expect(updateIsolatedMargin(state, account, hood, 0n)).toBe('zeroMargin')
    const btc = state.listing.find('BTC')!
    expect(updateIsolatedMargin(state, account, btc, 1n)).toBe('emptyPosition')
    stage.order('BTC', 'buy', 1)
    expect(updateIsolatedMargin(state, account, btc, 1n)).toBe('notIsolated')
    const strict = opened('xyz:HIMS')
    const hims = strict.state.listing.find('xyz:HIMS')!
    expect(updateIsolatedMargin(strict.state, strict.account, hims, usd(10))).toBeNull()
    expect(updateIsolatedMargin(strict.state, strict.account, hims, usd(-5))).toBe('noMarginToTake')
    expectBalanced(stage)
  })

  test('the type stays while a position is open; lower leverage needs the margin', () => {
    const { state, account, order } = opened()
    const hood = state.listing.find('xyz:HOOD')!
    const btc = state.listing.find('BTC')!
    const set = (instrument: typeof btc, isCross: boolean, leverage: number) =>
      updateLeverage(state, account, { instrument, isCross, leverage })
    expect(set(hood, true, 5)).toBe('crossNotAllowed')
    expect(set(hood, false, 5)).toBe('isolatedMargin')
    expect(updateIsolatedMargin(state, account, hood, usd(101))).toBeNull()
    expect(set(hood, false, 5)).toBeNull()
    expect([set(btc, true, 11), set(btc, true, 0)]).toEqual(['leverage', 'leverage'])
    expect(set(btc, false, 3)).toBeNull()
    order('BTC', 'buy', 1)
    expect(set(btc, true, 3)).toBe('leverageType')
    expect(account.positions.get(0)!.margin).toBe(usd(33.336666))
  })
})

describe('transfers', () => {
  test('between perp and spot are limited by what is withdrawable', () => {
    const stage = createMoneyStage([])
    const { state, account } = stage
    stage.order('BTC', 'buy', 500)
    expect(classTransfer(state, account, { amount: usd(6_000), toPerp: false })).toBe('withdrawal')
    expect(classTransfer(state, account, { amount: usd(4_000), toPerp: false })).toBeNull()
    expect(account.spot.get(0)).toBe(usd(4_000))
    expect(classTransfer(state, account, { amount: usd(4_000.01), toPerp: true })).toBe(
      'tokenTransfer',
    )
    expect(classTransfer(state, account, { amount: usd(1_000), toPerp: true })).toBeNull()
    expect(account.ledger.map(({ delta }) => delta)).toEqual([
      { type: 'deposit', usdc: '10000.0' },
      { type: 'accountClassTransfer', usdc: '4000.0', toPerp: false },
      { type: 'accountClassTransfer', usdc: '1000.0', toPerp: true },
    ])
    expectBalanced(stage)
  })

  test('cancel the resting orders that they leave without margin, youngest first', () => {
    const stage = createMoneyStage([], { deposit: usd(1_000) })
    const { state, account } = stage
    const resting = [90, 80, 70].map((price) =>
      stage.order('BTC', 'buy', 30, { price, tif: 'Gtc' }),
    )
    expect(resting).toMatchObject([{ status: 'open' }, { status: 'open' }, { status: 'open' }])
    expect(withdraw(state, account, { amount: usd(300), nonce: 1 })).toBeNull()
    expect(resting).toMatchObject([
      { status: 'open' },
      { status: 'open' },
      { status: 'marginCanceled' },
    ])
  })

  test('have the digits the venue prints; what it prints as withdrawable can be taken', () => {
    const stage = createMoneyStage([])
    const { state, account } = stage
    expect(classTransfer(state, account, { amount: 101n, toPerp: false })).toBe('zeroAmount')
    account.cash.set(0, usd(10_000) - 1n)
    const { withdrawable } = state.valueOf(account, 0)
    expect(wireMoney(withdrawable)).toBe('9999.999999')
    expect(withdraw(state, account, { amount: withdrawable, nonce: 1 })).toBeNull()
  })

  test('reach other users, who then have an account; withdrawals cost 1', () => {
    const stage = createMoneyStage([])
    const { state, account } = stage
    const stranger = `0x${'cc'.repeat(20)}`
    expect(usdSend(state, account, { destination: stranger, amount: usd(5) })).toBeNull()
    expect(usdSend(state, account, { destination: account.address, amount: usd(1) })).toBe(
      'selfTransfer',
    )
    expect(state.accounts.get(stranger)!.cash.get(0)).toBe(usd(5))
    expect(withdraw(state, account, { amount: usd(1), nonce: 7 })).toBe('withdrawal')
    expect(withdraw(state, account, { amount: usd(100), nonce: 7 })).toBeNull()
    expect(account.ledger.at(-1)!.delta).toEqual({
      type: 'withdraw',
      usdc: '99.0',
      nonce: 7,
      fee: '1.0',
    })
    expect(account.cash.get(0)).toBe(usd(10_000 - 105))
    expectBalanced(stage)
  })
})

describe('funding', () => {
  test('is paid in full at the hour by whoever holds: size x oracle x rate', () => {
    const stage = createMoneyStage([
      { at: 10, coin: 'BTC', price: 100, oracle: 99 },
      { at: 3_601, coin: 'BTC', price: 100 },
    ])
    stage.run(3_590)
    stage.order('BTC', 'sell', 20)
    const before = stage.account.cash.get(0)!
    stage.run(3_602)
    // The impact bid stands 0.99 of 99 above the oracle from the sample at 10 s on.
    const premium = ((719 / 720) * (99.99 - 99)) / 99
    const rate = Math.round(((premium - 0.0005) / 8) * 1e9) / 1e9
    const [row] = stage.account.fundings
    expect(row).toMatchObject({ coin: 'BTC', szi: '-20.0', fundingRate: String(rate) })
    expect(Number(row!.usdc)).toBeCloseTo(20 * 99 * rate, 5)
    expect(stage.account.cash.get(0)! - before).toBe(usd(Number(row!.usdc)))
    expect(row!.time % 3_600_000).toBeGreaterThan(0)
    expect(row!.time % 3_600_000).toBeLessThanOrEqual(118)
    expect(stage.state.data[0]!.fundings).toHaveLength(1)
    expectBalanced(stage)
  })

  test('of an isolated position comes out of its own margin', () => {
    const stage = createMoneyStage([])
    toDex(stage, 'xyz', 1_000)
    stage.order('xyz:HOOD', 'buy', 10)
    const margin = stage.account.positions.get(stage.id('xyz:HOOD'))!.margin!
    const cash = stage.account.cash.get(1)!
    stage.run(3_601)
    const paid = usd(Number(stage.account.fundings[0]!.usdc))
    expect(paid).toBeLessThan(0n)
    expect(stage.account.positions.get(stage.id('xyz:HOOD'))!.margin).toBe(margin + paid)
    expect(stage.account.cash.get(1)).toBe(cash)
    expectBalanced(stage)
  })
})

describe('liquidation', () => {
  test('closes what equity does not carry by orders to the book, and the rest stays', () => {
    const stage = createMoneyStage([{ at: 20, coin: 'BTC', price: 93 }], { deposit: usd(100) })
    stage.order('BTC', 'buy', 9)
    stage.order('BTC', 'buy', 0.9, { price: 50, tif: 'Gtc', reduceOnly: false })
    stage.run(21)
    const { fills, positions, closed } = stage.account
    expect(positions.size).toBe(0)
    expect(fills.at(-1)).toMatchObject({
      side: 'A',
      sz: '9.0',
      px: '92.99',
      dir: 'Close Long',
      crossed: true,
      liquidation: { liquidatedUser: stage.account.address, markPx: '93.0', method: 'market' },
    })
    expect(closed.map(({ status }) => status)).toEqual(['filled', 'liquidatedCanceled', 'filled'])
    expect(dexOf(stage, 0).equity).toBe(
      wireMoney(usd(100) - usd(9 * 7.02) - usd(0.40504 + 0.37661)),
    )
    expectBalanced(stage)
  })

  test('is named in the fill of whoever it trades with', () => {
    const stage = createMoneyStage([{ at: 20, coin: 'BTC', price: 93, lots: 1 }], {
      deposit: usd(100),
    })
    stage.order('BTC', 'buy', 9)
    const other = stage.state.accounts.get(bob)!
    stage.order('BTC', 'buy', 5, { price: 92.95, tif: 'Gtc', account: other })
    stage.run(21)
    expect(other.fills).toMatchObject([
      {
        px: '92.95',
        sz: '5.0',
        crossed: false,
        dir: 'Open Long',
        liquidation: { liquidatedUser: stage.account.address, method: 'market' },
      },
    ])
    expectBalanced(stage)
  })

  test('happens at the printed price, not a cent before', () => {
    const build = (price: number) => {
      const stage = createMoneyStage([{ at: 20, coin: 'BTC', price }], { deposit: usd(100) })
      stage.order('BTC', 'sell', 9)
      stage.run(21)
      return stage
    }
    // Short 9 from 99.99, 100 less 0.404960 fee: 99.595040 - 9 (p - 99.99) = 9 p / 20.
    expect(build(105.76).account.positions.size).toBe(1)
    expect(build(105.77).account.positions.size).toBe(0)
  })

  test('takes a fifth of a large position first and waits 30 s', () => {
    const stage = createMoneyStage(
      [
        { at: 20, coin: 'BTC', price: 93.5 },
        { at: 45, coin: 'BTC', price: 92.3 },
      ],
      { deposit: usd(20_000) },
    )
    stage.order('BTC', 'buy', 1_800)
    stage.run(21)
    expect(stage.account.positions.get(0)!.lots).toBe(144_000)
    stage.run(49)
    expect(stage.account.positions.get(0)!.lots).toBe(144_000)
    stage.run(56)
    expect(stage.account.positions.size).toBe(0)
    expectBalanced(stage)
  })

  test('below two thirds without a book the liquidator takes position and margin', () => {
    const stage = createMoneyStage([
      { at: 20, coin: 'xyz:HOOD', price: 100, lots: 1, mark: 97, keepsBook: false },
      { at: 30, coin: 'xyz:HOOD', price: 91, lots: 1 },
      ...Array.from({ length: 20 }, (_, i) => ({
        at: 33 + 3 * i,
        coin: 'xyz:HOOD',
        price: 91,
        lots: 1,
      })),
    ])
    toDex(stage, 'xyz', 1_000)
    stage.order('xyz:HOOD', 'buy', 10)
    const cash = stage.account.cash.get(1)!
    stage.run(95)
    const { fills, positions, ledger } = stage.account
    expect(positions.size).toBe(0)
    const last = fills.at(-1)!
    expect(last).toMatchObject({ dir: 'Liquidated Isolated Long', fee: '0.0', side: 'A' })
    expect(last.liquidation).toMatchObject({ method: 'backstop' })
    expect(ledger.at(-1)!.delta).toMatchObject({ type: 'liquidation', leverageType: 'Isolated' })
    // The margin set aside is gone, the cash beside it is untouched but for what the book took.
    expect(stage.account.cash.get(1)! - cash).toBeLessThan(usd(1))
    expectBalanced(stage)
  })

  test('a gap beyond the margin leaves no debt', () => {
    const stage = createMoneyStage([{ at: 20, coin: 'BTC', price: 60 }], { deposit: usd(100) })
    stage.order('BTC', 'buy', 9)
    stage.run(21)
    expect(stage.account.positions.size).toBe(0)
    expect(stage.account.cash.get(0)).toBe(0n)
    expect(stage.state.clearinghouse.books.get(0)!.seized).toBeLessThan(0n)
    expectBalanced(stage)
  })
})

describe('what is not settled', () => {
  const staged = (rules: Partial<ListingRules>) => {
    const stage = createMoneyStage([], { terms: { ...knownTerms, rules } })
    toDex(stage, 'xyz', 1_000)
    stage.order('xyz:HOOD', 'buy', 10)
    return stage
  }

  test('a reduce-only order beyond its position is cut down, or refused', () => {
    const reduce = (stage: Stage) => stage.order('xyz:HOOD', 'sell', 11, { reduceOnly: true })
    const stage = staged({})
    expect(reduce(stage)).toMatchObject({ filledLots: 1_000 })
    expect(stage.account.positions.size).toBe(0)
    expect(reduce(staged({ reduceOnlySize: 'refuse' }))).toBe('reduceOnlyRejected')
  })

  test('funding of an isolated position may come out of cash', () => {
    const stage = staged({ isolatedFunding: 'cash' })
    const cash = stage.account.cash.get(1)!
    stage.run(3_601)
    expect(stage.account.cash.get(1)! - cash).toBe(usd(Number(stage.account.fundings[0]!.usdc)))
    expectBalanced(stage)
  })
})

describe('fees on fills', () => {
  test('are 9.0 bp on a standard builder’s coin with the deployer’s half, 0.9 in growth mode', () => {
    const stage = createMoneyStage([])
    toDex(stage, 'xyz', 1_000)
    stage.order('xyz:GOLD', 'buy', 1)
    stage.order('xyz:HOOD', 'buy', 1, { builderTenthsBp: 10 })
    stage.order('BTC', 'buy', 1)
    expect(stage.account.fills).toMatchObject([
      { fee: '0.090009', deployerFee: '0.045004', feeToken: 'USDC' },
      // 0.9 bp and the builder's 1 bp of 100.01.
      { fee: '0.019002', builderFee: '0.010001', deployerFee: '0.0045' },
      { fee: '0.045004' },
    ])
    expect(stage.account.fills[2]).not.toHaveProperty('deployerFee')
    expectBalanced(stage)
  })
})

describe('a builder’s mark', () => {
  test('moves at most 1 % per push and one push counts in 2.5 s', () => {
    const stage = createMoneyStage([
      { at: 3, coin: 'xyz:GOLD', price: 110 },
      { at: 4, coin: 'xyz:GOLD', price: 120 },
      { at: 6, coin: 'xyz:GOLD', price: 110 },
    ])
    const id = stage.id('xyz:GOLD')
    stage.run(3)
    expect(stage.state.mark(id)).toBe(1_010_000)
    stage.run(4)
    expect([stage.state.mark(id), stage.state.oracle(id)]).toEqual([1_010_000, 1_100_000])
    stage.run(6)
    expect(stage.state.mark(id)).toBe(1_020_100)
  })

  test('is the book’s own once nothing was pushed for 10 s', () => {
    const stage = createMoneyStage([{ at: 1, coin: 'xyz:GOLD', price: 110 }])
    const id = stage.id('xyz:GOLD')
    stage.run(9)
    expect(stage.state.mark(id)).toBe(1_000_000)
    stage.run(10.5)
    expect(stage.state.mark(id)).toBe(1_100_000)
  })
})

describe('caps', () => {
  const terms = {
    ...knownTerms,
    perps: {
      ...knownTerms.perps,
      'xyz:GOLD': { openInterestCap: 500 },
      BTC: {
        marginTable: {
          id: 60,
          description: 'tiered 10x',
          tiers: [
            { lowerBound: 0n, maximumLeverage: 10 },
            { lowerBound: usd(5_000), maximumLeverage: 5 },
          ],
        },
      },
    },
  }

  test('of open interest refuse what enlarges it, in the venue’s three ways', () => {
    const stage = createMoneyStage([], { terms })
    toDex(stage, 'xyz', 1_000)
    stage.order('xyz:GOLD', 'buy', 5)
    expect(stage.order('xyz:GOLD', 'buy', 1)).toBe('positionIncreaseAtOpenInterestCapRejected')
    expect(stage.order('xyz:GOLD', 'sell', 6)).toBe('positionFlipAtOpenInterestCapRejected')
    expect(stage.order('xyz:GOLD', 'buy', 1, { price: 99, tif: 'Gtc' })).toMatchObject({
      status: 'open',
    })
    expect(stage.order('xyz:GOLD', 'sell', 4)).toMatchObject({ status: 'filled' })
  })

  test('of a margin tier refuse the leverage, not the size', () => {
    const stage = createMoneyStage([], { terms })
    const { state, account } = stage
    expect(stage.order('BTC', 'buy', 51)).toBe('perpMaxPositionRejected')
    updateLeverage(state, account, {
      instrument: state.listing.find('BTC')!,
      isCross: true,
      leverage: 5,
    })
    expect(stage.order('BTC', 'buy', 51)).toMatchObject({ status: 'filled' })
    const value = state.valueOf(account, 0)
    // 5,000 at 1/20 and 100 at 1/10.
    expect(wireMoney(value.maintenanceMargin)).toBe('260.0')
  })
})

test('what takers took is gone from the shown book until the level is published anew', () => {
  const stage = createMoneyStage([
    { at: 5, coin: 'BTC', price: 100, lots: 300 },
    { at: 10, coin: 'BTC', price: 100, lots: 300 },
    { at: 15, coin: 'BTC', price: 100, lots: 299 },
  ])
  const best = () => stage.state.depth(0).asks[0]
  stage.run(6)
  stage.order('BTC', 'buy', 2)
  expect(best()).toMatchObject({ price: 1_000_100, lots: 100 })
  stage.order('BTC', 'buy', 1)
  expect(best()).toMatchObject({ price: 1_000_200, lots: 300 })
  stage.run(11)
  expect(best()).toMatchObject({ price: 1_000_200 })
  stage.run(16)
  expect(best()).toMatchObject({ price: 1_000_100, lots: 299 })
})

test('users may start with money on a dex and at spot', () => {
  const { state } = createMoneyStage([])
  state.deposit(bob, usd(3), 'flx')
  state.deposit(bob, usd(4), 'spot')
  const account = state.accounts.get(bob)!
  expect([account.cash.get(2), account.spot.get(0)]).toEqual([usd(3), usd(4)])
  expect(tokenAt(360).name).toBe('USDH')
  const { account: funded } = createMoneyStage([], { deposits: { xyz: usd(5), spot: usd(6) } })
  expect([...funded.cash, ...funded.spot]).toEqual([
    [0, usd(10_000)],
    [1, usd(5)],
    [0, usd(6)],
  ])
  expect(() => createMoneyStage([], { deposits: { nowhere: 1n } })).toThrow('has no place to go')
  expect(() => state.deposit(bob, 1n, 'nowhere')).toThrow('no dex is named nowhere')
})
