import { sqlPath } from '../duckdb.ts'
import { columnsOfProbe, type Importer, parquetWith, readingParquet } from '../importer.ts'

/**
 * Daily bars of US equities. A date's bar is taken to open at 09:30 and to be known at 16:00 New
 * York time, also on early closes (later than true, never earlier).
 */
export const equityDaily: Importer = {
  kind: 'equity-daily',
  title: 'Daily bars of US equities',
  venue: 'us-equities',
  instrumentKind: 'equity',
  timeZone: 'America/New_York session dates; 09:30 to 16:00',
  units: 'prices in USD as published (raw unless adjusted_close says more), volume in shares',
  continuous: false,
  recognises: parquetWith(['symbol', 'date', 'open', 'high', 'low', 'close', 'volume']),
  async read(input) {
    const { file } = input.probe
    const present = new Set(columnsOfProbe(input.probe).map((column) => column.name))
    const optional = (name: string): string => (present.has(name) ? name : 'null')
    const table = `read_parquet(${sqlPath(file.path)}, file_row_number = true)`
    // One conversion a date instead of one a row.
    const at = (hours: string): string =>
      `epoch_us(timezone('America/New_York', day::timestamp + interval '${hours}'))`
    const source = `${table} as t join (
      select day, ${at('9 hours 30 minutes')} as opening, ${at('16 hours')} as closing
      from (select distinct "date" as day from ${table})) on day is not distinct from "date"`
    await readingParquet(file, () =>
      input.tables.select(
        'bars',
        {
          source_row: 'file_row_number + 1',
          instrument: 'symbol',
          open_us: 'opening',
          close_us: 'closing',
          open: 'open',
          high: 'high',
          low: 'low',
          close: 'close',
          volume: 'volume',
          adjusted_close: optional('adjusted_close'),
          dividend: optional('dividend_amount'),
          split: optional('split_coefficient'),
        },
        `from ${source} order by file_row_number`,
      ),
    )
  },
}
