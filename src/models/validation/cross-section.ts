/** One number a bar; NaN where a bar has none. */
export interface BarSeries {
  readonly values: Float64Array
  /** Names that the bar's number was computed from. */
  readonly counts: Int32Array
}

/** Scores and labels of a panel, of the shape of a feature column, NaN where there is none. */
export interface ScoredPanel {
  readonly names: number
  readonly bars: number
  readonly scores: Float32Array | Float64Array
  readonly labels: Float32Array | Float64Array
}

/** Names that a bar must have before its cross-section is measured. */
export const NAMES_MIN = 10

/** Names of one bar that have both a score and a label, with their ranks from 1. */
export interface CrossSection {
  readonly scores: Float64Array
  readonly labels: Float64Array
  readonly scoreRanks: Float64Array
  readonly labelRanks: Float64Array
}

/**
 * Calls `visit` with the cross-section of every bar, or every `stride`-th, that has at least
 * `namesMin` names; buffers are reused.
 */
export function forEachCrossSection(
  panel: ScoredPanel,
  visit: (bar: number, section: CrossSection) => void,
  stride = 1,
  namesMin = NAMES_MIN,
): void {
  const { names, bars } = panel
  const [scores, labels] = [new Float64Array(names), new Float64Array(names)]
  for (let bar = 0; bar < bars; bar += stride) {
    let count = 0
    for (let row = bar; row < names * bars; row += bars) {
      const score = panel.scores[row]!
      const label = panel.labels[row]!
      if (Number.isNaN(score) || Number.isNaN(label)) continue
      scores[count] = score
      labels[count] = label
      count++
    }
    if (count < namesMin) continue
    const used = { scores: scores.subarray(0, count), labels: labels.subarray(0, count) }
    visit(bar, { ...used, scoreRanks: ranks(used.scores), labelRanks: ranks(used.labels) })
  }
}

/** Pearson's (`ic`) and Spearman's (`rankIc`) correlation of scores with labels, bar by bar. */
export function informationCoefficients(panel: ScoredPanel): { ic: BarSeries; rankIc: BarSeries } {
  const counts = new Int32Array(panel.bars)
  const ic = new Float64Array(panel.bars).fill(Number.NaN)
  const rankIc = new Float64Array(panel.bars).fill(Number.NaN)
  forEachCrossSection(panel, (bar, { scores, labels, scoreRanks, labelRanks }) => {
    counts[bar] = scores.length
    ic[bar] = correlation(scores, labels)
    rankIc[bar] = correlation(scoreRanks, labelRanks)
  })
  return { ic: { values: ic, counts }, rankIc: { values: rankIc, counts } }
}

/** Pearson's correlation; NaN where either side does not vary. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const n = a.length
  let meanA = 0
  let meanB = 0
  for (let i = 0; i < n; i++) {
    meanA += a[i]!
    meanB += b[i]!
  }
  meanA /= n
  meanB /= n
  let together = 0
  let squaresA = 0
  let squaresB = 0
  let largestA = 0
  let largestB = 0
  for (let i = 0; i < n; i++) {
    const x = a[i]! - meanA
    const y = b[i]! - meanB
    together += x * y
    squaresA += x * x
    squaresB += y * y
    largestA = Math.max(largestA, Math.abs(a[i]!))
    largestB = Math.max(largestB, Math.abs(b[i]!))
  }
  // Equal values can leave a mean that is off in its last digit: that is not variation.
  const isFlat = (squares: number, most: number): boolean => squares <= n * (1e-14 * most) ** 2
  if (isFlat(squaresA, largestA) || isFlat(squaresB, largestB)) return Number.NaN
  return together / Math.sqrt(squaresA * squaresB)
}

/** Ranks from 1, of equal values their mean. */
export function ranks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort()
  const n = sorted.length
  return values.map((value) => {
    const first = firstNotBelow(sorted, value)
    let end = first + 1
    if (end < n && sorted[end] === value) end = firstAbove(sorted, value)
    return (first + end + 1) / 2
  })
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
