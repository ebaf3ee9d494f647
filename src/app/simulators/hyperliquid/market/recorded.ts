import type { Recording } from '../../../../adapters/mod.ts'
import {
  assert,
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  RecordKind,
  type TimeUs,
} from '../../../../core/mod.ts'
import { visitDue } from '../../market/batches.ts'
import type { MarketSource } from './source.ts'

/** A recording played in real time, shifted so that it begins at `startTime`. */
export interface RecordedSourceOptions {
  /** One per instrument or several together; ids are given anew in this order. */
  readonly recordings: readonly Recording[]
  readonly startTime: TimeUs
  /** What {@link MarketSource.state} returned, to go on from there. */
  readonly resume?: unknown
}

/**
 * Recorded markets as a source: in order of venueTime; after the last record the market is silent.
 */
export function createRecordedSource(options: RecordedSourceOptions): MarketSource {
  const { recordings, startTime } = options
  const instruments = recordings
    .flatMap((recording) => recording.instruments)
    .map((instrument, id) => ({ ...instrument, id }))
  const batch = mergeByVenueTime(recordings, startTime)
  assert(batch.count > 0, 'a recording holds at least one record')
  const cursor = new MarketCursor()
  let next = (options.resume as { readonly next: number } | undefined)?.next ?? 0
  return {
    instruments,
    endTime: batch.f64[(batch.count - 1) * 5 + 1]!,
    settlesFunding: holdsFunding(batch),
    history: () => [],
    advance(toTime, visit) {
      next = visitDue({ batch, next }, toTime, cursor, visit)
    },
    skip: () => {},
    state: () => ({ next }),
  }
}

function holdsFunding(batch: MarketBatch): boolean {
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind === RecordKind.funding) return true
  }
  return false
}

/**
 * All records with new instrument ids, by venue time, shifted so that the first is at `startTime`.
 */
function mergeByVenueTime(recordings: readonly Recording[], startTime: TimeUs): MarketBatch {
  const order: { readonly from: number; readonly index: number; readonly time: TimeUs }[] = []
  const firstIds: number[] = []
  let ids = 0
  recordings.forEach(({ batch, instruments }, from) => {
    firstIds.push(ids)
    ids += instruments.length
    for (let index = 0; index < batch.count; index++) {
      order.push({ from, index, time: batch.f64[index * 5 + 1]! })
    }
  })
  order.sort((a, b) => a.time - b.time || a.from - b.from || a.index - b.index)
  const shift = startTime - (order[0]?.time ?? 0)
  const writer = new MarketWriter(Math.max(1, order.length))
  const cursor = new MarketCursor()
  for (const { from, index } of order) writer.copy(recordings[from]!.batch, index, cursor)
  const merged = writer.batch()
  order.forEach(({ from, time }, at) => {
    merged.f64[at * 5] = time + shift
    merged.f64[at * 5 + 1] = time + shift
    merged.u16[at * 20 + 19] = merged.u16[at * 20 + 19]! + firstIds[from]!
  })
  return { ...merged, isVenueOrdered: true }
}
