import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api'
import { assert } from '../../core/mod.ts'
import { openAppender, sqlName } from './duckdb.ts'
import { type Column, columnsOf, type Shape } from './shapes.ts'

/** A row on its way into a normalised table, by column; what is absent is null. */
export type RowValues = Readonly<Record<string, string | number | boolean | null>>

/** Where an importer puts normalised rows. Tables are named after their shape. */
export interface Tables {
  /** Fills a table from SQL expressions by column; columns not named are null. */
  select(
    shape: Shape,
    expressions: Readonly<Record<string, string>>,
    from: string,
    options?: { readonly levels?: number; readonly reference?: readonly string[] },
  ): Promise<void>
  /** Opens a table for rows; `levels` for books, `reference` names the columns of such a table. */
  open(
    shape: Shape,
    options?: { readonly levels?: number; readonly reference?: readonly string[] },
  ): Promise<TableRows>
  /** Shapes filled so far, with their columns. */
  readonly filled: ReadonlyMap<Shape, readonly Column[]>
  /** Flushes and closes every opened table. */
  close(): void
}

/** An open table. */
export interface TableRows {
  add(values: RowValues): void
}

const types: Readonly<Record<Column['type'], DuckDBType>> = {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  VARCHAR,
}

/** Rows handed to DuckDB at a time (its own vector size). */
const CHUNK_ROWS = 2048

/** Makes the tables of one import in a database of its own. */
export function createTables(connection: DuckDBConnection): Tables {
  const filled = new Map<Shape, readonly Column[]>()
  const open: { flush(): void; appender: DuckDBAppender }[] = []
  const define = async (shape: Shape, columns: readonly Column[]): Promise<void> => {
    assert(!filled.has(shape), `table ${shape} is filled once`)
    filled.set(shape, columns)
    const list = columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(', ')
    await connection.run(`create table ${sqlName(shape)} (${list})`)
  }
  return {
    filled,
    async select(shape, expressions, from, options) {
      const columns = columnsOf(shape, options)
      const names = new Set(columns.map((column) => column.name))
      for (const name of Object.keys(expressions)) {
        assert(names.has(name), `${shape} has no column ${name}`)
      }
      await define(shape, columns)
      const list = columns.map((c) => `cast(${expressions[c.name] ?? 'null'} as ${c.type})`)
      await connection.run(`insert into ${sqlName(shape)} select ${list.join(', ')} ${from}`)
    },
    async open(shape, options) {
      const columns = columnsOf(shape, options)
      await define(shape, columns)
      const appender = await openAppender(connection, shape)
      const rows = bufferRows(columns, appender)
      open.push({ flush: rows.flush, appender })
      return rows
    },
    close() {
      for (const { flush, appender } of open) {
        flush()
        appender.closeSync()
      }
      open.length = 0
    },
  }
}

function bufferRows(
  columns: readonly Column[],
  appender: DuckDBAppender,
): TableRows & { flush(): void } {
  const buffers: DuckDBValue[][] = columns.map(() => [])
  let rows = 0
  const flush = (): void => {
    if (rows === 0) return
    const chunk = DuckDBDataChunk.create(
      columns.map((column) => types[column.type]),
      rows,
    )
    chunk.setColumns(buffers)
    appender.appendDataChunk(chunk)
    for (const buffer of buffers) buffer.length = 0
    rows = 0
  }
  return {
    add(values) {
      for (let i = 0; i < columns.length; i++) {
        buffers[i]!.push(convert(values[columns[i]!.name] ?? null, columns[i]!))
      }
      rows++
      if (rows === CHUNK_ROWS) flush()
    },
    flush,
  }
}

function convert(value: string | number | boolean | null, column: Column): DuckDBValue {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return null
  if (column.type === 'BIGINT') {
    return typeof value === 'number' && !Number.isSafeInteger(value) ? null : BigInt(value)
  }
  if (column.type === 'VARCHAR') return String(value)
  return value
}
