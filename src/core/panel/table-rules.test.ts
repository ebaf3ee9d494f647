import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import { anchorMismatch, barProblems, barsOfMinutes, barTable } from './bar-table.ts'
import { type BarAnchor, type HourGrid, hourGrid } from './hour-grid.ts'
import type { KnownTable } from './known-table.ts'
import { tableProblems, USUAL_RULES } from './table-rules.ts'
import { tableOf } from './test-kit.ts'

const row = (symbol: string, event: number, known: number, values = { score: 1 }) => ({
  symbol,
  event,
  known,
  values,
})
const kinds = (table: KnownTable, rules = USUAL_RULES) =>
  tableProblems(table, rules).map(({ kind, count, rows }) => ({ kind, count, rows }))

describe('a point-in-time table', () => {
  it('passes with revisions, in order of event or of known time', () => {
    const byEvent = [row('A', 1, 2), row('A', 1, 9), row('A', 3, 5), row('B', 1, 1)]
    expect(kinds(tableOf('sentiment', byEvent))).toEqual([])
    const byKnown = [row('A', 1, 2), row('A', 3, 5), row('A', 1, 9), row('B', 1, 1)]
    expect(kinds(tableOf('sentiment', byKnown))).toEqual([])
  })

  it('names the rows whose four times are missing or out of their order', () => {
    const table = tableOf('sentiment', [row('A', 1, 2), row('A', 5, 4), row('A', Number.NaN, 6)])
    const problems = tableProblems(table, USUAL_RULES)
    expect(problems.map(({ kind, rows }) => ({ kind, rows }))).toEqual([
      { kind: 'missingTime', rows: [4] },
      { kind: 'timeOrder', rows: [3] },
    ])
    expect(problems[1]!.text).toBe(
      'the public time 1970-01-01T00:00:00.000004Z is before the event time ' +
        '1970-01-01T00:00:00.000005Z (A); ' +
        'event <= public <= ingest <= known is needed',
    )
    const times = { publicTime: [3, 3], ingestTime: [2, 4], knownTime: [4, 4] }
    const crossed = tableOf('sentiment', [row('A', 1, 4), row('B', 1, 4)])
    for (const [name, column] of Object.entries(times)) {
      crossed[name as 'publicTime'].set(column)
    }
    expect(kinds(crossed)).toEqual([{ kind: 'timeOrder', count: 1, rows: [2] }])
  })

  it('names rows that go back in time and rows that come twice', () => {
    const back = tableOf('sentiment', [row('A', 3, 5), row('B', 9, 9), row('A', 1, 2)])
    expect(kinds(back)).toEqual([{ kind: 'outOfOrder', count: 1, rows: [4] }])
    const twice = tableOf('sentiment', [row('A', 1, 2), row('B', 1, 2), row('A', 1, 2)])
    expect(kinds(twice)).toEqual([{ kind: 'duplicate', count: 1, rows: [4] }])
    // One announcement may hold several changes.
    const change = (effective: number) => ({ is_member: 1, effective_time: effective })
    const both = [
      { symbol: 'A', event: 1, known: 2, values: change(5) },
      { symbol: 'A', event: 1, known: 2, values: change(9) },
    ]
    expect(kinds(tableOf('membership', both))).toEqual([])
    expect(kinds(tableOf('membership', [both[0]!, both[0]!]))).toMatchObject([
      { kind: 'duplicate' },
    ])
  })

  it('names symbols that are not of the panel and rows without one', () => {
    const table = tableOf('sentiment', [row('A', 1, 2), row('ZZ', 1, 2)])
    const rules = { ...USUAL_RULES, symbols: new Set(['A', 'B']) }
    expect(tableProblems(table, rules)[0]).toMatchObject({
      kind: 'unknownSymbol',
      rows: [3],
      text: 'ZZ is not a symbol of this panel',
    })
    const orphan = tableOf('sentiment', [{ ...row('A', 1, 2), symbol: null }])
    expect(kinds(orphan)).toMatchObject([{ kind: 'unknownSymbol', rows: [2] }])
    expect(kinds({ ...orphan, kind: 'macro' })).toEqual([])
  })

  it('refuses a field of which more is missing than is allowed, and fields that are not there', () => {
    const list = [1, 2, Number.NaN, Number.NaN].map((score, k) => row('A', k, k, { score }))
    const [problem] = tableProblems(tableOf('sentiment', list), USUAL_RULES)
    expect(problem).toMatchObject({ kind: 'nulls', count: 2, rows: [4, 5] })
    expect(problem!.text).toBe('score is missing in 2 of 4 rows (50.0 %); 25.0 % is allowed')
    expect(kinds(tableOf('sentiment', list), { ...USUAL_RULES, maximumNullShare: 0.5 })).toEqual([])
    const partly = tableOf('membership', [row('A', 1, 2)])
    expect(tableProblems(partly, USUAL_RULES)[0]!.text).toBe(
      'membership need the fields is_member, effective_time',
    )
    // What a row of membership cannot do without may never be missing.
    const change = { is_member: Number.NaN, effective_time: 4 }
    const many = Array.from({ length: 20 }, (_, k) => ({
      symbol: 'A',
      event: k,
      known: k,
      values: k === 7 ? change : { is_member: 1, effective_time: 4 + k },
    }))
    expect(kinds(tableOf('membership', many))).toEqual([{ kind: 'nulls', count: 1, rows: [9] }])
  })
})

it('an infinite value is none', () => {
  const rows = [row('A', 1, 2, { score: 1 }), row('A', 2, 3, { score: Number.NEGATIVE_INFINITY })]
  const problems = tableProblems(tableOf('sentiment', rows), {
    ...USUAL_RULES,
    maximumNullShare: 1,
  })
  expect(problems).toMatchObject([{ kind: 'value', rows: [3], text: 'score of A is infinite' }])
})

