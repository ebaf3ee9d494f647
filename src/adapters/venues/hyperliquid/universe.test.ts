import { describe, expect, it } from 'vitest'
import { createStage, finish, type Stage } from '../../../../test/support/hyperliquid-stage.ts'
import { MONEY_UNIT } from '../../../core/mod.ts'

const cross = { name: 'xyz:GOLD', szDecimals: 4, maxLeverage: 25, marginTableId: 51 }
const isolated = { name: 'xyz:SP500', szDecimals: 3, maxLeverage: 20, growthMode: 'enabled' }
const metas: Readonly<Record<string, unknown>> = {
  xyz: {
    universe: [cross, { ...isolated, onlyIsolated: true, marginMode: 'strictIsolated' }],
    marginTables: [
      [
        51,
        {
          description: 'tiered',
          marginTiers: [
            { lowerBound: '0.0', maxLeverage: 25 },
            { lowerBound: '3000000.0', maxLeverage: 10 },
          ],
        },
      ],
    ],
    collateralToken: 0,
  },
  // Spelt without its prefix, and margined in another token.
  km: {
    universe: [{ name: 'US500', szDecimals: 2, maxLeverage: 10, marginMode: 'noCross' }],
    marginTables: [],
    collateralToken: 360,
  },
}

function stageWithDexs(): Stage {
  const stage = createStage()
  const { info } = stage.venue
  const native = info['meta']
  info['meta'] = ({ dex }: { dex?: string }) => (dex === undefined ? native : metas[dex])
  info['perpDexs'] = [
    null,
    { name: 'xyz', deployerFeeScale: '1.0' },
    { name: 'flx', deployerFeeScale: '0.5' },
    { name: 'km', deployerFeeScale: '0.5' },
  ]
  info['spotMeta'] = { tokens: [{ name: 'USDH', index: 360, tokenId: '0x168' }] }
  info['userFees'] = { userCrossRate: '0.00045', userAddRate: '0.00015' }
  return stage
}

const load = (stage: Stage, symbols: readonly string[]) =>
  finish(stage.environment, stage.adapter.loadInstruments(symbols))

describe('a universe of the native exchange and builders’ dexs', () => {
  const symbols = ['xyz:SP500', 'BTC', 'km:US500', 'xyz:GOLD']

  it('has the ids of the order given, and asset numbers by the place of the dex', async () => {
    const stage = stageWithDexs()
    const loaded = await load(stage, symbols)
    expect(loaded.map(({ symbol }) => symbol)).toEqual(symbols)
    expect(loaded.map(({ id }) => stage.adapter.facts(id).assetId)).toEqual([
      110_001, 1, 130_000, 110_000,
    ])
    expect(loaded.map(({ id }) => stage.adapter.facts(id).dex)).toEqual(['xyz', '', 'km', 'xyz'])
    expect(loaded.map((each) => [each.priceDecimals, each.quantityDecimals])).toEqual([
      [3, 3],
      [1, 5],
      [4, 2],
      [2, 4],
    ])
    expect(loaded.map(({ maximumLeverage }) => maximumLeverage)).toEqual([20, 40, 10, 25])
    expect(loaded.map(({ quoteCurrency }) => quoteCurrency)).toEqual([
      'USDC',
      'USDC',
      'USDH',
      'USDC',
    ])
  })

  it('knows the margin of each coin: cross or not, removable or not, and its tiers', async () => {
    const stage = stageWithDexs()
    const rules = (await load(stage, symbols)).map(({ id }) => stage.adapter.facts(id).margin)
    expect(rules.map((each) => [each.isCrossAllowed, each.isMarginRemovable])).toEqual([
      [false, false],
      [true, true],
      [false, true],
      [true, true],
    ])
    expect(rules[3]!.tiers).toEqual([
      { lowerBound: 0n, maximumLeverage: 25 },
      { lowerBound: 3_000_000n * MONEY_UNIT, maximumLeverage: 10 },
    ])
    expect(rules[0]!.tiers).toEqual([{ lowerBound: 0n, maximumLeverage: 20 }])
  })

  it('costs the user’s rate by the scale of the dex and the growth of the asset', async () => {
    const stage = stageWithDexs()
    const fees = (await load(stage, symbols)).map(({ fees: each }) => each)
    expect(fees).toEqual([
      // Twice the user's 1.5 and 4.5 bp at scale 1, a tenth of that in growth mode.
      { makerE9: 30_000, takerE9: 90_000 },
      { makerE9: 150_000, takerE9: 450_000 },
      // 1 + 0.5 at a scale below 1.
      { makerE9: 225_000, takerE9: 675_000 },
      { makerE9: 300_000, takerE9: 900_000 },
    ])
  })

  it('gives a rebate as it is, and a referral discount on costs only', async () => {
    const stage = stageWithDexs()
    stage.venue.info['userFees'] = {
      userCrossRate: '0.0003',
      userAddRate: '-0.00001',
      activeReferralDiscount: '0.04',
    }
    const fees = (await load(stage, symbols)).map(({ fees: each }) => each)
    expect(fees[1]).toEqual({ makerE9: -10_000, takerE9: 288_000 })
    expect(fees[3]).toEqual({ makerE9: -10_000, takerE9: 576_000 })
    expect(fees[0]).toEqual({ makerE9: -1_000, takerE9: 57_600 })
  })
})

describe('a name that cannot be', () => {
  it.each([
    [
      'a dex in the wrong case',
      'XYZ:SP500',
      /"XYZ:SP500" is not of one of the 3 .*nearest: xyz:SP500 \(names are case-sensitive\)/,
    ],
    [
      'a coin in the wrong case',
      'xyz:sp500',
      /"xyz:sp500" is not one of the 2 perpetuals of xyz; nearest: xyz:SP500 \(names are case-sensitive\)/,
    ],
    [
      'a native coin in the wrong case',
      'btc',
      /"btc" is not one of the 3 perpetuals of the native exchange; nearest: BTC.*case-sensitive/,
    ],
    ['a coin nobody lists', 'xyz:GLOD', /"xyz:GLOD" is not one of .*nearest: xyz:GOLD$/],
    [
      'a dex nobody runs',
      'abc:GOLD',
      /"abc:GOLD" is not of one of the 3 builders’ dexs \(xyz, flx, km\)/,
    ],
    ['a coin without its dex', 'SP500', /"SP500" is not one of the 3 perpetuals of the native/],
    ['a delisted coin', 'OLD', /^OLD is delisted/],
  ])('(%s) is refused with the nearest names before anything is sent', async (_, name, words) => {
    const stage = stageWithDexs()
    const error = await load(stage, ['BTC', name]).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'VENUE_UNKNOWN_INSTRUMENT', disposition: 'fatal' })
    expect((error as Error).message).toMatch(words)
    const asked = stage.venue.requests.map(({ path, body }) => `${path} ${String(body['type'])}`)
    expect(new Set(asked)).not.toContain('/info userFees')
    expect(asked.filter((each) => each.startsWith('/exchange'))).toEqual([])
  })

  it.each([
    ['none at all', [], 'no perpetuals are named: at least one'],
    ['one twice', ['BTC', 'ETH', 'BTC'], 'BTC is named twice'],
  ])('(%s) is refused without a question', async (_, names, words) => {
    const stage = stageWithDexs()
    await expect(load(stage, names)).rejects.toThrow(words)
    expect(stage.venue.requests).toEqual([])
  })
})
