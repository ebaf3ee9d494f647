import { type ModelJson, type Refused, refused, type Trained } from '../learner.ts'
import { LINEAR_IMPLEMENTATION, linearModel } from './linear-model.ts'
import { type Preparation, type PreparedColumn, regressorNames } from './preparation.ts'
import type { LinearFit } from './ridge.ts'

/** Reads what a linear model's `toJson` made: one that forecasts the same, or what is wrong. */
export function readLinear(json: ModelJson): Trained {
  if (json.implementation !== LINEAR_IMPLEMENTATION) {
    return refused(`implementation is ${show(json.implementation)}, not ${LINEAR_IMPLEMENTATION}`)
  }
  const problem = problemOfPreparation(json['preparation'])
  if (problem !== null) return refused(`preparation: ${problem}`)
  const preparation = json['preparation'] as Preparation
  const size = regressorNames(preparation).length
  const ridge = fitOf(json['ridge'], 'ridge', size)
  if (ridge.kind === 'refused') return ridge
  const event = fitOf(json['logistic'], 'logistic', size)
  if (event.kind === 'refused') return event
  return { kind: 'trained', model: linearModel(preparation, ridge, event) }
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NUMBERS = [
  'low',
  'high',
  'median',
  'mean',
  'deviation',
  'missingShare',
] as const satisfies readonly (keyof PreparedColumn)[]

/** What is wrong with a preparation read from a file; null where nothing is. */
export function problemOfPreparation(preparation: unknown): string | null {
  if (!isRecord(preparation)) return 'no object'
  const { columns } = preparation
  if (!Array.isArray(columns) || columns.length === 0) return 'columns are no list'
  for (const [i, column] of columns.entries()) {
    if (!isRecord(column)) return `columns[${i}] is no object`
    for (const key of NUMBERS) {
      if (!Number.isFinite(column[key])) return `columns[${i}].${key} is ${show(column[key])}`
    }
    if (typeof column['name'] !== 'string') return `columns[${i}].name is ${show(column['name'])}`
    if (typeof column['hasFlag'] !== 'boolean') {
      return `columns[${i}].hasFlag is ${show(column['hasFlag'])}`
    }
    if (!((column['deviation'] as number) > 0)) {
      return `columns[${i}].deviation is ${show(column['deviation'])}, not above 0`
    }
  }
  return null
}

function fitOf(fit: unknown, name: string, size: number): LinearFit | Refused {
  if (!isRecord(fit)) return refused(`${name} is no object`)
  const { coefficients } = fit
  for (const key of ['intercept', 'l2', 'trainingRows']) {
    if (!Number.isFinite(fit[key])) return refused(`${name}.${key} is ${show(fit[key])}`)
  }
  if (!Array.isArray(coefficients) || !coefficients.every((value) => Number.isFinite(value))) {
    return refused(`${name}.coefficients are no list of numbers`)
  }
  if (coefficients.length !== size) {
    return refused(`${name} has ${coefficients.length} coefficients for ${size} regressors`)
  }
  return { ...(fit as unknown as LinearFit), coefficients: Float64Array.from(coefficients) }
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'missing'
