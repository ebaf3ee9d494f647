import { type PortfolioProblem, type PortfolioSolution, startOf } from './problem.ts'

const SWEEPS_MAX = 60
/** Weights that move by no more than this stand still. */
const STILL = 1e-9
const EXCHANGES_PER_NAME = 4
const allKinds: readonly PairKind[] = ['any', 'bought', 'sold']
/** Where both may still be done, any pair is as free as those of a kind. */
const anyKind: readonly PairKind[] = ['any']

/**
 * A quick heuristic: moves one name at a time to its own best weight within the room that the
 * limits leave, then exchanges the worst held part for the best one wanted where a limit leaves
 * none, until nothing moves. Every limit is kept at every step. Near the optimum, not proven to be
 * it: its solutions are never called optimal. A start must keep the limits.
 */
export function ascendByCoordinates(
  problem: PortfolioProblem,
  start?: PortfolioSolution,
): PortfolioSolution {
  const ascent = new Ascent(problem, start?.weights.slice() ?? startOf(problem))
  let iterations = 0
  for (let moved = 1; moved > STILL && iterations < SWEEPS_MAX; iterations++) {
    moved = ascent.sweep() + ascent.exchange()
  }
  return {
    implementation: 'coordinateAscent',
    weights: ascent.weights,
    isOptimal: false,
    iterations,
  }
}

/** Which trades a pair exchanges: any, two purchases, or two sales. */
type PairKind = 'any' | 'bought' | 'sold'

interface Pair {
  readonly gain: number
  readonly up: number
  readonly down: number
}

class Ascent {
  readonly weights: Float64Array
  readonly #problem: PortfolioProblem
  readonly #exposures: Float64Array
  readonly #sectorRoom: Float64Array
  readonly #curvature: Float64Array
  readonly #gradients: Float64Array
  /** Best scores first. */
  readonly #order: readonly number[]
  #exposureRoom: number
  #buysRoom: number
  #sellsRoom: number

