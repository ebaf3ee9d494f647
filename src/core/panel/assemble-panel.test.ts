import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import { type AssembledPanel, assemblePanel, type PanelTables } from './assemble-panel.ts'
import { type BarTable, barTable } from './bar-table.ts'
import { membershipCoverage } from './coverage.ts'
import { barCount, type HourGrid, hourGrid } from './hour-grid.ts'
import type { HourPanel, KnownSeries } from './hour-panel.ts'
import { type KnownTable, pickRows, rowCount } from './known-table.ts'
import { type TestRow, tableOf } from './test-kit.ts'

const first = dayNumber(2018, 2, 15)
const grid = hourGrid({ anchor: 'clockHour', firstDay: first, endDay: first + 10 })
const bars = barCount(grid)
const open = (bar: number): number => grid.openTime[bar]!
const decision = (bar: number): number => grid.decisionTime[bar]!

function barsOf(
  symbols: readonly string[],
  price: (name: number, bar: number) => number,
  on: HourGrid = grid,
): BarTable {
  const size = symbols.length * bars
  const column = (factor: number): Float64Array =>
    Float64Array.from({ length: size }, (_, k) => price(Math.floor(k / bars), k % bars) * factor)
  return barTable(on, {
    source: 'bars.csv',
    lagRule: 'known a minute after their end',
    anchor: on.anchor,
    symbols,
    columns: {
      symbol: Int32Array.from({ length: size }, (_, k) => Math.floor(k / bars)),
      start: Float64Array.from({ length: size }, (_, k) => open(k % bars)),
      open: column(1),
      high: column(1.01),
      low: column(0.99),
      close: column(1.001),
      volume: new Float64Array(size).fill(1000),
    },
    row: Int32Array.from({ length: size }, (_, k) => k),
  })
}

const none: Omit<PanelTables, 'bars'> = {
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
}
const options = { grid, dataKind: 'generated', sectorNames: ['Energy', 'Utilities'] } as const
const assemble = (tables: PanelTables, symbols: readonly string[] | null = null): AssembledPanel =>
  assemblePanel(tables, { ...options, symbols })
function panelOf(tables: Partial<PanelTables> & Pick<PanelTables, 'bars'>): HourPanel {
  const made = assemble({ ...none, ...tables })
  if (made.kind === 'refused') throw new Error(JSON.stringify(made.problems))
  return made.panel
}
const change = (symbol: string, known: number, effective: number, member: number): TestRow => ({
  symbol,
  event: known,
  known,
  values: { is_member: member, effective_time: effective },
})

