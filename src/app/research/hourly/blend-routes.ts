import {
  blend,
  type CalibratedForecast,
  type FittedModel,
  type Fold,
  type ModelJson,
  pathColumns,
  type ValidationData,
} from '../../../models/mod.ts'
import type { Explained } from './explain-route.ts'
import { type FoldResult, refusal } from './work-fold.ts'

/** Forecasts of a panel, of the shape of a feature column, each by a model that had not seen it. */
export interface PanelForecast extends CalibratedForecast {
  /** What ranks names: in the model's own unit, of a blend in basis points; NaN where none. */
  readonly scores: Float64Array | null
}

/** A route's name and its share of the blend, 0 to 1. */
export interface WeighedRoute {
  readonly name: string
  readonly weight: number
}

/** What one route forecast, on every way through the panel. */
export interface RouteForecast extends WeighedRoute {
  /** What was really trained, and what computed it. */
  readonly implementation: string
  readonly computes: string
  readonly paths: readonly PanelForecast[]
  /** The model of the last fold. */
  readonly last: Explained
}

/** A route's finished folds as columns of the panel. */
export function routeForecast(
  { name, weight }: WeighedRoute,
  data: ValidationData,
  run: {
    readonly folds: readonly Fold[]
    readonly results: readonly FoldResult[]
    readonly json: ModelJson
    readonly model: FittedModel
  },
): RouteForecast {
  const { folds, results, json, model } = run
  const { implementation } = results[0]!.forecast
  const computes = [...new Set(results.map(({ forecast }) => forecast.computes))].join('; ')
  const own = results.map(({ forecast }) => forecast.excessReturn)
  const forecasts = results.map(({ forecast }) => forecast)
  const rows = forecasts.map((each) => each.rows)
  const paths = pathsOf(data, { folds, rows, own, forecasts })
  const { name: fold, testBars } = folds.at(-1)!
  const last = { fold, isHeldOut: true, bars: testBars, json, model }
  return { name, weight, implementation, computes, paths, last }
}

/** The weighted mean of routes' calibrated forecasts. Throws InputError (4) where one lacks a part. */
export function blendRoutes(
  routes: readonly WeighedRoute[],
  data: ValidationData,
  folds: readonly Fold[],
  results: readonly (readonly FoldResult[])[],
): readonly PanelForecast[] {
  const blended = folds.map((_, at) => {
    const parts = routes.map(({ weight }, i) => {
      const { forecast } = results[i]![at]!
      return { implementation: forecast.implementation, weight, forecast }
    })
    const mean = blend(parts)
    if (mean.kind === 'refused') throw refusal(mean.reason)
    return mean
  })
  const rows = folds.map((_, at) => results[0]![at]!.forecast.rows)
  const own = blended.map(({ excessReturnBps }) => excessReturnBps)
  return pathsOf(data, { folds, rows, own, forecasts: blended })
}

function pathsOf(
  { names, features: { bars } }: ValidationData,
  run: {
    readonly folds: readonly Fold[]
    readonly rows: readonly Int32Array[]
    readonly own: readonly (Float64Array | null)[]
    readonly forecasts: readonly CalibratedForecast[]
  },
): readonly PanelForecast[] {
  const columns = (values: readonly (Float64Array | null)[]) =>
    pathColumns(
      run.folds.map(({ testBars }, i) => ({ testBars, rows: run.rows[i]!, values: values[i]! })),
      { names, bars },
    )
  const bps = columns(run.forecasts.map(({ excessReturnBps }) => excessReturnBps))
  const downside = columns(run.forecasts.map(({ downsideProbability }) => downsideProbability))
  return columns(run.own).map((scores, i) => ({
    scores,
    excessReturnBps: bps[i]!,
    downsideProbability: downside[i]!,
  }))
}
