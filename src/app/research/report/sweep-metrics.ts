import { type SweepMetric, type SweepRecord, trialValue } from '../../../core/mod.ts'
import { formatBps, formatCount, formatNumber, formatPercent, formatRatio } from './format.ts'

/** What a metric is called in a report. */
export const metricNames: Readonly<Record<SweepMetric, string>> = {
  netReturn: 'Net return',
  sharpe: 'Sharpe ratio (annual)',
  sharpePerObservation: 'Sharpe ratio per observation',
  netBpsMean: 'Net bps per round trip',
  maximumDrawdown: 'Largest drawdown',
  hitRate: 'Hit rate',
  costBps: 'Cost per unit traded',
  trips: 'Round trips',
}

/** A metric's value as the report prints it. */
export function formatMetric(metric: SweepMetric, value: number | null): string {
  if (value === null) return '—'
  switch (metric) {
    case 'netReturn':
    case 'maximumDrawdown':
      return formatPercent(value, true)
    case 'hitRate':
      return formatPercent(value, false, 1)
    case 'netBpsMean':
    case 'costBps':
      return formatBps(value)
    case 'sharpe':
      return formatRatio(value)
    case 'sharpePerObservation':
      return formatNumber(value, 3, true)
    case 'trips':
      return formatCount(value)
  }
}

/** Every metric, in the order of a report. */
export const allMetrics: readonly SweepMetric[] = [
  'netReturn',
  'sharpe',
  'sharpePerObservation',
  'netBpsMean',
  'maximumDrawdown',
  'hitRate',
  'costBps',
  'trips',
]

/** Metrics that at least one trial has. */
export const metricsOf = (record: SweepRecord): readonly SweepMetric[] =>
  allMetrics.filter((metric) => record.trials.some((trial) => trialValue(trial, metric) !== null))
