import type { FeatureMatrix, TrainingInput } from '../learner.ts'

/** Some bars of a column by themselves: element `name * bars.length + i` is of `bars[i]`. */
export function cutColumn<Column extends Float32Array | Float64Array | Uint8Array>(
  column: Column,
  bars: Int32Array,
  panel: { readonly names: number; readonly bars: number },
): Column {
  const result = column.slice(0, panel.names * bars.length) as Column
  for (let name = 0; name < panel.names; name++) {
    for (let i = 0; i < bars.length; i++) {
      result[name * bars.length + i] = column[name * panel.bars + bars[i]!]!
    }
  }
  return result
}

/** Some bars of a panel's features by themselves. */
export const cutFeatures = (
  features: FeatureMatrix,
  bars: Int32Array,
  names: number,
): FeatureMatrix => ({
  names: features.names,
  columns: features.columns.map((column) =>
    cutColumn(column, bars, { names, bars: features.bars }),
  ),
  bars: bars.length,
})

/** A training on some bars by themselves, ascending: rows of other bars are left out. */
export function cutTraining(input: TrainingInput, bars: Int32Array, names: number): TrainingInput {
  const { features, labels, rows, validationRows, seed } = input
  const shape = { names, bars: features.bars }
  const placeOf = new Int32Array(features.bars).fill(-1)
  for (let i = 0; i < bars.length; i++) placeOf[bars[i]!] = i
  const moved = (some: Int32Array): Int32Array =>
    some
      .filter((row) => placeOf[row % shape.bars]! >= 0)
      .map((row) => Math.floor(row / shape.bars) * bars.length + placeOf[row % shape.bars]!)
  return {
    features: cutFeatures(features, bars, names),
    labels: {
      excessReturn: cutColumn(labels.excessReturn, bars, shape),
      downsideEvent: cutColumn(labels.downsideEvent, bars, shape),
    },
    rows: moved(rows),
    validationRows: moved(validationRows),
    seed,
  }
}
