import type { HourPanel } from '../../core/mod.ts'
import { newYorkHour } from '../features/machines/market-machine.ts'
import type { PanelLabels } from './labels.ts'

/** Figures of a number of labels; null of too few. */
export interface LabelSummary {
  readonly count: number
  /** Of the excess return. */
  readonly mean: number | null
  /** Standard deviation with divisor n - 1. */
  readonly deviation: number | null
  readonly downsideRate: number | null
  /** Share of the windows that span a night. */
  readonly nightShare: number | null
}

/** Labels of one hour of the day. */
export interface HourSummary extends LabelSummary {
  /** Hour of the New York clock at which the bar opens. */
  readonly hour: number
}

/** What the labels of a panel look like: windows that span a night are of another kind. */
export interface LabelReport {
  readonly all: LabelSummary
  readonly withinSession: LabelSummary
  readonly overNight: LabelSummary
  /** Ascending by hour. */
  readonly byHour: readonly HourSummary[]
}

const HOURS = 24

/** Summarises all labels of a panel, apart by night and by hour of the day. */
export function summariseLabels(panel: HourPanel, labels: PanelLabels): LabelReport {
  const bars = panel.grid.openTime.length
  const hourOf = Array.from(panel.grid.openTime, newYorkHour)
  // By hour, those within a session and those over a night.
  const parts = Array.from({ length: 2 * HOURS }, newPart)
  for (let cell = 0; cell < labels.excessReturn.length; cell++) {
    const value = labels.excessReturn[cell]!
    if (Number.isNaN(value)) continue
    const bar = cell % bars
    const part = parts[2 * hourOf[bar]! + labels.spansNight[bar]!]!
    add(part, value, labels.downsideEvent[cell]!, labels.spansNight[bar]!)
  }
  const byHour = Array.from({ length: HOURS }, (_, hour) => ({
    hour,
    ...summary([parts[2 * hour]!, parts[2 * hour + 1]!]),
  }))
  return {
    all: summary(parts),
    withinSession: summary(parts.filter((_, i) => i % 2 === 0)),
    overNight: summary(parts.filter((_, i) => i % 2 === 1)),
    byHour: byHour.filter(({ count }) => count > 0),
  }
}

/** Running figures of a part of the labels. */
interface Part {
  count: number
  mean: number
  squares: number
  events: number
  nights: number
}

const newPart = (): Part => ({ count: 0, mean: 0, squares: 0, events: 0, nights: 0 })

function add(part: Part, value: number, event: number, night: number): void {
  part.count++
  const off = value - part.mean
  part.mean += off / part.count
  part.squares += off * (value - part.mean)
  part.events += event
  part.nights += night
}

function summary(parts: readonly Part[]): LabelSummary {
  const whole = newPart()
  for (const part of parts) {
    if (part.count === 0) continue
    const count = whole.count + part.count
    const off = part.mean - whole.mean
    whole.squares += part.squares + (off * off * whole.count * part.count) / count
    whole.mean += (off * part.count) / count
    whole.events += part.events
    whole.nights += part.nights
    whole.count = count
  }
  const { count } = whole
  const isEmpty = count === 0
  return {
    count,
    mean: isEmpty ? null : whole.mean,
    deviation: count < 2 ? null : Math.sqrt(whole.squares / (count - 1)),
    downsideRate: isEmpty ? null : whole.events / count,
    nightShare: isEmpty ? null : whole.nights / count,
  }
}
