import type { PanelTables } from './assemble-panel.ts'
import { type BarTable, barTable } from './bar-table.ts'
import { ACTION_KINDS } from './factors.ts'
import { barCount } from './hour-grid.ts'
import type { HourPanel, KnownSeries, PanelBars } from './hour-panel.ts'
import { type KnownTable, TABLE_FIELDS, type TableKind } from './known-table.ts'

const LAG_RULE = 'as the panel knew it'

/** A row of a table before it is one: public and received when it was known. */
interface Row {
  /** Index into the table's symbols; -1 for the whole market. */
  readonly symbol: number
  readonly event: number
  readonly known: number
  readonly values: Readonly<Record<string, number>>
}

/**
 * The tables that a panel can be assembled of again: the same panel, but for counts of shares of
 * names that trade no more. Its bars hold the benchmark too.
 */
export function tablesOfPanel(panel: HourPanel): PanelTables {
  const bars = barsOf(panel)
  const { symbols, benchmark, fundamentals, sentiment, analyst, macro } = panel
  const ofNames = (kind: TableKind, series: readonly KnownSeries[] | null) =>
    series === null ? null : tableOf(kind, symbols, seriesRows(series))
  return {
    bars: [bars],
    benchmark: benchmark === null ? null : { symbol: benchmark.symbol, bars },
    membership: changes(panel, 'membership', panel.isMember, (value, time) => ({
      is_member: value,
      effective_time: time,
    })),
    sectors: changes(panel, 'sectors', panel.sector, (value) => ({ sector: value })),
    actions: tableOf('actions', symbols, actionRows(panel)),
    delistings: tableOf('delistings', symbols, delistingRows(panel)),
    shares: changes(panel, 'shares', panel.sharesOutstanding, (value) => ({
      shares_outstanding: value,
    })),
    fundamentals: ofNames('fundamentals', fundamentals),
    sentiment: ofNames('sentiment', sentiment),
    analyst: ofNames('analyst', analyst),
    macro:
      macro === null
        ? []
        : [
            tableOf(
              'macro',
              [],
              seriesRows([macro]).map((row) => ({ ...row, symbol: -1 })),
            ),
          ],
  }
}

function tableOf(kind: TableKind, symbols: readonly string[], rows: readonly Row[]): KnownTable {
  const names = [
    ...new Set([...TABLE_FIELDS[kind], ...rows.flatMap(({ values }) => Object.keys(values))]),
  ]
  const column = (of: (row: Row) => number): Float64Array => Float64Array.from(rows, of)
  return {
    ...{ kind, source: kind, lagRule: LAG_RULE, symbols },
    symbol: Int32Array.from(rows, (row) => row.symbol),
    eventTime: column((row) => row.event),
    publicTime: column((row) => row.known),
    ingestTime: column((row) => row.known),
    knownTime: column((row) => row.known),
    fields: Object.fromEntries(
      names.map((name) => [name, column(({ values }) => values[name] ?? Number.NaN)]),
    ),
    row: Int32Array.from(rows, (_, place) => place + 1),
  }
}

/** Bars that are there, the benchmark's after those of the names. */
function barsOf({ grid, symbols, bars, benchmark }: HourPanel): BarTable {
  const length = barCount(grid)
  const owners = symbols.map((_, name) => ({ bars, first: name * length }))
  if (benchmark !== null) owners.push({ bars: benchmark.bars, first: 0 })
  const symbol: number[] = []
  const bar: number[] = []
  for (const [owner, { bars: own, first }] of owners.entries()) {
    for (let k = 0; k < length; k++) {
      if (Number.isNaN(own.close[first + k]!)) continue
      symbol.push(owner)
      bar.push(k)
    }
  }
  const pick = (of: (bars: PanelBars) => Float64Array): Float64Array =>
    Float64Array.from(symbol, (owner, row) => {
      const { bars: own, first } = owners[owner]!
      return of(own)[first + bar[row]!]!
    })
  return barTable(grid, {
    ...{ source: 'bars', lagRule: LAG_RULE, anchor: grid.anchor },
    symbols: benchmark === null ? symbols : [...symbols, benchmark.symbol],
    columns: {
      symbol: Int32Array.from(symbol),
      start: Float64Array.from(bar, (k) => grid.openTime[k]!),
      open: pick(({ open }) => open),
      high: pick(({ high }) => high),
      low: pick(({ low }) => low),
      close: pick(({ close }) => close),
      volume: pick(({ volume }) => volume),
    },
    row: Int32Array.from(symbol, (_, row) => row + 1),
  })
}

/** A row wherever a column of a panel changes from one bar of a name to the next. */
function changes(
  { grid, symbols }: HourPanel,
  kind: TableKind,
  column: ArrayLike<number>,
  values: (value: number, time: number) => Row['values'],
): KnownTable {
  const length = barCount(grid)
  const rows: Row[] = []
  for (let symbol = 0; symbol < symbols.length; symbol++) {
    let before = Number.NaN
    for (let bar = 0; bar < length; bar++) {
      const value = column[symbol * length + bar]!
      if (Object.is(value, before) || Number.isNaN(value)) continue
      before = value
      // Not yet known at the decision before, which may be taken after this bar has opened.
      const time = Math.max(grid.openTime[bar]!, grid.decisionTime[bar - 1] ?? 0)
      rows.push({ symbol, event: time, known: time, values: values(value, time) })
    }
  }
  return tableOf(kind, symbols, rows)
}

const seriesRows = (list: readonly KnownSeries[]): Row[] =>
  list.flatMap(({ knownTime, eventTime, fields }, symbol) =>
    Array.from(knownTime, (known, k) => ({
      ...{ symbol, event: eventTime[k]!, known },
      values: Object.fromEntries(
        Object.entries(fields).map(([field, column]) => [field, column[k]!]),
      ),
    })),
  )

const actionRows = ({ grid, actions }: HourPanel): Row[] =>
  actions.map(({ name: symbol, bar, kind, ratio, amount }) => {
    const time = grid.openTime[bar]!
    const values = { kind: ACTION_KINDS.indexOf(kind), ex_time: time, ratio, amount }
    return { symbol, event: time, known: time, values }
  })

const delistingRows = ({ grid, delistings }: HourPanel): Row[] =>
  delistings.map(({ name: symbol, bar, lastPrice }) => {
    const time = grid.openTime[bar]!
    const values = { effective_time: time, last_price: lastPrice }
    return { symbol, event: time, known: time, values }
  })
