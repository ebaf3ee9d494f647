import { adjustForFalseDiscovery } from '../../../core/mod.ts'
import {
  type CloseSeries,
  evaluatePair,
  type PairCandidate,
  type PairFilters,
  type TestedPair,
} from './evaluate-pair.ts'

/** How pairs are found and chosen. */
export interface DiscoveryOptions {
  readonly filters: PairFilters
  readonly intervalMinutes: number
  /** Expected share of false pairs among those found, at most. */
  readonly falseDiscoveryRate: number
  /** Pairs chosen, at most, and pairs of one symbol among them. */
  readonly top: number
  readonly perSymbolMax: number
}

/** A pair that was chosen. */
export interface DiscoveredPair extends PairCandidate {
  /** p value of the pair adjusted for all pairs that were tested. */
  readonly adjustedPValue: number
  /** The leg that is traded first: the one that trades less well. */
  readonly first: 'a' | 'b'
}

/** What a discovery found, and what it looked at to find it. */
export interface Discovery {
  /** Pairs tested: what the false discoveries are counted against. */
  readonly tested: number
  /** Pairs with too few bars in common. */
  readonly untested: number
  /** Tested pairs that were left out, by the reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly pairs: readonly DiscoveredPair[]
}

/**
 * Tests every pair of the series both ways, controls the false discovery rate over all of them
 * (Benjamini and Hochberg 1995), filters, and chooses greedily by score.
 */
export function discoverPairs(
  series: readonly CloseSeries[],
  options: DiscoveryOptions,
): Discovery {
  const tested: TestedPair[] = []
  let untested = 0
  series.forEach((x, i) => {
    for (const y of series.slice(i + 1)) {
      const pair = evaluatePair(x, y, options.filters, options.intervalMinutes)
      if (pair === null) untested++
      else tested.push(pair)
    }
  })
  const adjusted = adjustForFalseDiscovery(tested.map(({ pValue }) => pValue))
  const rejected: Record<string, number> = {}
  const reject = (reason: string): void => {
    rejected[reason] = (rejected[reason] ?? 0) + 1
  }
  const found: DiscoveredPair[] = []
  tested.forEach(({ best, rejection }, i) => {
    const adjustedPValue = adjusted[i]!
    if (best === null) reject(rejection ?? 'no fit')
    else if (adjustedPValue > options.falseDiscoveryRate) reject('false discovery rate')
    else found.push({ ...best, adjustedPValue, first: firstLeg(best, series) })
  })
  const pairs = choose(found, options)
  if (found.length > pairs.length) rejected['not chosen'] = found.length - pairs.length
  return { tested: tested.length, untested, rejected, pairs }
}

/** Best scores first, none of a symbol that has enough of them. */
function choose(
  found: readonly DiscoveredPair[],
  { top, perSymbolMax }: DiscoveryOptions,
): readonly DiscoveredPair[] {
  const counts = new Map<string, number>()
  const count = (symbol: string): number => counts.get(symbol) ?? 0
  const chosen: DiscoveredPair[] = []
  for (const pair of [...found].sort((a, b) => b.score - a.score)) {
    const legs = [pair.legA, pair.legB]
    if (chosen.length >= top) break
    if (legs.some((leg) => count(leg) >= perSymbolMax)) continue
    for (const leg of legs) counts.set(leg, count(leg) + 1)
    chosen.push(pair)
  }
  return chosen
}

function firstLeg(pair: PairCandidate, series: readonly CloseSeries[]): 'a' | 'b' {
  const liquidity = (symbol: string): number | null =>
    series.find((each) => each.symbol === symbol)?.liquidity ?? null
  const a = liquidity(pair.legA)
  const b = liquidity(pair.legB)
  return a !== null && b !== null && b < a ? 'b' : 'a'
}
