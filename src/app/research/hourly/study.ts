import { dayNumber, generatePanel, type HourPanel } from '../../../core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  type FeatureColumns,
  type PanelLabels,
  type ValidationData,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'

/** What a study of hourly portfolios rests on: a panel, its features and its labels. */
export interface Study {
  readonly panel: HourPanel
  readonly features: FeatureColumns
  readonly labels: PanelLabels
  readonly data: ValidationData
}

/** Told what is being worked on, and how far it is. */
export type Tell = (phase: string, done: number, of: number) => void

/** Makes the panel of a configuration. */
export function panelOf({ data }: HourlyConfig): HourPanel {
  const { kind: _, firstDay, ...options } = data
  const [year, month, day] = firstDay.split('-').map(Number)
  return generatePanel({ ...options, firstDay: dayNumber(year!, month!, day!) })
}

/** The features that models see: prices adjusted for all that holders get. */
export const featuresOf = (panel: HourPanel): FeatureColumns =>
  computeFeatures(panel, { adjustment: 'total', barsPerYear: barsPerYearOf(panel) })

/** Bars of the panel's grid in 252 of its sessions. */
export function barsPerYearOf({ grid }: HourPanel): number {
  const sessions = new Set(grid.sessionDay).size
  return (grid.openTime.length / sessions) * 252
}

/** Makes everything that models are trained on. */
export function makeStudy(config: HourlyConfig, tell: Tell): Study {
  tell('panel', 0, 3)
  const panel = panelOf(config)
  tell('features', 1, 3)
  const features = featuresOf(panel)
  tell('labels', 2, 3)
  const labels = computeLabels(panel, { ...DEFAULT_LABELS, ...config.labels })
  tell('labels', 3, 3)
  const names = panel.symbols.length
  const { spans } = labels
  return {
    panel,
    features,
    labels,
    data: { names, features, labels, spans, isUsed: panel.isMember },
  }
}
