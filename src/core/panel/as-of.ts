import { type KnownTable, placesBySymbol } from './known-table.ts'

/**
 * Reads a table as it was known at an instant. Every row it returns was known strictly before it:
 * nothing else leaves it. Symbols are indices into the table's own; -1 is the whole market. Rows
 * are places in the table, -1 where there is none.
 */
export interface AsOfReader {
  /** The last known row of the latest event: of two events the later, of its vintages the newest. */
  latest(symbol: number, time: number): number
  /** The newest vintage of one event. */
  vintage(symbol: number, eventTime: number, time: number): number
  /** All rows known by then, in the order in which they became known. */
  known(symbol: number, time: number): Int32Array
  /** The rows that changed what {@link AsOfReader.latest} says, in that order, whenever known. */
  changes(symbol: number): Int32Array
}

/** The rows of one symbol by known time, and the latest row once each of them is known. */
interface SymbolRows {
  readonly rows: Int32Array
  readonly latest: Int32Array
}

const NO_ROWS = new Int32Array(0)

/** Indexes a table for reading as of any instant. */
export function asOfReader(table: KnownTable): AsOfReader {
  const index = new Map<number, SymbolRows>()
  for (const [symbol, rows] of placesBySymbol(table)) index.set(symbol, indexRows(table, rows))

  /** Rows of a symbol that are known strictly before an instant: the first `count` of its index. */
  const countKnown = (rows: Int32Array, time: number): number => {
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (table.knownTime[rows[middle]!]! < time) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    latest(symbol, time) {
      const entry = index.get(symbol)
      if (entry === undefined) return -1
      const count = countKnown(entry.rows, time)
      return count === 0 ? -1 : entry.latest[count - 1]!
    },
    vintage(symbol, eventTime, time) {
      const rows = index.get(symbol)?.rows ?? NO_ROWS
      for (let k = countKnown(rows, time) - 1; k >= 0; k--) {
        if (table.eventTime[rows[k]!] === eventTime) return rows[k]!
      }
      return -1
    },
    known(symbol, time) {
      const rows = index.get(symbol)?.rows ?? NO_ROWS
      return rows.slice(0, countKnown(rows, time))
    },
    changes(symbol) {
      const latest = index.get(symbol)?.latest ?? NO_ROWS
      return latest.filter((row, k) => k === 0 || row !== latest[k - 1])
    },
  }
}

function indexRows(table: KnownTable, unordered: readonly number[]): SymbolRows {
  const { knownTime, eventTime } = table
  const rows = Int32Array.from(unordered)
  rows.sort((a, b) => knownTime[a]! - knownTime[b]! || eventTime[a]! - eventTime[b]! || a - b)
  const latest = new Int32Array(rows.length)
  let best = -1
  for (const [k, row] of rows.entries()) {
    if (best < 0 || eventTime[row]! >= eventTime[best]!) best = row
    latest[k] = best
  }
  return { rows, latest }
}
