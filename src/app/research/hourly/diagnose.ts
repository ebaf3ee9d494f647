import {
  momentumBaseline,
  type PanelHours,
  type ProbabilityReport,
  probabilityReport,
  randomBaseline,
  type ScoreReport,
  scoreReport,
  summariseLabels,
  trainingInput,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import type { Study } from './study.ts'
import type { WalkForward } from './walk-forward.ts'

/** What a forecast is worth beside forecasts that know nothing. */
export interface Diagnosis {
  readonly route: string
  readonly implementation: string
  readonly plan: string
  readonly folds: WalkForward['folds']
  readonly scores: ScoreReport
  readonly probabilities: ProbabilityReport | null
  /** The same figures of baselines over the same bars. */
  readonly baselines: readonly { readonly name: string; readonly scores: ScoreReport }[]
  readonly labels: ReturnType<typeof summariseLabels>
  /** Long-only holders of everything have no cross-section: said, not measured. */
  readonly notes: readonly string[]
}

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
  const measure = (scores: Float64Array): ScoreReport =>
    scoreReport({ names, bars, scores, labels: labels.excessReturn }, hours)
  const none = new Float64Array(names * bars).fill(Number.NaN)
  const { excessReturn, downsideProbability } = forecasts
  return {
    route: config.model.route,
    implementation: forecasts.implementation,
    plan: forecasts.plan,
    folds: forecasts.folds,
    scores: measure(excessReturn ?? none),
    probabilities:
      downsideProbability === null
        ? null
        : probabilityReport(downsideProbability, labels.downsideEvent),
    baselines: baselinesOf(config, study, forecasts).map(({ name, scores }) => ({
      name,
      scores: measure(scores),
    })),
    labels: summariseLabels(panel, labels),
    notes: [
      'An equal-weight portfolio gives every name the same score: it has no information coefficient.',
      `Labels of neighbouring bars share ${config.labels.horizonBars - 1} of ${config.labels.horizonBars} bars; both intervals respect that.`,
    ],
  }
}

function baselinesOf(config: HourlyConfig, { data }: Study, forecasts: WalkForward) {
  const first = Math.max(1, forecasts.firstBar)
  const before = Int32Array.from({ length: first }, (_, bar) => bar)
  const { input } = trainingInput(data, before, { seed: config.model.seed, validationShare: 0 })
  const rows = forecastRows(forecasts)
  return [
    { name: 'random', learner: randomBaseline() },
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

function forecastRows({ excessReturn, downsideProbability }: WalkForward): Int32Array {
  const values = excessReturn ?? downsideProbability
  const rows: number[] = []
  values?.forEach((value, row) => {
    if (!Number.isNaN(value)) rows.push(row)
  })
  return Int32Array.from(rows)
}
