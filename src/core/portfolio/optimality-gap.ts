import type { PortfolioProblem } from './problem.ts'

const SWEEPS_MAX = 12
const STEPS_MAX = 24
/** All later sweeps together lower the bound by hardly more than so many of the last one's. */
const FALLS_AHEAD = 2
/** Shares of equity that a limit with a price may be off: the bound holds at any price. */
const NEAR = 1e-7
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
    const fall = before - bound
    if (fall < ENOUGH || bound - FALLS_AHEAD * fall > wanted) break
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
  readonly #curvatures: Float64Array
  readonly #weightPrice: Float64Array
  /** Of the names last asked for: the weight of each that is best by itself. */
  readonly #best: Float64Array
  readonly #all: readonly number[]
  #buyPrice = 0
  #sellPrice = 0

  constructor(problem: PortfolioProblem, weights: Float64Array) {
    this.#problem = problem
    this.#weights = weights
    this.#gradient = gradientOf(problem, weights)
    const { covariance, aversion } = problem
    this.#curvatures = covariance.ownVariance.map((own) => aversion * own)
    this.#weightPrice = new Float64Array(weights.length)
    this.#best = new Float64Array(weights.length)
    this.#all = [...weights.keys()]
    this.#highest = this.#gradient.reduce(
      (most, slope, name) => Math.max(most, Math.abs(slope) + problem.cost[name]!),
      0,
    )
    this.limits = limitsOf(problem)
  }

  /** Best change of the objective, name by name, and what the limits' rooms are worth. */
  value(): number {
    const { cost, held } = this.#problem
    this.#answer(this.#all)
    let sum = 0
    for (const { price, most } of this.limits) sum += price * most
    for (let name = 0; name < held.length; name++) {
      const now = this.#weights[name]!
      const best = this.#best[name]!
      const change = best - now
      sum += this.#gradient[name]! * change - (this.#curvatures[name]! / 2) * change ** 2
      sum -= cost[name]! * (Math.abs(best - held[name]!) - Math.abs(now - held[name]!))
      sum -= this.#weightPrice[name]! * best
      sum -= this.#buyPrice * Math.max(0, best - held[name]!)
      sum -= this.#sellPrice * Math.max(0, held[name]! - best)
    }
    return sum
  }

  /** Sets a limit's price to where the names just keep it, or to nothing where they do anyway. */
  price(limit: Limit): void {
    const before = limit.price
    this.#set(limit, 0)
    let over = this.#used(limit) - limit.most
    if (over <= 0) return
    let [low, high] = [0, 2 * this.#highest]
    let under = -limit.most
    let price = before > 0 ? before : high / 8
    // False position with Illinois' halving: what is used falls with the price, piece by piece.
    for (let step = 0, side = 0; step < STEPS_MAX; step++) {
      this.#set(limit, price)
      const off = this.#used(limit) - limit.most
      if (Math.abs(off) <= NEAR) return
      if (off > 0) {
        ;[low, over] = [price, off]
        if (side === 1) under /= 2
        side = 1
      } else {
        ;[high, under] = [price, off]
        if (side === -1) over /= 2
        side = -1
      }
      price = low + ((high - low) * over) / (over - under)
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
    this.#answer(names)
    const { held } = this.#problem
    const best = this.#best
    let sum = 0
    for (const name of names) {
      if (kind === 'weight') sum += best[name]!
      else
        sum += Math.max(
          0,
          kind === 'bought' ? best[name]! - held[name]! : held[name]! - best[name]!,
        )
    }
    return sum
  }

  /** Finds the weights of names that are best by themselves. */
  #answer(names: readonly number[]): void {
    const { cost, held, lower, upper } = this.#problem
    const [weights, gradient, prices] = [this.#weights, this.#gradient, this.#weightPrice]
    const [curvatures, buyPrice, sellPrice] = [this.#curvatures, this.#buyPrice, this.#sellPrice]
    for (const name of names) {
      const [now, from, curvature] = [weights[name]!, held[name]!, curvatures[name]!]
      const slope = gradient[name]! - prices[name]!
      let best = reached(now, slope - cost[name]! - buyPrice, curvature)
      if (!(best > from)) {
        best = Math.min(from, reached(now, slope + cost[name]! + sellPrice, curvature))
      }
      this.#best[name] = Math.min(upper[name]!, Math.max(lower[name]!, best))
    }
  }
}

/** Where a gain that falls by so much for each unit of weight is used up. */
function reached(now: number, gain: number, curvature: number): number {
  if (curvature > 0) return now + gain / curvature
  return gain === 0 ? now : Math.sign(gain) * Infinity
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
