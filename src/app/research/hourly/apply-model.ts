import { InputError } from '../../../adapters/mod.ts'
import { barCount, formatUtcDate } from '../../../core/mod.ts'
import {
  calibrated,
  type Fold,
  rowsOfBars,
  seenTimes,
  type TimeWindow,
  trainedTimes,
  windowsOf,
} from '../../../models/mod.ts'
import { blendRoutes, routeForecast } from './blend-routes.ts'
import type { SavedModel, SavedRoute } from './read-model.ts'
import type { Study } from './study.ts'
import type { WalkForward } from './walk-forward.ts'
import type { FoldResult } from './work-fold.ts'

/**
 * Forecasts a panel, from the first bar of a New York day on, by models that were trained before.
 * Throws InputError (4) where they have seen any of it, with the dates, or do not fit.
 */
export function applyModel(saved: SavedModel, study: Study, fromDay: number | null): WalkForward {
  const { data, panel } = study
  const { grid } = panel
  const bars = Int32Array.from({ length: barCount(grid) }, (_, bar) => bar).filter(
    (bar) => fromDay === null || grid.sessionDay[bar]! >= fromDay,
  )
  refuseMisfit(saved, study, bars.length)
  refuseSeen(saved, trainedTimes(windowsOf(data.spans, bars), grid))
  const fold: Fold = {
    ...{ name: 'saved model', trainBars: new Int32Array(0), testBars: bars },
    ...{ purgedBars: new Int32Array(0), embargoedBars: new Int32Array(0), testGroups: [] },
  }
  const rows = rowsOfBars(bars, { names: data.names, bars: barCount(grid), isUsed: data.isUsed })
  const results = saved.routes.map((route) => [forecastOfRoute(route, study, rows)])
  const routes = saved.routes.map((route, i) => {
    const { json, model } = route
    return routeForecast(route, data, { folds: [fold], results: results[i]!, json, model })
  })
  const seen = `${dateOf(saved.trainedOn[0]!.fromTime)} to ${dateOf(saved.trainedOn.at(-1)!.toTime)}`
  return {
    plan: `saved models of ${saved.file}, trained on ${seen}; nothing was trained here`,
    folds: [
      {
        ...{ name: fold.name, trainBars: 0, testBars: bars.length, purgedBars: 0 },
        ...{ embargoedBars: 0, forecastRows: rows.length, wasKept: true },
      },
    ],
    lastFold: fold,
    routes,
    paths:
      routes.length === 1 ? routes[0]!.paths : blendRoutes(saved.routes, data, [fold], results),
    ...{ firstBar: bars[0]!, lastBar: bars.at(-1)! },
  }
}

function forecastOfRoute(
  { model, calibration }: SavedRoute,
  { data }: Study,
  rows: Int32Array,
): FoldResult {
  const made = model.predict(data.features, rows)
  const { implementation } = model
  const { excessReturn } = made
  const common = calibrated(calibration, made)
  const forecast = { implementation, computes: 'read from a file', rows, excessReturn, ...common }
  return { forecast, wasKept: true }
}

function refuseMisfit(saved: SavedModel, study: Study, bars: number): void {
  const { file, routes } = saved
  const { data, labelOptions } = study
  const known = new Set(data.features.names)
  const details = routes.flatMap(({ name, model }) => {
    const missing = model.features.filter((feature) => !known.has(feature))
    return missing.length === 0 ? [] : [`${name} reads features that are not there: ${missing}`]
  })
  for (const key of ['horizonBars', 'downsideThreshold'] as const) {
    const [own, asked] = [saved[key], labelOptions[key]]
    if (own !== asked) details.push(`labels.${key}: the model's is ${own}, asked for is ${asked}`)
  }
  if (bars === 0) details.push('--from: no bar of the data is so late')
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-HOUR-006',
    exitCode: 4,
    message: `${file} cannot forecast these data`,
    details,
  })
}

function refuseSeen({ file, trainedOn }: SavedModel, wanted: readonly TimeWindow[]): void {
  for (const window of wanted) {
    const seen = seenTimes(trainedOn, window)
    if (seen === null) continue
    const span = ({ fromTime, toTime }: TimeWindow) => `${dateOf(fromTime)} to ${dateOf(toTime)}`
    throw new InputError({
      code: 'ORN-HOUR-006',
      exitCode: 4,
      message: `${file} was trained on ${span(seen)} and is asked to forecast ${span(window)}`,
      details: ['a model that has seen what it forecasts would look better than it is'],
      fix: 'Forecast only what comes later: --from DATE, or later data',
    })
  }
}

const dateOf = (time: number): string => formatUtcDate(time)
