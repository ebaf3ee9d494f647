import { type MarketBatch, MarketCursor, MarketWriter, type TimeUs } from '../../../../core/mod.ts'
import { copyRest, loadBatch, type StoredBatch, storeBatch } from '../../market/batches.ts'
import type { Bar } from './bars.ts'

/** Bars from before the venue's start, oldest first. */
export interface History {
  readonly minutes: readonly Bar[]
  readonly days: readonly Bar[]
}

/**
 * The market behind the venue: books, trades. Deterministic: the same calls, the same records; how
 * time is cut into calls does not matter.
 */
export interface MarketFeed {
  /** Venue time of the last record there will ever be; Infinity for a market that goes on. */
  readonly endTime: TimeUs
  /** What there was before the start. */
  history(asset: number): History
  /** Visits every record in (last visited, toTime] in order of time. The cursor is reused. */
  advance(toTime: TimeUs, visit: (cursor: MarketCursor) => void): void
  /** Lets nothing happen up to a time; what is recorded goes on. */
  skip(toTime: TimeUs): void
  /** Everything needed to go on later, as plain data. */
  state(): unknown
}

/** One source of records, made ahead of the time they are due. */
export interface FeedPart {
  /** Added to its instruments' ids. */
  readonly offset: number
  /** Everything up to here has been written. */
  readonly now: TimeUs
  /** Writes what happens up to a time, in order, in whole steps: possibly less, never more. */
  write(toTime: TimeUs, writer: MarketWriter): void
  skip(toTime: TimeUs): void
  state(): unknown
}

interface Ahead {
  readonly part: FeedPart
  readonly writer: MarketWriter
  batch: MarketBatch
  next: number
}

/** {@link MarketFeed.state} of merged parts. */
export interface MergedState {
  readonly parts: readonly { readonly part: unknown; readonly ahead: StoredBatch }[]
}

/** Longest stretch written at a time: bounds the records held. */
const STRETCH_US = 10_000_000
/** Parts write whole steps of this length. */
const STEP_US = 100_000

/** Parts merged by time; at equal times the first part comes first. */
export function mergeParts(
  parts: readonly FeedPart[],
  options: Pick<MarketFeed, 'endTime' | 'history'>,
  resume?: MergedState,
): MarketFeed {
  const cursor = new MarketCursor()
  const all = parts.map((part, i): Ahead => {
    const writer = new MarketWriter(1024)
    const stored = resume?.parts[i]?.ahead
    return {
      part,
      writer,
      batch: stored === undefined ? writer.batch() : loadBatch(stored),
      next: 0,
    }
  })
  const timeOf = ({ batch, next }: Ahead): TimeUs =>
    next < batch.count ? batch.f64[next * 5 + 1]! : Number.POSITIVE_INFINITY
  const visitUntil = (time: TimeUs, visit: (cursor: MarketCursor) => void): void => {
    for (;;) {
      let first = all[0]!
      for (const each of all) if (timeOf(each) < timeOf(first)) first = each
      if (timeOf(first) > time) return
      cursor.load(first.batch, first.next++)
      cursor.instrument += first.part.offset
      visit(cursor)
    }
  }
  return {
    ...options,
    advance(toTime, visit) {
      for (;;) {
        const reached = Math.min(...all.map(({ part }) => part.now))
        visitUntil(Math.min(toTime, reached), visit)
        if (reached > toTime) return
        const until = Math.min(toTime + STEP_US, reached + STRETCH_US)
        for (const each of all) refill(each, until)
      }
    },
    skip(toTime) {
      for (const each of all) {
        each.part.skip(toTime)
        each.writer.clear()
        each.batch = each.writer.batch()
        each.next = 0
      }
    },
    state: (): MergedState => ({
      parts: all.map(({ part, batch, next }) => ({
        part: part.state(),
        ahead: storeBatch(copyRest({ batch, next })),
      })),
    }),
  }
}

/** Writes a part up to a time behind what is left of it. */
function refill(each: Ahead, until: TimeUs): void {
  if (each.part.now >= until) return
  const rest = each.next < each.batch.count ? copyRest(each) : null
  each.writer.clear()
  if (rest !== null) {
    const cursor = new MarketCursor()
    for (let i = 0; i < rest.count; i++) each.writer.copy(rest, i, cursor)
  }
  each.part.write(until, each.writer)
  each.batch = each.writer.batch()
  each.next = 0
}