describe('a panel of tables', () => {
  it('holds bars by name and bar, and the benchmark apart from the names', () => {
    const panel = panelOf({
      bars: [barsOf(['B', 'SPY', 'A'], (name, bar) => 100 * (name + 1) + bar)],
      benchmark: { symbol: 'SPY', bars: barsOf(['SPY'], (_, bar) => 200 + bar) },
    })
    expect(panel.symbols).toEqual(['A', 'B'])
    expect(panel.bars.open[3]).toBe(303)
    expect(panel.bars.open[bars + 3]).toBe(103)
    expect(panel.benchmark!.bars.open[4]).toBe(204)
    const { lagRule } = panel.tables[0]!
    expect([panel.tables.map(({ rows }) => rows), lagRule]).toEqual([
      [126, 42],
      'known a minute after their end',
    ])
    expect(panel.macro).toBeNull()
  })

  it('leaves out bars known too late, and takes of two vintages the one known in time', () => {
    const table = barsOf(['A'], (_, bar) => 100 + bar)
    table.knownTime[2] = decision(2)
    table.knownTime[3] = decision(3) - 1
    expect([...panelOf({ bars: [table] }).bars.open.slice(2, 4)]).toEqual([Number.NaN, 103])
    const places = [...Array(bars).keys(), 5, 5]
    const revised = pickRows(table, places) as BarTable
    revised.fields['open']!.set([104.9, 105.1], bars)
    revised.knownTime.set([grid.closeTime[5]! + 61e6, decision(5)], bars)
    revised.ingestTime.set([grid.closeTime[5]!, grid.closeTime[5]!], bars)
    const order = [...places.keys()].sort((a, b) => revised.knownTime[a]! - revised.knownTime[b]!)
    expect(panelOf({ bars: [pickRows(revised, order) as BarTable] }).bars.open[5]).toBe(104.9)
  })

  it('refuses bars that mostly are known only after their decisions', () => {
    const table = barsOf(['A'], () => 9)
    const few = { ...table, knownTime: table.knownTime.map((t, k) => t + (k % 5 === 0 ? 9e8 : 0)) }
    table.knownTime.forEach((time, k) => {
      table.knownTime[k] = time + 15 * 60e6
    })
    const made = assemble({ ...none, bars: [table] })
    expect(made).toMatchObject({ kind: 'refused', problems: [{ kind: 'late', count: bars }] })
    expect(made).toMatchObject({
      problems: [{ text: /known at .*15:16:00.* decided on at .*15:02:00.* 25.0 % may be later/ }],
    })
    expect(assemble({ ...none, bars: [few] }).kind).toBe('panel')
  })

  it('counts a member from the effective time of a change that was known by then', () => {
    const membership = tableOf('membership', [
      change('A', 0, 0, 1),
      change('A', open(3), open(14), 0),
      change('B', decision(7), open(7), 1),
      change('GONE', 0, 0, 1),
    ])
    const panel = panelOf({ bars: [barsOf(['A', 'B'], () => 10)], membership })
    const flags = [...panel.isMember]
    expect(flags.slice(0, bars).lastIndexOf(1)).toBe(13)
    // Known after it took effect: a member only from the first decision after that.
    expect(flags.slice(bars).indexOf(1)).toBe(8)
    const coverage = membershipCoverage(panel, membership)
    expect(coverage[0]).toEqual({ day: first, members: 2, withBars: 1, missing: ['GONE'] })
    expect(coverage.at(-1)).toMatchObject({ members: 2, withBars: 1 })
  })

  it('takes what raw prices fall by out of its factors, from the first bar without it', () => {
    const action = (symbol: string, ex: number, values: Record<string, number>): TestRow => ({
      symbol,
      event: open(0),
      known: open(0),
      values: { ex_time: ex, ...values },
    })
    const actions = tableOf('actions', [
      action('A', open(7), { kind: 0, ratio: 2, amount: 0 }),
      action('A', open(14) - 9 * 3600e6, { kind: 1, ratio: 1, amount: 0.5 }),
      action('B', open(7), { kind: 2, ratio: 1, amount: 3 }),
    ])
    const price = (name: number, bar: number): number => {
      if (name === 1) return bar < 7 ? 12 : 9
      return bar < 7 ? 20 : bar < 14 ? 10 : 9.5
    }
    const panel = panelOf({ bars: [barsOf(['A', 'B'], price)], actions })
    expect(panel.actions).toEqual([
      { name: 0, bar: 7, kind: 'split', ratio: 2, amount: 0 },
      { name: 0, bar: 14, kind: 'dividend', ratio: 1, amount: 0.5 },
      { name: 1, bar: 7, kind: 'spinOff', ratio: 1, amount: 3 },
    ])
    expect([6, 7, 14].map((bar) => panel.splitFactor[bar])).toEqual([1, 2, 2])
    const last = 10 * 1.001
    expect(panel.totalReturnFactor[14]).toBeCloseTo((2 * last) / (last - 0.5), 12)
    expect(panel.totalReturnFactor[bars + 7]).toBeCloseTo((12 * 1.001) / (12 * 1.001 - 3), 12)
    expect(panel.totalReturnFactor[bars + 6]).toBe(1)
  })

  it('refuses an action that was known after the first bar without it', () => {
    const values = { kind: 0, ex_time: open(7), ratio: 2, amount: 0 }
    const actions = tableOf('actions', [{ symbol: 'A', event: 1, known: decision(7), values }])
    expect(assemble({ ...none, bars: [barsOf(['A'], () => 9)], actions })).toMatchObject({
      kind: 'refused',
      problems: [{ kind: 'late', rows: [2], text: /split of A was known only after/ }],
    })
  })

  it('joins macro series of different times: each row has the latest of every field', () => {
    const at = (event: number, values: Record<string, number>): TestRow => ({
      symbol: null,
      event,
      known: event + 1,
      values,
    })
    const rows = [at(1, { vix: 20 }), at(2, { wti: 70 }), at(3, { vix: 21 }), at(4, { wti: 71 })]
    // Each source is held to its own rules: what the other has is not missing of it.
    const of = (field: string) =>
      tableOf(
        'macro',
        rows.filter((row) => field in row.values),
      )
    const panel = panelOf({ bars: [barsOf(['A'], () => 9)], macro: [of('vix'), of('wti')] })
    expect(panel.macro).toEqual({
      knownTime: Float64Array.of(2, 3, 4, 5),
      eventTime: Float64Array.of(1, 2, 3, 4),
      fields: {
        vix: Float64Array.of(20, 20, 21, 21),
        wti: Float64Array.of(Number.NaN, 70, 70, 71),
      },
    })
  })

  it('uses a value of the market only as long as it is valid, then it is missing', () => {
    const row = (event: number, vix: number): TestRow => ({
      symbol: null,
      event,
      known: event + 1,
      values: { vix },
    })
    const daily = { ...tableOf('macro', [row(1, 20), row(3, 21), row(30, 22)]), validUs: 5 }
    const monthly = tableOf('macro', [{ ...row(20, 0), values: { cpi_index: 300 } }])
    const panel = panelOf({ bars: [barsOf(['A'], () => 9)], macro: [daily, monthly] })
    const none = Number.NaN
    expect(panel.macro).toEqual({
      knownTime: Float64Array.of(2, 4, 9, 21, 31, 36),
      eventTime: Float64Array.of(1, 3, 3, 20, 30, 30),
      fields: {
        vix: Float64Array.of(20, 21, none, none, 22, none),
        cpi_index: Float64Array.of(none, none, none, 300, 300, 300),
      },
    })
  })

  it('does not show the revision of what has been replaced, and keeps it in the table', () => {
    const row = (event: number, known: number, roe: number): TestRow => ({
      symbol: 'A',
      event,
      known,
      values: { roe_ttm: roe },
    })
    const fundamentals = tableOf('fundamentals', [
      row(1, 2, 0.1),
      row(1, 3, 0.11),
      row(5, 6, 0.2),
      row(1, 9, 0.12),
    ])
    const panel = panelOf({ bars: [barsOf(['A', 'B'], () => 9)], fundamentals })
    expect([...panel.fundamentals![0]!.fields['roe_ttm']!]).toEqual([0.1, 0.11, 0.2])
    expect(panel.fundamentals![1]!.knownTime).toHaveLength(0)
    expect(rowCount(fundamentals)).toBe(4)
  })

  it('refuses stocks by session hours beside a benchmark by clock hours', () => {
    const other = hourGrid({ anchor: 'sessionOpen', firstDay: first, endDay: first + 10 })
    const made = assemble({
      ...none,
      bars: [barsOf(['A'], () => 9, other)],
      benchmark: { symbol: 'SPY', bars: barsOf(['SPY'], () => 200) },
    })
    expect(made).toMatchObject({
      kind: 'refused',
      problems: [{ kind: 'anchor', source: 'bars.csv' }],
    })
  })

  it('refuses names that no table has, a missing benchmark, and one name in two tables', () => {
    const table = barsOf(['A'], () => 9)
    const problems = (tables: PanelTables, symbols: readonly string[] | null): unknown => {
      const made = assemble(tables, symbols)
      return made.kind === 'refused' ? made.problems.map((p) => p.text) : []
    }
    expect(problems({ ...none, bars: [table] }, ['A', 'QQQ'])).toEqual(['there is no bar of QQQ'])
    const benchmark = { symbol: 'SPY', bars: barsOf(['IWM'], () => 9) }
    expect(problems({ ...none, bars: [table], benchmark }, null)).toEqual([
      'there is no bar of SPY',
    ])
    expect(problems({ ...none, bars: [table, barsOf(['A'], () => 8)] }, null)).toEqual([
      'bars of A are in another table too',
    ])
    expect(problems({ ...none, bars: [table] }, ['A', 'A'])).toEqual(['these come twice: A'])
    const itself = { symbol: 'A', bars: table }
    expect(problems({ ...none, bars: [table], benchmark: itself }, ['A'])).toEqual([
      'the benchmark is never a name: A',
    ])
  })

  it('refuses names that trade after their end, and last prices below 0', () => {
    const end = (symbol: string, price: number): TestRow => ({
      symbol,
      event: open(5),
      known: open(5),
      values: { effective_time: open(5), last_price: price },
    })
    const delistings = tableOf('delistings', [end('A', 9), end('B', -1)])
    const whole = barsOf(['A', 'B'], () => 9)
    const isKept = (k: number): boolean => whole.symbol[k] === 0 || k % bars < 5
    const places = [...whole.symbol.keys()].filter(isKept)
    const table = { ...whole, ...pickRows(whole, places) } as BarTable
    expect(assemble({ ...none, bars: [table], delistings })).toMatchObject({
      kind: 'refused',
      problems: [{ kind: 'value', count: 2, rows: [2, 3], text: /A has bars after the end/ }],
    })
    const early = [...whole.symbol.keys()].filter((k) => k % bars < 5)
    const fine = { ...whole, ...pickRows(whole, early) } as BarTable
    const once = tableOf('delistings', [end('A', 9)])
    expect(panelOf({ bars: [fine], delistings: once }).delistings).toEqual([
      { name: 0, bar: 5, lastPrice: 9 },
    ])
  })
})

