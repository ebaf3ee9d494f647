import { expect, it } from 'vitest'
import { informationCoefficients } from './cross-section.ts'
import { rankSample } from './rank-sample.ts'
import { toyPanel } from './test-kit.ts'

it('has the rank ICs of every bar in turn, whatever is missing', () => {
  const { data, nextBarReturn } = toyPanel({ seed: 8, names: 16, bars: 90 })
  const { names, features, labels, isUsed } = data
  const targets = [labels.excessReturn, nextBarReturn]
  const { icsOf } = rankSample(data, targets, 3)
  for (const column of features.columns) {
    const scores = column.map((value, row) => (isUsed[row] === 1 ? value : Number.NaN))
    const found = icsOf(column)
    targets.forEach((target, t) => {
      const { rankIc } = informationCoefficients({ names, bars: 90, scores, labels: target })
      const { values, counts } = rankIc
      expect([...found[t]!]).toEqual([...values].filter((_, i) => i % 3 === 0 && counts[i]! > 0))
    })
  }
})
