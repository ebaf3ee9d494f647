import { type MarketBatch, MarketCursor, median, RecordKind, type RunFeed } from '../../core/mod.ts'

interface Seen {
  readonly kinds: Set<RunFeed['kind']>
  readonly pauses: number[]
  levels: number
  /** Received time of the last record of book or bar, us. */
  last: number | null
  hasTrades: boolean
  hasFunding: boolean
}

/** Pauses looked at per instrument: the median of the first hundred thousand is the median. */
const PAUSES_MOST = 100_000

/**
 * What market data hold, instrument by instrument: book snapshots of so many levels, changes of
 * single levels, or bars, with the median pause between them by received time.
 */
export function feedsOf(batch: MarketBatch): readonly RunFeed[] {
  const seen = new Map<number, Seen>()
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    let of = seen.get(cursor.instrument)
    if (of === undefined) {
      of = {
        kinds: new Set(),
        pauses: [],
        levels: 0,
        last: null,
        hasTrades: false,
        hasFunding: false,
      }
      seen.set(cursor.instrument, of)
    }
    note(of, cursor)
  }
  return [...seen]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([instrument, of]): RunFeed[] => {
      const kind = (['changes', 'snapshots', 'bars'] as const).find((each) => of.kinds.has(each))
      if (kind === undefined) return []
      const cadenceUs = of.pauses.length === 0 ? null : Math.round(median(of.pauses))
      const levels = kind === 'snapshots' ? of.levels : null
      const { hasTrades, hasFunding } = of
      return [{ instrument, kind, levels, cadenceUs, hasTrades, hasFunding }]
    })
}

function note(seen: Seen, cursor: MarketCursor): void {
  switch (cursor.kind) {
    case RecordKind.snapshot:
      seen.kinds.add('snapshots')
      seen.levels = Math.max(seen.levels, cursor.quantity, cursor.price)
      break
    case RecordKind.delta:
      seen.kinds.add('changes')
      break
    case RecordKind.bar:
      seen.kinds.add('bars')
      break
    case RecordKind.trade:
      seen.hasTrades = true
      return
    case RecordKind.funding:
      seen.hasFunding = true
      return
    default:
      return
  }
  const pause = seen.last === null ? 0 : cursor.receivedTime - seen.last
  // Changes of one message are one change of the book.
  if (pause > 0 && seen.pauses.length < PAUSES_MOST) seen.pauses.push(pause)
  seen.last = cursor.receivedTime
}