/** What a panel holds up to and with a bar, in arrays of its own. */
function upTo(panel: HourPanel, bar: number): unknown {
  const names = panel.symbols.length
  const cut = (column: ArrayLike<number>): number[] =>
    Array.from({ length: names * (bar + 1) }, (_, k) => {
      return column[Math.floor(k / (bar + 1)) * bars + (k % (bar + 1))]!
    })
  const known = (series: KnownSeries): unknown => {
    const count = series.knownTime.filter((time) => time < decision(bar)).length
    return [
      [...series.knownTime.slice(0, count)],
      [...series.eventTime.slice(0, count)],
      Object.values(series.fields).map((field) => [...field.slice(0, count)]),
    ]
  }
  return {
    bars: Object.values(panel.bars).map(cut),
    benchmark: Object.values(panel.benchmark!.bars).map((c: Float64Array) => [
      ...c.slice(0, bar + 1),
    ]),
    flags: [panel.isMember, panel.sector, panel.sharesOutstanding].map(cut),
    factors: [panel.splitFactor, panel.totalReturnFactor].map(cut),
    actions: panel.actions.filter((a) => a.bar <= bar),
    delistings: panel.delistings.filter((d) => d.bar <= bar),
    series: [panel.fundamentals!, panel.sentiment!].map((list) => list.map(known)),
    macro: known(panel.macro!),
  }
}

