import { describe, expect, it } from 'vitest'
import { boundsOf, type NameRule, type Standing } from './limits.ts'

const limits = { nameMax: 0.1, sectorMax: 0.3, exposureMax: 1, turnoverMax: 0.1 }
const standing = (
  held: readonly number[],
  more: { rule?: readonly NameRule[]; tradeMax?: readonly number[] } = {},
): Standing => ({
  held: Float64Array.from(held),
  rule: more.rule ?? held.map(() => 'trade' as const),
  tradeMax: Float64Array.from(more.tradeMax ?? held.map(() => 1)),
  sector: held.map(() => 0),
  sectors: 1,
})

describe('bounds', () => {
  it('relax nothing where everything can be kept', () => {
    const { relaxations, sellsMax } = boundsOf(limits, standing([0.1, 0.1]))
    expect([relaxations, sellsMax]).toEqual([[], 0.1])
  })

  it('let a name that left be sold whole, past the turnover limit, and say so', () => {
    const bounds = boundsOf(limits, standing([0.1, 0.25], { rule: ['trade', 'exit'] }))
    expect([bounds.upper[1], bounds.sellsMax, bounds.buysMax]).toEqual([0, 0.25, 0.1])
    expect(bounds.relaxations).toEqual([{ limit: 'turnover', index: null, from: 0.1, to: 0.25 }])
  })

  it('relax the limit of a name too large to be sold at once, then its sector, then the whole', () => {
    const stuck = standing([0.6, 0.6], { tradeMax: [0.05, 0] })
    const { relaxations } = boundsOf(limits, stuck)
    expect(relaxations.map(({ limit, index }) => [limit, index])).toEqual([
      ['name', 0],
      ['name', 1],
      ['sector', 0],
      ['exposure', null],
    ])
    expect(relaxations[3]!.to).toBeCloseTo(1.15, 12)
  })

  it('count what a sector and the whole must sell once', () => {
    const bounds = boundsOf({ ...limits, exposureMax: 0 }, standing([0.1, 0.1, 0.1, 0.1]))
    expect(bounds.sellsMax).toBeCloseTo(0.4, 12)
  })
})
