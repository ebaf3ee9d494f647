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
  type PanelAssembly,
  type PanelTables,
} from '../../../core/mod.ts'
import type { MinutePrices } from '../../../models/mod.ts'
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

/** What a panel of 2018 is made of. */
export interface HourTables2018 {
  readonly tables: PanelTables
  readonly assembly: PanelAssembly
  /** By symbol; empty where hours are not made of minutes. */
  readonly minutes: ReadonlyMap<string, MinutePrices>
}

/**
 * The 44 sessions of 2018 by clock hours: 60 names made of their minutes, joined to SPY, whose file
 * has clock hours only. Throws InputError ORN-DATA and ORN-PANEL.
 */
export const loadClockHourPanel2018 = async (
  folder: string,
  options: HourPanelOptions = {},
): Promise<LoadedPanel> => assembled(await clockHourTables2018(folder, options))

/** The tables of {@link loadClockHourPanel2018}. */
export async function clockHourTables2018(
  folder: string,
  options: HourPanelOptions = {},
): Promise<HourTables2018> {
  const grid = hourGrid({ anchor: 'clockHour', firstDay: FIRST_DAY, endDay: END_DAY })
  const intraday = join(folder, 'equities_intraday')
  const benchmark = await clockHourBars(join(intraday, 'lean_hourly_spy_2018q1.parquet'), grid)
  const rebuilt = await barsFromMinutes(join(intraday, 'us_1m_2018_shared60.parquet'), grid)
  const { bars, minutes } = rebuilt
  const made = await tablesOf({ folder, grid, options }, bars, { symbol: 'SPY', bars: benchmark })
  return { ...made, minutes: new Map(bars.symbols.map((symbol, k) => [symbol, minutes[k]!])) }
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
  const bars = await openAnchoredBars(file, grid)
  const made = await tablesOf({ folder, grid, options }, bars, null)
  return assembled({ ...made, minutes: new Map() })
}

function assembled({ tables, assembly, minutes }: HourTables2018): LoadedPanel {
  const panel = requirePanel('the hourly panel of 2018', assemblePanel(tables, assembly))
  const { membership } = tables
  return {
    panel,
    coverage: membership === 'everyName' ? [] : membershipCoverage(panel, membership),
    minutes: minutes.size === 0 ? null : panel.symbols.map((each) => minutes.get(each) ?? null),
  }
}

interface HourPanelRequest {
  readonly folder: string
  readonly grid: HourGrid
  readonly options: HourPanelOptions
}

async function tablesOf(
  { folder, grid, options }: HourPanelRequest,
  bars: BarTable,
  benchmark: PanelTables['benchmark'],
): Promise<Omit<HourTables2018, 'minutes'>> {
  const { table: sectors, sectorNames } = await sectorsOfOneDay(
    join(folder, 'equities_daily/pooksoft_sectors_split.csv'),
  )
  const daily = join(folder, 'equities_daily/us_daily_shared_2010_2018.parquet')
  const actions = options.withActions === false ? null : await dailyActions(daily)
  return {
    tables: {
      bars: [bars],
      benchmark,
      membership: await publishedMembership(folder),
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
    assembly: {
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
  }
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
