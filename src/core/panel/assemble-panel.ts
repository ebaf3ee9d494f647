import { asOfReader } from './as-of.ts'
import { anchorMismatch, type BarTable, barProblems, lateBars } from './bar-table.ts'
import { actionFactors, panelActions, panelDelistings } from './factors.ts'
import { barCount, type HourGrid } from './hour-grid.ts'
import type { HourPanel, KnownSeries } from './hour-panel.ts'
import { knownSeries, marketSeries, spreadKnown } from './known-series.ts'
import { type KnownTable, rowCount } from './known-table.ts'
import { leapNotes } from './leaps.ts'
import { membershipReader } from './membership.ts'
import { barPlaces, placeBars } from './place-bars.ts'
import { type TableProblem, type TableRules, tableProblems, USUAL_RULES } from './table-rules.ts'

/** The tables a panel is made of; null where there is no such source. */
export interface PanelTables {
  /** Bars of names; a name may be in one of them only. */
  readonly bars: readonly BarTable[]
  readonly benchmark: { readonly symbol: string; readonly bars: BarTable } | null
  /** `everyName`: whatever has bars is a member, which is look-ahead unless it is said. */
  readonly membership: KnownTable | 'everyName'
  readonly sectors: KnownTable | null
  readonly actions: KnownTable | null
  readonly delistings: KnownTable | null
  readonly shares: KnownTable | null
  readonly fundamentals: KnownTable | null
  readonly sentiment: KnownTable | null
  readonly analyst: KnownTable | null
  /** Series of the whole market, of one or several sources; empty where there is none. */
  readonly macro: readonly KnownTable[]
}

/** What a panel is besides its tables. */
export interface PanelAssembly {
  readonly grid: HourGrid
  readonly dataKind: HourPanel['dataKind']
  readonly sectorNames: readonly string[]
  /** The names to take, in this order; null for all that have bars, in alphabetical order. */
  readonly symbols: readonly string[] | null
  /** What tables are held to beside the symbols; {@link USUAL_RULES} by default. */
  readonly maximumNullShare?: number
  /**
   * What becomes of rows of symbols that have neither bars nor membership: refused by default.
   * Published files cover more names than any panel.
   */
  readonly unknownSymbols?: 'refuse' | 'leaveOut'
  /** Sentences of the provenance that are not a table's. */
  readonly provenance?: readonly string[]
}

/** A panel, or every fault of the tables that keeps it from being made. */
export type AssembledPanel =
  | { readonly kind: 'panel'; readonly panel: HourPanel }
  | { readonly kind: 'refused'; readonly problems: readonly TableProblem[] }

/** A table's symbols as indices of the panel's names, -1 for others. */
type NameOf = (table: KnownTable) => (symbol: number) => number

/**
 * Makes a panel of tables, each held to its rules first. Whatever stands at a bar was known
 * strictly before its decision: changing anything known later changes nothing up to that bar.
 */
