import { quantile } from './moments.ts'
import { type SelectionLuck, selectionLuck, sharpePerObservation } from './selection-luck.ts'
import type { SweepAxis, SweepMetric, SweepRecord, SweepTrial, SweepValue } from './sweep-record.ts'

/** A cell of the heat map. */
export interface SweepCell {
  /** Index in the record's trials. */
  readonly trial: number
  readonly value: number | null
  /** Median of the up to eight neighbours in the grid; null without any. */
  readonly neighbourMedian: number | null
  /**
   * 1 - |value - neighbourMedian| / (largest - smallest value of the sweep): 1 on a plateau, 0 for
   * a spike as high as everything else together.
   */
  readonly plateau: number | null
}

/** A heat map over two axes with the other parameters fixed. */
export interface SweepGrid {
  readonly fixed: readonly (readonly [string, SweepValue])[]
  readonly x: SweepAxis
  /** Null when only one parameter varies. */
  readonly y: SweepAxis | null
  /** By y, then x; null where no trial was run. */
  readonly cells: readonly (readonly (SweepCell | null)[])[]
}

/** What a sweep shows, and how much of its best result trying many explains. */
export interface SweepAnalysis extends SelectionLuck {
  readonly metric: SweepMetric
  readonly grids: readonly SweepGrid[]
  /** Trial with the best metric; null when none has one. */
  readonly best: SweepCell | null
  /** Trial with the best of min(value, neighbourMedian): good, and good around it. */
  readonly bestPlateau: SweepCell | null
  /** Swept parameters at whose first or last value the best lies. */
  readonly bestAtEdge: readonly string[]
  readonly failed: number
  /** One sentence by fixed rules. */
  readonly verdict: string
}

/** Value of a trial's metric; drawdowns count as losses (nearer 0 is better). */
export function trialValue(trial: SweepTrial, metric: SweepMetric): number | null {
  if (trial.failure !== null) return null
  if (metric === 'sharpePerObservation') return sharpePerObservation(trial.returns)
  const value = trial.metrics[metric]
  return value === undefined || value === null || !Number.isFinite(value) ? null : value
}

/** The heat maps of a sweep by one metric with their best cells. */
export type SweepHeat = Pick<SweepAnalysis, 'metric' | 'grids' | 'best' | 'bestPlateau'>

/** Heat maps by any metric, without the luck figures. */
export function sweepHeat(record: SweepRecord, metric: SweepMetric): SweepHeat {
  const grids = gridsOf(record, metric)
  const better = metric === 'costBps' ? -1 : 1
  // Best values first, so that of two equal plateaus the better cell is taken.
  const cells = grids
    .flatMap((grid) => grid.cells.flat())
    .filter((cell) => cell !== null)
    .toSorted((a, b) => better * ((b.value ?? 0) - (a.value ?? 0)))
  const best = pick(cells, (cell) => (cell.value === null ? null : better * cell.value))
  const bestPlateau = pick(cells, (cell) =>
    cell.value === null || cell.neighbourMedian === null
      ? null
      : Math.min(better * cell.value, better * cell.neighbourMedian),
  )
  return { metric, grids, best, bestPlateau }
}

/** Analyses a sweep by its own metric or another. */
export function analyzeSweep(record: SweepRecord, metric = record.metric): SweepAnalysis {
  const heat = sweepHeat(record, metric)
  const done = record.trials.filter((trial) => trial.failure === null)
  const figures = {
    ...heat,
    bestAtEdge: heat.best === null ? [] : edgesOf(record, heat.best),
    failed: record.trials.length - done.length,
    ...selectionLuck({
      columns: done.map((trial) => trial.returns),
      chosen: heat.best === null ? null : record.trials[heat.best.trial]!.returns,
      tried: record.trials.length,
      known: record.known,
    }),
  }
  return { ...figures, verdict: verdictOf(figures) }
}

