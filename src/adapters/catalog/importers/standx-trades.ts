import { sqlPath, sqlText } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet, symbolOf } from '../importer.ts'

/** Recorded StandX trades. The venue gives no trade id; the taker's side is is_buyer_taker. */
export const standxTrades: Importer = {
  kind: 'standx-trades',
  title: 'StandX trades',
  venue: 'standx',
  instrumentKind: 'perpetual',
  timeZone: 'UTC (ts at the venue, recv_ts at the receiver)',
  units: 'prices in USD, quantities in coins',
  continuous: true,
  recognises: parquetWith(['ts', 'recv_ts', 'price', 'quantity', 'is_buyer_taker']),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /^standx_([^_]+)_/)
    await readingParquet(file, () =>
      input.tables.select(
        'trades',
        {
          source_row: 'file_row_number + 1',
          instrument: sqlText(symbol),
          received_us: 'epoch_us(recv_ts)',
          venue_us: 'epoch_us(ts)',
          price: 'price',
          quantity: 'quantity',
          aggressor: "case is_buyer_taker when true then 'buy' when false then 'sell' end",
        },
        `from read_parquet(${sqlPath(file.path)}, file_row_number = true)`,
      ),
    )
  },
}
