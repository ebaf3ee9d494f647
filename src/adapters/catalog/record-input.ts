import type { DuckDBConnection } from '@duckdb/node-api'
import type { Instrument, MarketWriter, RecordHead } from '../../core/mod.ts'
import { sqlText } from './duckdb.ts'

/** What the writers of one table's records share. */
export interface RecordInput {
  readonly connection: DuckDBConnection
  readonly instrument: Instrument
  readonly writer: MarketWriter
  /** Added to venue time where nothing recorded when data were received, us. */
  readonly latencyUs: number
  /** Called for rows that cannot become records. */
  reject(row: number, rule: string, text: string): void
}

/** Nearest count of quanta; what is finer is noise of floats. */
export const toQuanta = (instrument: Instrument, value: number): number =>
  Math.round(value * 10 ** instrument.priceDecimals)

/** Count of lots, rounded down where the data are finer than the lot. */
export function toLots(instrument: Instrument, value: number): number {
  const scaled = value * 10 ** instrument.quantityDecimals
  const rounded = Math.round(scaled)
  return Math.abs(scaled - rounded) < 1e-6 * Math.max(1, rounded) ? rounded : Math.floor(scaled)
}

/** SQL: the rows of the instrument. */
export const ofInstrument = (instrument: Instrument): string =>
  `where instrument = ${sqlText(instrument.symbol)}`

/** Head of a record; a time that was not recorded (NaN) is taken from the other. */
export function headOf(input: RecordInput, received: number, venue: number): RecordHead {
  const receivedTime = Number.isNaN(received) ? venue + input.latencyUs : received
  return {
    receivedTime,
    venueTime: Number.isNaN(venue) ? receivedTime : venue,
    instrument: input.instrument.id,
  }
}
