import { sqlPath } from '../duckdb.ts'
import { type Importer, parquetWith, readingParquet } from '../importer.ts'
import { inferInterval } from './interval.ts'

/** Candles of perpetuals, any length, stamped at their open. */
export const hyperliquidBars: Importer = {
  kind: 'hyperliquid-bars',
  title: 'Hyperliquid candles',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  timeZone: 'UTC, stamped at the open',
  units: 'prices in USDC, volume in coins',
  continuous: true,
  recognises: parquetWith(['coin', 'ts', 'open', 'high', 'low', 'close', 'volume']),
  async read(input) {
    const { file } = input.probe
    const table = `read_parquet(${sqlPath(file.path)}, file_row_number = true)`
    await readingParquet(file, async () => {
      const interval = await inferInterval(input, table, 'coin', 'epoch_us(ts)')
      await input.tables.select(
        'bars',
        {
          source_row: 'file_row_number + 1',
          instrument: 'coin',
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
