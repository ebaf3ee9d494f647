import type { DuckDBConnection } from '@duckdb/node-api'
import {
  type Instrument,
  type MarketBatch,
  MarketCursor,
  priceToNumber,
  quantityToNumber,
  RecordKind,
} from '../../core/mod.ts'
import { type DataSetDraft, writeDataSet } from './catalog.ts'
import { createQuarantine, noteResults } from './checks/run.ts'
import { withDatabase } from './duckdb.ts'
import type { Manifest } from './manifest.ts'
import type { Provenance } from './provenance.ts'
import { createTables, type RowValues, type Tables } from './tables.ts'

/** Turns packed records into rows of a data set's tables. */
export interface RecordTables {
  /** Adds every record; marks have no table and are left out. */
  add(batch: MarketBatch): void
}

/** What is known of a data set that is written from records. */
export interface RecordedSet {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly origin: 'recorded' | 'generated'
  readonly instruments: readonly Instrument[]
  readonly provenance: Provenance
  /** Identity of what it was made from. */
  readonly file: DataSetDraft['file']
  /** Levels per side of whole books; "changes" when books also change level by level. */
  readonly books: number | 'changes'
}

/** Writes records, in the order they are added, as a data set. Throws InputError ORN-DATA-020. */
export async function writeRecords(
  catalog: string,
  set: RecordedSet,
  fill: (records: RecordTables) => Promise<void>,
): Promise<Manifest> {
  return withDatabase(async (connection) => {
    const tables = createTables(connection)
    await createQuarantine(connection)
    const records = await openRecordTables(set, tables)
    await fill(records)
    tables.close()
    return writeDataSet(connection, catalog, await draftOf(connection, set, { tables, records }))
  })
}

async function draftOf(
  connection: DuckDBConnection,
  set: RecordedSet,
  filled: { readonly tables: Tables; readonly records: CountedTables },
): Promise<DataSetDraft> {
  const { instruments, books: _, ...facts } = set
  const kind = instruments[0]!.kind
  const continuous = kind !== 'equity'
  const used = [...filled.tables.filled].filter(([shape]) => filled.records.used.has(shape))
  const checks = []
  for (const [shape, columns] of used) {
    const about = { continuous, instrumentKind: kind }
    checks.push(...(await noteResults(connection, shape, columns, about)))
  }
  return {
    ...facts,
    venue: instruments[0]!.venue,
    instrumentKind: kind,
    continuous,
    timeZone: 'UTC (microseconds)',
    units: 'prices in the quote currency, quantities in base units',
    rowsRead: filled.records.count,
    rowsQuarantined: 0,
    checks,
    tables: new Map(used),
    decimals: new Map(
      instruments.map(({ symbol, priceDecimals, quantityDecimals }) => [
        symbol,
        { price: priceDecimals, quantity: quantityDecimals },
      ]),
    ),
    isOrdered: true,
  }
}

interface CountedTables extends RecordTables {
  readonly count: number
  /** Tables that got a row. */
  readonly used: ReadonlySet<string>
}

async function openRecordTables(set: RecordedSet, tables: Tables): Promise<CountedTables> {
  const { instruments } = set
  const levels = set.books === 'changes' ? 0 : set.books
  const open = {
    books: levels === 0 ? null : await tables.open('books', { levels }),
    bookChanges: levels === 0 ? await tables.open('bookChanges') : null,
    trades: await tables.open('trades'),
    bars: await tables.open('bars'),
    funding: await tables.open('funding'),
  }
  const used = new Set<string>()
  const cursor = new MarketCursor()
  let row = 0
  const put = (name: keyof typeof open, values: RowValues): void => {
    used.add(name)
    open[name]?.add(values)
  }
  return {
    get count() {
      return row
    },
    used,
    add(batch) {
      for (let index = 0; index < batch.count; index++) {
        cursor.load(batch, index)
        if (cursor.kind === RecordKind.mark) continue
        row++
        addRecord(cursor, instruments[cursor.instrument]!, { row, isWhole: levels > 0, put })
      }
    },
  }
}

interface Target {
  readonly row: number
  /** Books are written whole, not as changes. */
  readonly isWhole: boolean
  readonly put: (
    name: 'books' | 'bookChanges' | 'trades' | 'bars' | 'funding',
    values: RowValues,
  ) => void
}

function addRecord(cursor: MarketCursor, instrument: Instrument, target: Target): void {
  const head = {
    source_row: target.row,
    instrument: instrument.symbol,
    received_us: cursor.receivedTime,
    venue_us: cursor.venueTime,
  }
  const price = (quanta: number): number => priceToNumber(instrument, quanta)
  const size = (lots: number): number => quantityToNumber(instrument, lots)
  if (cursor.kind === RecordKind.snapshot) addBook(cursor, instrument, head, target)
  else if (cursor.kind === RecordKind.delta) {
    target.put('bookChanges', {
      ...head,
      is_snapshot: false,
      side: cursor.side === 0 ? 'bid' : 'ask',
      price: price(cursor.price),
      quantity: size(cursor.quantity),
    })
  } else if (cursor.kind === RecordKind.trade) {
    target.put('trades', {
      ...head,
      price: price(cursor.price),
      quantity: size(cursor.quantity),
      aggressor: cursor.side === 0 ? 'buy' : 'sell',
      trade_id: String(cursor.aux),
    })
  } else if (cursor.kind === RecordKind.bar) {
    const [open, high, low, close, volume, openTime] = cursor.pool.subarray(cursor.aux)
    target.put('bars', {
      source_row: head.source_row,
      instrument: head.instrument,
      open_us: openTime!,
      close_us: cursor.venueTime,
      open: price(open!),
      high: price(high!),
      low: price(low!),
      close: price(close!),
      volume: size(volume!),
    })
  } else if (cursor.kind === RecordKind.funding) {
    const { source_row, instrument: symbol, venue_us } = head
    target.put('funding', { source_row, instrument: symbol, venue_us, rate: cursor.aux / 1e9 })
  }
}

function addBook(
  cursor: MarketCursor,
  instrument: Instrument,
  head: RowValues,
  target: Target,
): void {
  const { pool, aux, quantity: bidCount, price: askCount } = cursor
  const values: Record<string, string | number | boolean | null> = {
    ...head,
    sequence: target.row,
  }
  for (const side of ['bid', 'ask'] as const) {
    const from = side === 'bid' ? aux : aux + 2 * bidCount
    const count = side === 'bid' ? bidCount : askCount
    for (let level = 0; level < count; level++) {
      const price = priceToNumber(instrument, pool[from + 2 * level]!)
      const quantity = quantityToNumber(instrument, pool[from + 2 * level + 1]!)
      if (target.isWhole) {
        values[`${side}_price_${level}`] = price
        values[`${side}_quantity_${level}`] = quantity
      } else target.put('bookChanges', { ...head, is_snapshot: true, side, price, quantity })
    }
  }
  if (target.isWhole) target.put('books', values)
}
