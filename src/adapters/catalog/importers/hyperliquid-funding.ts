import { sqlPath } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet } from '../importer.ts'

/** Funding rates of perpetuals as they were paid. */
export const hyperliquidFunding: Importer = {
  kind: 'hyperliquid-funding',
  title: 'Hyperliquid funding rates',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC, stamped at the payment',
  units: 'fraction of notional per interval (8 hours until 2023-06-08, then 1 hour)',
  continuous: true,
  recognises: parquetWith(['coin', 'ts', 'funding_rate']),
  async read(input) {
    const { file } = input.probe
    await readingParquet(file, () =>
      input.tables.select(
        'funding',
        {
          source_row: 'file_row_number + 1',
          instrument: 'coin',
          venue_us: 'epoch_us(ts)',
          rate: 'funding_rate',
        },
        `from read_parquet(${sqlPath(file.path)}, file_row_number = true)`,
      ),
    )
  },
}
