import { sqlPath, sqlText } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet, symbolOf } from '../importer.ts'
import { inferInterval } from './interval.ts'

/** Bars made from StandX trades, with the count of trades; a minute without trades is missing. */
export const standxBars: Importer = {
  kind: 'standx-bars',
  title: 'StandX bars from trades',
  venue: 'standx',
  instrumentKind: 'perpetual',
  timeZone: 'UTC, stamped at the open',
  units: 'prices in USD, volume in coins',
  continuous: true,
  recognises: parquetWith(
    ['ts', 'open', 'high', 'low', 'close', 'volume', 'trades'],
    ['coin', 'symbol'],
  ),
  async read(input) {
    const { file } = input.probe
    const symbol = symbolOf(input, /^standx_([^_]+)_/)
    const table = `read_parquet(${sqlPath(file.path)}, file_row_number = true)`
    await readingParquet(file, async () => {
      const interval = await inferInterval(input, table, sqlText(symbol), 'epoch_us(ts)')
      await input.tables.select(
        'bars',
        {
          source_row: 'file_row_number + 1',
          instrument: sqlText(symbol),
          open_us: 'epoch_us(ts)',
          close_us: `epoch_us(ts) + ${interval}`,
          open: 'open',
          high: 'high',
          low: 'low',
          close: 'close',
          volume: 'volume',
          trades: 'trades',
        },
        `from ${table}`,
      )
    })
  },
}
