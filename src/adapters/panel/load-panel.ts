import {
  ANALYST_FIELDS,
  type AssembledPanel,
  assemblePanel,
  type BarTable,
  barCount,
  type DayCoverage,
  FUNDAMENTAL_FIELDS,
  type HourGrid,
  type HourPanel,
  type KnownTable,
  MACRO_FIELDS,
  membershipCoverage,
  type PanelTables,
  rowCount,
  SENTIMENT_FIELDS,
  type TableKind,
  type TimeUs,
} from '../../core/mod.ts'
import type { MinutesOfNames } from '../../models/mod.ts'
import type { LoadedTable, PanelSource } from './port.ts'
import { panelError, refuseProblems } from './refuse.ts'

/** What a panel is loaded from. */
export interface PanelLoad {
  readonly grid: HourGrid
  /** Sources, at most one of each kind but for bars and macro. */
  readonly sources: readonly PanelSource[]
  /** A symbol among the bars; null for none. */
  readonly benchmark: string | null
  /** `everyName` instead of a source of membership: whatever has bars is a member. */
  readonly membership: 'source' | 'everyName'
  /** Names to take; null for all that have bars. */
  readonly symbols: readonly string[] | null
  readonly dataKind: HourPanel['dataKind']
  /** Largest share of missing values of a field, 0 to 1; a quarter by default. */
  readonly maximumNullShare?: number
}

/** A panel, and how much of the index it covers. */
export interface LoadedPanel {
  readonly panel: HourPanel
  /** Session by session, with the names that are missing; empty where every name is a member. */
  readonly coverage: readonly DayCoverage[]
  /** Prices to trade at beside the bars; null where there are none. */
  readonly minutes: MinutesOfNames | null
}

/**
 * Loads a panel from its sources, up to the grid's last decision. Throws InputError ORN-PANEL-001 for
 * faults of the tables, ORN-PANEL-004 for a source that is too old, ORN-PANEL-005 for one that is
 * missing or comes twice, and whatever the sources throw.
 */
export async function loadPanel(load: PanelLoad): Promise<LoadedPanel> {
  requireSources(load)
  const { grid } = load
  const until = grid.decisionTime[barCount(grid) - 1] ?? 0
  const loaded: LoadedTable[] = []
  for (const source of load.sources) {
    const one = await source.load({ until, symbols: symbolsFor(load, source) })
    requireFresh(one.table, source, until)
    loaded.push(one)
  }
  const of = (kind: TableKind): KnownTable[] =>
    loaded.filter(({ table }) => table.kind === kind).map(({ table }) => table)
  const bars = of('bars').map((table) => withAnchor(table, grid))
  const membership = of('membership')[0] ?? null
  const tables: PanelTables = {
    bars,
    benchmark: benchmarkOf(load.benchmark, bars),
    membership: load.membership === 'everyName' || membership === null ? 'everyName' : membership,
    sectors: of('sectors')[0] ?? null,
    actions: of('actions')[0] ?? null,
    delistings: of('delistings')[0] ?? null,
    shares: of('shares')[0] ?? null,
    fundamentals: of('fundamentals')[0] ?? null,
    sentiment: of('sentiment')[0] ?? null,
    analyst: of('analyst')[0] ?? null,
    macro: of('macro'),
  }
  const panel = requirePanel(
    'the panel',
    assemblePanel(tables, {
      grid,
      dataKind: load.dataKind,
      sectorNames: loaded.flatMap(({ sectorNames }) => sectorNames),
      symbols: load.symbols,
      provenance: Object.entries(FIELDS).flatMap(([kind, fields]) =>
        fieldNotes(of(kind as TableKind), fields),
      ),
      ...(load.maximumNullShare === undefined ? {} : { maximumNullShare: load.maximumNullShare }),
    }),
  )
  const coverage = membership === null ? [] : membershipCoverage(panel, membership)
  return { panel, coverage, minutes: null }
}

