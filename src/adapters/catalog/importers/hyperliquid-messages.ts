import { parseNumber } from '../csv.ts'
import type { TableRows } from '../tables.ts'
import { fromMilliseconds, isObject } from './lines.ts'

/** Levels per side of a Hyperliquid book. */
export const LEVELS = 20

/** Adds a book as the venue writes it: {coin, time, levels: [[{px, sz, n}], [...]]}. */
export function addBook(
  books: TableRows,
  data: Record<string, unknown>,
  row: number,
  receivedUs: number | null,
): void {
  const values: Record<string, string | number | null> = {
    source_row: row,
    instrument: typeof data['coin'] === 'string' ? data['coin'] : null,
    received_us: receivedUs,
    venue_us: fromMilliseconds(data['time']),
    sequence: fromMilliseconds(data['time']),
  }
  const levels = Array.isArray(data['levels']) ? data['levels'] : []
  for (const [index, side] of (['bid', 'ask'] as const).entries()) {
    const list: unknown[] = Array.isArray(levels[index]) ? levels[index] : []
    for (const [n, level] of list.slice(0, LEVELS).entries()) {
      if (!isObject(level)) continue
      values[`${side}_price_${n}`] = parseNumber(level['px'])
      values[`${side}_quantity_${n}`] = parseNumber(level['sz'])
    }
  }
  books.add(values)
}

/** Adds a trade as the venue writes it: {coin, side: "B" or "A" (the aggressor), px, sz, tid}. */
export function addTrade(
  trades: TableRows,
  trade: unknown,
  row: number,
  receivedUs: number | null,
): void {
  const data = isObject(trade) ? trade : {}
  trades.add({
    source_row: row,
    instrument: typeof data['coin'] === 'string' ? data['coin'] : null,
    received_us: receivedUs,
    venue_us: fromMilliseconds(data['time']),
    price: parseNumber(data['px']),
    quantity: parseNumber(data['sz']),
    aggressor: sideOf(data['side']),
    trade_id: data['tid'] === undefined ? null : String(data['tid']),
  })
}

/** The venue's letter as a side, null when it is neither. */
export const sideOf = (letter: unknown): 'buy' | 'sell' | null =>
  letter === 'B' ? 'buy' : letter === 'A' ? 'sell' : null
