import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { annualVolatility, portfolioVariance } from './factor-covariance.ts'
import { RiskModel } from './risk-model.ts'

const names = 40
const sector = Int16Array.from({ length: names }, (_, name) => name % 4)
const isMember = new Uint8Array(names).fill(1)

/** Bars of a market, four sectors and each name's own noise, of known variances. */
function learnt(bars: number, seed: number) {
  const random = createRandom(seed)
  const model = new RiskModel({ names, sectors: 4, halfLifeBars: 1e9, priorBars: 20 })
  const betas = Array.from({ length: names }, (_, name) => 0.5 + name / names)
  const returns = new Float64Array(names)
  const equal = new Float64Array(names).fill(1 / names)
  let squares = 0
  for (let bar = 0; bar < bars; bar++) {
    const market = 0.004 * random.normal()
    const groups = [0, 1, 2, 3].map(() => 0.002 * random.normal())
    for (let name = 0; name < names; name++) {
      returns[name] = betas[name]! * market + groups[name % 4]! + 0.006 * random.normal()
    }
    squares += (returns.reduce((sum, value) => sum + value, 0) / names) ** 2
    model.learn(returns, sector, isMember)
  }
  return { model, betas, equal, realised: squares / bars }
}

describe('the covariance', () => {
  it('foretells the variance of all names and of one sector', () => {
    const { model, equal, realised } = learnt(4000, 3)
    const covariance = model.covariance(sector)!
    expect(portfolioVariance(covariance, equal) / realised).toBeGreaterThan(0.9)
    expect(portfolioVariance(covariance, equal) / realised).toBeLessThan(1.1)
    const group = Float64Array.from(sector, (each) => (each === 0 ? 0.1 : 0))
    const beta = 0.5 + 18 / names
    const own = beta ** 2 * 0.004 ** 2 + 0.002 ** 2 + 0.006 ** 2 / 10
    expect(portfolioVariance(covariance, group) / own).toBeGreaterThan(0.85)
    expect(portfolioVariance(covariance, group) / own).toBeLessThan(1.15)
  })

  it('is annual by the bars of a year', () => {
    const { model, equal } = learnt(500, 1)
    const covariance = model.covariance(sector)!
    const variance = portfolioVariance(covariance, equal)
    expect(annualVolatility(covariance, equal, 1764)).toBeCloseTo(Math.sqrt(variance * 1764), 12)
  })

  it('is shrunk: after one bar every beta is near 1', () => {
    const covariance = learnt(1, 5).model.covariance(sector)!
    const loadings = covariance.loadings.filter((_, i) => i % covariance.factors === 0)
    const mean = loadings.reduce((sum, value) => sum + value, 0) / names
    for (const loading of loadings) expect(Math.abs(loading / mean - 1)).toBeLessThan(0.4)
  })

  it('is null before any bar; a name without returns teaches nothing and gets the usual risk', () => {
    const model = new RiskModel({ names: 3, sectors: 1, halfLifeBars: 100, priorBars: 10 })
    expect(model.covariance([0, 0, 0])).toBe(null)
    model.learn(Float64Array.of(0.01, -0.01, Number.NaN), [0, 0, 0], [1, 1, 1])
    const { ownVariance, loadings } = model.covariance([0, 0, 0])!
    expect([...ownVariance, ...loadings].every(Number.isFinite)).toBe(true)
    expect(ownVariance[2]).toBeGreaterThan(0)
  })
})
