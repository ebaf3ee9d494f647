import { formatUtcIso } from '../calendar/civil-time.ts'
import { BAR_KNOWN_DELAY_US, type BarAnchor, barAt, barCount, type HourGrid } from './hour-grid.ts'
import type { KnownTable } from './known-table.ts'
import { placesBySymbol, rowCount } from './known-table.ts'
import { problemOf, type TableProblem } from './table-rules.ts'

/** Bars as rows, and where they begin. */
export type BarTable = KnownTable & { readonly kind: 'bars'; readonly anchor: BarAnchor }

/** Columns of bars by their beginning, us; one symbol index a row. */
export interface BarRows {
  readonly symbol: Int32Array
  readonly start: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** What a table of bars is made of beside its columns. */
export interface BarTableInput {
  readonly source: string
  readonly lagRule: string
  readonly anchor: BarAnchor
  readonly symbols: readonly string[]
  readonly columns: BarRows
  readonly row: Int32Array
}

/**
 * Bars of a grid as a table: each ends where the grid's bar of that beginning ends and is public
 * then; received and known a minute later. A bar that begins elsewhere has no end, which
 * {@link barProblems} names.
 */
export function barTable(grid: HourGrid, input: BarTableInput): BarTable {
  const { symbol, start, ...prices } = input.columns
  const end = new Float64Array(start.length)
  for (let place = 0; place < start.length; place++) {
    const bar = barAt(grid, start[place]!)
    end[place] = bar >= 0 && grid.openTime[bar] === start[place] ? grid.closeTime[bar]! : Number.NaN
  }
  const known = end.map((time) => time + BAR_KNOWN_DELAY_US)
  return {
    kind: 'bars',
    source: input.source,
    lagRule: input.lagRule,
    anchor: input.anchor,
    symbols: input.symbols,
    symbol,
    eventTime: end,
    publicTime: end.slice(),
    ingestTime: known,
    knownTime: known.slice(),
    fields: { start, ...prices },
    row: input.row,
  }
}

/**
 * Bars of a grid from bars of minutes, by the minute's beginning and in order of time for each
 * symbol: first open, highest high, lowest low, last close, sum of shares. Minutes outside sessions
 * (before the open, the closing auction at 16:00) belong to no bar.
 */
export function barsOfMinutes(grid: HourGrid, minutes: BarRows): BarRows {
  const bars = barCount(grid)
  const symbols = minutes.symbol.reduce((most, symbol) => Math.max(most, symbol + 1), 0)
  const size = symbols * bars
  const column = (): Float64Array => new Float64Array(size).fill(Number.NaN)
  const all = { open: column(), high: column(), low: column(), close: column(), volume: column() }
  for (let place = 0; place < minutes.start.length; place++) {
    const bar = barAt(grid, minutes.start[place]!)
    if (bar < 0) continue
    const at = minutes.symbol[place]! * bars + bar
    if (Number.isNaN(all.open[at]!)) {
      all.open[at] = minutes.open[place]!
      all.high[at] = minutes.high[place]!
      all.low[at] = minutes.low[place]!
      all.volume[at] = 0
    }
    all.high[at] = Math.max(all.high[at]!, minutes.high[place]!)
    all.low[at] = Math.min(all.low[at]!, minutes.low[place]!)
    all.close[at] = minutes.close[place]!
    all.volume[at]! += minutes.volume[place]!
  }
  const places: number[] = []
  for (let at = 0; at < size; at++) if (!Number.isNaN(all.open[at]!)) places.push(at)
  const pick = (from: Float64Array): Float64Array => Float64Array.from(places, (at) => from[at]!)
  return {
    symbol: Int32Array.from(places, (at) => Math.floor(at / bars)),
    start: Float64Array.from(places, (at) => grid.openTime[at % bars]!),
    open: pick(all.open),
    high: pick(all.high),
    low: pick(all.low),
    close: pick(all.close),
    volume: pick(all.volume),
  }
}

/** Sessions without a bar after which a price that is far off is another company's. */
const REUSE_GAP_DAYS = 60
/** Factor of two closes that no company's shares move by in a session. */
const REUSE_FACTOR = 3
/** Bars in a row without a trade and at one price: nobody trades the name any more. */
const STALE_BARS = 10

/** Faults of bars beside those of every table: values, anchors, stale tails, gaps. */
export function barProblems(grid: HourGrid, table: BarTable): TableProblem[] {
  return [...anchorProblems(grid, table), ...valueProblems(table), ...pathProblems(table)]
}

/** The refusal of joining series of different anchors: every table must have the grid's. */
export function anchorMismatch(grid: HourGrid, tables: readonly BarTable[]): TableProblem[] {
  return tables
    .filter((table) => table.anchor !== grid.anchor)
    .map((table) => ({
      kind: 'anchor',
      source: table.source,
      text:
        `its bars begin by the anchor ${table.anchor}, the panel's by ${grid.anchor}: ` +
        'they cover different times and are never joined; rebuild them from minutes',
      count: rowCount(table),
      rows: [],
    }))
}

const instant = (time: number): string =>
  Number.isFinite(time) ? formatUtcIso(time) : 'no time of a session'

/** Bars within a grid's time that do not begin and end as one of its bars does. */
function anchorProblems(grid: HourGrid, table: BarTable): TableProblem[] {
  const off = problemOf(table, 'anchor')
  const { start } = table.fields
  const first = grid.openTime[0] ?? Number.POSITIVE_INFINITY
  const end = grid.closeTime[barCount(grid) - 1] ?? Number.NEGATIVE_INFINITY
  for (let place = 0; place < rowCount(table); place++) {
    const begins = start![place]!
    if (!(begins >= first && begins < end)) continue
    const bar = barAt(grid, begins)
    const isBar =
      bar >= 0 && grid.openTime[bar] === begins && grid.closeTime[bar] === table.eventTime[place]
    if (isBar) continue
    off.add(
      place,
      () =>
        `${table.symbols[table.symbol[place]!]} has a bar from ${instant(begins)} to ` +
        `${instant(table.eventTime[place]!)}, which is none of the anchor ${grid.anchor}: ` +
        'bars of two anchors are never joined; rebuild them from minutes',
    )
  }
  return off.done()
}

/**
 * The refusal of bars of which more than a share (0 to 1) became known only after the decision that
 * follows them: they are left out one by one, and of all of them nothing would be left.
 */
export function lateBars(grid: HourGrid, table: BarTable, allowed: number): TableProblem[] {
  const late = problemOf(table, 'late')
  const bars = barCount(grid)
  const inTime = new Uint8Array(table.symbols.length * bars)
  const places = Array.from(table.fields['start']!, (start) => barAt(grid, start))
  const cellOf = (place: number): number => table.symbol[place]! * bars + places[place]!
  for (const [place, bar] of places.entries()) {
    if (bar >= 0 && table.knownTime[place]! < grid.decisionTime[bar]!) inTime[cellOf(place)] = 1
  }
  let count = 0
  for (const [place, bar] of places.entries()) {
    if (bar < 0) continue
    count++
    if (inTime[cellOf(place)] === 1) continue
    late.add(
      place,
      () =>
        `${table.symbols[table.symbol[place]!]} has a bar that ended at ` +
        `${instant(table.eventTime[place]!)} and was known at ` +
        `${instant(table.knownTime[place]!)}; it is decided on at ` +
        `${instant(grid.decisionTime[bar]!)}, and ${(100 * allowed).toFixed(1)} % may be later`,
    )
  }
  const problems = late.done()
  return problems.filter((problem) => problem.count > allowed * count)
}

function valueProblems(table: BarTable): TableProblem[] {
  const value = problemOf(table, 'value')
  const { open, high, low, close, volume } = table.fields
  for (let place = 0; place < rowCount(table); place++) {
    const [o, h, l, c, v] = [
      open![place]!,
      high![place]!,
      low![place]!,
      close![place]!,
      volume![place]!,
    ]
    const isRight = l > 0 && h >= Math.max(o, c) && l <= Math.min(o, c) && v >= 0
    if (isRight || Number.isNaN(o + h + l + c + v)) continue
    value.add(
      place,
      () =>
        `${table.symbols[table.symbol[place]!]} has open ${o}, high ${h}, low ${l}, close ${c}, ` +
        `volume ${v}; 0 < low <= open, close <= high and volume >= 0 are needed`,
    )
  }
  return value.done()
}

/** Bars of one symbol in their order: long gaps, leaps over them, tails without a trade. */
function pathProblems(table: BarTable): TableProblem[] {
  const gap = problemOf(table, 'gap')
  const stale = problemOf(table, 'stale')
  const { start, close, volume } = table.fields
  for (const [symbol, places] of placesBySymbol(table)) {
    let still = 0
    for (let k = 1; k < places.length; k++) {
      const [before, place] = [places[k - 1]!, places[k]!]
      const days = (start![place]! - start![before]!) / 86_400_000_000
      const factor = close![place]! / close![before]!
      const isFar = factor > REUSE_FACTOR || factor < 1 / REUSE_FACTOR
      if (days > REUSE_GAP_DAYS && isFar) {
        gap.add(
          place,
          () =>
            `${table.symbols[symbol]} comes back after ${Math.round(days)} days at ` +
            `${factor.toFixed(2)} times its price: another company under an old ticker`,
        )
      }
      still = volume![place] === 0 && close![place] === close![before] ? still + 1 : 0
      if (still === STALE_BARS) {
        stale.add(
          place,
          () => `${table.symbols[symbol]} has ${STALE_BARS} bars without a trade at one price`,
        )
      }
    }
  }
  return [...gap.done(), ...stale.done()]
}