/** Fields that features are made of, of tables that may have any. */
const FIELDS = {
  fundamentals: FUNDAMENTAL_FIELDS,
  sentiment: SENTIMENT_FIELDS,
  analyst: ANALYST_FIELDS,
  macro: MACRO_FIELDS,
}

/** Fields that the tables of a kind lack, and those that nothing reads: perhaps one is the other. */
function fieldNotes(tables: readonly KnownTable[], wanted: readonly string[]): readonly string[] {
  if (tables.length === 0) return []
  const own = [...new Set(tables.flatMap(({ fields }) => Object.keys(fields)))]
  const lacks = wanted.filter((field) => !own.includes(field))
  const unread = own.filter((field) => !wanted.includes(field))
  if (lacks.length === 0) return []
  const source = tables.map((table) => table.source).join(' and ')
  const others = unread.length === 0 ? '' : `; nothing reads ${unread.join(', ')}`
  return [`${source}: no ${lacks.join(', ')}, so their features are missing${others}.`]
}

/** The panel, or InputError ORN-PANEL-001 with every fault of its tables. */
export function requirePanel(what: string, made: AssembledPanel): HourPanel {
  if (made.kind === 'refused') throw refuseProblems(what, made.problems)
  return made.panel
}

/** Throws ORN-PANEL-004 where the newest row of a source is older than it may be at an instant. */
export function requireFresh(table: KnownTable, source: PanelSource, at: TimeUs): void {
  if (source.oldestUs === null) return
  let newest = Number.NEGATIVE_INFINITY
  for (let place = 0; place < rowCount(table); place++) {
    const known = table.knownTime[place]!
    if (known < at && known > newest) newest = known
  }
  if (at - newest <= source.oldestUs) return
  const hours = (us: number): string => `${(us / 3.6e9).toFixed(1)} h`
  throw panelError('ORN-PANEL-004', `${source.name} is too old for a decision`, [
    newest === Number.NEGATIVE_INFINITY
      ? 'no row of it was known by then'
      : `its newest row was known ${hours(at - newest)} before`,
    `allowed: ${hours(source.oldestUs)}`,
  ])
}

/** Coverage counts all members, so membership is read whole. */
function symbolsFor(load: PanelLoad, source: PanelSource): ReadonlySet<string> | null {
  if (load.symbols === null || source.kind === 'membership') return null
  return new Set(load.benchmark === null ? load.symbols : [...load.symbols, load.benchmark])
}

function requireSources(load: PanelLoad): void {
  const count = (kind: TableKind): number =>
    load.sources.filter((source) => source.kind === kind).length
  const needed: TableKind[] = load.membership === 'source' ? ['bars', 'membership'] : ['bars']
  const missing = needed.filter((kind) => count(kind) === 0)
  if (missing.length > 0) {
    throw panelError('ORN-PANEL-005', `a panel needs a source of ${missing.join(' and of ')}`, [
      `given: ${load.sources.map(({ kind, name }) => `${kind} (${name})`).join(', ') || 'none'}`,
    ])
  }
  const kinds = new Set(load.sources.map(({ kind }) => kind))
  const several = [...kinds].filter(
    (kind) => kind !== 'bars' && kind !== 'macro' && count(kind) > 1,
  )
  if (several.length === 0) return
  throw panelError('ORN-PANEL-005', `a panel takes one source of ${several.join(' and of ')}`, [
    ...load.sources.map(({ kind, name }) => `${kind}: ${name}`),
  ])
}

/** Bars with four times of their own say where they begin and end: that is their anchor. */
const withAnchor = (table: KnownTable, grid: HourGrid): BarTable => ({
  ...table,
  kind: 'bars',
  anchor: grid.anchor,
})

function benchmarkOf(symbol: string | null, bars: readonly BarTable[]): PanelTables['benchmark'] {
  if (symbol === null) return null
  const own = bars.find((table) => table.symbols.includes(symbol)) ?? bars[0]
  return own === undefined ? null : { symbol, bars: own }
}