const friday = dayNumber(2018, 2, 16)
const week = (anchor: BarAnchor): HourGrid =>
  hourGrid({ anchor, firstDay: friday, endDay: friday + 200 })

type Bar = readonly [symbol: number, start: number, ohlcv: readonly number[]]
function bars(grid: HourGrid, list: readonly Bar[], anchor: BarAnchor = grid.anchor) {
  const column = (k: number): Float64Array => Float64Array.from(list, (bar) => bar[2][k]!)
  return barTable(grid, {
    source: 'bars.parquet',
    lagRule: 'a minute after their end',
    anchor,
    symbols: ['A', 'B'],
    columns: {
      symbol: Int32Array.from(list, (bar) => bar[0]),
      start: Float64Array.from(list, (bar) => bar[1]),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
    row: Int32Array.from(list, (_, k) => k),
  })
}
const fine = [10, 11, 9, 10.5, 100]

describe('a table of bars', () => {
  it('is known a minute after each bar has ended, which the grid tells', () => {
    const grid = week('clockHour')
    const table = bars(grid, [
      [0, grid.openTime[0]!, fine],
      [0, grid.openTime[1]!, fine],
    ])
    expect([...table.eventTime]).toEqual([...grid.closeTime.slice(0, 2)])
    expect(table.knownTime[0]).toBe(grid.closeTime[0]! + 60_000_000)
    expect([...barProblems(grid, table), ...tableProblems(table, USUAL_RULES)]).toEqual([])
  })

  it('is refused where its bars begin at other times than those of its anchor', () => {
    const grid = week('clockHour')
    const other = week('sessionOpen')
    const table = bars(grid, [
      [0, other.openTime[0]!, fine],
      [0, other.openTime[1]!, fine],
    ])
    // Both anchors begin at 09:30; 10:30 is of one of them only.
    expect(barProblems(grid, table)).toMatchObject([{ kind: 'anchor', count: 1, rows: [1] }])
  })

  it('is never joined with bars of another anchor', () => {
    const grid = week('clockHour')
    const stocks = bars(week('sessionOpen'), [[0, grid.openTime[0]!, fine]])
    const benchmark = bars(grid, [[0, grid.openTime[0]!, fine]])
    expect(anchorMismatch(grid, [benchmark])).toEqual([])
    expect(anchorMismatch(grid, [benchmark, stocks])).toMatchObject([
      { kind: 'anchor', source: 'bars.parquet', count: 1 },
    ])
    expect(anchorMismatch(grid, [stocks])[0]!.text).toContain('rebuild them from minutes')
  })

  it('names bars that cannot be: crossed, empty, negative', () => {
    const grid = week('clockHour')
    const wrong = [
      fine,
      [10, 9.9, 9, 9.5, 1],
      [10, 11, 10.2, 10.5, 1],
      [0, 0, 0, 0, 0],
      [10, 11, 9, 10, -1],
    ]
    const table = bars(
      grid,
      wrong.map((prices, k) => [0, grid.openTime[k]!, prices]),
    )
    expect(barProblems(grid, table)).toMatchObject([
      { kind: 'value', count: 4, rows: [1, 2, 3, 4] },
    ])
  })

  it('names tickers that come back as another company, and tails that nobody trades', () => {
    const grid = hourGrid({ anchor: 'session', firstDay: friday, endDay: friday + 200 })
    const at = (k: number): number => grid.openTime[k]!
    const dear = fine.map((x) => x * 4)
    const reused = bars(grid, [
      [0, at(0), fine],
      [0, at(60), dear],
      [1, at(0), fine],
      [1, at(60), fine.map((x) => x * 1.5)],
    ])
    expect(barProblems(grid, reused)).toMatchObject([{ kind: 'gap', count: 1, rows: [1] }])
    expect(barProblems(grid, reused)[0]!.text).toContain('another company under an old ticker')
    const still = bars(
      grid,
      Array.from({ length: 14 }, (_, k) => [0, at(k), [5, 5, 5, 5, 0]]),
    )
    expect(barProblems(grid, still)).toMatchObject([{ kind: 'stale', count: 1, rows: [10] }])
  })
})

describe('bars made of minutes', () => {
  it('hold what was traded from their beginning up to their end, and nothing of the auction', () => {
    const grid = hourGrid({ anchor: 'clockHour', firstDay: friday, endDay: friday + 1 })
    const minute = (hour: number, m: number): number =>
      (friday * 1440 + (hour + 5) * 60 + m) * 60_000_000
    const list = [
      [minute(9, 29), 1, 1, 1, 1, 1],
      [minute(9, 30), 10, 12, 9, 11, 100],
      [minute(9, 59), 11, 13, 10, 12, 50],
      [minute(10, 0), 20, 21, 19, 20.5, 7],
      [minute(15, 59), 30, 31, 29, 30, 9],
      [minute(16, 0), 99, 99, 99, 99, 1e6],
    ]
    const column = (k: number): Float64Array => Float64Array.from(list, (r) => r[k]!)
    const hours = barsOfMinutes(grid, {
      symbol: new Int32Array(6).fill(1),
      start: column(0),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
    })
    expect([...hours.symbol]).toEqual([1, 1, 1])
    expect([...hours.start]).toEqual([grid.openTime[0], grid.openTime[1], grid.openTime[6]])
    const prices = [hours.open, hours.high, hours.low, hours.close, hours.volume]
    expect(prices.map((c) => c[0])).toEqual([10, 13, 9, 12, 150])
    expect(prices.map((c) => c[2])).toEqual([30, 31, 29, 30, 9])
  })
})
