import { describe, expect, it } from 'vitest'
import { type TradingCosts, tradeCost } from './trading-costs.ts'
import { hourOfDay, TrailingHours } from './trailing-hours.ts'

const costs: TradingCosts = {
  ...{ slippageBp: 1, tickDollars: 0.01, participationMax: 0.05 },
  halfSpread: [
    { dollarsFrom: 10_000_000, bp: 0.5 },
    { dollarsFrom: 0, bp: 4 },
  ],
  impact: { kind: 'squareRoot', y: 0.8 },
  ...{ volumeHalfLifeSessions: 1, volatilityHalfLifeBars: 2 },
}

describe('the cost of a trade', () => {
  it('is y x volatility x the root of its share of the volume, beside slippage and spread', () => {
    const size = { price: 200, shares: 1000, volume: 100_000, volatility: 0.005 }
    const { slippageBp, halfSpreadBp, impactBp } = tradeCost(costs, size)
    expect([slippageBp, halfSpreadBp]).toEqual([1, 0.5])
    expect(impactBp).toBeCloseTo(0.8 * 50 * Math.sqrt(0.01), 12)
  })

  it('holds half a tick at least, and more where little trades', () => {
    const cheap = { price: 5, shares: 1, volume: 10_000_000, volatility: 0 }
    expect(tradeCost(costs, cheap).halfSpreadBp).toBeCloseTo(10, 12)
    expect(tradeCost(costs, { ...cheap, price: 200, volume: 10 }).halfSpreadBp).toBe(4)
  })

  it('by a table, goes by dollar volume and the whole volume at most', () => {
    const rows = [
      { dollarsFrom: 100_000_000, bp: 4 },
      { dollarsFrom: 0, bp: 15.2 },
    ]
    const table: TradingCosts = { ...costs, impact: { kind: 'table', rows, unknownBp: 25 } }
    const size = { price: 100, shares: 50_000, volume: 2_000_000, volatility: 0 }
    expect(tradeCost(table, size).impactBp).toBeCloseTo(4 * Math.sqrt(0.025), 12)
    expect(tradeCost(table, { ...size, shares: 1e9 }).impactBp).toBe(4)
    expect(tradeCost(table, { ...size, volume: 0 }).impactBp).toBe(25)
  })
})

describe('what is usual in an hour', () => {
  it('is learnt for each hour of New York by itself, in winter and in summer', () => {
    expect(hourOfDay(Date.UTC(2019, 0, 9, 14, 30) * 1000)).toBe(9)
    expect(hourOfDay(Date.UTC(2019, 6, 9, 13, 30) * 1000)).toBe(9)
  })

  it('forgets by half-lives, and knows nothing of an hour it never saw', () => {
    const trailing = new TrailingHours({ ...costs, names: 2 })
    trailing.learn(1, 9, 1000, 100)
    trailing.learn(1, 9, 4000, 110)
    expect(trailing.volume(1, 9)).toBeCloseTo((500 + 4000) / 1.5, 9)
    expect([trailing.volume(1, 10), trailing.volume(0, 9)]).toEqual([0, 0])
    expect(trailing.volatility(1)).toBeCloseTo(Math.log(1.1), 12)
    expect(trailing.volatility(0)).toBe(0)
    trailing.learn(1, 9, Number.NaN, 110)
    expect(trailing.volume(1, 9)).toBeCloseTo((500 + 4000) / 1.5, 9)
  })

  it('counts volumes of split shares anew, and a split is no move', () => {
    const trailing = new TrailingHours({ ...costs, names: 1 })
    trailing.learn(0, 9, 1000, 100)
    trailing.split(0, 4)
    trailing.learn(0, 10, 4000, 25)
    expect([trailing.volume(0, 9), trailing.volatility(0), trailing.close(0)]).toEqual([
      4000, 0, 25,
    ])
  })
})
