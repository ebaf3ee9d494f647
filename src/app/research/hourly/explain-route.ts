import { barCount } from '../../../core/mod.ts'
import {
  explainTrees,
  type FittedModel,
  featureSensitivity,
  type ModelJson,
  rowsOfBars,
  TREES_IMPLEMENTATION,
  treeImportance,
} from '../../../models/mod.ts'
import type { Study } from './study.ts'
import { readTreesPair, treeColumns } from './trees-route.ts'

/** What one feature is to a model; null where the model has no such figure. */
export interface FeatureWeight {
  readonly feature: string
  /** Share of what splits of the training gained, of excess returns. */
  readonly gainShare: number | null
  readonly splits: number | null
  /** Mean absolute Shapley value of the score of excess returns, basis points before calibration. */
  readonly shapBp: number | null
  /** The same of the log odds of a downside event. */
  readonly shapLogOdds: number | null
  /** How much forecasts rest on it, 0 to about 1: see `featureSensitivity`. */
  readonly sensitivity: number | null
}

/** A model of a route by its features, the weightiest first. */
export interface RouteExplanation {
  readonly fold: string
  /** Whether it had not seen what it is explained on. */
  readonly isHeldOut: boolean
  /** Bars that sensitivity, and rows that Shapley values were computed on. */
  readonly bars: number
  readonly rows: number
  readonly features: readonly FeatureWeight[]
}

/** A model to explain, and bars to explain it on. */
export interface Explained extends Pick<RouteExplanation, 'fold' | 'isHeldOut'> {
  readonly model: FittedModel
  readonly json: ModelJson
  readonly bars: Int32Array
}

/** Rows that forecasts are made of with each feature exchanged. */
const SENSITIVITY_ROWS = 1500
/** Rows that Shapley values are computed of: exact ones take long. */
const SHAP_ROWS = 200
const SEED = 42

/** Explains a model on bars of its panel. */
export function explainRoute(
  { fold, isHeldOut, model, json, bars: all }: Explained,
  study: Study,
): RouteExplanation {
  const { data, panel } = study
  const stride = Math.max(1, Math.floor((all.length * data.names) / SENSITIVITY_ROWS))
  const bars = all.filter((_, i) => i % stride === 0)
  const sensitivity = featureSensitivity(model, data, bars, SEED)
  const shape = { names: data.names, bars: barCount(panel.grid), isUsed: data.isUsed }
  const used = rowsOfBars(all, shape)
  const step = Math.max(1, Math.floor(used.length / SHAP_ROWS))
  const rows = used.filter((_, i) => i % step === 0)
  const trees = json.implementation === TREES_IMPLEMENTATION ? treeWeights(json, study, rows) : null
  const features = model.features.map((feature, f) => ({
    feature,
    ...(trees?.[f] ?? { gainShare: null, splits: null, shapBp: null, shapLogOdds: null }),
    sensitivity: sensitivity?.[f] ?? null,
  }))
  const weight = (each: FeatureWeight): number => each.shapBp ?? each.sensitivity ?? 0
  features.sort((a, b) => weight(b) - weight(a))
  const explained = { fold, isHeldOut, bars: bars.length, rows: trees === null ? 0 : rows.length }
  return { ...explained, features }
}

function treeWeights(json: ModelJson, { data }: Study, rows: Int32Array) {
  const pair = readTreesPair(json)
  if (typeof pair === 'string') return null
  const [excess, event] = pair
  const { gain, splits } = treeImportance(excess)
  const total = gain.reduce((sum, value) => sum + value, 0)
  const [shap, odds] = [excess, event].map((model) => {
    const { values } = explainTrees(model, treeColumns(model, data.features), rows)
    const sums = new Float64Array(model.features.length)
    for (let i = 0; i < values.length; i++) sums[i % sums.length]! += Math.abs(values[i]!)
    return sums.map((sum) => sum / rows.length)
  })
  return excess.features.map((_, f) => ({
    gainShare: total > 0 ? gain[f]! / total : null,
    splits: splits[f]!,
    shapBp: shap![f]! * 1e4,
    shapLogOdds: odds![f]!,
  }))
}