export function assemblePanel(tables: PanelTables, assembly: PanelAssembly): AssembledPanel {
  const { grid } = assembly
  const problems = tablesProblems(tables, assembly)
  if (problems.length > 0) return { kind: 'refused', problems }
  const symbols = assembly.symbols ?? symbolsWithBars(tables)
  const indexOf = new Map(symbols.map((symbol, name) => [symbol, name]))
  const nameOf: NameOf = (table) => {
    const names = table.symbols.map((symbol) => indexOf.get(symbol) ?? -1)
    return (symbol) => names[symbol] ?? -1
  }
  const shape = { names: symbols.length, bars: barCount(grid) }
  const places = barPlaces(shape.names * shape.bars)
  for (const table of tables.bars) placeBars(grid, table, nameOf(table), places)
  const acted =
    tables.actions === null
      ? { actions: [], problems: [] }
      : panelActions(grid, tables.actions, nameOf(tables.actions))
  const ended =
    tables.delistings === null
      ? { delistings: [], problems: [] }
      : panelDelistings(grid, tables.delistings, nameOf(tables.delistings), places.bars)
  const misfits = [...acted.problems, ...ended.problems]
  if (misfits.length > 0) return { kind: 'refused', problems: misfits }
  const sector = new Int16Array(shape.names * shape.bars).fill(-1)
  spreadTable(grid, tables.sectors, 'sector', nameOf, sector)
  const sharesOutstanding = new Float64Array(shape.names * shape.bars).fill(Number.NaN)
  spreadTable(grid, tables.shares, 'shares_outstanding', nameOf, sharesOutstanding)
  const panel: HourPanel = {
    grid,
    dataKind: assembly.dataKind,
    provenance: assembly.provenance ?? [],
    tables: listed(tables).map((table) => ({ ...noted(table), rows: rowCount(table) })),
    symbols,
    bars: places.bars,
    benchmark: tables.benchmark === null ? null : placeBenchmark(grid, tables.benchmark),
    isMember: memberFlags(grid, tables.membership, symbols),
    sector,
    sectorNames: assembly.sectorNames,
    ...actionFactors(places.bars, shape, acted.actions),
    sharesOutstanding,
    actions: acted.actions,
    delistings: ended.delistings,
    fundamentals: seriesOfNames(tables.fundamentals, symbols),
    sentiment: seriesOfNames(tables.sentiment, symbols),
    analyst: seriesOfNames(tables.analyst, symbols),
    macro: tables.macro.length === 0 ? null : marketSeries(tables.macro),
  }
  return {
    kind: 'panel',
    panel: { ...panel, provenance: [...panel.provenance, ...leapNotes(panel)] },
  }
}

/** All tables, each once: the benchmark's bars may be among those of the names. */
const listed = (tables: PanelTables): KnownTable[] => {
  const all = [
    ...tables.bars,
    tables.benchmark?.bars ?? null,
    tables.membership === 'everyName' ? null : tables.membership,
    tables.sectors,
    tables.actions,
    tables.delistings,
    tables.shares,
    tables.fundamentals,
    tables.sentiment,
    tables.analyst,
    ...tables.macro,
  ]
  return [...new Set(all.filter((table) => table !== null))]
}

function tablesProblems(tables: PanelTables, assembly: PanelAssembly): TableProblem[] {
  const known = new Set(
    [...tables.bars, tables.benchmark?.bars, tables.membership].flatMap((table) =>
      table === undefined || table === 'everyName' ? [] : table.symbols,
    ),
  )
  const rules: TableRules = {
    symbols: assembly.unknownSymbols === 'leaveOut' ? null : known,
    maximumNullShare: assembly.maximumNullShare ?? USUAL_RULES.maximumNullShare,
  }
  const withBenchmark = tables.benchmark === null ? [] : [tables.benchmark.bars]
  const barTables = [...new Set([...tables.bars, ...withBenchmark])]
  const anchors = anchorMismatch(assembly.grid, barTables)
  // Bars of another anchor have no place at all: their rows would only repeat it.
  if (anchors.length > 0) return anchors
  return [
    ...barTables.flatMap((table) => barProblems(assembly.grid, table)),
    ...barTables.flatMap((table) => lateBars(assembly.grid, table, rules.maximumNullShare)),
    ...listed(tables).flatMap((table) => tableProblems(table, rules)),
    ...sharedSymbols(tables.bars),
    ...missingSymbols(tables, assembly.symbols),
  ]
}

/** A name whose bars come from two tables. */
function sharedSymbols(tables: readonly BarTable[]): TableProblem[] {
  const owner = new Map<string, BarTable>()
  return tables.flatMap((table) => {
    const twice = table.symbols.filter((symbol) => owner.has(symbol))
    for (const symbol of table.symbols) owner.set(symbol, table)
    if (twice.length === 0) return []
    const text = `bars of ${twice.slice(0, 10).join(', ')} are in another table too`
    return [
      { kind: 'duplicate' as const, source: table.source, text, count: twice.length, rows: [] },
    ]
  })
}

