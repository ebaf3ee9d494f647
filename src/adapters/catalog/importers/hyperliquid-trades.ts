import { sqlPath, sqlText } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet, symbolOf } from '../importer.ts'

/** Recorded public trades of one perpetual. */
export const hyperliquidTrades: Importer = {
  kind: 'hyperliquid-trades',
  title: 'Hyperliquid trades',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (timestamp in seconds, exchange_timestamp in milliseconds)',
  units: 'prices in USDC, sizes in coins, side is the aggressor',
  continuous: true,
  recognises: parquetWith(['timestamp', 'price', 'size', 'side', 'trade_id', 'exchange_timestamp']),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /(?:^|_)([A-Za-z]+)_\d{8}\.parquet$/)
    await readingParquet(file, () =>
      input.tables.select(
        'trades',
        {
          source_row: 'file_row_number + 1',
          instrument: sqlText(symbol),
          received_us: 'case when isfinite(timestamp) then round(timestamp * 1e6) end',
          venue_us: 'exchange_timestamp * 1000',
          price: 'price',
          quantity: 'size',
          aggressor: 'side',
          trade_id: 'trade_id',
        },
        `from read_parquet(${sqlPath(file.path)}, file_row_number = true)`,
      ),
    )
  },
}
