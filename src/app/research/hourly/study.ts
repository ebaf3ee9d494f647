import { resolve } from 'node:path'
import { type LoadedPanel, loadClockHourPanel2018, loadDailyPanel } from '../../../adapters/mod.ts'
import {
  annualisation,
  type DayCoverage,
  type DayNumber,
  dayNumber,
  generatePanel,
  type HourPanel,
  hourlyCoverage,
  membershipCoverage,
} from '../../../core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  type FeatureColumns,
  type LabelOptions,
  type PanelLabels,
  type ValidationData,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'

/** What a study of hourly portfolios rests on: a panel, its features and its labels. */
export interface Study extends StudiedPanel {
  readonly features: FeatureColumns
  readonly labels: PanelLabels
  /** What labels were made by. */
  readonly labelOptions: LabelOptions
  readonly data: ValidationData
}

/** Told what is being worked on, and how far it is. */
export type Tell = (phase: string, done: number, of: number) => void

/** A panel and, of real data, the table of members that it has no bars of too. */
export type StudiedPanel = Pick<LoadedPanel, 'panel' | 'membership'>

/** Makes or loads the panel of a configuration, paths from its file's folder. Throws InputError. */
export async function panelOf({ data }: HourlyConfig, beside: string): Promise<StudiedPanel> {
  const day = (text: string): DayNumber => {
    const [year, month, date] = text.split('-').map(Number)
    return dayNumber(year!, month!, date!)
  }
  if (data.kind === 'generated') {
    const { kind: _, firstDay, ...options } = data
    return { panel: generatePanel({ ...options, firstDay: day(firstDay) }), membership: null }
  }
  const folder = resolve(beside, data.folder)
  if (data.bars === 'clockHours2018') return loadClockHourPanel2018(folder)
  return loadDailyPanel(folder, { firstDay: day(data.firstDay), endDay: day(data.endDay) })
}

/** Members of each session, and those that the panel has no bars of. */
export const coverageOf = ({ panel, membership }: StudiedPanel): readonly DayCoverage[] =>
  membership === null ? hourlyCoverage(panel) : membershipCoverage(panel, membership)

/** The features that models see: prices adjusted for all that holders get. */
export const featuresOf = (panel: HourPanel): FeatureColumns =>
  computeFeatures(panel, {
    adjustment: 'total',
    barsPerYear: annualisation(panel.grid).barsPerYear,
  })

/** Makes everything that models are trained on. */
export async function makeStudy(config: HourlyConfig, tell: Tell, beside = '.'): Promise<Study> {
  tell('panel', 0, 3)
  const { panel, membership } = await panelOf(config, beside)
  tell('features', 1, 3)
  const features = featuresOf(panel)
  tell('labels', 2, 3)
  const labelOptions = { ...DEFAULT_LABELS, ...config.labels }
  const labels = computeLabels(panel, labelOptions)
  tell('labels', 3, 3)
  const names = panel.symbols.length
  const { spans } = labels
  return {
    panel,
    membership,
    features,
    labels,
    labelOptions,
    data: { names, features, labels, spans, isUsed: panel.isMember },
  }
}
