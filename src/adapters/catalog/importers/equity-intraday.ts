import { readRows, sqlPath } from '../duckdb.ts'
import { columnsOfProbe, type Importer, parquetWith, readingParquet } from '../importer.ts'
import { inferInterval } from './interval.ts'

/**
 * Minute and hour bars of US equities in naive New York time, stamped at their start. Hour bars
 * stamped on the full hour are clock hours: 09:00 means 09:30 to 10:00. A bar that begins before
 * 16:00 ends at 16:00 at the latest.
 */
export const equityIntraday: Importer = {
  kind: 'equity-intraday',
  title: 'Intraday bars of US equities',
  venue: 'us-equities',
  instrumentKind: 'equity',
  timeZone: 'America/New_York, naive in the file, stamped at the start',
  units: 'prices in USD, volume in shares; a missing bar means no trade',
  continuous: false,
  recognises: parquetWith(['symbol', 'ts_et', 'open', 'high', 'low', 'close', 'volume']),
  async read(input) {
    const { file } = input.probe
    const present = new Set(columnsOfProbe(input.probe).map((column) => column.name))
    const table = `read_parquet(${sqlPath(file.path)}, file_row_number = true)`
    await readingParquet(file, async () => {
      const interval = await inferInterval(input, table, 'symbol', 'epoch_us(ts_et)')
      const [clock] = await readRows(
        input.connection,
        `select bool_and(date_part('minute', ts_et) = 0) as hours from ${table}`,
      )
      const start =
        clock?.['hours'] === true
          ? "greatest(ts_et, ts_et::date + interval '570 minutes')"
          : 'ts_et'
      const natural = `ts_et + interval '${interval} microseconds'`
      const bell = "ts_et::date + interval '16 hours'"
      const end = `case when ts_et < ${bell} then least(${natural}, ${bell}) else ${natural} end`
      // One conversion a day: clocks change at 02:00, so noon's offset holds for the session.
      const noon = "day + interval '12 hours'"
      const source = `(select t.*, shift from ${table} as t join (
        select day, epoch_us(timezone('America/New_York', ${noon})) - epoch_us(${noon}) as shift
        from (select distinct ts_et::date as day from ${table})) on day = ts_et::date)`
      const utc = (time: string): string => `epoch_us(${time}) + shift`
      await input.tables.select(
        'bars',
        {
          source_row: 'file_row_number + 1',
          instrument: 'symbol',
          open_us: utc(start),
          close_us: utc(end),
          open: 'open',
          high: 'high',
          low: 'low',
          close: 'close',
          volume: 'volume',
          trades: present.has('trades') ? 'trades' : 'null',
        },
        `from ${source} order by file_row_number`,
      )
    })
  },
}
