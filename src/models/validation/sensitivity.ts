import { createRandom, type Random } from '../../core/mod.ts'
import type { FeatureMatrix, FittedModel } from '../learner.ts'
import { cutColumn, cutFeatures } from './cut-out.ts'
import { rowsOfBars } from './folds.ts'
import type { ValidationData } from './held-out.ts'

/**
 * How much forecasts rest on each feature, in the order of the model's features: the mean squared
 * change when its values are exchanged among the names of each bar, over twice the forecasts'
 * variance. 0: not used; 1: all that names differ by. It needs no labels and fits any model. Null
 * where the forecasts do not vary. Of excess returns; of probabilities where there are none.
 */
export function featureSensitivity(
  model: FittedModel,
  data: ValidationData,
  bars: Int32Array,
  seed: number,
): Float64Array | null {
  const { names, features, isUsed } = data
  const matrix = cutFeatures(features, bars, names)
  const used = cutColumn(isUsed, bars, { names, bars: features.bars })
  const shape = { names, bars: bars.length, isUsed: used }
  const rows = rowsOfBars(Int32Array.from(bars.keys()), shape)
  const forecast = (from: FeatureMatrix): Float64Array => {
    const { excessReturn, downsideProbability } = model.predict(from, rows)
    return excessReturn ?? downsideProbability!
  }
  const before = forecast(matrix)
  const known = before.filter((value) => !Number.isNaN(value))
  if (known.every((value) => value === known[0])) return null
  const variance = varianceOf(known)
  return Float64Array.from(model.features, (feature) => {
    const place = matrix.names.indexOf(feature)
    const columns = [...matrix.columns]
    columns[place] = exchanged(columns[place]!, rows, bars.length, createRandom(seed))
    const after = forecast({ ...matrix, columns })
    let squares = 0
    let count = 0
    for (let i = 0; i < rows.length; i++) {
      const change = after[i]! - before[i]!
      if (Number.isNaN(change)) continue
      squares += change * change
      count++
    }
    return count === 0 ? 0 : squares / count / (2 * variance)
  })
}

/** Values exchanged among the given rows of each bar. */
function exchanged(
  column: Float32Array,
  rows: Int32Array,
  bars: number,
  random: Random,
): Float32Array {
  const result = column.slice()
  const rowsOf = Array.from({ length: bars }, (): number[] => [])
  for (const row of rows) rowsOf[row % bars]!.push(row)
  for (const some of rowsOf) {
    for (let i = some.length - 1; i > 0; i--) {
      const [a, b] = [some[i]!, some[random.integer(i + 1)]!]
      const value = result[a]!
      result[a] = result[b]!
      result[b] = value
    }
  }
  return result
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}