function gridsOf(record: SweepRecord, metric: SweepMetric): readonly SweepGrid[] {
  const varied = record.axes.filter((axis) => axis.values.length > 1)
  const x = varied[0] ?? record.axes[0]
  if (x === undefined) return []
  const y = varied[1] ?? null
  const rest = record.axes.filter((axis) => axis !== x && axis !== y)
  const index = new Map(record.trials.map((trial, i) => [keyOf(record.axes, trial.parameters), i]))
  const values = record.trials
    .map((trial) => trialValue(trial, metric))
    .filter((value) => value !== null)
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const range = values.length > 0 ? highest - lowest : 0
  return combinations(rest).map((fixed) => {
    const table = (y?.values ?? [null]).map((yValue) =>
      x.values.map((xValue) => {
        const parameters = Object.fromEntries([
          ...fixed,
          [x.name, xValue],
          ...(y === null ? [] : [[y.name, yValue]]),
        ])
        const trial = index.get(keyOf(record.axes, parameters))
        return trial === undefined
          ? null
          : { trial, value: trialValue(record.trials[trial]!, metric) }
      }),
    )
    return { fixed, x, y, cells: withNeighbours(table, range) }
  })
}

const keyOf = (axes: readonly SweepAxis[], parameters: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(axes.map((axis) => parameters[axis.name] ?? null))

function combinations(axes: readonly SweepAxis[]): readonly [string, SweepValue][][] {
  let all: [string, SweepValue][][] = [[]]
  for (const axis of axes) {
    all = all.flatMap((fixed) =>
      axis.values.map((value): [string, SweepValue][] => [...fixed, [axis.name, value]]),
    )
  }
  return all
}

type Bare = { readonly trial: number; readonly value: number | null } | null

function withNeighbours(table: readonly (readonly Bare[])[], range: number): SweepGrid['cells'] {
  return table.map((row, j) =>
    row.map((cell, i) => {
      if (cell === null) return null
      const around: number[] = []
      for (let dj = -1; dj <= 1; dj++) {
        for (let di = -1; di <= 1; di++) {
          if (di === 0 && dj === 0) continue
          const value = table[j + dj]?.[i + di]?.value
          if (value !== undefined && value !== null) around.push(value)
        }
      }
      const neighbourMedian = around.length > 0 ? quantile(around, 0.5) : null
      const plateau =
        cell.value === null || neighbourMedian === null
          ? null
          : range > 0
            ? 1 - Math.abs(cell.value - neighbourMedian) / range
            : 1
      return { ...cell, neighbourMedian, plateau }
    }),
  )
}

function pick(
  cells: readonly SweepCell[],
  score: (cell: SweepCell) => number | null,
): SweepCell | null {
  let best: SweepCell | null = null
  let highest = Number.NEGATIVE_INFINITY
  for (const cell of cells) {
    const value = score(cell)
    if (value !== null && value > highest) {
      best = cell
      highest = value
    }
  }
  return best
}

function edgesOf(record: SweepRecord, best: SweepCell): readonly string[] {
  const { parameters } = record.trials[best.trial]!
  return record.axes
    .filter(({ name, values }) => {
      const at = values.indexOf(parameters[name]!)
      return values.length > 2 && (at === 0 || at === values.length - 1)
    })
    .map(({ name }) => name)
}

/** Metrics whose sign says whether a trial earned. */
const earns: ReadonlySet<SweepMetric> = new Set([
  'netReturn',
  'netBpsMean',
  'sharpe',
  'sharpePerObservation',
])

function verdictOf(analysis: Omit<SweepAnalysis, 'verdict'>): string {
  const { best, dsr, bestAtEdge, trials, overfitting } = analysis
  if (best === null || best.value === null) return 'No trial has a result.'
  const parts: string[] = []
  if (best.value <= 0 && earns.has(analysis.metric)) parts.push('no trial earned after its costs')
  const chance =
    dsr.value === null
      ? `whether the best is more than luck is unproven (${dsr.reason})`
      : dsr.value >= 0.95
        ? `the best is unlikely to be the luck of ${trials} trials (DSR ${dsr.value.toFixed(2)})`
        : `the best is not distinguishable from the luck of ${trials} trials (DSR ${dsr.value.toFixed(2)})`
  parts.push(chance)
  if (best.plateau !== null && best.plateau < 0.7) parts.push('it is a spike, not a plateau')
  if (bestAtEdge.length > 0) parts.push(`it lies at the edge of ${bestAtEdge.join(' and ')}`)
  if (overfitting.value !== null && overfitting.value > 0.5) {
    parts.push(
      `choosing the best fails out of sample in ${(overfitting.value * 100).toFixed(0)} % of splits`,
    )
  }
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
