import type { Loss, LossRows } from './loss.ts'

/** What of the parameters concerns ranking. */
export interface RankingOptions {
  readonly truncation: number | null
  readonly steepness: number
}

/** Added to the difference of scores that a pair's weight is divided by. */
const CLOSENESS = 0.01

/** Rows of one group, by place in `members`. */
interface Groups {
  /** Rows, those of a group side by side. */
  readonly members: Int32Array
  /** Group g has the members from starts[g] to starts[g + 1]. */
  readonly starts: Int32Array
}

/**
 * Ranking of the rows of each group by pairs: the logistic loss of the difference of two scores.
 * With 'ndcg' a pair weighs what exchanging it would change in NDCG (LambdaRank: Burges,
 * MSR-TR-2010-82), less where the scores already differ; with 'pairwise' all pairs weigh the same.
 * What a group adds grows with the logarithm of its pairs' sum only, so that large ones do not
 * drown small ones.
 */
export function rankingLoss(
  kind: 'ndcg' | 'pairwise',
  rows: LossRows,
  options: RankingOptions,
): Loss {
  const { target } = rows
  const groups = groupRows(rows.groups!)
  const top = options.truncation ?? Number.POSITIVE_INFINITY
  const gains = target.map(gradeGain)
  const discounts = Float64Array.from({ length: largestGroup(groups) }, (_, rank) => discount(rank))
  const ideal = kind === 'ndcg' ? idealGains(groups, target, top) : null
  return {
    base: 0,
    metric: kind === 'ndcg' ? '1 - mean NDCG' : '1 - mean rank correlation',
    derive(scores, gradient, hessian) {
      gradient.fill(0)
      hessian.fill(0)
      for (let g = 0; g + 1 < groups.starts.length; g++) {
        const ranked = rankGroup(groups, g, scores)
        const perGain = ideal === null ? null : inverse(ideal[g]!)
        if (perGain === 0) continue
        const weights = perGain === null ? null : { gains, discounts, perGain }
        derivePairs({ ranked, target, scores, gradient, hessian, weights, top, options })
      }
      if (rows.weights !== null) weigh(gradient, hessian, rows.weights)
    },
    measure: (scores) =>
      1 - (ideal === null ? meanCorrelation(groups, target, scores) : meanNdcg(scores)),
  }

  function meanNdcg(scores: Float64Array): number {
    let sum = 0
    for (let g = 0; g + 1 < groups.starts.length; g++) {
      const best = ideal![g]!
      // Nothing to order counts as well ordered.
      sum += best === 0 ? 1 : gainOf(rankGroup(groups, g, scores), target, top) / best
    }
    return sum / (groups.starts.length - 1)
  }
}

const inverse = (value: number): number => (value === 0 ? 0 : 1 / value)

/** Sorts the rows into groups by their number. */
function groupRows(groups: Int32Array): Groups {
  const members = Int32Array.from(groups, (_, i) => i).sort(
    (a, b) => groups[a]! - groups[b]! || a - b,
  )
  const starts: number[] = []
  members.forEach((row, i) => {
    if (i === 0 || groups[row] !== groups[members[i - 1]!]) starts.push(i)
  })
  return { members, starts: Int32Array.from([...starts, members.length]) }
}

const largestGroup = ({ starts }: Groups): number =>
  starts.reduce((most, start, g) => (g === 0 ? 0 : Math.max(most, start - starts[g - 1]!)), 0)

/** Rows of a group by falling score; of equal scores the earlier row first. */
function rankGroup({ members, starts }: Groups, group: number, scores: Float64Array): Int32Array {
  return members
    .slice(starts[group], starts[group + 1])
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
}

const gradeGain = (grade: number): number => 2 ** grade - 1
const discount = (rank: number): number => 1 / Math.log2(rank + 2)

function gainOf(ranked: Int32Array, target: Float64Array, top: number): number {
  let sum = 0
  for (let rank = 0; rank < Math.min(top, ranked.length); rank++) {
    sum += gradeGain(target[ranked[rank]!]!) * discount(rank)
  }
  return sum
}

