/** Forecasts of one kind of a fold's test: element i is of `rows[i]`; null where none is made. */
export interface FoldColumn {
  readonly testBars: Int32Array
  readonly rows: Int32Array
  readonly values: Float64Array | null
}

/**
 * Columns of the shape of a feature column, one for each way through the panel, NaN elsewhere: a
 * bar's first test goes to the first path, its second to the second, and so on. One for walk-forward,
 * several for combinatorial folds; null where a fold makes no such forecast.
 */
export function pathColumns(
  folds: readonly FoldColumn[],
  { names, bars }: { readonly names: number; readonly bars: number },
): readonly (Float64Array | null)[] {
  const tested = new Int32Array(bars)
  for (const { testBars } of folds) for (const bar of testBars) tested[bar]!++
  const count = tested.reduce((most, times) => Math.max(most, times), 0)
  if (folds.some(({ values }) => values === null)) return new Array(count).fill(null)
  const paths = Array.from({ length: count }, () => new Float64Array(names * bars).fill(Number.NaN))
  const next = new Int32Array(bars)
  for (const { testBars, rows, values } of folds) {
    rows.forEach((row, i) => {
      paths[next[row % bars]!]![row] = values![i]!
    })
    for (const bar of testBars) next[bar]!++
  }
  return paths
}
