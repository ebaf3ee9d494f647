import { assert } from '../lib/assert.ts'

/** No exit was decided by the last row. */
export const OPEN_AT_END = -1

/**
 * Trades of one instrument in order, as columns: the rows at whose close entry and exit were
 * decided, and the direction. At most one transition a row, so no row appears twice.
 */
export interface TradeList {
  readonly count: number
  /** Views of `count` entries. */
  readonly entryRows: Int32Array
  /** {@link OPEN_AT_END} in the last entry when the position was still held. */
  readonly exitRows: Int32Array
  /** +1 long, -1 short. */
  readonly directions: Int8Array
}

/** Room for trades that grows between runs of rows, never inside a hot loop. */
export class TradeBuffer {
  entryRows: Int32Array
  exitRows: Int32Array
  directions: Int8Array

  constructor(capacity: number) {
    assert(Number.isInteger(capacity) && capacity >= 1, `trade buffer of ${capacity}`)
    this.entryRows = new Int32Array(capacity)
    this.exitRows = new Int32Array(capacity)
    this.directions = new Int8Array(capacity)
  }

  /** Makes sure that `capacity` trades fit. */
  reserve(capacity: number): void {
    if (capacity <= this.entryRows.length) return
    const size = Math.max(capacity, 2 * this.entryRows.length)
    this.entryRows = grown(this.entryRows, new Int32Array(size))
    this.exitRows = grown(this.exitRows, new Int32Array(size))
    this.directions = grown(this.directions, new Int8Array(size))
  }

  /** Views the first `count` trades without copying; valid until the buffer is used again. */
  list(count: number): TradeList {
    return {
      count,
      entryRows: this.entryRows.subarray(0, count),
      exitRows: this.exitRows.subarray(0, count),
      directions: this.directions.subarray(0, count),
    }
  }
}

function grown<Column extends Int32Array | Int8Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
