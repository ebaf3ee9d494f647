import { barCount, type HourGrid } from '../hour-grid.ts'
import type { PanelBars } from '../hour-panel.ts'
import { emptyBars } from '../place-bars.ts'
import { type GeneratedPanelSettings, SESSIONS_PER_YEAR } from './options.ts'
import { drawBar } from './path.ts'
import { stream } from './stream.ts'

/** What all names share, one element a bar. */
export interface MarketPath {
  /** Variance of a bar's gap before its open, and of its move, in session variances. */
  readonly gapShare: Float64Array
  readonly moveShare: Float64Array
  /** What volatilities are multiplied by. */
  readonly level: Float64Array
  /** Standard normal shocks of the market's gaps and moves. */
  readonly gap: Float64Array
  readonly move: Float64Array
  /** The same of the sectors, sector-major. */
  readonly sectorGap: Float64Array
  readonly sectorMove: Float64Array
}

/** Share of a session's variance that is made overnight, and between the bars of a session. */
const OVERNIGHT_SHARE = 0.25
const BETWEEN_BARS_SHARE = 0.01
/** How fast the level of volatility returns to 1, a session, and its shocks. */
const LEVEL_MEMORY = 0.97
const LEVEL_SHOCK = 0.07

/** Draws the path of the market and of its sectors. */
export function drawMarket(
  settings: GeneratedPanelSettings,
  grid: HourGrid,
  sectors: number,
): MarketPath {
  const random = stream(settings.seed, 'market', 0)
  const bars = barCount(grid)
  const path = {
    gapShare: new Float64Array(bars),
    moveShare: new Float64Array(bars),
    level: new Float64Array(bars),
    gap: new Float64Array(bars),
    move: new Float64Array(bars),
    sectorGap: new Float64Array(bars * sectors),
    sectorMove: new Float64Array(bars * sectors),
  }
  let logLevel = 0
  for (let bar = 0; bar < bars; bar++) {
    if (grid.barOfSession[bar] === 0) {
      logLevel = LEVEL_MEMORY * logLevel + LEVEL_SHOCK * random.normal()
    }
    setShares(path, grid, bar)
    path.level[bar] = Math.exp(logLevel)
    path.gap[bar] = random.normal()
    path.move[bar] = random.normal()
    for (let sector = 0; sector < sectors; sector++) {
      path.sectorGap[sector * bars + bar] = random.normal()
      path.sectorMove[sector * bars + bar] = random.normal()
    }
  }
  return path
}

/** The benchmark's bars: the market's shocks alone, from 300 dollars, without dividends. */
export function drawBenchmark(
  settings: GeneratedPanelSettings,
  grid: HourGrid,
  market: MarketPath,
): PanelBars {
  const random = stream(settings.seed, 'market', 1)
  const bars = emptyBars(barCount(grid))
  const sd = settings.marketVolatility / Math.sqrt(SESSIONS_PER_YEAR)
  const drift = driftOfSession(settings)
  let last = 300
  for (let bar = 0; bar < market.gap.length; bar++) {
    const level = market.level[bar]!
    const gapSd = sd * level * Math.sqrt(market.gapShare[bar]!)
    const moveSd = sd * level * Math.sqrt(market.moveShare[bar]!)
    const gap = gapSd * market.gap[bar]! - (gapSd * gapSd) / 2 + drift * market.gapShare[bar]!
    const open = last * Math.exp(gap)
    const move = moveSd * market.move[bar]! - (moveSd * moveSd) / 2 + drift * market.moveShare[bar]!
    last = drawBar(bars, bar, open, move, moveSd, random)
    bars.volume[bar] = Math.round(8e6 * level * Math.exp(0.3 * random.normal()))
  }
  return bars
}

/** Expected log growth of a session that makes the stated drift a year. */
export function driftOfSession(settings: GeneratedPanelSettings): number {
  return Math.log(1 + settings.driftPerYear) / SESSIONS_PER_YEAR
}

/** More of a session's variance near its open and close, by the bar's length (a U shape). */
function setShares(path: MarketPath, grid: HourGrid, bar: number): void {
  const isFirst = grid.barOfSession[bar] === 0
  path.gapShare[bar] = isFirst ? OVERNIGHT_SHARE : BETWEEN_BARS_SHARE
  if (!isFirst) return
  const start = bar
  let end = bar + 1
  while ((grid.barOfSession[end] ?? 0) !== 0) end++
  const open = grid.openTime[start]!
  const length = grid.closeTime[end - 1]! - open
  let sum = 0
  for (let b = start; b < end; b++) {
    const middle = ((grid.openTime[b]! + grid.closeTime[b]!) / 2 - open) / length
    const shape = 0.6 + 4 * (middle - 0.5) * (middle - 0.5)
    path.moveShare[b] = shape * (grid.closeTime[b]! - grid.openTime[b]!)
    sum += path.moveShare[b]!
  }
  const left = 1 - OVERNIGHT_SHARE - BETWEEN_BARS_SHARE * (end - start - 1)
  for (let b = start; b < end; b++) path.moveShare[b] = (path.moveShare[b]! / sum) * left
}
