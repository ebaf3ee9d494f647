import { describe, expect, test } from 'vitest'
import { hyperliquidPerpetual } from '../../src/adapters/mod.ts'
import { wirePosition, wireSummary } from '../../src/app/simulators/hyperliquid/info/account.ts'
import { createListing } from '../../src/app/simulators/hyperliquid/listing.ts'
import { createAccount } from '../../src/app/simulators/hyperliquid/state/account.ts'
import {
  canPlace,
  type MarginView,
  valueAccount,
} from '../../src/app/simulators/hyperliquid/state/margin.ts'
import { wireMoney } from '../../src/app/simulators/hyperliquid/wire/numbers.ts'
import { MONEY_UNIT, parseDecimal, parseSafeDecimal } from '../../src/core/mod.ts'
import { hasVectors, readRecordedReply, vectorsNote } from './hyperliquid-shared.ts'

interface Recorded {
  readonly marginSummary: Record<string, string>
  readonly withdrawable: string
  readonly assetPositions: readonly {
    readonly position: {
      readonly coin: string
      readonly szi: string
      readonly entryPx: string
      readonly positionValue: string
      readonly unrealizedPnl: string
      readonly leverage: { readonly value: number }
    }
  }[]
}

interface Universe {
  readonly universe: readonly { readonly name: string; readonly szDecimals: number }[]
}

const money = (text: string): bigint => parseDecimal(text, 8)!

describe.skipIf(!hasVectors)(`account values against a recorded account${vectorsNote}`, () => {
  test('every position and the sums come out as the venue printed them', () => {
    const recorded = readRecordedReply('test_get_user_state', 'clearinghouseState') as Recorded
    const { universe } = readRecordedReply('test_get_info', 'meta') as Universe
    const listing = createListing(
      universe.map(({ name, szDecimals }, id) =>
        hyperliquidPerpetual({ id, symbol: name, szDecimals, maximumLeverage: 50 }),
      ),
    )
    const account = createAccount('0x', 0)
    const marks = new Map<number, number>()
    let unrealised = 0n
    for (const { position } of recorded.assetPositions) {
      const instrument = listing.find(position.coin)!
      const lots = parseSafeDecimal(position.szi, instrument.quantityDecimals)!
      const value = money(position.positionValue)
      const gain = money(position.unrealizedPnl)
      unrealised += gain
      marks.set(instrument.id, Number(value / 100n) / Math.abs(lots))
      account.leverage.set(instrument.id, position.leverage.value)
      account.positions.set(instrument.id, {
        lots,
        entryNotional: lots > 0 ? value - gain : value + gain,
        fundingSinceOpen: 0n,
        fundingSinceChange: 0n,
        margin: null,
      })
    }
    const view: MarginView = {
      listing,
      balance: money(recorded.marginSummary['accountValue']!) - unrealised,
      mark: (instrument) => marks.get(instrument) ?? 0,
    }
    const valued = valueAccount(account, view)
    expect(wireSummary(valued)).toEqual(recorded.marginSummary)
    expect(wireMoney(valued.withdrawable)).toBe(recorded.withdrawable)
    for (const each of valued.positions) {
      const theirs = recorded.assetPositions.find(
        ({ position }) => position.coin === each.instrument.symbol,
      )!.position
      // What later versions of the venue added or changed is left out.
      const {
        liquidationPx: _,
        maxLeverage: __,
        cumFunding: ___,
        ...mine
      } = wirePosition(each, valued, account) as Record<string, unknown>
      expect(theirs).toMatchObject(mine)
    }
  })
})

describe('margin', () => {
  const instrument = hyperliquidPerpetual({
    id: 0,
    symbol: 'X',
    szDecimals: 2,
    maximumLeverage: 10,
  })
  const listing = createListing([instrument])
  const price = 1_000_000
  const view: MarginView = { listing, balance: 1_000n * MONEY_UNIT, mark: () => price }
  const order = (side: 'buy' | 'sell', lots: number) => ({ instrument, side, lots })

  test('carries what balance times leverage carries, and not a lot more', () => {
    const account = createAccount('0x', 0)
    expect(canPlace(account, view, order('buy', 10_000))).toBe(true)
    expect(canPlace(account, view, order('buy', 10_001))).toBe(false)
    account.leverage.set(0, 5)
    expect(canPlace(account, view, order('sell', 5_000))).toBe(true)
    expect(canPlace(account, view, order('sell', 5_001))).toBe(false)
  })

  test('always lets an order pass that cannot enlarge the worst position', () => {
    const account = createAccount('0x', 0)
    account.positions.set(0, {
      lots: 50_000,
      entryNotional: 500_000n * MONEY_UNIT,
      fundingSinceOpen: 0n,
      fundingSinceChange: 0n,
      margin: null,
    })
    expect(canPlace(account, view, order('sell', 100_000))).toBe(true)
    expect(canPlace(account, view, order('sell', 100_001))).toBe(false)
    expect(canPlace(account, view, order('buy', 1))).toBe(false)
  })
})
