import type { TreeKernels } from './kernels.ts'
import {
  defaultTreeParameters,
  isRanking,
  problemOfParameters,
  type TreeParameters,
} from './parameters.ts'
import { ROWS_MAXIMUM } from './workspace.ts'

/** What trees are trained on. Columns, target, weights and groups have one element for each row. */
export interface TreeTraining {
  /** Values that are not finite are missing. */
  readonly columns: readonly Float32Array[]
  /** Names of the columns; f0, f1 ... when absent. */
  readonly features?: readonly string[]
  /** Finite; 0 or 1 for the logistic loss; grades 0, 1 ... 31 for ndcg, the best highest. */
  readonly target: Float32Array | Float64Array
  /** How much each row counts, 0 or more; the same when absent. */
  readonly weights?: Float32Array | Float64Array
  /** Of ranking, and only there: rows with the same number are ranked among each other. */
  readonly groups?: Int32Array
  /** Rows to train on, each at most once; all when absent. */
  readonly rows?: Int32Array
  /** Rows to stop early by, none of them trained on. Whoever gives them has purged them. */
  readonly validation?: Int32Array
  /** What differs from the defaults. */
  readonly parameters?: Partial<TreeParameters>
  /** Those in TypeScript when absent. */
  readonly kernels?: TreeKernels
  /** Of sampling. Any integer. */
  readonly seed: number
  /** Told after each tree. */
  readonly onProgress?: (progress: TreeProgress) => void
}

/** How far training is. */
export interface TreeProgress {
  readonly trees: number
  readonly treesMax: number
  /** Null without validation rows. */
  readonly validationLoss: number | null
}

/** A training with everything that it leaves open. */
export interface CompleteTraining {
  readonly features: readonly string[]
  readonly rows: Int32Array
  readonly validation: Int32Array | null
  readonly parameters: TreeParameters
}

/** Fills in what a training leaves open. */
export function completeTraining(training: TreeTraining): CompleteTraining {
  const { columns } = training
  return {
    features: training.features ?? columns.map((_, i) => `f${i}`),
    rows: training.rows ?? Int32Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => i),
    validation: training.validation ?? null,
    parameters: { ...defaultTreeParameters, ...training.parameters },
  }
}

const GRADE_MAXIMUM = 31

/** The first thing that keeps trees from being trained, with the value seen; null: nothing does. */
export function problemOfTraining(training: TreeTraining): string | null {
  const { features, parameters } = completeTraining(training)
  return (
    problemOfColumns(training, features) ??
    problemOfParameters(parameters, features) ??
    problemOfRows(training) ??
    problemOfTarget(training)
  )
}

function problemOfColumns(training: TreeTraining, features: readonly string[]): string | null {
  const { columns, target, weights, groups } = training
  if (columns.length === 0) return 'columns: there is none'
  const { length } = columns[0]!
  const wrong = columns.findIndex((column) => column.length !== length)
  if (wrong >= 0)
    return `column ${wrong} has ${columns[wrong]!.length} rows, the first has ${length}`
  if (features.length !== columns.length) {
    return `features: ${features.length} names for ${columns.length} columns`
  }
  const twice = features.find((name, i) => features.indexOf(name) !== i)
  if (twice !== undefined) return `features: ${twice} is named twice`
  for (const [name, column] of Object.entries({ target, weights, groups })) {
    if (column !== undefined && column.length !== length) {
      return `${name} has ${column.length} rows, the columns have ${length}`
    }
  }
  return null
}

function problemOfRows(training: TreeTraining): string | null {
  const { columns } = training
  const { rows, validation, parameters } = completeTraining(training)
  const { length } = columns[0]!
  if (rows.length === 0) return 'rows: there is none to train on'
  if (rows.length > ROWS_MAXIMUM) return `rows: ${rows.length}, at most ${ROWS_MAXIMUM} are allowed`
  if (validation !== null && validation.length === 0) return 'validation: there is no row'
  if (validation === null && parameters.patience !== null) {
    return 'patience is set, but there are no validation rows'
  }
  const seen = new Uint8Array(length)
  for (const [name, some] of [
    ['rows', rows],
    ['validation', validation ?? []],
  ] as const) {
    for (const row of some) {
      if (row < 0 || row >= length) return `${name}: row ${row}, there are ${length}`
      if (seen[row] === 1) return `${name}: row ${row} is given twice`
      seen[row] = 1
    }
  }
  return null
}

function problemOfTarget(training: TreeTraining): string | null {
  const { target, weights, groups } = training
  const { rows, validation, parameters } = completeTraining(training)
  const { loss } = parameters
  if (isRanking(loss) !== (groups !== undefined)) {
    return groups === undefined ? `groups: ${loss} needs them` : `groups: ${loss} knows none`
  }
  for (const some of [rows, validation ?? new Int32Array()]) {
    for (const row of some) {
      const value = target[row]!
      if (!Number.isFinite(value)) return `target[${row}] is ${value}`
      if (loss === 'logistic' && value !== 0 && value !== 1) {
        return `target[${row}] is ${value}, logistic allows 0 and 1`
      }
      const isGrade = Number.isInteger(value) && value >= 0 && value <= GRADE_MAXIMUM
      if (loss === 'ndcg' && !isGrade) {
        return `target[${row}] is ${value}, ndcg allows whole grades from 0 to ${GRADE_MAXIMUM}`
      }
      const weight = weights?.[row] ?? 1
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) return `weights[${row}] is ${weight}`
    }
    if (some.length > 0 && weights !== undefined && !some.some((row) => weights[row]! > 0)) {
      return 'weights: all are 0'
    }
  }
  if (loss !== 'logistic') return null
  const first = target[rows.find((row) => (weights?.[row] ?? 1) > 0)!]
  const isConstant = rows.every((row) => target[row] === first || weights?.[row] === 0)
  return isConstant
    ? `target: every row to train on is ${first}, logistic needs both 0 and 1`
    : null
}
