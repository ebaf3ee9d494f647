import { formatUtcIso } from '../calendar/civil-time.ts'
import { type KnownTable, placesBySymbol, rowCount, TABLE_FIELDS } from './known-table.ts'

/** What can be wrong with a table. */
export type TableProblemKind =
  | 'missingField'
  | 'missingTime'
  | 'timeOrder'
  | 'outOfOrder'
  | 'duplicate'
  | 'unknownSymbol'
  | 'nulls'
  | 'value'
  | 'gap'
  | 'stale'
  | 'anchor'
  | 'late'

/** A fault of a table, with the rows that show it. */
export interface TableProblem {
  readonly kind: TableProblemKind
  readonly source: string
  /** What is wrong and what is allowed, with the values of the first row. */
  readonly text: string
  /** How many rows, and what the first of them are called. */
  readonly count: number
  readonly rows: readonly number[]
}

/** What a table is held to. */
export interface TableRules {
  /** Symbols that may occur; null where any may. */
  readonly symbols: ReadonlySet<string> | null
  /** Largest share of missing values of a field, 0 to 1. */
  readonly maximumNullShare: number
}

/** Rules of a table of which nothing is known: a quarter of a field may be missing. */
export const USUAL_RULES: TableRules = { symbols: null, maximumNullShare: 0.25 }

/** Rows that a problem names at most. */
const NAMED_ROWS = 10

/** Collects the rows of one kind of problem; the text is of its first row. */
export function problemOf(
  table: KnownTable,
  kind: TableProblemKind,
): {
  add(place: number, text: () => string): void
  done(): TableProblem[]
} {
  let count = 0
  let first = ''
  const rows: number[] = []
  return {
    add(place, text) {
      if (count === 0) first = text()
      count++
      if (rows.length < NAMED_ROWS) rows.push(table.row[place]!)
    },
    done: () => (count === 0 ? [] : [{ kind, source: table.source, text: first, count, rows }]),
  }
}

/** All faults of a table: empty when it may be used. Bars have rules of their own besides. */
export function tableProblems(table: KnownTable, rules: TableRules): TableProblem[] {
  const missing = TABLE_FIELDS[table.kind].filter((field) => table.fields[field] === undefined)
  if (missing.length > 0) {
    const text = `${table.kind} need the fields ${missing.join(', ')}`
    return [{ kind: 'missingField', source: table.source, text, count: missing.length, rows: [] }]
  }
  return [
    ...timeProblems(table),
    ...symbolProblems(table, rules),
    ...orderProblems(table),
    ...nullProblems(table, rules),
    ...infinityProblems(table),
  ]
}

const symbolName = (table: KnownTable, place: number): string =>
  table.symbols[table.symbol[place]!] ?? 'the market'

function timeProblems(table: KnownTable): TableProblem[] {
  const missing = problemOf(table, 'missingTime')
  const order = problemOf(table, 'timeOrder')
  const times = [
    ['event', table.eventTime],
    ['public', table.publicTime],
    ['ingest', table.ingestTime],
    ['known', table.knownTime],
  ] as const
  for (let place = 0; place < rowCount(table); place++) {
    const absent = times.find(([, column]) => !Number.isFinite(column[place]!))
    if (absent !== undefined) {
      missing.add(place, () => `the ${absent[0]} time is missing (${symbolName(table, place)})`)
      continue
    }
    for (let k = 1; k < times.length; k++) {
      const [before, earlier] = times[k - 1]!
      const [after, later] = times[k]!
      if (earlier[place]! <= later[place]!) continue
      order.add(
        place,
        () =>
          `the ${after} time ${formatUtcIso(later[place]!)} is before the ${before} time ` +
          `${formatUtcIso(earlier[place]!)} (${symbolName(table, place)}); ` +
          'event <= public <= ingest <= known is needed',
      )
      break
    }
  }
  return [...missing.done(), ...order.done()]
}