const idealGains = (groups: Groups, target: Float64Array, top: number): Float64Array =>
  Float64Array.from({ length: groups.starts.length - 1 }, (_, g) =>
    gainOf(rankGroup(groups, g, target), target, top),
  )

/** What exchanging two rows changes in NDCG. */
interface PairWeights {
  /** By row. */
  readonly gains: Float64Array
  /** By rank. */
  readonly discounts: Float64Array
  /** What a unit of gain is of the group's NDCG. */
  readonly perGain: number
}

interface PairInput {
  readonly ranked: Int32Array
  readonly target: Float64Array
  readonly scores: Float64Array
  readonly gradient: Float64Array
  readonly hessian: Float64Array
  /** Null: pairs weigh the same. */
  readonly weights: PairWeights | null
  readonly top: number
  readonly options: RankingOptions
}

/** Adds the derivatives of one group's pairs, then evens out how much the group weighs. */
function derivePairs(input: PairInput): void {
  const { ranked, target, scores, gradient, hessian, top } = input
  const { steepness } = input.options
  const spread = scores[ranked[0]!]! - scores[ranked[ranked.length - 1]!]!
  let total = 0
  for (let first = 0; first < Math.min(top, ranked.length - 1); first++) {
    const a = ranked[first]!
    for (let second = first + 1; second < ranked.length; second++) {
      const b = ranked[second]!
      if (target[a] === target[b]) continue
      const high = target[a]! > target[b]! ? a : b
      const low = high === a ? b : a
      const difference = scores[high]! - scores[low]!
      const weight = pairWeight(input, first, second, spread === 0 ? null : difference)
      const p = 1 / (1 + Math.exp(steepness * difference))
      const pull = steepness * weight * p
      const curve = steepness * steepness * weight * p * (1 - p)
      gradient[high]! -= pull
      gradient[low]! += pull
      hessian[high]! += curve
      hessian[low]! += curve
      total += 2 * pull
    }
  }
  if (total === 0) return
  const factor = Math.log2(1 + total) / total
  for (let i = 0; i < ranked.length; i++) {
    const row = ranked[i]!
    gradient[row]! *= factor
    hessian[row]! *= factor
  }
}

function pairWeight(
  { ranked, weights }: PairInput,
  first: number,
  second: number,
  difference: number | null,
): number {
  if (weights === null) return 1
  const { gains, discounts, perGain } = weights
  const gap = Math.abs(gains[ranked[first]!]! - gains[ranked[second]!]!)
  const weight = gap * (discounts[first]! - discounts[second]!) * perGain
  return difference === null ? weight : weight / (CLOSENESS + Math.abs(difference))
}

function weigh(gradient: Float64Array, hessian: Float64Array, weights: Float64Array): void {
  weights.forEach((weight, i) => {
    gradient[i]! *= weight
    hessian[i]! *= weight
  })
}

/** Mean over the groups of Spearman's correlation of score and target. */
function meanCorrelation(groups: Groups, target: Float64Array, scores: Float64Array): number {
  let sum = 0
  for (let g = 0; g + 1 < groups.starts.length; g++) {
    const rows = groups.members.subarray(groups.starts[g], groups.starts[g + 1])
    sum += correlation(ranksOf(rows, scores), ranksOf(rows, target))
  }
  return sum / (groups.starts.length - 1)
}

/** Rank of each row by value, the mean rank where values are equal. */
function ranksOf(rows: Int32Array, values: Float64Array): Float64Array {
  const order = Int32Array.from(rows, (_, i) => i)
  order.sort((a, b) => values[rows[a]!]! - values[rows[b]!]!)
  const ranks = new Float64Array(rows.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[rows[order[to]!]!] === values[rows[order[from]!]!]) to++
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2
  }
  return ranks
}

/** Pearson's correlation; 0 where one of them does not vary. */
function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (a.length - 1) / 2
  let [ab, aa, bb] = [0, 0, 0]
  a.forEach((value, i) => {
    ab += (value - mean) * (b[i]! - mean)
    aa += (value - mean) ** 2
    bb += (b[i]! - mean) ** 2
  })
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}
