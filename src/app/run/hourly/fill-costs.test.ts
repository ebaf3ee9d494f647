import { describe, expect, it } from 'vitest'
import { generatePanel } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { fillCosts } from './fill-costs.ts'
import { HOURLY_ACCOUNT, runHourlyBacktest } from './hourly-backtest.ts'
import { calmPanel, idleTalk, rescale, steady } from './test-kit.ts'

describe('costs of fills by cause', () => {
  for (const preset of ['corrected', 'seed'] as const) {
    it(`add up to what prices lost, but for the rounding of a price: ${preset}`, () => {
      const panel = generatePanel({ seed: 9, names: 40, sessions: 120 })
      const account = { ...HOURLY_ACCOUNT, balance: 100_000_000, commissionBp: 0.5 }
      const settings = HOURLY_PRESETS[preset]
      const run = runHourlyBacktest({ panel, settings, account, forecaster: idleTalk(panel, 7) })
      const costs = fillCosts(panel, run)
      expect(costs).toHaveLength(run.fills.length)
      expect(costs.filter((cost) => cost?.isAtCap).length).toBeGreaterThan(10)
      expect(run.fills.map(({ reason }) => reason === 'delisted')).toEqual(
        costs.map((cost) => cost === null),
      )
      run.fills.forEach(({ shares, side, price, basePrice, fee }, i) => {
        const cost = costs[i] ?? null
        if (cost === null) return
        const { rounding, slippage, halfSpread, impact, participation } = cost
        const lost = shares * (side === 'buy' ? price - basePrice : basePrice - price)
        expect(slippage + halfSpread + impact + rounding).toBeCloseTo(lost, 6)
        // A quantum of price, and half of one in the price it was tried at.
        expect(Math.abs(rounding) / shares).toBeLessThanOrEqual(1.5e-4)
        expect(cost.commission + cost.sellFees).toBeCloseTo(fee, 9)
        expect(participation).toBeLessThanOrEqual(settings.costs.participationMax + 1e-12)
        expect(Math.min(slippage, halfSpread, impact)).toBeGreaterThanOrEqual(0)
        // The fees of sales alone, to the cent; a purchase pays the commission and no more.
        expect(cost.sellFees).toBeGreaterThanOrEqual(-0.01)
        if (side === 'buy') expect(Math.abs(cost.sellFees)).toBeLessThan(0.01)
      })
    })
  }

  it('count usual volumes in new shares after a split', () => {
    const panel = calmPanel(5, 40)
    const bar = 140
    for (let name = 0; name < 5; name++) {
      rescale(panel, name, bar, 0.25)
      panel.actions.push({ name, bar, kind: 'split', ratio: 4, amount: 0 })
    }
    const talk = idleTalk(panel, 3, 60)
    const run = runHourlyBacktest({ panel, settings: HOURLY_PRESETS.corrected, forecaster: talk })
    const costs = fillCosts(panel, run)
    const after = run.fills.flatMap((fill, i) =>
      fill.bar >= bar - 1 ? [{ fill, cost: costs[i]! }] : [],
    )
    expect(after.length).toBeGreaterThan(0)
    for (const { fill, cost } of after) {
      expect(Math.abs(cost!.rounding) / fill.shares).toBeLessThanOrEqual(1.5e-4)
    }
  })

  it('are none where nothing was traded', () => {
    const panel = calmPanel(3, 20)
    const settings = HOURLY_PRESETS.corrected
    const run = runHourlyBacktest({ panel, settings, forecaster: steady([0, 0, 0]) })
    expect(fillCosts(panel, run)).toEqual([])
  })
})
