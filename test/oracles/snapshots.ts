import { sharedData } from '../data/shared-data.ts'
import { numbers, readColumns } from './columns.ts'

/** Recorded 20-level books in the pool layout of a snapshot record. */
export interface Snapshots {
  readonly rows: number
  /** Received times, us. */
  readonly times: Float64Array
  /** 80 numbers a row: 20 bids then 20 asks as (price, quantity) pairs, quanta of 0.1 and lots. */
  readonly pool: Float64Array
}

/** Reads the books of a coin, sorted by received time and sequence. */
export async function readSnapshots(coin: string, quantityDecimals: number): Promise<Snapshots> {
  const file = sharedData(`hyperliquid/hl_l2book20_${coin}_20250904.parquet`)
  const columns = await readColumns(`select * from '${file}' order by recv_ts, sequence`)
  const times = numbers(columns['recv_ts']).map((seconds) => Math.round(seconds * 1e6))
  const rows = times.length
  const pool = new Float64Array(rows * 80)
  for (let level = 0; level < 20; level++) {
    for (const [side, name] of ['bid', 'ask'].entries()) {
      const prices = numbers(columns[`${name}_price_${level}`])
      const sizes = numbers(columns[`${name}_size_${level}`])
      for (let row = 0; row < rows; row++) {
        const offset = row * 80 + side * 40 + level * 2
        pool[offset] = Math.round(prices[row]! * 10)
        pool[offset + 1] = Math.round(sizes[row]! * 10 ** quantityDecimals)
      }
    }
  }
  return { rows, times, pool }
}
