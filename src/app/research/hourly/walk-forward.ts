import { InputError } from '../../../adapters/mod.ts'
import { described, type Fold, type SplitPlan, splitBars } from '../../../models/mod.ts'
import type { RouteSettings } from '../../config/hourly-model-schema.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { hashOf } from '../../config/load.ts'
import {
  blendRoutes,
  type PanelForecast,
  type RouteForecast,
  routeForecast,
} from './blend-routes.ts'
import { clearFolds, foldFiles, keptFold } from './fold-files.ts'
import type { Learners } from './learners.ts'
import { keptModel } from './read-model.ts'
import type { Study, Tell } from './study.ts'
import { type FoldResult, refusal, requireLabels, workFold } from './work-fold.ts'

/** Forecasts of a panel, each by models that had not seen it; NaN where there is none. */
export interface WalkForward {
  /** The plan in words. */
  readonly plan: string
  readonly folds: readonly FoldSummary[]
  /** Of bars as they are; without training bars where a saved model forecasts. */
  readonly lastFold: Fold
  readonly routes: readonly RouteForecast[]
  /** What is traded: the blend, or the only route; one for every way through the panel. */
  readonly paths: readonly PanelForecast[]
  /** First and last bar that is forecast. */
  readonly firstBar: number
  readonly lastBar: number
}

/** One fold in figures. */
export interface FoldSummary {
  readonly name: string
  readonly trainBars: number
  readonly testBars: number
  readonly purgedBars: number
  readonly embargoedBars: number
  readonly forecastRows: number
  /** True when it was there already, from an interrupted or equal run. */
  readonly wasKept: boolean
}

/** Where a walk-forward keeps its folds, and by what it is trained. */
export interface WalkForwardWork {
  readonly folder: string
  readonly codeHash: string
  readonly learners: Learners
  readonly tell: Tell
  /** Refuses to train: every fold must be there already. */
  readonly keptOnly?: boolean
}

/** The folds of a configuration. Throws InputError (4) where the data have too few bars for them. */
export function foldsOf(config: HourlyConfig, study: Study): readonly Fold[] {
  requireLabels(study)
  const split = splitBars(study.data.spans, planOf(config))
  if (split.kind === 'refused') throw refusal(split.reason)
  return split.folds
}

/**
 * Trains every route fold by fold and forecasts what each fold had not seen. A fold that is done is
 * kept in the folder with its model; an equal run takes it from there. Throws InputError (4) where
 * the data do not allow the plan.
 */
export async function walkForward(
  config: HourlyConfig,
  study: Study,
  where: WalkForwardWork,
): Promise<WalkForward> {
  const { data } = study
  const folds = foldsOf(config, study)
  const results: (readonly FoldResult[])[] = []
  for (const route of config.models) {
    results.push(await workRoute(config, study, { ...where, route, folds }))
  }
  where.tell('train', 1, 1)
  const { models } = config
  const tested = folds.flatMap(({ testBars }) => [testBars[0]!, testBars.at(-1)!])
  const routes = models.map((route, i) => {
    const last = keptModel(foldFiles(where.folder, route.name, folds.length - 1))
    return routeForecast(route, data, { folds, results: results[i]!, ...last })
  })
  return {
    plan: described(planOf(config)),
    folds: folds.map((fold, at) =>
      summary(
        fold,
        results.map((each) => each[at]!),
      ),
    ),
    lastFold: folds.at(-1)!,
    routes,
    paths: routes.length === 1 ? routes[0]!.paths : blendRoutes(models, data, folds, results),
    firstBar: Math.min(...tested),
    lastBar: Math.max(...tested),
  }
}

async function workRoute(
  config: HourlyConfig,
  study: Study,
  work: WalkForwardWork & { readonly route: RouteSettings; readonly folds: readonly Fold[] },
): Promise<readonly FoldResult[]> {
  const { route, folds, folder, learners, tell } = work
  const { name, weight: _, ...model } = route
  const { data, features, labels, validation } = config
  const { hash: panel } = study
  const { codeHash: code } = work
  const key = hashOf({ data, panel, features, labels, model, validation, code })
  const filesOf = (index: number) => foldFiles(folder, name, index)
  if (work.keptOnly === true) requireKept(folder, name, { folds, key })
  if (keptFold(filesOf(0), { key, name: folds[0]!.name }) === null) clearFolds(folder, name)
  const learner = learners.of(route)
  const results: FoldResult[] = []
  for (const [index, fold] of folds.entries()) {
    tell(`train ${name}, ${fold.name}`, index, folds.length)
    results.push(
      await workFold(config, study, learner, { fold, route, key, files: filesOf(index) }),
    )
  }
  return results
}

function requireKept(
  folder: string,
  route: string,
  { folds, key }: { readonly folds: readonly Fold[]; readonly key: string },
): void {
  const missing = folds.filter(
    ({ name }, i) => keptFold(foldFiles(folder, route, i), { key, name }) === null,
  )
  if (missing.length === 0) return
  throw new InputError({
    code: 'ORN-HOUR-003',
    exitCode: 4,
    message: `${folder} lacks ${missing.length} of ${folds.length} folds of this configuration and code`,
    details: missing.slice(0, 5).map(({ name }) => `${route}: ${name}`),
    fix: 'Train them: ornstein hourly walk-forward CONFIG, or hourly backtest CONFIG',
  })
}

function planOf({ validation }: HourlyConfig): SplitPlan {
  const { kind, trainBars, testBars, embargoBars, groups, testGroups } = validation
  switch (kind) {
    case 'rolling':
      return { kind, trainBars, testBars, embargoBars }
    case 'expanding':
      return { kind, trainBarsMin: trainBars, testBars, embargoBars }
    case 'combinatorial':
      return { kind, groups, testGroups, embargoBars }
  }
}

const summary = (fold: Fold, results: readonly FoldResult[]): FoldSummary => ({
  name: fold.name,
  trainBars: fold.trainBars.length,
  testBars: fold.testBars.length,
  purgedBars: fold.purgedBars.length,
  embargoedBars: fold.embargoedBars.length,
  forecastRows: results[0]!.forecast.rows.length,
  wasKept: results.every(({ wasKept }) => wasKept),
})