/** The table with every value of the rows known at or after an instant multiplied. */
function scramble<Table extends KnownTable>(table: Table, from: number, by: number): Table {
  const isAfter = (k: number): boolean => table.knownTime[k]! >= from
  const skip = new Set(['start', 'kind', 'ex_time', 'effective_time', 'is_member', 'sector'])
  const fields = Object.entries(table.fields).map(([name, column]) => [
    name,
    column.map((value, k) => (isAfter(k) && !skip.has(name) ? value * by : value)),
  ])
  const flipped = table.fields['is_member']?.map((v, k) => (isAfter(k) ? 1 - v : v))
  const other = table.fields['sector']?.map((v, k) => (isAfter(k) ? 1 - v : v))
  return {
    ...table,
    fields: {
      ...Object.fromEntries(fields),
      ...(flipped === undefined ? {} : { is_member: flipped }),
      ...(other === undefined ? {} : { sector: other }),
    },
  }
}

const instant = fc.integer({ min: 0, max: bars * 60 }).map((k) => open(0) + k * 60e6)
const rowsOf = (fields: Record<string, fc.Arbitrary<number>>) =>
  fc
    .array(
      fc.record({
        symbol: fc.constantFrom('A', 'B'),
        known: instant,
        lag: fc.integer({ min: 0, max: 9e9 }),
        values: fc.record(fields),
      }),
      { maxLength: 12 },
    )
    .map((list) =>
      list
        .map(({ symbol, known, lag, values }) => ({ symbol, known, event: known - lag, values }))
        .sort((a, b) => a.known - b.known || a.event - b.event),
    )
const number = fc.double({ min: 1, max: 2, noNaN: true })
const unique = (rows: readonly TestRow[]): TestRow[] => {
  const keys = rows.map((r) => `${r.symbol} ${r.event} ${r.known}`)
  return rows.filter((_, k) => keys.indexOf(keys[k]!) === k)
}

