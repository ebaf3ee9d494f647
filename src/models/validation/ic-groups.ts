import {
  type CrossSection,
  correlation,
  forEachCrossSection,
  type ScoredPanel,
} from './cross-section.ts'
import { type MeanEstimate, neweyWestMean } from './interval.ts'

/** Mean rank IC of a part of the bars or names. */
export interface GroupIc {
  readonly group: string
  readonly mean: MeanEstimate
}

/** Names of a sector that a bar must have before they are ranked among each other. */
export const SECTOR_NAMES_MIN = 5

/** Bars that the decay of a forecast is measured at, at most: evenly spaced. */
const DECAY_BARS = 2000

/** Mean rank IC by group of bars, in the order in which groups first come. */
export function rankIcByBars(
  panel: ScoredPanel,
  groupOfBar: (bar: number) => string,
  horizonBars: number,
): readonly GroupIc[] {
  const series = rankIcs(panel)
  const groups = [...new Set(Array.from(series, (_, bar) => groupOfBar(bar)))]
  return groups.map((group) => {
    const own = series.filter((_, bar) => groupOfBar(bar) === group)
    return { group, mean: neweyWestMean(own, horizonBars) }
  })
}

/** Mean rank IC among the names of each sector, by what a name's sector is at each bar. */
export function rankIcBySector(
  panel: ScoredPanel,
  { sector, sectorNames }: { readonly sector: Int16Array; readonly sectorNames: readonly string[] },
  horizonBars: number,
): readonly GroupIc[] {
  return sectorNames.map((group, index) => {
    const scores = panel.scores.map((value, row) => (sector[row] === index ? value : Number.NaN))
    const series = rankIcs({ ...panel, scores }, 1, SECTOR_NAMES_MIN)
    return { group, mean: neweyWestMean(series, horizonBars) }
  })
}

/** Mean rank IC of the same scores with labels of other horizons, which `labelsOf` makes. */
export function rankIcDecay(
  panel: Omit<ScoredPanel, 'labels'>,
  horizons: readonly number[],
  labelsOf: (horizonBars: number) => ScoredPanel['labels'],
): readonly { readonly horizonBars: number; readonly mean: MeanEstimate }[] {
  const stride = Math.ceil(panel.bars / DECAY_BARS)
  return horizons.map((horizonBars) => {
    const series = rankIcs({ ...panel, labels: labelsOf(horizonBars) }, stride)
    return { horizonBars, mean: neweyWestMean(series, Math.ceil(horizonBars / stride)) }
  })
}

function rankIcs(panel: ScoredPanel, stride = 1, namesMin?: number): Float64Array {
  const series = new Float64Array(panel.bars).fill(Number.NaN)
  const visit = (bar: number, { scoreRanks, labelRanks }: CrossSection): void => {
    series[bar] = correlation(scoreRanks, labelRanks)
  }
  forEachCrossSection(panel, visit, stride, namesMin)
  return series
}
