/** What a portfolio must keep; weights are shares of equity. */
export interface PortfolioLimits {
  /** Most of one name. */
  readonly nameMax: number
  /** Most of one sector. */
  readonly sectorMax: number
  /** Most of everything together, at most 1: nothing is borrowed. */
  readonly exposureMax: number
  /**
   * Most that changes at once, one way: half the sum of |target - drifted weight| over names and
   * cash, which is the greater of what is bought and what is sold.
   */
  readonly turnoverMax: number
}

/** What may be done with a name: anything, nothing but selling, or it must be sold. */
export type NameRule = 'trade' | 'sellOnly' | 'exit'

/** A limit that could not be kept, and what was allowed instead. */
export interface Relaxation {
  readonly limit: 'name' | 'sector' | 'exposure' | 'turnover'
  /** Name or sector; null for limits of the whole. */
  readonly index: number | null
  readonly from: number
  readonly to: number
}

/** Where the names stand before a decision; arrays have one element a name. */
export interface Standing {
  /** Weights now, drifted with prices. */
  readonly held: Float64Array
  readonly rule: readonly NameRule[]
  /** Most that may be traded of a name, as a share of equity; 0 where it does not trade. */
  readonly tradeMax: Float64Array
  readonly sector: ArrayLike<number>
  readonly sectors: number
}

/** Limits that some weights keep. */
export interface Bounds {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly sectorMax: Float64Array
  readonly exposureMax: number
  readonly buysMax: number
  readonly sellsMax: number
  readonly relaxations: readonly Relaxation[]
}

/**
 * Turns limits into bounds that can be kept. Where they cannot, each is relaxed by as little as it
 * takes, in this order: the limit of a name too large to be sold at once, of a sector, of the
 * whole, and last turnover, so that what must be sold is sold. Buying is never forced.
 */
export function boundsOf(limits: PortfolioLimits, standing: Standing): Bounds {
  const relaxations: Relaxation[] = []
  const { lower, upper } = nameBounds(limits, standing, relaxations)
  const sectorMax = sectorBounds(limits, standing, lower, relaxations)
  const least = lower.reduce((sum, weight) => sum + weight, 0)
  const exposureMax = Math.max(limits.exposureMax, least)
  if (exposureMax > limits.exposureMax) {
    relaxations.push({ limit: 'exposure', index: null, from: limits.exposureMax, to: least })
  }
  const needed = neededSales(standing, { upper, sectorMax, exposureMax })
  const sellsMax = Math.max(limits.turnoverMax, needed)
  if (sellsMax > limits.turnoverMax) {
    relaxations.push({ limit: 'turnover', index: null, from: limits.turnoverMax, to: needed })
  }
  const buysMax = limits.turnoverMax
  return { lower, upper, sectorMax, exposureMax, buysMax, sellsMax, relaxations }
}

function nameBounds(
  { nameMax }: PortfolioLimits,
  { held, rule, tradeMax }: Standing,
  relaxations: Relaxation[],
): { readonly lower: Float64Array; readonly upper: Float64Array } {
  const lower = held.map((weight, name) => Math.max(0, weight - tradeMax[name]!))
  const upper = held.map((weight, name) => {
    const least = lower[name]!
    if (rule[name] === 'exit') return least
    const most = rule[name] === 'sellOnly' ? weight : weight + tradeMax[name]!
    if (least > nameMax) relaxations.push({ limit: 'name', index: name, from: nameMax, to: least })
    return Math.max(least, Math.min(most, nameMax))
  })
  return { lower, upper }
}

function sectorBounds(
  limits: PortfolioLimits,
  { sector, sectors }: Standing,
  lower: Float64Array,
  relaxations: Relaxation[],
): Float64Array {
  const least = new Float64Array(sectors)
  for (const [name, weight] of lower.entries()) {
    if (sector[name]! >= 0) least[sector[name]!]! += weight
  }
  return least.map((to, index) => {
    const from = limits.sectorMax
    if (to > from) relaxations.push({ limit: 'sector', index, from, to })
    return Math.max(from, to)
  })
}

/** The least that must be sold to keep all other bounds. */
function neededSales(
  { held, sector, sectors }: Standing,
  bounds: Pick<Bounds, 'upper' | 'sectorMax' | 'exposureMax'>,
): number {
  const kept = new Float64Array(sectors)
  let sold = 0
  let rest = 0
  for (const [name, weight] of held.entries()) {
    const most = Math.min(weight, bounds.upper[name]!)
    sold += weight - most
    rest += most
    if (sector[name]! >= 0) kept[sector[name]!]! += most
  }
  for (const [index, weight] of kept.entries()) {
    const excess = Math.max(0, weight - bounds.sectorMax[index]!)
    sold += excess
    rest -= excess
  }
  return sold + Math.max(0, rest - bounds.exposureMax)
}
