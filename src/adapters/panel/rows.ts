import type { KnownTable } from '../../core/mod.ts'

/** Symbols of rows, each once in alphabetical order, and every row's index; -1 where it is empty. */
export function indexSymbols(texts: readonly string[]): {
  readonly symbols: readonly string[]
  readonly symbol: Int32Array
} {
  const symbols = [...new Set(texts)].filter((text) => text !== '').sort()
  const indexOf = new Map(symbols.map((symbol, k) => [symbol, k]))
  return { symbols, symbol: Int32Array.from(texts, (text) => indexOf.get(text) ?? -1) }
}

/** What {@link stampedTable} makes a table of. */
export interface StampedRows extends Omit<KnownTable, 'publicTime' | 'ingestTime' | 'knownTime'> {
  /** When each row could be used by a stated rule: it stands for public and ingest time too. */
  readonly usableTime: Float64Array
}

/** A table whose rows have no times of their own but by a lag rule. */
export function stampedTable(rows: StampedRows): KnownTable {
  const { usableTime, ...rest } = rows
  return {
    ...rest,
    publicTime: usableTime,
    ingestTime: usableTime.slice(),
    knownTime: usableTime.slice(),
  }
}

/** The values of a column at some places, in their order. */
export function gather(column: Float64Array, places: ArrayLike<number>): Float64Array {
  const values = new Float64Array(places.length)
  for (let k = 0; k < places.length; k++) values[k] = column[places[k]!]!
  return values
}