describe('a panel up to a decision', () => {
  const inputs = fc.record({
    member: rowsOf({ is_member: fc.integer({ min: 0, max: 1 }), effective_time: instant }),
    sectors: rowsOf({ sector: fc.integer({ min: 0, max: 1 }) }),
    shares: rowsOf({ shares_outstanding: number }),
    fundamentals: rowsOf({ roe_ttm: number }),
    sentiment: rowsOf({ sentiment_score: number }),
    macro: rowsOf({ vix: number }),
    sessions: fc.uniqueArray(fc.integer({ min: 1, max: bars / 7 - 1 }), { maxLength: 3 }),
    revisedSeconds: fc.integer({ min: -900, max: 9000 }),
    delay: fc.integer({ min: 0, max: 180 }),
    bar: fc.integer({ min: 0, max: bars - 1 }),
    by: fc.double({ min: 1.5, max: 3, noNaN: true }),
  })

  it('does not change when everything known at or after it does', () => {
    fc.assert(
      fc.property(inputs, ({ bar, by, delay, member, ...given }) => {
        const stocks = barsOf(['A', 'B'], (name, k) => 50 + name * 10 + (k % 5))
        stocks.knownTime.forEach((time, k) => {
          if (k % 5 === 0) stocks.knownTime[k] = time + delay * 1e6
        })
        const actions = given.sessions.flatMap((session) => {
          const [kind, time] = [session % 3, open(7 * session)]
          const row = (known: number, size: number): TestRow => ({
            ...{ symbol: 'A', event: time - 2e9, known },
            values: {
              ...{ kind, ex_time: time, ratio: kind === 0 ? 1 + size : 1, amount: kind * size },
            },
          })
          return [row(time - 1e9, 1), row(time + given.revisedSeconds * 1e6, 2)]
        })
        const table = (kind: KnownTable['kind'], rows: readonly TestRow[]): KnownTable => {
          const list = unique(rows)
          const names = Object.keys(list[0]?.values ?? {})
          const empty = { membership: 'is_member', sectors: 'sector' }
          expect(names.length > 0 || list.length === 0 || kind in empty).toBe(true)
          return tableOf(kind, list)
        }
        const orNull = (kind: KnownTable['kind'], rows: readonly TestRow[]): KnownTable | null =>
          rows.length === 0 ? null : table(kind, rows)
        const ofMarket = given.macro.map((row) => ({ ...row, symbol: null }))
        const macro = tableOf('macro', unique(ofMarket))
        const truth: PanelTables = {
          ...none,
          bars: [stocks],
          benchmark: { symbol: 'SPY', bars: barsOf(['SPY'], (_, k) => 200 + (k % 7)) },
          membership: orNull('membership', member) ?? 'everyName',
          sectors: orNull('sectors', given.sectors),
          shares: orNull('shares', given.shares),
          actions: orNull(
            'actions',
            [...actions].sort((a, b) => a.known - b.known),
          ),
          delistings: null,
          fundamentals: table('fundamentals', given.fundamentals),
          sentiment: table('sentiment', given.sentiment),
          macro: [{ ...macro, validUs: 3 * 3600e6 }],
        }
        const at = decision(bar)
        const scrambled: PanelTables = {
          ...truth,
          bars: truth.bars.map((t) => scramble(t, at, by)),
          benchmark: { symbol: 'SPY', bars: scramble(truth.benchmark!.bars, at, by) },
          membership:
            truth.membership === 'everyName' ? 'everyName' : scramble(truth.membership, at, by),
          sectors: truth.sectors === null ? null : scramble(truth.sectors, at, by),
          shares: truth.shares === null ? null : scramble(truth.shares, at, by),
          actions: truth.actions === null ? null : scramble(truth.actions, at, by),
          fundamentals: scramble(truth.fundamentals!, at, by),
          sentiment: scramble(truth.sentiment!, at, by),
          macro: truth.macro.map((t) => scramble(t, at, by)),
        }
        const before = panelOf(truth)
        expect(upTo(panelOf(scrambled), bar)).toEqual(upTo(before, bar))
      }),
      { numRuns: 60 },
    )
  })

  it('does change when something known before it does: the comparison can fail', () => {
    const tables = (by: number): PanelTables => ({
      ...none,
      bars: [barsOf(['A'], (_, bar) => (bar === 4 ? 10 * by : 10))],
      benchmark: { symbol: 'SPY', bars: barsOf(['SPY'], () => 9) },
      fundamentals: tableOf('fundamentals', []),
      sentiment: tableOf('sentiment', []),
      macro: [tableOf('macro', [])],
    })
    const [a, b] = [panelOf(tables(1)), panelOf(tables(2))]
    expect(upTo(a, 3)).toEqual(upTo(b, 3))
    expect(upTo(a, 4)).not.toEqual(upTo(b, 4))
  })
})
