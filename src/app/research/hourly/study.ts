import { resolve } from 'node:path'
import {
  computeFeaturesOnThreads,
  type LoadedPanel,
  loadClockHourPanel2018,
  loadDailyPanel,
} from '../../../adapters/mod.ts'
import {
  annualisation,
  generatePanel,
  type HourPanel,
  hourlyCoverage,
  parseDay,
} from '../../../core/mod.ts'
import {
  computeLabels,
  DEFAULT_LABELS,
  entriesOfMinutes,
  type FeatureColumns,
  type FeatureOptions,
  type FeatureSet,
  type LabelOptions,
  type PanelLabels,
  type ValidationData,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { ORDER_LATENCY_US } from '../../run/hourly/hourly-backtest.ts'
import { loadFiles } from './load-files.ts'
import { panelHash } from './panel-hash.ts'

/** What a study of hourly portfolios rests on: a panel, its features and its labels. */
export interface Study extends LoadedPanel {
  /** SHA-256 of the panel and its minutes. */
  readonly hash: string
  readonly features: FeatureColumns
  /** What features were made by. */
  readonly featureOptions: FeatureOptions
  readonly labels: PanelLabels
  /** What labels were made by. */
  readonly labelOptions: LabelOptions
  readonly data: ValidationData
}

/** Told what is being worked on, and how far it is. */
export type Tell = (phase: string, done: number, of: number) => void

/** Makes or loads the panel of a configuration, paths from its file's folder. Throws InputError. */
export async function panelOf({ data }: HourlyConfig, beside: string): Promise<LoadedPanel> {
  if (data.kind === 'generated') {
    const { kind: _, firstDay, ...options } = data
    const panel = generatePanel({ ...options, firstDay: parseDay(firstDay) })
    return { panel, coverage: hourlyCoverage(panel), minutes: null }
  }
  if (data.kind === 'files') return loadFiles(data, beside)
  const folder = resolve(beside, data.folder)
  if (data.bars === 'clockHours2018') {
    const loaded = await loadClockHourPanel2018(folder)
    return data.trades === 'firstMinute' ? loaded : { ...loaded, minutes: null }
  }
  const range = { firstDay: parseDay(data.firstDay), endDay: parseDay(data.endDay) }
  return loadDailyPanel(folder, range)
}

/** How the features that models see are made: prices adjusted for all that holders get. */
const featureOptionsOf = ({ grid }: HourPanel, set: FeatureSet): FeatureOptions => ({
  adjustment: 'total',
  barsPerYear: annualisation(grid).barsPerYear,
  set,
})

/** How a study is made. */
export interface StudyOptions {
  readonly tell: Tell
  /** The folder that the configuration's paths start from; the working folder unless given. */
  readonly beside?: string
  /** Threads that features are computed on, 1 unless given: the same bits for any number. */
  readonly threads?: number
}

/** Makes everything that models are trained on. Throws InputError. */
export async function makeStudy(
  config: HourlyConfig,
  { tell, beside = '.', threads = 1 }: StudyOptions,
): Promise<Study> {
  tell('panel', 0, 3)
  const loaded = await panelOf(config, beside)
  const { panel, minutes } = loaded
  tell('features', 1, 3)
  const featureOptions = featureOptionsOf(panel, config.features)
  const features = await computeFeaturesOnThreads(panel, featureOptions, threads)
  tell('labels', 2, 3)
  const entries = minutes === null ? null : entriesOfMinutes(panel, minutes, ORDER_LATENCY_US)
  const labelOptions = { ...DEFAULT_LABELS, ...config.labels, entries }
  const labels = computeLabels(panel, labelOptions)
  tell('labels', 3, 3)
  const names = panel.symbols.length
  const { spans } = labels
  return {
    ...loaded,
    hash: panelHash(loaded),
    features,
    featureOptions,
    labels,
    labelOptions,
    data: { names, features, labels, spans, isUsed: panel.isMember },
  }
}