function symbolProblems(table: KnownTable, rules: TableRules): TableProblem[] {
  const unknown = problemOf(table, 'unknownSymbol')
  const ofMarket = table.kind === 'macro'
  for (let place = 0; place < rowCount(table); place++) {
    const symbol = table.symbols[table.symbol[place]!]
    if (symbol === undefined) {
      if (!ofMarket) unknown.add(place, () => 'the row has no symbol')
    } else if (rules.symbols !== null && !rules.symbols.has(symbol)) {
      unknown.add(place, () => `${symbol} is not a symbol of this panel`)
    }
  }
  return unknown.done()
}

/** Rows of a symbol ascend by known time, or by event and then known time; none occurs twice. */
function orderProblems(table: KnownTable): TableProblem[] {
  const order = problemOf(table, 'outOfOrder')
  const duplicate = problemOf(table, 'duplicate')
  const { eventTime, knownTime } = table
  const byEvent = (a: number, b: number): number =>
    eventTime[a]! - eventTime[b]! || knownTime[a]! - knownTime[b]!
  for (const places of placesBySymbol(table).values()) {
    const ascends = places.every((place, k) => k === 0 || byEvent(places[k - 1]!, place) <= 0)
    const back = places.find((place, k) => k > 0 && knownTime[place]! < knownTime[places[k - 1]!]!)
    if (!ascends && back !== undefined) {
      order.add(
        back,
        () => `${symbolName(table, back)} goes back in time, by event and by known time`,
      )
    }
    const sorted = ascends ? places : [...places].sort(byEvent)
    for (let k = 1; k < sorted.length; k++) {
      const place = sorted[k]!
      const same = (other: number): boolean => isSameRow(table, sorted[other]!, place)
      for (let other = k - 1; other >= 0 && byEvent(sorted[other]!, place) === 0; other--) {
        if (!same(other)) continue
        duplicate.add(place, () => `${symbolName(table, place)} has one event and known time twice`)
        break
      }
    }
  }
  return [...duplicate.done(), ...order.done()]
}

/** True unless a further field tells two rows of one event apart: what one announcement holds. */
function isSameRow(table: KnownTable, a: number, b: number): boolean {
  const { effective_time: effective, ex_time: ex, kind } = table.fields
  return [effective, ex, kind].every((column) => column === undefined || column[a] === column[b])
}

/** Kinds whose own fields must never be missing: a row without them says nothing. */
const WHOLE_KINDS: ReadonlySet<KnownTable['kind']> = new Set([
  'bars',
  'membership',
  'sectors',
  'actions',
  'delistings',
  'shares',
])

function nullProblems(table: KnownTable, rules: TableRules): TableProblem[] {
  const rows = rowCount(table)
  return Object.entries(table.fields).flatMap(([field, column]) => {
    const isNeeded = WHOLE_KINDS.has(table.kind) && TABLE_FIELDS[table.kind].includes(field)
    const allowed = isNeeded ? 0 : rules.maximumNullShare
    const nulls = problemOf(table, 'nulls')
    let count = 0
    for (let place = 0; place < rows; place++) {
      if (Number.isFinite(column[place]!)) continue
      count++
      nulls.add(place, () => '')
    }
    if (rows === 0 || count / rows <= allowed) return []
    const share = ((100 * count) / rows).toFixed(1)
    const text =
      `${field} is missing in ${count} of ${rows} rows (${share} %); ` +
      `${(100 * allowed).toFixed(1)} % is allowed`
    return nulls.done().map((problem) => ({ ...problem, text }))
  })
}

/** Infinite values come from a division by zero at the source: they are no values at all. */
function infinityProblems(table: KnownTable): TableProblem[] {
  return Object.entries(table.fields).flatMap(([field, column]) => {
    const infinite = problemOf(table, 'value')
    for (let place = 0; place < rowCount(table); place++) {
      const value = column[place]!
      if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
        infinite.add(place, () => `${field} of ${symbolName(table, place)} is infinite`)
      }
    }
    return infinite.done()
  })
}
