import {
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  type TimeUs,
  viewBatch,
} from '../../../core/mod.ts'

/** Records that were made ahead of the time they are due. */
export interface PendingRecords {
  readonly batch: MarketBatch
  readonly next: number
}

/** Visits the records of a batch that are due and returns the index of the first that is not. */
export function visitDue(
  pending: PendingRecords,
  toTime: TimeUs,
  cursor: MarketCursor,
  visit: (cursor: MarketCursor) => void,
): number {
  const { batch } = pending
  let next = pending.next
  while (next < batch.count && batch.f64[next * 5 + 1]! <= toTime) {
    cursor.load(batch, next++)
    visit(cursor)
  }
  return next
}

/** A copy of the records from `next` on, with their part of the pool. */
export function copyRest(pending: PendingRecords): MarketBatch {
  const writer = new MarketWriter(16)
  const cursor = new MarketCursor()
  for (let i = pending.next; i < pending.batch.count; i++) writer.copy(pending.batch, i, cursor)
  return writer.batch()
}

/** Records of a batch as plain data that survives structured serialisation. */
export const storeBatch = (batch: MarketBatch): StoredBatch => ({
  count: batch.count,
  bytes: batch.u8.slice(0, batch.count * 40),
  pool: batch.pool.slice(),
})

/** See {@link storeBatch}. */
export interface StoredBatch {
  readonly count: number
  readonly bytes: Uint8Array
  readonly pool: Float64Array
}

/** The batch behind stored records. */
export function loadBatch(stored: StoredBatch): MarketBatch {
  const { buffer } = Uint8Array.from(stored.bytes)
  return viewBatch(buffer, stored.count, Float64Array.from(stored.pool))
}
