import { join } from 'node:path'
import {
  assemblePanel,
  type DayNumber,
  hourGrid,
  membershipCoverage,
  type PanelTables,
} from '../../../core/mod.ts'
import { type LoadedPanel, requirePanel } from '../load-panel.ts'
import { sessionBars } from './bar-files.ts'
import { dailyActions } from './daily-actions.ts'
import { earningsAnnouncements } from './earnings.ts'
import { consumerPrices, fredDaily, tenYearYieldMonthly, vixDaily } from './macro-files.ts'
import { sectorsOfOneDay } from './sectors.ts'
import { sp500Membership } from './sp500-membership.ts'

/** Which sessions of the published files are wanted, days of New York. */
export interface PublishedRange {
  readonly firstDay: DayNumber
  readonly endDay: DayNumber
}

/** The only fund that is read: never a name of a panel. */
const BENCHMARK = 'SPY'
const isBenchmark = (symbol: string): boolean => symbol === BENCHMARK

/**
 * The panel of sessions 2010 to 2018 from the folder of shared data: raw prices of names that were
 * in the index in 2021 (a survivorship gap that `coverage` measures), actions, membership, sectors,
 * earnings, VIX and macro series. Throws InputError ORN-DATA and ORN-PANEL.
 */
export async function loadDailyPanel(folder: string, range: PublishedRange): Promise<LoadedPanel> {
  const grid = hourGrid({ anchor: 'session', ...range })
  const daily = join(folder, 'equities_daily/us_daily_shared_2010_2018.parquet')
  const actions = await dailyActions(daily)
  const withheld = new Set(actions.unexplained)
  const bars = await sessionBars(daily, grid, (symbol) => !withheld.has(symbol))
  const funds = join(folder, 'equities_daily/lean_etf_daily_spy_qqq_iwm_2010_2018.parquet')
  const { table: sectors, sectorNames } = await sectorsOfOneDay(
    join(folder, 'equities_daily/pooksoft_sectors_split.csv'),
  )
  const membership = await publishedMembership(folder)
  const tables: PanelTables = {
    bars: [bars],
    benchmark: { symbol: BENCHMARK, bars: await sessionBars(funds, grid, isBenchmark) },
    membership,
    sectors,
    actions: actions.table,
    delistings: null,
    shares: null,
    fundamentals: await earningsAnnouncements(join(folder, 'macro/earnings_eps_1992_2025.parquet')),
    sentiment: null,
    analyst: null,
    macro: await publishedMacro(folder),
  }
  const made = assemblePanel(tables, {
    grid,
    dataKind: 'real',
    sectorNames,
    symbols: null,
    unknownSymbols: 'leaveOut',
    provenance: [
      'Prices are of names that were in the index in 2021: those that failed or were bought before ' +
        'are missing, which flatters every result.',
      BENCHMARK_NOTE,
      ...actions.doubted.map((text) => `A payment is left out, nothing shows it. ${text}.`),
      ...actions.unexplained.map((name) => `${name} is left out: a split is not in the file.`),
    ],
  })
  const panel = requirePanel('the daily panel', made)
  return { panel, coverage: membershipCoverage(panel, membership), minutes: null }
}

/** What every comparison with the benchmark has to know. */
export const BENCHMARK_NOTE =
  'SPY is its price without dividends, some 2 % a year: returns of names with dividends beat it by ' +
  'that much for nothing.'

/** Members of the index from the folder of shared data. */
export const publishedMembership = (folder: string): ReturnType<typeof sp500Membership> =>
  sp500Membership({
    spells: join(folder, 'sp500_membership/fja05680_sp500_ticker_start_end.csv'),
    announced: join(folder, 'sp500_membership/mhechavarria_sp500_official_changes.csv'),
  })

/** VIX, prices, yield, dollar index, rates and break-even inflation from that folder. */
export async function publishedMacro(folder: string): Promise<PanelTables['macro']> {
  const fred = join(folder, 'macro/fred_daily_10series_2008_2018.csv.gz')
  return [
    await vixDaily(join(folder, 'macro/finance-vix_vix-daily.csv')),
    await consumerPrices(join(folder, 'macro/cpi-us_cpiai.csv')),
    await tenYearYieldMonthly(join(folder, 'macro/bond-yields-us-10y_monthly.csv')),
    await fredDaily(fred, 'DTWEXB'),
    await fredDaily(fred, 'DFF'),
    await fredDaily(fred, 'T10YIE'),
    await fredDaily(fred, 'T5YIE'),
  ]
}
