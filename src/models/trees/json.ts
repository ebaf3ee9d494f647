import { TREES_IMPLEMENTATION, type TreesModel } from './model.ts'
import { defaultTreeParameters, problemOfParameters, type TreeParameters } from './parameters.ts'
import type { Tree } from './tree.ts'

/** Names the form of the file; docs/boosted-trees.md describes it. */
export const TREES_FORMAT = 'ornstein.trees/1'

/** A model read from a file, or the first thing that is wrong with it. */
export type TreesReading =
  | { readonly kind: 'model'; readonly model: TreesModel }
  | { readonly kind: 'invalid'; readonly problem: string }

/** The model as JSON; {@link readTrees} gives back one that scores to the bit as this one. */
export function writeTrees(model: TreesModel): string {
  const trees = model.trees.map((tree) =>
    Object.fromEntries(Object.entries(tree).map(([name, column]) => [name, [...column]])),
  )
  return JSON.stringify({ format: TREES_FORMAT, ...model, trees })
}

/** Reads what {@link writeTrees} wrote. */
export function readTrees(text: string): TreesReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return { kind: 'invalid', problem: `no JSON: ${(cause as Error).message}` }
  }
  const problem = problemOfModel(value)
  if (problem !== null) return { kind: 'invalid', problem }
  const { format: _, trees, ...rest } = value as { format: string; trees: Columns[] } & Fields
  return { kind: 'model', model: { ...rest, trees: trees.map(toTree) } as unknown as TreesModel }
}

type Fields = Readonly<Record<string, unknown>>
type Columns = { readonly [Name in keyof Tree]: readonly number[] }

const toTree = (columns: Columns): Tree => ({
  feature: Int32Array.from(columns.feature),
  threshold: Float64Array.from(columns.threshold),
  missingLeft: Uint8Array.from(columns.missingLeft),
  child: Int32Array.from(columns.child),
  value: Float64Array.from(columns.value),
  rows: Float64Array.from(columns.rows),
  gain: Float64Array.from(columns.gain),
})

const COLUMNS = ['feature', 'threshold', 'missingLeft', 'child', 'value', 'rows', 'gain'] as const

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function problemOfModel(value: unknown): string | null {
  if (!isRecord(value)) return 'the file holds no object'
  if (value['format'] !== TREES_FORMAT) {
    return `format is ${show(value['format'])}, only ${TREES_FORMAT} can be read`
  }
  if (value['implementation'] !== TREES_IMPLEMENTATION) {
    return `implementation is ${show(value['implementation'])}, not ${TREES_IMPLEMENTATION}`
  }
  if (typeof value['kernels'] !== 'string')
    return `kernels is ${show(value['kernels'])}, not a text`
  for (const key of ['base', 'seed'] as const) {
    if (!Number.isFinite(value[key])) return `${key} is ${show(value[key])}, not a number`
  }
  const { features, parameters, trees } = value
  if (!Array.isArray(features) || !features.every((name) => typeof name === 'string')) {
    return 'features are no list of names'
  }
  const problem = problemOfSettings(parameters, features) ?? problemOfHistory(value['validation'])
  if (problem !== null) return problem
  if (!Array.isArray(trees)) return 'trees are no list'
  const most = (parameters as TreeParameters).trees
  if (trees.length > most) return `there are ${trees.length} trees, its parameters allow ${most}`
  for (const [number, tree] of trees.entries()) {
    const found = problemOfTree(tree, features.length)
    if (found !== null) return `trees[${number}]: ${found}`
  }
  return null
}

function problemOfSettings(parameters: unknown, features: readonly string[]): string | null {
  if (!isRecord(parameters)) return 'parameters are no object'
  const missing = Object.keys(defaultTreeParameters).find((key) => !(key in parameters))
  if (missing !== undefined) return `parameters: ${missing} is missing`
  if (!isRecord(parameters['monotone'])) return 'parameters: monotone is no object'
  const problem = problemOfParameters(parameters as unknown as TreeParameters, features)
  return problem === null ? null : `parameters: ${problem}`
}

function problemOfHistory(validation: unknown): string | null {
  if (validation === null) return null
  if (!isRecord(validation)) return `validation is ${show(validation)}, neither null nor an object`
  const { metric, losses } = validation
  if (typeof metric !== 'string') return `validation: metric is ${show(metric)}, not a text`
  const isList = Array.isArray(losses) && losses.every((loss) => Number.isFinite(loss))
  return isList ? null : 'validation: losses are no list of numbers'
}

function problemOfTree(tree: unknown, features: number): string | null {
  if (!isRecord(tree)) return 'no object'
  for (const name of COLUMNS) {
    const column = tree[name]
    if (!Array.isArray(column) || !column.every((each) => Number.isFinite(each))) {
      return `${name} is no list of numbers`
    }
    if (column.length !== (tree['feature'] as unknown[]).length) {
      return `${name} has ${column.length} nodes, feature has ${(tree['feature'] as unknown[]).length}`
    }
  }
  const { feature, child, missingLeft } = tree as unknown as Columns
  if (feature.length === 0) return 'has no node'
  const isReached = feature.map(() => false)
  for (let node = 0; node < feature.length; node++) {
    const f = feature[node]!
    const next = child[node]!
    if (!Number.isInteger(f) || f < -1 || f >= features) {
      return `feature[${node}] is ${f}, allowed are -1 to ${features - 1}`
    }
    if (missingLeft[node] !== 0 && missingLeft[node] !== 1) {
      return `missingLeft[${node}] is ${missingLeft[node]}, allowed are 0 and 1`
    }
    if (f === -1) continue
    if (!Number.isInteger(next) || next <= node || next + 1 >= feature.length) {
      return `child[${node}] is ${next}, allowed are ${node + 1} to ${feature.length - 2}`
    }
    if (isReached[next] || isReached[next + 1])
      return `child[${node}] is ${next}, which has a parent`
    isReached[next] = true
    isReached[next + 1] = true
  }
  const stray = isReached.indexOf(false, 1)
  return stray < 0 ? null : `node ${stray} has no parent`
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'missing'
