import { join } from 'node:path'
import {
  assemblePanel,
  type BarTable,
  type DayNumber,
  dayNumber,
  type HourGrid,
  hourGrid,
  type KnownTable,
  membershipCoverage,
  type PanelTables,
} from '../../../core/mod.ts'
import { type LoadedPanel, requirePanel } from '../load-panel.ts'
import { stampedTable } from '../rows.ts'
import { barsFromMinutes, clockHourBars, openAnchoredBars } from './bar-files.ts'
import { dailyActions } from './daily-actions.ts'
import { BENCHMARK_NOTE, publishedMacro, publishedMembership } from './daily-panel.ts'
import { earningsAnnouncements } from './earnings.ts'
import { sectorsOfOneDay } from './sectors.ts'

/** First session of the intraday files of 2018, and the day after their last. */
const FIRST_DAY: DayNumber = dayNumber(2018, 2, 16)
const END_DAY: DayNumber = dayNumber(2018, 4, 21)

/** What an hourly panel of 2018 is made with. */
export interface HourPanelOptions {
  /** False leaves splits and payments out: returns are then of raw prices alone. True by default. */
  readonly withActions?: boolean
}

/**
 * The 44 sessions of 2018 by clock hours: 60 names made of their minutes, joined to SPY, whose file
 * has clock hours only. Throws InputError ORN-DATA and ORN-PANEL.
 */
export async function loadClockHourPanel2018(
  folder: string,
  options: HourPanelOptions = {},
): Promise<LoadedPanel> {
  const grid = hourGrid({ anchor: 'clockHour', firstDay: FIRST_DAY, endDay: END_DAY })
  const intraday = join(folder, 'equities_intraday')
  const benchmark = await clockHourBars(join(intraday, 'lean_hourly_spy_2018q1.parquet'), grid)
  const rebuilt = await barsFromMinutes(join(intraday, 'us_1m_2018_shared60.parquet'), grid)
  const { bars, minutes } = rebuilt
  const against = { symbol: 'SPY', bars: benchmark }
  const loaded = await panelOf({ folder, grid, options }, bars, against)
  const own = new Map(bars.symbols.map((symbol, k) => [symbol, minutes[k]!]))
  return { ...loaded, minutes: loaded.panel.symbols.map((symbol) => own.get(symbol) ?? null) }
}

/**
 * The same sessions by hours from the open: 191 names, without a benchmark, since SPY's hours are
 * those of the clock. Throws InputError ORN-DATA and ORN-PANEL.
 */
export async function loadOpenHourPanel2018(
  folder: string,
  options: HourPanelOptions = {},
): Promise<LoadedPanel> {
  const grid = hourGrid({ anchor: 'sessionOpen', firstDay: FIRST_DAY, endDay: END_DAY })
  const file = join(folder, 'equities_intraday/us_hourly_2018_shared_derived.parquet')
  return panelOf({ folder, grid, options }, await openAnchoredBars(file, grid), null)
}

interface HourPanelRequest {
  readonly folder: string
  readonly grid: HourGrid
  readonly options: HourPanelOptions
}

async function panelOf(
  { folder, grid, options }: HourPanelRequest,
  bars: BarTable,
  benchmark: PanelTables['benchmark'],
): Promise<LoadedPanel> {
  const { table: sectors, sectorNames } = await sectorsOfOneDay(
    join(folder, 'equities_daily/pooksoft_sectors_split.csv'),
  )
  const membership = await publishedMembership(folder)
  const daily = join(folder, 'equities_daily/us_daily_shared_2010_2018.parquet')
  const actions = options.withActions === false ? null : await dailyActions(daily)
  const made = assemblePanel(
    {
      bars: [bars],
      benchmark,
      membership,
      sectors,
      actions: actions?.table ?? null,
      delistings: endedNames(grid, bars),
      shares: null,
      fundamentals: await earningsAnnouncements(
        join(folder, 'macro/earnings_eps_1992_2025.parquet'),
      ),
      sentiment: null,
      analyst: null,
      macro: await publishedMacro(folder),
    },
    {
      grid,
      dataKind: 'real',
      sectorNames,
      symbols: null,
      unknownSymbols: 'leaveOut',
      provenance: [
        'The intraday files end with the sample: nothing is known of the names before or after.',
        BENCHMARK_NOTE,
        actions === null
          ? 'Splits and payments are left out on demand: prices fall by dividends on ex-dates.'
          : 'Splits and payments are those of the daily file; names that it lacks have none.',
      ],
    },
  )
  const panel = requirePanel('the hourly panel of 2018', made)
  return { panel, coverage: membershipCoverage(panel, membership), minutes: null }
}

/** Names without a bar in the last session: they stopped trading after their last bar, at its close. */
function endedNames(grid: HourGrid, bars: BarTable): KnownTable {
  const last = new Map<number, number>()
  for (let place = 0; place < bars.symbol.length; place++) last.set(bars.symbol[place]!, place)
  const bar = grid.openTime.length - 1
  const start = grid.openTime[bar - grid.barOfSession[bar]!]!
  const places = [...last.values()].filter((place) => bars.fields['start']![place]! < start)
  const end = Float64Array.from(places, (place) => bars.eventTime[place]!)
  return stampedTable({
    kind: 'delistings',
    source: bars.source,
    lagRule:
      'a name without a bar in the last session stopped after its last bar; nothing announces it',
    symbols: bars.symbols,
    symbol: Int32Array.from(places, (place) => bars.symbol[place]!),
    eventTime: end,
    usableTime: end.slice(),
    fields: {
      effective_time: end.slice(),
      last_price: Float64Array.from(places, (place) => bars.fields['close']![place]!),
    },
    row: Int32Array.from(places, (place) => bars.row[place]!),
  })
}