  constructor(problem: PortfolioProblem, weights: Float64Array) {
    const { covariance, aversion, held, sector } = problem
    const { names, factors, loadings, ownVariance } = covariance
    this.#problem = problem
    this.weights = weights
    this.#exposures = new Float64Array(factors)
    this.#gradients = new Float64Array(names)
    const worth = problem.score.map((score, name) => score - problem.cost[name]!)
    this.#order = [...worth.keys()].sort((a, b) => worth[b]! - worth[a]!)
    this.#sectorRoom = problem.sectorMax.slice()
    this.#exposureRoom = problem.exposureMax
    this.#buysRoom = problem.buysMax
    this.#sellsRoom = problem.sellsMax
    this.#curvature = ownVariance.map((own, name) => {
      let sum = own
      for (let k = 0; k < factors; k++) sum += loadings[name * factors + k]! ** 2
      return aversion * sum
    })
    for (let name = 0; name < names; name++) {
      const weight = this.weights[name]!
      this.#exposureRoom -= weight
      if (sector[name]! >= 0) this.#sectorRoom[sector[name]!]! -= weight
      this.#buysRoom -= Math.max(0, weight - held[name]!)
      this.#sellsRoom -= Math.max(0, held[name]! - weight)
      this.#expose(name, weight)
    }
  }

  /** Moves every name once; the largest move. */
  sweep(): number {
    let moved = 0
    const { upper, lower, held } = this.#problem
    for (const name of this.#order) {
      if (upper[name]! <= lower[name]! || this.#isIdle(name)) continue
      const weight = this.weights[name]!
      const wanted = this.#wanted(name)
      const most = Math.min(upper[name]!, weight + this.#roomUp(name))
      const least = Math.max(lower[name]!, Math.min(weight, held[name]! - this.#sellsLeft(name)))
      moved = Math.max(moved, this.#move(name, Math.min(most, Math.max(least, wanted))))
    }
    return moved
  }

  /** Exchanges within limits that are used up, best pair first; the largest move. */
  exchange(): number {
    let moved = 0
    for (let round = 0; round < EXCHANGES_PER_NAME * this.weights.length; round++) {
      const step = this.#exchangeOnce()
      if (step <= STILL) break
      moved = Math.max(moved, step)
    }
    return moved
  }

  #exchangeOnce(): number {
    for (let name = 0; name < this.weights.length; name++) {
      this.#gradients[name] = this.#gradient(name)
    }
    const kinds = this.#buysRoom > STILL && this.#sellsRoom > STILL ? anyKind : allKinds
    let best: Pair = { gain: STILL, up: -1, down: -1 }
    for (let group = -1; group < this.#sectorRoom.length; group++) {
      // Within a sector that is full only its own names make room; elsewhere any name does.
      if (group >= 0 && this.#sectorRoom[group]! > STILL) continue
      for (const kind of kinds) {
        const pair = this.#bestPair(group, kind)
        if (pair.gain > best.gain) best = pair
      }
    }
    return best.up < 0 ? 0 : this.#exchangePair(best)
  }

  #exchangePair({ up, down, gain }: Pair): number {
    const { upper, lower, held, sector } = this.#problem
    const [from, to] = [this.weights[down]!, this.weights[up]!]
    const group = sector[up]!
    const isWithin = group < 0 || group === sector[down]
    const isUndone = to < held[up]!
    const isBought = from > held[down]!
    const least = isBought ? Math.max(lower[down]!, held[down]!) : lower[down]!
    const most = isUndone ? Math.min(upper[up]!, held[up]!) : upper[up]!
    const step = Math.min(
      gain / (this.#curvature[up]! + this.#curvature[down]!),
      from - least,
      most - to,
      isWithin ? Infinity : this.#sectorRoom[group]!,
      isUndone || isBought ? Infinity : Math.min(this.#buysRoom, this.#sellsRoom),
    )
    if (step <= STILL) return 0
    this.#move(down, from - step)
    return Math.max(step, this.#move(up, to + step))
  }

  #bestPair(group: number, kind: PairKind): Pair {
    const { sector, lower, upper, held } = this.#problem
    let [up, down, upGain, downGain] = [-1, -1, -Infinity, -Infinity]
    const [mayBuy, maySell] = this.#mayTrade(kind)
    for (let name = 0; name < this.weights.length; name++) {
      if (group >= 0 && sector[name] !== group) continue
      const isFull = group < 0 && sector[name]! >= 0 && this.#sectorRoom[sector[name]!]! <= STILL
      const weight = this.weights[name]!
      const from = held[name]!
      const mayRise = weight < from ? kind !== 'bought' : mayBuy
      const mayFall = weight > from ? kind !== 'sold' : maySell
      if (mayRise && weight < upper[name]! - STILL && !isFull && !this.#isIdle(name)) {
        const gain = this.#slope(name, 1)
        if (gain > upGain) [up, upGain] = [name, gain]
      }
      if (mayFall && weight > lower[name]! + STILL) {
        const gain = -this.#slope(name, -1)
        if (gain > downGain) [down, downGain] = [name, gain]
      }
    }
    const gain = up < 0 || down < 0 || up === down ? 0 : upGain + downGain
    return { gain, up, down }
  }

  /** Whether an exchange of a kind may add to what is bought, and to what is sold. */
  #mayTrade(kind: PairKind): readonly [mayBuy: boolean, maySell: boolean] {
    if (kind === 'any') return [this.#buysRoom > STILL, this.#sellsRoom > STILL]
    return [kind === 'bought', kind === 'sold']
  }

  /** A name not held whose purchase cannot pay even without risk. */
  #isIdle(name: number): boolean {
    const { score, cost, held } = this.#problem
    return this.weights[name] === 0 && held[name] === 0 && score[name]! <= cost[name]!
  }

  #roomUp(name: number): number {
    const { sector, held } = this.#problem
    const group = sector[name]!
    const free = Math.max(0, held[name]! - this.weights[name]!)
    const room =
      group < 0 ? this.#exposureRoom : Math.min(this.#exposureRoom, this.#sectorRoom[group]!)
    return Math.max(0, Math.min(room, free + this.#buysRoom))
  }

  /** How far below what is held a name may go: what is sold of it, and what else may be. */
  #sellsLeft(name: number): number {
    const sold = Math.max(0, this.#problem.held[name]! - this.weights[name]!)
    return sold + Math.max(0, this.#sellsRoom)
  }

  /** Change of the objective's risk part and score with one name's weight. */
  #gradient(name: number): number {
    const { score, covariance, aversion } = this.#problem
    const { factors, loadings, ownVariance } = covariance
    let risk = ownVariance[name]! * this.weights[name]!
    for (let k = 0; k < factors; k++) risk += loadings[name * factors + k]! * this.#exposures[k]!
    return score[name]! - aversion * risk
  }

  /** Change of the objective, costs included, to one side. */
  #slope(name: number, side: 1 | -1): number {
    const { cost, held } = this.#problem
    const weight = this.weights[name]!
    const isBought = side === 1 ? weight >= held[name]! : weight > held[name]!
    return this.#gradients[name]! - (isBought ? 1 : -1) * cost[name]!
  }

  /** The best weight of one name, all others standing. */
  #wanted(name: number): number {
    const { cost, held } = this.#problem
    const curvature = this.#curvature[name]!
    const gradient = this.#gradient(name)
    const at = (slope: number): number =>
      curvature > 0 ? this.weights[name]! + slope / curvature : Math.sign(slope) * Infinity
    const bought = at(gradient - cost[name]!)
    if (bought > held[name]!) return bought
    const sold = at(gradient + cost[name]!)
    return sold < held[name]! ? sold : held[name]!
  }

  #move(name: number, to: number): number {
    const { held, sector } = this.#problem
    const from = this.weights[name]!
    if (to === from) return 0
    const change = to - from
    this.weights[name] = to
    this.#exposureRoom -= change
    if (sector[name]! >= 0) this.#sectorRoom[sector[name]!]! -= change
    this.#buysRoom -= Math.max(0, to - held[name]!) - Math.max(0, from - held[name]!)
    this.#sellsRoom -= Math.max(0, held[name]! - to) - Math.max(0, held[name]! - from)
    this.#expose(name, change)
    return Math.abs(change)
  }

  #expose(name: number, change: number): void {
    const { factors, loadings } = this.#problem.covariance
    for (let k = 0; k < factors; k++) {
      this.#exposures[k]! += loadings[name * factors + k]! * change
    }
  }
}
