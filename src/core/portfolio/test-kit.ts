import { createRandom } from '../lib/random.ts'
import { type Bounds, boundsOf, type NameRule, type PortfolioLimits } from './limits.ts'
import type { PortfolioProblem } from './problem.ts'

/** The limits of the random problems. */
export const testLimits: PortfolioLimits = {
  nameMax: 0.1,
  sectorMax: 0.3,
  exposureMax: 1,
  turnoverMax: 0.125,
}

/** A random problem of some names in eleven sectors, some of them to be sold or hardly tradable. */
export function randomProblem(
  seed: number,
  names: number,
  limits: PortfolioLimits = testLimits,
): PortfolioProblem & Bounds {
  const random = createRandom(seed)
  const sectors = 11
  const factors = 1 + sectors
  const sector = Int16Array.from({ length: names }, () => Math.floor(random.next() * 12) - 1)
  const loadings = new Float64Array(names * factors)
  for (const [name, group] of sector.entries()) {
    loadings[name * factors] = 0.004 * (0.6 + 0.8 * random.next())
    if (group >= 0) loadings[name * factors + 1 + group] = 0.002
  }
  const some = (draw: () => number): Float64Array => Float64Array.from({ length: names }, draw)
  const ownVariance = some(() => (0.003 + 0.006 * random.next()) ** 2)
  const score = some(() => random.normal() * 6)
  const cost = some(() => 1.5 + 3 * random.next())
  const held = some(() => (random.next() < 0.3 ? 8 / names : 0) * random.next())
  const whole = held.reduce((sum, weight) => sum + weight, 0)
  if (whole > 1) for (const [name, weight] of held.entries()) held[name] = weight / whole
  const tradeMax = some(() => (random.next() < 0.05 ? 0 : 0.05 * random.next()))
  const rule = Array.from({ length: names }, (): NameRule => {
    const draw = random.next()
    return draw < 0.03 ? 'exit' : draw < 0.08 ? 'sellOnly' : 'trade'
  })
  const bounds = boundsOf(limits, { held, rule, tradeMax, sector, sectors })
  const covariance = { names, factors, loadings, ownVariance }
  const aversion = 5e4 * Math.exp(random.normal())
  return { score, cost, held, sector, covariance, aversion, ...bounds }
}
