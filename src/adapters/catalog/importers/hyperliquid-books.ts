import { sqlPath, sqlText } from '../duckdb.ts'
import {
  columnsOfProbe,
  type Importer,
  parquetWith,
  readingParquet,
  symbolOf,
} from '../importer.ts'

/** Recorded books of one perpetual, one row a book, up to 20 levels. */
export const hyperliquidBooks: Importer = {
  kind: 'hyperliquid-books',
  title: 'Hyperliquid order books',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (recv_ts in seconds, exchange_timestamp in milliseconds)',
  units: 'prices in USDC, sizes in coins',
  continuous: true,
  recognises: parquetWith(['recv_ts', 'sequence', 'exchange_timestamp', 'bid_price_0']),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /(?:^|_)([A-Za-z]+)_\d{8}\.parquet$/)
    const levels = columnsOfProbe(input.probe).filter((column) =>
      /^bid_price_\d+$/.test(column.name),
    ).length
    const expressions: Record<string, string> = {
      source_row: 'file_row_number + 1',
      instrument: sqlText(symbol),
      received_us: 'case when isfinite(recv_ts) then round(recv_ts * 1e6) end',
      venue_us: 'exchange_timestamp * 1000',
      sequence: 'sequence',
    }
    for (let n = 0; n < levels; n++) {
      for (const side of ['bid', 'ask']) {
        expressions[`${side}_price_${n}`] = `${side}_price_${n}`
        expressions[`${side}_quantity_${n}`] = `${side}_size_${n}`
      }
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
