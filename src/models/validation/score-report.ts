import {
  type CrossSection,
  correlation,
  forEachCrossSection,
  ranks,
  type ScoredPanel,
} from './cross-section.ts'
import { type MeanEstimate, neweyWestMean, sessionBlockMean } from './interval.ts'
import { scoreTurnover, type TurnoverReport } from './turnover.ts'

/** Hours of a panel, one element a bar, and how far the labels reach. */
export interface PanelHours {
  readonly sessionDay: Int32Array
  /** 0 for the session's first bar. */
  readonly barOfSession: Uint8Array
  /** Bars that one label covers: neighbouring labels share all but one of them. */
  readonly horizonBars: number
}

/** A mean with both of its intervals; they should tell the same story. */
export interface BarMean {
  readonly neweyWest: MeanEstimate
  readonly sessionBlocks: MeanEstimate
}

/** Information coefficients of one kind. */
export interface IcReport {
  readonly mean: BarMean
  /** Mean over deviation, per bar; null without variation. */
  readonly informationRatio: number | null
  readonly shareAboveZero: number | null
  /** By bar of the session: where a forecast spans the night it may be another one. */
  readonly byBarOfSession: readonly {
    readonly barOfSession: number
    readonly mean: number
    readonly bars: number
  }[]
}

/** Groups of names that deciles are. */
export const DECILES = 10

/** Mean label of names grouped by score, within each bar. In the label's unit. */
export interface DecileReport {
  /** From the lowest scores to the highest. */
  readonly means: readonly MeanEstimate[]
  readonly topMinusBottom: BarMean
  /** What a long-only holder of the top decile would see. */
  readonly topMinusUniverse: BarMean
  /** Spearman's correlation of the decile's number with its mean; null if one has none. */
  readonly monotonicity: number | null
}

/** What scores are worth against labels; every figure is a number or null. */
export interface ScoreReport {
  /** Bars whose cross-section could be measured. */
  readonly bars: number
  readonly rows: number
  readonly ic: IcReport
  readonly rankIc: IcReport
  readonly deciles: DecileReport
  /** Share of names on the same side of their bar's median by score and by label; 0.5 by luck. */
  readonly hitRate: BarMean
  readonly turnover: TurnoverReport
}

/** Measures scores of a panel bar by bar; what has no number is null with the reason beside it. */
export function scoreReport(panel: ScoredPanel, hours: PanelHours): ScoreReport {
  const empty = (): Float64Array => new Float64Array(panel.bars).fill(Number.NaN)
  const [ic, rankIc, hitRate] = [empty(), empty(), empty()]
  const deciles: DecileSeries = {
    means: Array.from({ length: DECILES }, empty),
    spread: empty(),
    overUniverse: empty(),
  }
  let rows = 0
  forEachCrossSection(panel, (bar, section) => {
    rows += section.scores.length
    ic[bar] = correlation(section.scores, section.labels)
    rankIc[bar] = correlation(section.scoreRanks, section.labelRanks)
    hitRate[bar] = hitRateOf(section)
    measureDeciles(deciles, bar, section)
  })
  return {
    bars: rankIc.filter((value) => !Number.isNaN(value)).length,
    rows,
    ic: icReport(ic, hours),
    rankIc: icReport(rankIc, hours),
    deciles: decileReport(deciles, hours),
    hitRate: barMean(hitRate, hours),
    turnover: scoreTurnover(panel, hours.horizonBars),
  }
}

/** Both intervals of the mean of a number a bar. */
export function barMean(series: Float64Array, hours: PanelHours): BarMean {
  return {
    neweyWest: neweyWestMean(series, hours.horizonBars),
    sessionBlocks: sessionBlockMean(series, hours.sessionDay),
  }
}

/** Mean difference of two numbers a bar, over the bars that have both: one forecast or another. */
export function pairedDifference(a: Float64Array, b: Float64Array, hours: PanelHours): BarMean {
  return barMean(
    a.map((value, bar) => value - b[bar]!),
    hours,
  )
}

function icReport(series: Float64Array, hours: PanelHours): IcReport {
  const mean = barMean(series, hours)
  const values = series.filter((value) => !Number.isNaN(value))
  const centre = mean.neweyWest.value ?? 0
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const deviation = Math.sqrt(squares / (values.length - 1))
  const above = values.filter((value) => value > 0).length
  const sums: { sum: number; bars: number }[] = []
  series.forEach((value, bar) => {
    if (Number.isNaN(value)) return
    const hour = hours.barOfSession[bar]!
    sums[hour] ??= { sum: 0, bars: 0 }
    sums[hour].sum += value
    sums[hour].bars++
  })
  return {
    mean,
    informationRatio: deviation > 0 ? centre / deviation : null,
    shareAboveZero: values.length > 0 ? above / values.length : null,
    byBarOfSession: Object.entries(sums).map(([hour, { sum, bars }]) => ({
      barOfSession: Number(hour),
      mean: sum / bars,
      bars,
    })),
  }
}

/** One number a bar each. */
interface DecileSeries {
  readonly means: readonly Float64Array[]
  readonly spread: Float64Array
  readonly overUniverse: Float64Array
}

function measureDeciles(
  { means, spread, overUniverse }: DecileSeries,
  bar: number,
  { labels, scoreRanks }: CrossSection,
): void {
  const sums = new Float64Array(DECILES)
  const counts = new Float64Array(DECILES)
  let total = 0
  for (let i = 0; i < labels.length; i++) {
    const decile = decileOf(scoreRanks[i]!, labels.length)
    sums[decile]! += labels[i]!
    counts[decile]!++
    total += labels[i]!
  }
  // Ties may leave deciles empty: they have no mean then.
  means.forEach((series, d) => {
    if (counts[d]! > 0) series[bar] = sums[d]! / counts[d]!
  })
  const top = means[DECILES - 1]![bar]!
  spread[bar] = top - means[0]![bar]!
  overUniverse[bar] = top - total / labels.length
}

function decileReport(
  { means, spread, overUniverse }: DecileSeries,
  hours: PanelHours,
): DecileReport {
  const estimates = means.map((series) => neweyWestMean(series, hours.horizonBars))
  const values = Float64Array.from(estimates, ({ value }) => value ?? Number.NaN)
  const order = correlation(ranks(Float64Array.from(values.keys())), ranks(values))
  return {
    means: estimates,
    topMinusBottom: barMean(spread, hours),
    topMinusUniverse: barMean(overUniverse, hours),
    monotonicity: values.some(Number.isNaN) || Number.isNaN(order) ? null : order,
  }
}

/** Decile of a mean rank from 1 among `names`, from 0. */
function decileOf(rank: number, names: number): number {
  return Math.min(DECILES - 1, Math.floor(((rank - 0.5) * DECILES) / names))
}

/** Share of names on the same side of both medians, which are the middle ranks; NaN without any. */
function hitRateOf({ scoreRanks, labelRanks }: CrossSection): number {
  const middle = (scoreRanks.length + 1) / 2
  let hits = 0
  let counted = 0
  for (let i = 0; i < scoreRanks.length; i++) {
    const side = (scoreRanks[i]! - middle) * (labelRanks[i]! - middle)
    if (side === 0) continue
    counted++
    if (side > 0) hits++
  }
  return counted > 0 ? hits / counted : Number.NaN
}
