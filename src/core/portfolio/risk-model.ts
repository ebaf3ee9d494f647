import { assert } from '../lib/assert.ts'
import type { FactorCovariance } from './factor-covariance.ts'

/** How a risk model learns. */
export interface RiskModelOptions {
  readonly names: number
  /** Number of sectors; a name of sector -1 has no sector part. */
  readonly sectors: number
  /** Bars after which an observation counts half. */
  readonly halfLifeBars: number
  /** Observations a prior of each estimate counts for: what shrinks it. */
  readonly priorBars: number
}

/**
 * Learns a shrunk covariance bar by bar: one market factor (the mean of the members), one factor a
 * sector (the mean of its members' residuals) and each name's own variance, with exponentially
 * falling weights. Betas are shrunk towards 1 (Vasicek 1973), own variances towards their mean,
 * each by a prior that counts for `priorBars` observations; residuals of different sectors are taken
 * as uncorrelated, which is the shrinkage target of Ledoit and Wolf's single-index estimator (2003)
 * with one index a sector. A missing return (NaN) teaches nothing.
 */
export class RiskModel {
  readonly #options: RiskModelOptions
  readonly #decay: number
  readonly #weight: Float64Array
  readonly #marketSquare: Float64Array
  readonly #cross: Float64Array
  readonly #residualSquare: Float64Array
  readonly #sectorWeight: Float64Array
  readonly #sectorSquare: Float64Array
  readonly #sectorSum: Float64Array
  readonly #sectorCount: Float64Array
  #marketVariance = 0
  #marketWeight = 0

  constructor(options: RiskModelOptions) {
    assert(options.halfLifeBars > 0 && options.priorBars > 0, 'times of a risk model are positive')
    this.#options = options
    this.#decay = 0.5 ** (1 / options.halfLifeBars)
    this.#weight = new Float64Array(options.names)
    this.#marketSquare = new Float64Array(options.names)
    this.#cross = new Float64Array(options.names)
    this.#residualSquare = new Float64Array(options.names)
    this.#sectorWeight = new Float64Array(options.sectors)
    this.#sectorSquare = new Float64Array(options.sectors)
    this.#sectorSum = new Float64Array(options.sectors)
    this.#sectorCount = new Float64Array(options.sectors)
  }

  /** Bars that the market's variance rests on, in effect. */
  get observations(): number {
    return this.#marketWeight
  }

  /**
   * Learns a bar: simple returns and sectors of all names, and who is a member (1). The market and
   * its sectors are means over members; what is learnt of a name needs no membership.
   */
  learn(returns: Float64Array, sector: ArrayLike<number>, isMember: ArrayLike<number>): void {
    const market = meanOf(returns, isMember)
    if (market === null) return
    this.#marketVariance = this.#marketVariance * this.#decay + market * market
    this.#marketWeight = this.#marketWeight * this.#decay + 1
    this.#sectorSum.fill(0)
    this.#sectorCount.fill(0)
    for (let name = 0; name < this.#options.names; name++) {
      const value = returns[name]!
      if (Number.isNaN(value)) continue
      const residual = value - this.#beta(name) * market
      this.#learnName(name, { value, market, residual })
      const group = sector[name]!
      if (group < 0 || isMember[name] !== 1) continue
      this.#sectorSum[group]! += residual
      this.#sectorCount[group]!++
    }
    for (let group = 0; group < this.#options.sectors; group++) {
      const count = this.#sectorCount[group]!
      if (count < 2) continue
      const mean = this.#sectorSum[group]! / count
      this.#sectorSquare[group] = this.#sectorSquare[group]! * this.#decay + mean * mean
      this.#sectorWeight[group] = this.#sectorWeight[group]! * this.#decay + 1
    }
  }

  #learnName(
    name: number,
    { value, market, residual }: { value: number; market: number; residual: number },
  ): void {
    const decay = this.#decay
    this.#weight[name] = this.#weight[name]! * decay + 1
    this.#marketSquare[name] = this.#marketSquare[name]! * decay + market * market
    this.#cross[name] = this.#cross[name]! * decay + value * market
    this.#residualSquare[name] = this.#residualSquare[name]! * decay + residual * residual
  }

  #beta(name: number): number {
    const prior = this.#options.priorBars * this.#variance()
    const square = this.#marketSquare[name]! + prior
    return square > 0 ? (this.#cross[name]! + prior) / square : 1
  }

  #variance(): number {
    return this.#marketWeight > 0 ? this.#marketVariance / this.#marketWeight : 0
  }

  /** The covariance as learnt so far of names in these sectors; null before any bar. */
  covariance(sector: ArrayLike<number>): FactorCovariance | null {
    if (this.#marketWeight === 0) return null
    const { names, sectors, priorBars } = this.#options
    const factors = 1 + sectors
    const loadings = new Float64Array(names * factors)
    const ownVariance = new Float64Array(names)
    const market = Math.sqrt(this.#variance())
    const common = meanRatio(this.#residualSquare, this.#weight)
    for (let name = 0; name < names; name++) {
      loadings[name * factors] = this.#beta(name) * market
      const residual =
        (this.#residualSquare[name]! + priorBars * common) / (this.#weight[name]! + priorBars)
      const group = sector[name]!
      const shared = group < 0 ? 0 : Math.min(this.#shared(group, common), SHARED_MAX * residual)
      if (group >= 0) loadings[name * factors + 1 + group] = Math.sqrt(shared)
      ownVariance[name] = residual - shared
    }
    return { names, factors, loadings, ownVariance }
  }

  /** What a sector's names share: the variance of their mean less what is their own in it. */
  #shared(group: number, residual: number): number {
    const weight = this.#sectorWeight[group]!
    const count = this.#sectorCount[group]!
    if (count < 2) return 0
    const ofMean = this.#sectorSquare[group]! / (weight + this.#options.priorBars)
    return Math.max(0, (count * ofMean - residual) / (count - 1))
  }
}

/** Most of a name's residual variance that its sector is taken to explain. */
const SHARED_MAX = 0.9

function meanOf(values: Float64Array, isMember: ArrayLike<number>): number | null {
  let sum = 0
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (isMember[i] !== 1 || Number.isNaN(values[i]!)) continue
    sum += values[i]!
    count++
  }
  return count === 0 ? null : sum / count
}

function meanRatio(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (weights[i]! < 1) continue
    sum += values[i]! / weights[i]!
    count++
  }
  return count === 0 ? 0 : sum / count
}
