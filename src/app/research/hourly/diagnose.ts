import {
  computeLabels,
  type DriftReport,
  equalWeightBaseline,
  featureDrift,
  type GroupIc,
  momentumBaseline,
  newYorkHour,
  type PanelHours,
  type PermutationTest,
  type ProbabilityReport,
  permutationTest,
  probabilityReport,
  randomBaseline,
  rankIcByBars,
  rankIcBySector,
  rankIcDecay,
  type ScoreReport,
  scoreReport,
  summariseLabels,
  trainingInput,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import type { PanelForecast, RouteForecast } from './blend-routes.ts'
import { explainRoute, type RouteExplanation } from './explain-route.ts'
import type { Study } from './study.ts'
import type { WalkForward } from './walk-forward.ts'

/** What forecasts are worth; probabilities are null where none are made. */
export interface ForecastFigures {
  readonly scores: ScoreReport
  readonly probabilities: ProbabilityReport | null
}

/** A route and what its forecasts alone are worth. */
export interface RouteFigures extends Omit<RouteForecast, 'paths' | 'last'>, ForecastFigures {
  readonly explanation: RouteExplanation
}

/** Rank ICs of what is traded, part by part. */
export interface RankIcParts {
  readonly bySector: readonly GroupIc[]
  /** By the hour of the New York clock at which the bar opens. */
  readonly byHour: readonly GroupIc[]
  /** Labels within a session and over a night. */
  readonly byNight: readonly GroupIc[]
  /** The same scores with labels of other horizons. */
  readonly decay: ReturnType<typeof rankIcDecay>
}

/** What a forecast is worth beside forecasts that know nothing. */
export interface Diagnosis extends ForecastFigures {
  /** What is traded: the only route, or the blend with its weights. */
  readonly forecast: string
  readonly plan: string
  readonly folds: WalkForward['folds']
  /** Each by itself. */
  readonly routes: readonly RouteFigures[]
  /** Of every way through the panel, in their order; figures elsewhere are of the first. */
  readonly paths: readonly ScoreReport['rankIc'][]
  readonly parts: RankIcParts
  /** What is traded, with the outcomes of other names. */
  readonly permutation: PermutationTest
  /** What the last fold was tested on against what it was trained on. */
  readonly drift: DriftReport & { readonly fold: string }
  /** The same figures of baselines over the same bars. */
  readonly baselines: readonly { readonly name: string; readonly scores: ScoreReport }[]
  readonly labels: ReturnType<typeof summariseLabels>
  readonly notes: readonly string[]
}

/** Of random forecasts and of exchanges. */
const SEED = 42

/** Measures forecasts against what came, and baselines over the same bars. */
export function diagnose(config: HourlyConfig, study: Study, forecasts: WalkForward): Diagnosis {
  const { panel, labels } = study
  const names = panel.symbols.length
  const bars = panel.grid.openTime.length
  const hours: PanelHours = {
    sessionDay: panel.grid.sessionDay,
    barOfSession: panel.grid.barOfSession,
    horizonBars: config.labels.horizonBars,
  }
  const none = new Float64Array(names * bars).fill(Number.NaN)
  const measure = (scores: Float64Array | null): ScoreReport =>
    scoreReport({ names, bars, scores: scores ?? none, labels: labels.excessReturn }, hours)
  const figures = ({ scores, downsideProbability }: PanelForecast): ForecastFigures => ({
    scores: measure(scores),
    probabilities:
      downsideProbability === null
        ? null
        : probabilityReport(downsideProbability, labels.downsideEvent),
  })
  const routes = forecasts.routes.map(({ paths, last, ...route }) => ({
    ...route,
    ...figures(paths[0]!),
    explanation: explainRoute(last, study),
  }))
  const traded = routes.length === 1 ? routes[0]! : figures(forecasts.paths[0]!)
  const others = forecasts.paths.slice(1).map(({ scores }) => measure(scores).rankIc)
  return {
    forecast: forecastName(routes),
    plan: forecasts.plan,
    folds: forecasts.folds,
    ...{ scores: traded.scores, probabilities: traded.probabilities, routes },
    paths: [traded.scores.rankIc, ...others],
    parts: partsOf(study, forecasts.paths[0]!.scores ?? none),
    permutation: permutationTest(
      { names, bars, scores: forecasts.paths[0]!.scores ?? none, labels: labels.excessReturn },
      SEED,
    ),
    drift: driftOf(study, forecasts),
    baselines: baselinesOf(study, forecasts).map(({ name, scores }) => ({
      name,
      scores: measure(scores),
    })),
    labels: summariseLabels(panel, labels),
    notes: [
      'Equal weights give every name the same score: they have no correlation with returns.',
      `Labels of neighbouring bars share ${config.labels.horizonBars - 1} of ${config.labels.horizonBars} bars; both intervals respect that.`,
    ],
  }
}

function driftOf({ data }: Study, { lastFold }: WalkForward): Diagnosis['drift'] {
  const { name, trainBars, testBars } = lastFold
  return { fold: name, ...featureDrift(data, trainBars, testBars) }
}

/** Horizons of the decay, bars. */
const HORIZONS = [1, 2, 3, 6, 13, 26, 65]

function partsOf({ panel, labels, labelOptions }: Study, scores: Float64Array): RankIcParts {
  const { horizonBars } = labelOptions
  const [names, bars] = [panel.symbols.length, panel.grid.openTime.length]
  const scored = { names, bars, scores, labels: labels.excessReturn }
  const hour = Array.from(panel.grid.openTime, (time) => `${newYorkHour(time)}:00`)
  const night = (bar: number): string =>
    labels.spansNight[bar] === 1 ? 'over a night' : 'within a session'
  const horizons = [...new Set([...HORIZONS, horizonBars])].sort((a, b) => a - b)
  return {
    bySector: rankIcBySector(scored, panel, horizonBars),
    byHour: rankIcByBars(scored, (bar) => hour[bar]!, horizonBars),
    byNight: rankIcByBars(scored, night, horizonBars),
    // Entries of their own belong to one horizon: decay is from open to open.
    decay: rankIcDecay(
      scored,
      horizons.filter((each) => each + 1 < bars),
      (each) => computeLabels(panel, { ...labelOptions, horizonBars: each }).excessReturn,
    ),
  }
}

/** A blend with its weights, or the only route. */
function forecastName(routes: readonly RouteFigures[]): string {
  if (routes.length === 1) return routes[0]!.name
  const parts = routes.map(({ name, weight }) => `${Number((weight * 100).toFixed(4))} % ${name}`)
  return `blend of ${parts.join(', ')}`
}

function baselinesOf({ data }: Study, forecasts: WalkForward) {
  const first = Math.max(1, forecasts.firstBar)
  const before = Int32Array.from({ length: first }, (_, bar) => bar)
  const { input } = trainingInput(data, before, { seed: SEED, validationShare: 0 })
  const rows = forecastRows(forecasts.paths[0]!)
  return [
    { name: 'random', learner: randomBaseline() },
    { name: 'equal weights', learner: equalWeightBaseline() },
    { name: 'momentum of 10 bars', learner: momentumBaseline('mom_10h') },
  ].flatMap(({ name, learner }) => {
    const trained = learner.train(input)
    if (trained.kind === 'refused') return []
    const scores = new Float64Array(data.isUsed.length).fill(Number.NaN)
    const values = trained.model.predict(data.features, rows).excessReturn!
    for (let i = 0; i < rows.length; i++) scores[rows[i]!] = values[i]!
    return [{ name, scores }]
  })
}

function forecastRows({ scores, downsideProbability }: PanelForecast): Int32Array {
  const rows: number[] = []
  for (const [row, value] of (scores ?? downsideProbability ?? []).entries()) {
    if (!Number.isNaN(value)) rows.push(row)
  }
  return Int32Array.from(rows)
}
