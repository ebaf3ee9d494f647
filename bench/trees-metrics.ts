/** Root mean squared error. */
export function rootMeanSquare(scores: Float64Array, target: Float64Array): number {
  let sum = 0
  scores.forEach((score, i) => {
    sum += (score - target[i]!) ** 2
  })
  return Math.sqrt(sum / scores.length)
}

/** Mean logistic loss of log odds. */
export function logisticLoss(scores: Float64Array, target: Float64Array): number {
  let sum = 0
  scores.forEach((score, i) => {
    sum += Math.log1p(Math.exp(target[i] === 1 ? -score : score))
  })
  return sum / scores.length
}

/** 1 less the area under the receiver operating characteristic; equal scores count half. */
export function missedArea(scores: Float64Array, target: Float64Array): number {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!)
  let ranks = 0
  let events = 0
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++
    for (let i = from; i < to; i++) {
      if (target[order[i]!] !== 1) continue
      ranks += (from + to + 1) / 2
      events++
    }
  }
  const area = (ranks - (events * (events + 1)) / 2) / (events * (scores.length - events))
  return 1 - area
}

/** 1 less the mean NDCG of the first ten of groups that lie side by side. */
export function missedGain(scores: Float64Array, target: Float64Array, groupSize: number): number {
  let sum = 0
  const groups = scores.length / groupSize
  for (let group = 0; group < groups; group++) {
    const rows = Array.from({ length: groupSize }, (_, i) => group * groupSize + i)
    const gain = (by: Float64Array) =>
      rows
        .toSorted((a, b) => by[b]! - by[a]! || a - b)
        .slice(0, 10)
        .reduce((total, row, rank) => total + (2 ** target[row]! - 1) / Math.log2(rank + 2), 0)
    sum += gain(scores) / gain(target)
  }
  return 1 - sum / groups
}
