import {
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  RECORD_BYTES,
  RecordKind,
} from '../../core/mod.ts'

/**
 * The records from the first to the last that can be traded on: rates and marks of another time
 * would make the recording longer than its market. A batch that holds nothing else stays as it is.
 */
export function clipRates(batch: MarketBatch): MarketBatch {
  const isRate = (index: number): boolean => {
    const kind = batch.u8[index * RECORD_BYTES + 36]
    return kind === RecordKind.funding || kind === RecordKind.mark
  }
  let from = 0
  let to = batch.count
  while (from < to && isRate(from)) from++
  while (to > from && isRate(to - 1)) to--
  if (to === from || to - from === batch.count) return batch
  const writer = new MarketWriter(to - from)
  const cursor = new MarketCursor()
  for (let index = from; index < to; index++) writer.copy(batch, index, cursor)
  return writer.batch()
}