/** Names asked for of which there is no bar, or twice, or that are the benchmark; its own bars. */
function missingSymbols(
  { bars, benchmark }: PanelTables,
  symbols: readonly string[] | null,
): TableProblem[] {
  const asked = symbols ?? []
  const withBars = new Set(bars.flatMap((table) => table.symbols))
  const problem = (
    names: readonly string[],
    source: string,
    text: string,
    kind: TableProblem['kind'] = 'unknownSymbol',
  ): TableProblem[] => {
    if (names.length === 0) return []
    const count = names.length
    return [{ kind, source, text: `${text} ${names.slice(0, 10).join(', ')}`, count, rows: [] }]
  }
  const source = 'the symbols asked for'
  const absent = asked.filter((symbol) => !withBars.has(symbol))
  const twice = asked.filter((symbol, k) => asked.indexOf(symbol) !== k)
  const itself = asked.filter((symbol) => symbol === benchmark?.symbol)
  const hasBenchmark = benchmark === null || benchmark.bars.symbols.includes(benchmark.symbol)
  return [
    ...problem(absent, source, 'there is no bar of'),
    ...problem(twice, source, 'these come twice:', 'duplicate'),
    ...problem(itself, source, 'the benchmark is never a name:'),
    ...(hasBenchmark
      ? []
      : problem([benchmark.symbol], benchmark.bars.source, 'there is no bar of')),
  ]
}

function symbolsWithBars(tables: PanelTables): string[] {
  const all = new Set(tables.bars.flatMap((table) => table.symbols))
  if (tables.benchmark !== null) all.delete(tables.benchmark.symbol)
  return [...all].sort()
}

const noted = ({ kind, source, lagRule }: KnownTable) => ({ kind, source, lagRule })

function placeBenchmark(
  grid: HourGrid,
  benchmark: NonNullable<PanelTables['benchmark']>,
): HourPanel['benchmark'] {
  const places = barPlaces(barCount(grid))
  const own = benchmark.bars.symbols.indexOf(benchmark.symbol)
  placeBars(grid, benchmark.bars, (symbol) => (symbol === own ? 0 : -1), places)
  return { symbol: benchmark.symbol, bars: places.bars }
}

function memberFlags(
  grid: HourGrid,
  table: PanelTables['membership'],
  symbols: readonly string[],
): Uint8Array {
  const bars = barCount(grid)
  const flags = new Uint8Array(symbols.length * bars)
  if (table === 'everyName') return flags.fill(1)
  const reader = membershipReader(table)
  const indexOf = new Map(table.symbols.map((symbol, k) => [symbol, k]))
  for (const [name, symbol] of symbols.entries()) {
    const own = indexOf.get(symbol)
    if (own === undefined) continue
    for (let bar = 0; bar < bars; bar++) {
      if (reader.isMember(own, grid.decisionTime[bar]!)) flags[name * bars + bar] = 1
    }
  }
  return flags
}

function spreadTable(
  grid: HourGrid,
  table: KnownTable | null,
  field: string,
  nameOf: NameOf,
  into: Float64Array | Int16Array,
): void {
  if (table === null) return
  const reader = asOfReader(table)
  const names = nameOf(table)
  for (let symbol = 0; symbol < table.symbols.length; symbol++) {
    const offset = names(symbol) * barCount(grid)
    if (offset >= 0) spreadKnown(grid, table, reader, symbol, field, into, offset)
  }
}

function seriesOfNames(
  table: KnownTable | null,
  symbols: readonly string[],
): readonly KnownSeries[] | null {
  if (table === null) return null
  const reader = asOfReader(table)
  const indexOf = new Map(table.symbols.map((symbol, k) => [symbol, k]))
  // No row has the symbol -2: a name that the table does not know has an empty series.
  return symbols.map((symbol) => knownSeries(table, reader, indexOf.get(symbol) ?? -2))
}
