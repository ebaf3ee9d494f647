import { basename } from 'node:path'
import type { TableKind, TimeUs } from '../../core/mod.ts'
import type { PanelSource } from './port.ts'
import { withSheet } from './sheet.ts'
import { tableOfRows } from './sheet-table.ts'

/** A file of one table, CSV (also packed by gzip or zip) or Parquet by its content. */
export interface TableFileOptions {
  readonly path: string
  readonly kind: TableKind
  /** How old its newest row may be, us; of any age by default. */
  readonly oldestUs?: TimeUs
  /** Of macro tables: how long a value may be used, us; for ever by default. */
  readonly validUs?: TimeUs
}

/** A table of rows with their four times in a file: see {@link tableOfRows} for its columns. */
export const tableFile = (options: TableFileOptions): PanelSource => ({
  name: basename(options.path),
  kind: options.kind,
  oldestUs: options.oldestUs ?? null,
  async load(request) {
    const loaded = await withSheet(options.path, (sheet) =>
      tableOfRows(sheet, options.kind, request),
    )
    const { validUs } = options
    return validUs === undefined ? loaded : { ...loaded, table: { ...loaded.table, validUs } }
  },
})
