import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  barsFromMinutes,
  clockHourBars,
  earningsAnnouncements,
  loadClockHourPanel2018,
  loadDailyPanel,
  loadOpenHourPanel2018,
  openAnchoredBars,
  publishedMembership,
  quarterlyFundamentals,
  sessionBars,
  spyClockHours,
} from '../../src/adapters/mod.ts'
import {
  annualisation,
  asOfReader,
  assemblePanel,
  barCount,
  barProblems,
  type DayCoverage,
  dayNumber,
  type HourPanel,
  hourGrid,
  membershipReader,
  tableProblems,
  USUAL_RULES,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'

const folder = sharedData('')
const day = (iso: string): number => Date.parse(iso) / 86_400_000
const shareOn = (coverage: readonly DayCoverage[], iso: string): number => {
  const found = coverage.find((c) => c.day === day(iso))!
  return found.withBars / found.members
}

/** No tables but bars, and what a panel of them is. */
const onlyBars = {
  benchmark: null,
  membership: 'everyName',
  sectors: null,
  actions: null,
  delistings: null,
  shares: null,
  fundamentals: null,
  sentiment: null,
  analyst: null,
  macro: [],
} as const
const real = { dataKind: 'real', sectorNames: [], symbols: null } as const

interface LabelOracle {
  readonly bars: readonly { n: number; symbols: number; n_hours: number }[]
  readonly labels: readonly { n: number; mean: number; sd: number; downside_rate: number }[]
  readonly aapl_first: readonly { bar: string; f: number; g: number; excess: number; dd: number }[]
}

/** Labels of a name from its bars that are there, as the oracle takes them: rows, not hours. */
function labels(panel: HourPanel, name: number): { f: number; g: number; dd: number }[] {
  const bars = barCount(panel.grid)
  const { open, low } = panel.bars
  const spy = panel.benchmark!.bars.open
  const rows: number[] = []
  for (let bar = 0; bar < bars; bar++) {
    if (!Number.isNaN(open[name * bars + bar]!)) rows.push(bar)
  }
  return rows.slice(0, -6).map((_, k) => {
    const at = (row: number): number => name * bars + rows[row]!
    const worst = Math.min(...[1, 2, 3, 4, 5].map((step) => low[at(k + step)]!))
    return {
      f: Math.log(open[at(k + 6)]! / open[at(k + 1)]!),
      g: Math.log(spy[rows[k + 6]!]! / spy[rows[k + 1]!]!),
      dd: worst / open[at(k + 1)]! - 1,
    }
  })
}

describe.skipIf(!hasSharedData)(`hours of 2018${sharedDataNote}`, () => {
  const oracle = readOracle<LabelOracle>('hourly_labels_clock_hour_2018')

  it('are rebuilt from minutes by the clock and joined to SPY as independent figures say', async () => {
    const { panel, coverage } = await loadClockHourPanel2018(folder, { withActions: false })
    const count = panel.bars.close.reduce((n, close) => n + (Number.isNaN(close) ? 0 : 1), 0)
    const { n, symbols, n_hours } = oracle.bars[0]!
    expect([count, panel.symbols.length, barCount(panel.grid)]).toEqual([n, symbols, n_hours])
    const first = labels(panel, panel.symbols.indexOf('AAPL')).slice(0, 3)
    for (const [k, expected] of oracle.aapl_first.entries()) {
      expect(first[k]!.f).toBeCloseTo(expected.f, 12)
      expect(first[k]!.g).toBeCloseTo(expected.g, 12)
      expect(first[k]!.dd).toBeCloseTo(expected.dd, 12)
    }
    const all = panel.symbols.flatMap((_, name) => labels(panel, name))
    const excess = all.map(({ f, g }) => f - g)
    const mean = excess.reduce((sum, x) => sum + x, 0) / excess.length
    const { labels: figures } = oracle
    expect(excess).toHaveLength(figures[0]!.n)
    expect(mean).toBeCloseTo(figures[0]!.mean, 12)
    const fallen = all.filter(({ dd }) => dd <= -0.015).length / all.length
    expect(fallen).toBeCloseTo(figures[0]!.downside_rate, 12)
    expect(coverage[0]).toMatchObject({ members: 506, withBars: 53 })
    expect(panel.tables.map(({ lagRule }) => lagRule).join(' ')).toContain(
      'without the closing auction',
    )
  })

  it('have payments taken out of their factors where the daily file tells them', async () => {
    const { panel } = await loadClockHourPanel2018(folder)
    expect(panel.actions.length).toBeGreaterThan(10)
    const bars = barCount(panel.grid)
    for (const { name, bar, amount } of panel.actions) {
      const at = name * bars + bar
      const step = panel.totalReturnFactor[at]! / panel.totalReturnFactor[at - 1]!
      const last = panel.bars.close[at - 1]!
      expect(step).toBeCloseTo(last / (last - amount), 12)
    }
  })

  it('from 09:30 are 191 names, two of which stop trading', async () => {
    const { panel } = await loadOpenHourPanel2018(folder)
    const count = panel.bars.close.reduce((n, close) => n + (Number.isNaN(close) ? 0 : 1), 0)
    expect([panel.symbols.length, count]).toEqual([191, 58_387])
    expect(panel.benchmark).toBeNull()
    const ended = panel.delistings.map(({ name, lastPrice }) => [panel.symbols[name], lastPrice])
    expect(ended).toEqual([
      ['CPN', 15.245],
      ['JUNO', 86.96],
    ])
  })

  it('from 09:30 are never joined with SPY by clock hours', async () => {
    const grid = hourGrid({
      anchor: 'clockHour',
      firstDay: day('2018-02-16'),
      endDay: day('2018-04-21'),
    })
    const at = (name: string): string => sharedData(`equities_intraday/${name}.parquet`)
    const stocks = await openAnchoredBars(at('us_hourly_2018_shared_derived'), grid)
    const spy = await clockHourBars(at('lean_hourly_spy_2018q1'), grid)
    const benchmark = { symbol: 'SPY', bars: spy }
    const made = assemblePanel({ ...onlyBars, bars: [stocks], benchmark }, { ...real, grid })
    expect(made).toMatchObject({
      kind: 'refused',
      problems: [
        { kind: 'anchor', source: 'us_hourly_2018_shared_derived.parquet', count: 58_387 },
      ],
    })
    // Bar by bar, too: of its seven hours a day only 09:30 begins where one of the clock does.
    const misfits = barProblems(grid, { ...stocks, anchor: 'clockHour' })
    expect(misfits).toMatchObject([{ kind: 'anchor' }])
    expect(barProblems(grid, spy)).toEqual([])
  })

  it('of seven a session, those of SPY too, do not change when later minutes do', async () => {
    const range = { firstDay: day('2018-02-16'), endDay: day('2018-04-21') }
    const grid = hourGrid({ anchor: 'clockHour', ...range })
    const at = (name: string): string => sharedData(`equities_intraday/${name}.parquet`)
    const { bars: hours } = await barsFromMinutes(at('us_1m_2018_shared60'), grid)
    expect([hours.symbols.length, new Set(grid.sessionDay).size, barCount(grid)]).toEqual([
      60, 44, 308,
    ])
    expect([...barProblems(grid, hours), ...tableProblems(hours, USUAL_RULES)]).toEqual([])
    const quarter = { firstDay: day('2018-02-01'), endDay: day('2018-05-01') }
    const all = hourGrid({ anchor: 'clockHour', ...quarter })
    const spy = await clockHourBars(at('lean_hourly_spy_2018q1'), all)
    const days = new Set(Array.from(spy.eventTime, (end) => Math.floor(end / 86_400e6)))
    expect([spy.knownTime.length, days.size]).toEqual([427, 61])

    const made = (bars: typeof hours): HourPanel => {
      const panel = assemblePanel({ ...onlyBars, bars: [bars] }, { ...real, grid })
      if (panel.kind === 'refused') throw new Error(JSON.stringify(panel.problems))
      return panel.panel
    }
    const bar = 150
    const decision = grid.decisionTime[bar]!
    const double = (column: Float64Array): Float64Array =>
      column.map((value, k) => (hours.knownTime[k]! >= decision ? 2 * value : value))
    const { open, high, low, close, volume, start } = hours.fields
    const later = {
      start: start!,
      open: double(open!),
      high: double(high!),
      low: double(low!),
      close: double(close!),
      volume: double(volume!),
    }
    const [truth, scrambled] = [made(hours), made({ ...hours, fields: later })]
    for (const name of truth.symbols.keys()) {
      const [from, to] = [name * 308, name * 308 + bar + 1]
      expect(scrambled.bars.close.slice(from, to)).toEqual(truth.bars.close.slice(from, to))
      expect(scrambled.bars.close[to]).not.toBe(truth.bars.close[to])
    }
  })
})

describe.skipIf(!hasSharedData)(`sessions of 2010 to 2018${sharedDataNote}`, () => {
  it('are a panel whose gap of survivorship is stated day by day', async () => {
    const range = { firstDay: day('2010-01-01'), endDay: day('2019-01-01') }
    const { panel, coverage } = await loadDailyPanel(folder, range)
    expect([barCount(panel.grid), panel.symbols.length]).toEqual([2264, 350])
    expect(coverage).toHaveLength(2264)
    // README of the data: 43 % of the members of 2010-01, 52 % of 2015, 59 and 62 % of 2018.
    const stated = {
      '2010-01-04': 0.43,
      '2015-07-01': 0.52,
      '2018-02-16': 0.59,
      '2018-12-31': 0.62,
    }
    for (const [iso, share] of Object.entries(stated)) {
      expect(Math.abs(shareOn(coverage, iso) - share), iso).toBeLessThan(0.02)
    }
    expect(coverage[0]!.missing).toContain('ABT')
    const about = (symbol: string): { kind: string; amount: number; iso: string }[] =>
      panel.actions
        .filter(({ name, kind }) => panel.symbols[name] === symbol && kind === 'spinOff')
        .map(({ kind, amount, bar }) => ({
          kind,
          amount,
          iso: new Date(panel.grid.sessionDay[bar]! * 86_400_000).toISOString().slice(0, 10),
        }))
    // The four spin-offs that the file's split column leaves out.
    expect(['PENN', 'NI', 'EBAY', 'HPQ'].flatMap((s) => about(s).map(({ iso }) => iso))).toEqual([
      '2013-11-04',
      '2015-07-02',
      '2015-07-20',
      '2015-11-02',
    ])
    // The dollar index ends in 2018-02: it is missing after its last value has aged, VIX is not.
    const { fields, knownTime } = panel.macro!
    const atEnd = knownTime.filter((time) => time < panel.grid.decisionTime[2263]!).length - 1
    expect([fields['dxy']![atEnd], fields['vix']![atEnd]]).toEqual([Number.NaN, 28.34])
    // Total returns from 2014-01-02 to 2015-12-31, by the file's own adjusted closes: over a split
    // of 7 for 1, two spin-offs and a payer of dividends.
    const bars = barCount(panel.grid)
    const bar = (iso: string): number => panel.grid.sessionDay.indexOf(day(iso))
    const adjusted = { AAPL: 1.38319065, EBAY: 1.19401832, HPQ: 0.92421553, KO: 1.12420836 }
    for (const [symbol, expected] of Object.entries(adjusted)) {
      const name = panel.symbols.indexOf(symbol) * bars
      const price = (iso: string): number =>
        panel.bars.close[name + bar(iso)]! * panel.totalReturnFactor[name + bar(iso)]!
      const growth = price('2015-12-31') / price('2014-01-02')
      // Spin-offs are valued a little differently there.
      expect(Math.abs(growth / expected - 1), symbol).toBeLessThan(symbol === 'HPQ' ? 0.08 : 0.015)
    }
    const aapl = panel.symbols.indexOf('AAPL') * bars
    expect(panel.splitFactor[aapl + bar('2015-12-31')]).toBe(7)
    expect(panel.provenance.join(' ')).toMatch(/TEL: 7 a share.* TMUS is left out/)
  })
})

describe.skipIf(!hasSharedData)(`files of the shared folder${sharedDataNote}`, () => {
  it('count the members that a plain reading of the spells counts', async () => {
    const table = await publishedMembership(folder)
    const [, ...lines] = readFileSync(
      sharedData('sp500_membership/fja05680_sp500_ticker_start_end.csv'),
      'utf8',
    )
      .trim()
      .split(/\r?\n/)
    const spells = lines.map((line) => line.split(','))
    const reader = membershipReader(table)
    for (const iso of ['1996-06-03', '2004-03-01', '2010-01-04', '2018-02-16', '2020-12-30']) {
      const members = spells
        .filter(([, start, end]) => start! <= iso && (end === '' || iso < end!))
        .map(([ticker]) => ticker!)
      const noon = Date.parse(`${iso}T17:00:00Z`) * 1000
      const ours = reader.members(noon).map((symbol) => table.symbols[symbol])
      expect(ours, iso).toEqual([...new Set(members)].sort())
    }
  })

  it('count 505 or 503 members ever since changes are announced, none lost or doubled', async () => {
    const table = await publishedMembership(folder)
    const reader = membershipReader(table)
    const count = (iso: string): number => reader.members(Date.parse(`${iso}T17:00Z`) * 1000).length
    const ends = ['2019-12-31', '2021-12-31', '2022-12-30', '2023-11-01', '2024-12-31']
    expect([...ends, '2025-04-01', '2025-12-31', '2026-08-31'].map(count)).toEqual([
      505, 505, 503, 503, 503, 503, 503, 503,
    ])
  })

  it('know an announced change from its announcement, and count it from its effective day', async () => {
    const table = await publishedMembership(folder)
    const reader = membershipReader(table)
    const uber = table.symbols.indexOf('UBER')
    const at = (iso: string): boolean => reader.isMember(uber, Date.parse(iso) * 1000)
    // The spells say 2023-10-18, weeks before the announcement of 2023-12-01.
    expect(at('2023-11-01T15:00:00Z')).toBe(false)
    expect(at('2023-12-15T20:00:00Z')).toBe(false)
    expect(at('2023-12-18T15:00:00Z')).toBe(true)
    const rows = asOfReader(table).known(uber, Date.parse('2023-12-02T00:00:00Z') * 1000)
    expect(rows.length).toBe(1)
  })

  it('are refused where they are dirty: repeated rows, empty bars, tails without trades', async () => {
    const grid = hourGrid({
      anchor: 'session',
      firstDay: day('2015-01-01'),
      endDay: day('2020-02-01'),
    })
    const path = sharedData('equities_daily/removed_names_yahoo_2015_2020.parquet')
    const table = await sessionBars(path, grid)
    const problems = [...barProblems(grid, table), ...tableProblems(table, USUAL_RULES)]
    const kinds = Object.fromEntries(problems.map((p) => [p.kind, p.count]))
    expect(kinds).toMatchObject({ duplicate: 3, value: 1 })
    expect(kinds['stale']).toBeGreaterThan(2)
    expect(problems.every((p) => p.rows.length > 0)).toBe(true)
  })

  it('hold SPY by clock hours since 1998', async () => {
    const grid = hourGrid({
      anchor: 'clockHour',
      firstDay: dayNumber(1998, 1, 1),
      endDay: dayNumber(2018, 5, 1),
    })
    const table = await spyClockHours(folder, grid)
    expect([...barProblems(grid, table), ...tableProblems(table, USUAL_RULES)]).toEqual([])
    // Two of the 31,580 hours until the end of 2015 are not in the file; 427 hours are of 2018.
    const until = dayNumber(2016, 1, 1) * 86_400e6
    expect(grid.openTime.filter((time) => time < until)).toHaveLength(31_580)
    expect(table.knownTime).toHaveLength(31_578 + 427)
    expect(table.lagRule).toMatch(/\d+ rows after early closes are left out/)
  })

  it('give surprises and ratios that only their own past and lag allow', async () => {
    const earnings = await earningsAnnouncements(sharedData('macro/earnings_eps_1992_2025.parquet'))
    expect(earnings.knownTime).toHaveLength(23_136)
    expect(tableProblems(earnings, USUAL_RULES)).toEqual([])
    const quarterly = await quarterlyFundamentals(
      sharedData('macro/fundamentals_quarterly_yahoo_2024_2025.parquet'),
    )
    const reader = asOfReader(quarterly)
    const aapl = quarterly.symbols.indexOf('AAPL')
    const margin = (iso: string): number =>
      quarterly.fields['gross_margin_ttm']![reader.latest(aapl, Date.parse(iso) * 1000)]!
    const profit = 43.879 + 58.275 + 44.867 + 43.718
    const revenue = 94.93 + 124.3 + 95.359 + 94.036
    // The quarter to 2025-06-30 counts as known on 2025-09-13 at 09:00 in New York.
    expect(margin('2025-09-13T12:59:00Z')).toBeNaN()
    expect(margin('2025-09-13T13:01:00Z')).toBeCloseTo(profit / revenue, 12)
  })

  it('agree with the bars of every year of an independent calendar', () => {
    const years =
      readOracle<Record<string, { sessions: number; hourly_bars_0930_anchored: number }>>(
        'calendar_xnys',
      )
    for (const [year, figures] of Object.entries(years)) {
      const grid = hourGrid({
        anchor: 'sessionOpen',
        firstDay: dayNumber(+year, 3, 1),
        endDay: dayNumber(+year, 4, 1),
      })
      expect(annualisation(grid)).toEqual({
        barsPerYear: figures.hourly_bars_0930_anchored,
        sessionsPerYear: figures.sessions,
      })
    }
  })
})
