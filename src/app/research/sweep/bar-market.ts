import type { Recording } from '../../../adapters/mod.ts'
import { type Instrument, MarketCursor, RecordKind } from '../../../core/mod.ts'

/** Finished bars of all instruments, one after another, in memory that threads share. */
export interface BarMarket {
  readonly instruments: readonly Instrument[]
  /** First row of each instrument, and the number of rows at the end. */
  readonly offsets: readonly number[]
  /** Columns over all rows: times in us, prices in quanta. */
  readonly openTimes: Float64Array
  readonly closeTimes: Float64Array
  readonly opens: Float64Array
  readonly closes: Float64Array
  /** Times of the first and the last record, us. */
  readonly firstTime: number
  readonly lastTime: number
  readonly facts: BarFacts
}

/** What decides whether bars can be run as columns. */
export interface BarFacts {
  /** Null: nothing but finished bars, each known when it closes, in order. */
  readonly defect: string | null
  readonly hasFunding: boolean
  /** Shortest pause between two opens of one instrument, and shortest bar, us. */
  readonly shortestPauseUs: number
  readonly shortestBarUs: number
  /** Lowest and highest close by instrument, quanta. */
  readonly lowest: readonly number[]
  readonly highest: readonly number[]
}

/** A Float64Array that threads share. */
export const sharedColumn = (length: number): Float64Array<SharedArrayBuffer> =>
  new Float64Array(new SharedArrayBuffer(length * 8))

/** Takes the bars of a recording apart; what columns cannot hold is named in the facts. */
export function readBarMarket(recording: Recording): BarMarket {
  const { instruments, batch } = recording
  const cursor = new MarketCursor()
  const counts = instruments.map(() => 0)
  let defect: string | null = null
  let hasFunding = false
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind === RecordKind.bar) counts[cursor.instrument]!++
    else if (cursor.kind === RecordKind.funding) hasFunding = true
    else defect ??= 'the data hold more than finished bars'
    if (cursor.receivedTime !== cursor.venueTime) {
      defect ??= 'records were received later than they happened'
    }
  }
  const offsets = [0]
  for (const count of counts) offsets.push(offsets.at(-1)! + count)
  const rows = offsets.at(-1)!
  const column = () => sharedColumn(rows)
  const market = {
    instruments,
    offsets,
    openTimes: column(),
    closeTimes: column(),
    opens: column(),
    closes: column(),
    firstTime: batch.f64[0] ?? 0,
    lastTime: batch.f64[Math.max(0, batch.count - 1) * 5] ?? 0,
  }
  const next = offsets.slice(0, -1)
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind !== RecordKind.bar) continue
    const row = next[cursor.instrument]!++
    market.opens[row] = cursor.pool[cursor.aux]!
    market.closes[row] = cursor.pool[cursor.aux + 3]!
    market.openTimes[row] = cursor.pool[cursor.aux + 5]!
    market.closeTimes[row] = cursor.venueTime
  }
  return {
    ...market,
    facts: { ...measure(market), defect: defect ?? disorder(market), hasFunding },
  }
}

type Columns = Omit<BarMarket, 'facts'>

function measure({ offsets, openTimes, closeTimes, closes }: Columns) {
  let shortestPauseUs = Number.POSITIVE_INFINITY
  let shortestBarUs = Number.POSITIVE_INFINITY
  const lowest: number[] = []
  const highest: number[] = []
  for (let id = 0; id + 1 < offsets.length; id++) {
    let low = Number.POSITIVE_INFINITY
    let high = 0
    for (let row = offsets[id]!; row < offsets[id + 1]!; row++) {
      const open = openTimes[row]!
      if (row > offsets[id]!) {
        shortestPauseUs = Math.min(shortestPauseUs, open - openTimes[row - 1]!)
      }
      shortestBarUs = Math.min(shortestBarUs, closeTimes[row]! - open)
      low = Math.min(low, closes[row]!)
      high = Math.max(high, closes[row]!)
    }
    lowest.push(low)
    highest.push(high)
  }
  return { shortestPauseUs, shortestBarUs, lowest, highest }
}

/** Whole positive prices, bars one after another: what both tiers take for granted. */
function disorder({ offsets, openTimes, closeTimes, opens, closes }: Columns): string | null {
  for (let id = 0; id + 1 < offsets.length; id++) {
    for (let row = offsets[id]!; row < offsets[id + 1]!; row++) {
      const isWhole = Number.isSafeInteger(opens[row]!) && Number.isSafeInteger(closes[row]!)
      if (!isWhole || opens[row]! <= 0 || closes[row]! <= 0) return 'a bar has no positive price'
      const isFirst = row === offsets[id]!
      if (!(closeTimes[row]! > openTimes[row]!)) return 'a bar closes before it opens'
      if (!isFirst && openTimes[row]! < closeTimes[row - 1]!) return 'bars overlap'
    }
  }
  return null
}
