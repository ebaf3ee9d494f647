import { ANALYST_FIELDS, FUNDAMENTAL_FIELDS, SENTIMENT_FIELDS } from '../fields.ts'
import { barCount, type HourGrid, hourGridOfSessions } from '../hour-grid.ts'
import type { HourPanel, KnownSeries } from '../hour-panel.ts'
import { emptyBars } from '../place-bars.ts'
import { drawIndex } from './index-plan.ts'
import { finishRows, type KnownRows, newRows, spread } from './known-rows.ts'
import { drawMacro } from './macro.ts'
import { drawBenchmark, drawMarket } from './market.ts'
import { drawPrices, drawTraits, type PriceColumns } from './name-prices.ts'
import {
  drawAnalyst,
  drawFundamentals,
  drawSentiment,
  type Lifetime,
  persistence,
} from './name-series.ts'
import {
  type GeneratedPanelOptions,
  type GeneratedPanelSettings,
  generatedSettings,
} from './options.ts'
import { stream } from './stream.ts'

/** The benchmark of generated panels: their market factor, which pays nothing. */
export const GENERATED_BENCHMARK = 'GMKT'

const SECTOR_NAMES: readonly string[] = [
  'Communication Services',
  'Consumer Discretionary',
  'Consumer Staples',
  'Energy',
  'Financials',
  'Health Care',
  'Industrials',
  'Information Technology',
  'Materials',
  'Real Estate',
  'Utilities',
]

interface SeriesOfNames {
  readonly fundamentals: KnownSeries[]
  readonly sentiment: KnownSeries[]
  readonly analyst: KnownSeries[]
}

/**
 * Makes a point-in-time panel from a seed: a market with sectors, filings, news, analysts, macro
 * series, changes of membership, listings, delistings, splits, dividends and spin-offs. Prices are
 * martingales with dividends unless a drift or an edge is asked for. Nothing looks ahead: a panel
 * of more sessions begins with the panel of fewer.
 */
export function generatePanel(options: GeneratedPanelOptions): HourPanel {
  const settings = generatedSettings(options)
  const grid = hourGridOfSessions(settings)
  const bars = barCount(grid)
  const size = settings.names * bars
  const market = drawMarket(settings, grid, SECTOR_NAMES.length)
  const plan = drawIndex(settings, grid)
  const out: PriceColumns = {
    bars: emptyBars(size),
    splitFactor: new Float64Array(size),
    totalReturnFactor: new Float64Array(size),
    sharesOutstanding: new Float64Array(size).fill(Number.NaN),
    actions: [],
    delistings: [],
  }
  const sector = new Int16Array(size)
  const series: SeriesOfNames = { fundamentals: [], sentiment: [], analyst: [] }
  const room = roomOf(grid)
  const planted = settings.edge === null ? null : new Float64Array(bars)
  for (let name = 0; name < settings.names; name++) {
    const life = { from: plan.listingBar[name]!, to: plan.delistingBar[name]! }
    const traits = drawTraits(
      settings,
      stream(settings.seed, 'traits', name),
      name,
      SECTOR_NAMES.length,
    )
    sector.fill(traits.sector, name * bars, (name + 1) * bars)
    drawSeries(settings, grid, life, name, room)
    if (planted !== null) plant(settings, room, planted)
    for (const kind of ['fundamentals', 'sentiment', 'analyst'] as const) {
      series[kind].push(finishRows(room[kind]))
    }
    const random = stream(settings.seed, 'prices', name)
    drawPrices({ settings, grid, market, life, planted }, traits, random, out)
  }
  return {
    grid,
    dataKind: 'generated',
    provenance: describe(settings),
    tables: [],
    symbols: Array.from({ length: settings.names }, (_, k) => `G${String(k).padStart(4, '0')}`),
    benchmark: { symbol: GENERATED_BENCHMARK, bars: drawBenchmark(settings, grid, market) },
    isMember: plan.isMember,
    sector,
    sectorNames: SECTOR_NAMES,
    ...out,
    ...series,
    macro: drawMacro(stream(settings.seed, 'macro', 0), grid, market, settings),
  }
}

const roomOf = (grid: HourGrid): Record<keyof SeriesOfNames, KnownRows> => ({
  fundamentals: newRows(grid, FUNDAMENTAL_FIELDS),
  sentiment: newRows(grid, SENTIMENT_FIELDS),
  analyst: newRows(grid, ANALYST_FIELDS),
})

function drawSeries(
  settings: GeneratedPanelSettings,
  grid: HourGrid,
  life: Lifetime,
  name: number,
  room: Record<keyof SeriesOfNames, KnownRows>,
): void {
  // A name that is never listed has no rows.
  if (life.from >= life.to) return
  const { seed } = settings
  drawFundamentals(stream(seed, 'fundamentals', name), grid, life, room.fundamentals)
  drawSentiment(stream(seed, 'sentiment', name), grid, life, settings, room.sentiment)
  drawAnalyst(stream(seed, 'analyst', name), grid, life, settings, room.analyst)
}

/** Writes the planted log return of each bar: by the value that the bar before could know. */
function plant(
  settings: GeneratedPanelSettings,
  room: Record<keyof SeriesOfNames, KnownRows>,
  planted: Float64Array,
): void {
  const edge = settings.edge
  if (edge === null) return
  for (const rows of Object.values(room)) {
    const column = rows.fields[edge.column]
    if (column === undefined) continue
    spread(rows, column, planted)
    const perBar = (edge.bpPer5Bars * 1e-4) / persistence(edge.column, settings)
    // Backwards, so that each bar takes what was known before it.
    for (let bar = planted.length - 1; bar > 0; bar--) planted[bar] = planted[bar - 1]! * perBar
    planted[0] = 0
  }
}

function describe(settings: GeneratedPanelSettings): string[] {
  const { edge, seed, names, sessions } = settings
  return [
    `Generated from seed ${seed}: ${names} names, ${sessions} sessions; no company of this name exists.`,
    edge === null
      ? 'No edge is planted: nothing known before a bar says anything of its return.'
      : `Planted edge: ${edge.bpPer5Bars} bp in five bars for each unit of ${edge.column}.`,
    `Expected return of every name: ${settings.driftPerYear * 100} % a year.`,
    'Bars are known when their decision is taken; filings 3 min, news 4 min, analysts 6 min, macro 1 min after release.',
  ]
}
