import { sqlPath, sqlText } from '../duckdb.ts'
import {
  columnsOfProbe,
  type Importer,
  parquetWith,
  readingParquet,
  symbolOf,
} from '../importer.ts'

/** Recorded StandX books: columns bp0, bq0, ap0, aq0 and so on, best first. */
export const standxBooks: Importer = {
  kind: 'standx-books',
  title: 'StandX order books',
  venue: 'standx',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (ts at the venue, recv_ts at the receiver)',
  units: 'prices in USD, sizes in coins',
  continuous: true,
  recognises: parquetWith(['ts', 'recv_ts', 'bp0', 'bq0', 'ap0', 'aq0']),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /^standx_([^_]+)_/)
    const levels = columnsOfProbe(input.probe).filter((column) =>
      /^bp\d+$/.test(column.name),
    ).length
    const expressions: Record<string, string> = {
      source_row: 'file_row_number + 1',
      instrument: sqlText(symbol),
      received_us: 'epoch_us(recv_ts)',
      venue_us: 'epoch_us(ts)',
      sequence: 'file_row_number + 1',
    }
    for (let n = 0; n < levels; n++) {
      expressions[`bid_price_${n}`] = `bp${n}`
      expressions[`bid_quantity_${n}`] = `bq${n}`
      expressions[`ask_price_${n}`] = `ap${n}`
      expressions[`ask_quantity_${n}`] = `aq${n}`
    }
    await readingParquet(file, () =>
      input.tables.select(
        'books',
        expressions,
        `from read_parquet(${sqlPath(file.path)}, file_row_number = true)`,
        { levels },
      ),
    )
  },
}
