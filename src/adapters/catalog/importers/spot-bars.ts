import { sqlPath } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet } from '../importer.ts'
import { inferInterval } from './interval.ts'

/** Bars of spot pairs, stamped at their open. */
export const spotBars: Importer = {
  kind: 'binance-spot-bars',
  title: 'Binance spot bars',
  venue: 'binance',
  instrumentKind: 'spot',
  timeZone: 'UTC, stamped at the open',
  units: 'prices in the quote asset, volume in the base asset',
  continuous: true,
  recognises: parquetWith(['symbol', 'ts', 'open', 'high', 'low', 'close', 'volume']),
  async read(input) {
    const { file } = input.probe
    const table = `read_parquet(${sqlPath(file.path)}, file_row_number = true)`
    await readingParquet(file, async () => {
      const interval = await inferInterval(input, table, 'symbol', 'epoch_us(ts)')
      await input.tables.select(
        'bars',
        {
          source_row: 'file_row_number + 1',
          instrument: 'symbol',
          open_us: 'epoch_us(ts)',
          close_us: `epoch_us(ts) + ${interval}`,
          open: 'open',
          high: 'high',
          low: 'low',
          close: 'close',
          volume: 'volume',
        },
        `from ${table}`,
      )
    })
  },
}
