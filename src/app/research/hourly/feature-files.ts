import { writeFeatureTable } from '../../../adapters/mod.ts'
import type { HourPanel } from '../../../core/mod.ts'
import { type FeatureColumns, features } from '../../../models/mod.ts'

/** A feature as it came out on a panel. */
export interface DescribedFeature {
  readonly name: string
  readonly group: string
  readonly formula: string
  readonly unit: string
  readonly source: string
  readonly lookBackBars: number
  /** Of the cells of members. */
  readonly missingShare: number
  /** True when no two values of members differ. */
  readonly isConstant: boolean
}

/** Describes every feature with what members have of it. */
export function describeFeatures(
  { isMember }: HourPanel,
  { columns }: Pick<FeatureColumns, 'columns'>,
): readonly DescribedFeature[] {
  return columns.map((column, index) => {
    const { name, group, formula, units, source, lookBackBars } = features[index]!
    let [cells, missing, low, high] = [0, 0, Infinity, -Infinity]
    for (let row = 0; row < column.length; row++) {
      if (isMember[row] !== 1) continue
      const value = column[row]!
      cells++
      if (Number.isNaN(value)) missing++
      else {
        low = Math.min(low, value)
        high = Math.max(high, value)
      }
    }
    const missingShare = cells === 0 ? 1 : missing / cells
    const isConstant = low >= high
    return { name, group, formula, unit: units, source, lookBackBars, missingShare, isConstant }
  })
}

/** Writes features as one Parquet table: name, bar and decision time, then a column a feature. */
export const writeFeatures = (
  path: string,
  { symbols, grid, isMember }: HourPanel,
  { names, columns }: FeatureColumns,
): Promise<void> => writeFeatureTable(path, { symbols, grid, isMember, names, columns })
