import { sqlPath, sqlText } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet, symbolOf } from '../importer.ts'

/** Recorded best bid and ask of one perpetual: two rows, bid and ask, make one quote. */
export const hyperliquidQuotes: Importer = {
  kind: 'hyperliquid-quotes',
  title: 'Hyperliquid best bid and ask',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (timestamp in seconds, exchange_timestamp in milliseconds)',
  units: 'prices in USDC, sizes in coins',
  continuous: true,
  recognises: parquetWith(
    ['timestamp', 'price', 'size', 'side', 'exchange_timestamp'],
    ['trade_id', 'recv_ts'],
  ),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /(?:^|_)([A-Za-z]+)_\d{8}\.parquet$/)
    const from = `from (
      select *, lead(side) over w as next_side, lead(price) over w as next_price,
        lead(size) over w as next_size, lead(timestamp) over w as next_timestamp,
        lag(side) over w as last_side, lag(timestamp) over w as last_timestamp
      from read_parquet(${sqlPath(file.path)}, file_row_number = true)
      window w as (order by file_row_number))`
    const isPair = "side = 'bid' and next_side = 'ask' and next_timestamp = timestamp"
    await readingParquet(file, async () => {
      await input.tables.select(
        'quotes',
        {
          source_row: 'file_row_number + 1',
          instrument: sqlText(symbol),
          received_us: 'case when isfinite(timestamp) then round(timestamp * 1e6) end',
          venue_us: 'exchange_timestamp * 1000',
          bid_price: 'price',
          bid_quantity: 'size',
          ask_price: 'next_price',
          ask_quantity: 'next_size',
        },
        `${from} where ${isPair}`,
      )
      const alone = await input.connection.runAndReadAll(
        `select file_row_number + 1, side ${from} where not (${isPair})
         and not (side = 'ask' and last_side = 'bid' and last_timestamp = timestamp)`,
      )
      for (const [row, side] of alone.getRows()) {
        input.reject(Number(row), 'one-sided quote', `a ${side} without its other side`)
      }
    })
  },
}
