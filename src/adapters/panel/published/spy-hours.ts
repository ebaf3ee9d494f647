import { join } from 'node:path'
import type { BarTable, HourGrid } from '../../../core/mod.ts'
import { clockHourBars } from './bar-files.ts'

/**
 * SPY by clock hours from the folder of shared data: 1998 to 2015, and February to April
 * 2018; nothing lies between. Throws InputError ORN-DATA and ORN-PANEL.
 */
export async function spyClockHours(folder: string, grid: HourGrid): Promise<BarTable> {
  const file = (name: string): string => join(folder, 'equities_intraday', `${name}.parquet`)
  const isSpy = (symbol: string): boolean => symbol === 'SPY'
  const early = await clockHourBars(file('lean_hourly_spy_aapl_ibm_1998_2015'), grid, isSpy)
  const late = await clockHourBars(file('lean_hourly_spy_2018q1'), grid, isSpy)
  const joined = (of: (table: BarTable) => Float64Array): Float64Array => {
    const [a, b] = [of(early), of(late)]
    const whole = new Float64Array(a.length + b.length)
    whole.set(a)
    whole.set(b, a.length)
    return whole
  }
  return {
    ...early,
    source: `${early.source} and ${late.source}`,
    symbols: ['SPY'],
    symbol: new Int32Array(early.row.length + late.row.length),
    eventTime: joined((table) => table.eventTime),
    publicTime: joined((table) => table.publicTime),
    ingestTime: joined((table) => table.ingestTime),
    knownTime: joined((table) => table.knownTime),
    fields: Object.fromEntries(
      Object.keys(early.fields).map((name) => [name, joined((table) => table.fields[name]!)]),
    ),
    row: Int32Array.of(...early.row, ...late.row),
  }
}
