import type { PortfolioProblem } from './problem.ts'

const SWEEPS_MAX = 12
const HALVINGS = 24
/** A sweep that lowers the bound by less was the last one, basis points. */
const ENOUGH = 1e-6

/**
 * A proven bound, basis points of equity, on how much better than these weights any weights that
 * keep the limits can be: by weak duality (Boyd and Vandenberghe 2004, section 5.1), with the joint
 * risk of changes left out, which only raises it. The search for the limits' prices ends when the
 * bound is at most `wanted`. The weights must keep the limits.
 */
export function optimalityGap(
  problem: PortfolioProblem,
  weights: Float64Array,
  wanted: number,
): number {
  const dual = new Dual(problem, weights)
  let bound = dual.value()
  for (let sweep = 0; sweep < SWEEPS_MAX && bound > wanted; sweep++) {
    const before = bound
    for (const limit of dual.limits) dual.price(limit)
    bound = Math.min(bound, dual.value())
    if (before - bound < ENOUGH) break
  }
  return Math.max(0, bound)
}

/** A limit on a sum over some names: of weights, of what is bought, or of what is sold. */
interface Limit {
  readonly kind: 'weight' | 'bought' | 'sold'
  readonly names: readonly number[]
  readonly most: number
  price: number
}

/**
 * The Lagrangian of the problem made linear and separable at some weights: each name by itself,
 * given what the limits cost.
 */
class Dual {
  readonly limits: readonly Limit[]
  readonly #problem: PortfolioProblem
  readonly #weights: Float64Array
  readonly #gradient: Float64Array
  readonly #highest: number
  readonly #weightPrice: Float64Array
  #buyPrice = 0
  #sellPrice = 0

  constructor(problem: PortfolioProblem, weights: Float64Array) {
    this.#problem = problem
    this.#weights = weights
    this.#gradient = gradientOf(problem, weights)
    this.#weightPrice = new Float64Array(weights.length)
    this.#highest = this.#gradient.reduce(
      (most, slope, name) => Math.max(most, Math.abs(slope) + problem.cost[name]!),
      0,
    )
    this.limits = limitsOf(problem)
  }

  /** Best change of the objective, name by name, and what the limits' rooms are worth. */
  value(): number {
    const { cost, held, covariance, aversion } = this.#problem
    let sum = 0
    for (const { price, most } of this.limits) sum += price * most
    for (let name = 0; name < held.length; name++) {
      const now = this.#weights[name]!
      const best = this.#best(name)
      const change = best - now
      sum +=
        this.#gradient[name]! * change -
        (aversion / 2) * covariance.ownVariance[name]! * change ** 2
      sum -= cost[name]! * (Math.abs(best - held[name]!) - Math.abs(now - held[name]!))
      sum -= this.#weightPrice[name]! * best
      sum -= this.#buyPrice * Math.max(0, best - held[name]!)
      sum -= this.#sellPrice * Math.max(0, held[name]! - best)
    }
    return sum
  }

  /** Sets a limit's price to where the names just keep it, or to nothing where they do anyway. */
  price(limit: Limit): void {
    let [low, high] = [0, 2 * this.#highest]
    this.#set(limit, 0)
    if (this.#used(limit) <= limit.most) return
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2
      this.#set(limit, middle)
      if (this.#used(limit) > limit.most) low = middle
      else high = middle
    }
    this.#set(limit, high)
  }

  #set(limit: Limit, price: number): void {
    const change = price - limit.price
    limit.price = price
    if (limit.kind === 'bought') this.#buyPrice = price
    else if (limit.kind === 'sold') this.#sellPrice = price
    else for (const name of limit.names) this.#weightPrice[name]! += change
  }

  #used({ kind, names }: Limit): number {
    const { held } = this.#problem
    let sum = 0
    for (const name of names) {
      const best = this.#best(name)
      if (kind === 'weight') sum += best
      else sum += Math.max(0, kind === 'bought' ? best - held[name]! : held[name]! - best)
    }
    return sum
  }

  /** The weight of a name that is best by itself. */
  #best(name: number): number {
    const { cost, held, lower, upper, covariance, aversion } = this.#problem
    const now = this.#weights[name]!
    const [from, least, most] = [held[name]!, lower[name]!, upper[name]!]
    const curvature = aversion * covariance.ownVariance[name]!
    const slope = this.#gradient[name]! - this.#weightPrice[name]!
    const at = (gain: number): number =>
      curvature > 0 ? now + gain / curvature : gain === 0 ? now : Math.sign(gain) * Infinity
    const bought = at(slope - cost[name]! - this.#buyPrice)
    if (bought > from) return Math.min(most, Math.max(least, bought))
    const sold = at(slope + cost[name]! + this.#sellPrice)
    return Math.min(most, Math.max(least, Math.min(sold, from)))
  }
}

function limitsOf({ sector, sectorMax, held, ...most }: PortfolioProblem): readonly Limit[] {
  const all = [...held.keys()]
  return [
    { kind: 'bought', names: all, most: most.buysMax, price: 0 },
    { kind: 'sold', names: all, most: most.sellsMax, price: 0 },
    { kind: 'weight', names: all, most: most.exposureMax, price: 0 },
    ...[...sectorMax.entries()].map(([group, limit]) => ({
      kind: 'weight' as const,
      names: all.filter((name) => sector[name] === group),
      most: limit,
      price: 0,
    })),
  ]
}

/** Slopes of score and risk by name at some weights, basis points. */
function gradientOf({ score, covariance, aversion }: PortfolioProblem, weights: Float64Array) {
  const { names, factors, loadings, ownVariance } = covariance
  const exposures = new Float64Array(factors)
  for (let name = 0; name < names; name++) {
    for (let k = 0; k < factors; k++) {
      exposures[k]! += loadings[name * factors + k]! * weights[name]!
    }
  }
  return score.map((value, name) => {
    let risk = ownVariance[name]! * weights[name]!
    for (let k = 0; k < factors; k++) risk += loadings[name * factors + k]! * exposures[k]!
    return value - aversion * risk
  })
}
