import {
  type CorporateAction,
  type Instrument,
  type InstrumentId,
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  median,
  RECORD_BYTES,
  RecordKind,
  type TimeUs,
} from '../../core/mod.ts'
import type { CheckResult } from './checks/rule.ts'

/**
 * Market data ready to be stepped: packed records sorted by (receivedTime, sequence), where the
 * sequence is venue time, then trades before books, then the order in the file.
 */
export interface Recording {
  /** In order of id. */
  readonly instruments: readonly Instrument[]
  readonly batch: MarketBatch
  readonly info: RecordingInfo
  /** Dividends and splits of prices as traded, by day; absent where the data say nothing of them. */
  readonly actions?: readonly CorporateAction[]
}

/** Permissive, copyleft, none stated (never published), or made by us. */
export type LicenceClass = 'A' | 'B' | 'C' | 'own'

/** What every report must say about its data. Times in us. */
export interface RecordingInfo {
  readonly kind: 'recorded' | 'generated'
  readonly licenceClass: LicenceClass
  /** Where the data come from, one sentence. */
  readonly source: string
  readonly files: readonly RecordingFile[]
  /** First and last received time, after any shift. */
  readonly firstTime: TimeUs
  readonly lastTime: TimeUs
  readonly timeBasis: TimeBasis
  readonly skew: ClockSkew
  /** Pauses between books (bars: between bars) of an instrument longer than `gapLimitUs`. */
  readonly gaps: readonly RecordingGap[]
  readonly gapLimitUs: number
  /** Trades whose id had been seen before. */
  readonly duplicatesDropped: number
  /** Trades that happened before the first book: history sent on subscribing. */
  readonly historyDropped: number
  /** Rows left out, each with its reason. */
  readonly quarantined: readonly QuarantinedRow[]
  /** What the checks of each file found, the same as its import tells: rows left out and notes. */
  readonly checks: readonly FileCheck[]
  /** Levels per side; 0 for bars. */
  readonly levels: number
  /** Median time between books (bars: their length). */
  readonly cadenceUs: number
  /** Which prices bars have whose adjusted closes differ from their closes; absent where none do. */
  readonly adjustment?: 'raw' | 'adjusted' | 'unsaid'
}

/** A file that went into a recording. */
export interface RecordingFile {
  /** Name without folders. */
  readonly path: string
  readonly sha256: string
  readonly rows: number
}

/** What a check found in one file. */
export interface FileCheck extends CheckResult {
  readonly file: string
}

/** A pause in an instrument's data. */
export interface RecordingGap {
  readonly from: TimeUs
  readonly to: TimeUs
  readonly instrument: InstrumentId
}

/** A row that was left out: 1-based row of the file, the rule it broke, and the values seen. */
export interface QuarantinedRow {
  readonly file: string
  readonly row: number
  readonly rule: string
  readonly text: string
}

/** Which clock `venueTime` shows: the venue's own, or (for comparisons) the receiver's. */
export type TimeBasis = 'venue' | 'received'

/** What was found and done about the receiver's clock against the venue's. */
export interface ClockSkew {
  /** Receiver's clock behind the venue's by at least this much; 0 when nothing is impossible. */
  readonly estimatedUs: number
  /** Added to every received time. */
  readonly appliedUs: number
  /** Smallest received - venue time after the shift. */
  readonly minimumDelayUs: number
  readonly method: string
}

/** Smallest delay that remains after a shift: nothing is known earlier than this. */
export const STATED_MINIMUM_DELAY_US = 1_000

/**
 * Offset that makes every received time later than its venue time (architecture: time). With delays
 * that are all non-negative nothing is shifted; otherwise the smallest becomes the stated minimum.
 */
export function estimateSkew(smallestDelayUs: number): ClockSkew {
  if (!Number.isFinite(smallestDelayUs)) {
    return { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'only one clock recorded' }
  }
  if (smallestDelayUs >= 0) {
    return {
      estimatedUs: 0,
      appliedUs: 0,
      minimumDelayUs: smallestDelayUs,
      method: 'no received time is before its venue time: nothing shifted',
    }
  }
  const appliedUs = STATED_MINIMUM_DELAY_US - smallestDelayUs
  return {
    estimatedUs: -smallestDelayUs,
    appliedUs,
    minimumDelayUs: STATED_MINIMUM_DELAY_US,
    method:
      `the receiver's clock is behind the venue's: received times shifted by ${appliedUs} us, ` +
      `so that the smallest delay is ${STATED_MINIMUM_DELAY_US} us`,
  }
}

/** Smallest received - venue time, us; bars and rates, which say when they apply, do not count. */
export function smallestDelay(batch: MarketBatch): number {
  let smallest = Number.POSITIVE_INFINITY
  for (let i = 0; i < batch.count; i++) {
    const kind = batch.u8[i * RECORD_BYTES + 36]
    if (kind === RecordKind.bar || kind === RecordKind.funding) continue
    const delay = batch.f64[i * 5]! - batch.f64[i * 5 + 1]!
    if (delay < smallest) smallest = delay
  }
  return smallest
}

/**
 * A copy sorted by (receivedTime, venueTime, trades before the rest, order of writing), received
 * times shifted by `shiftUs`, and venue times replaced by them when the basis asks for it.
 */
export function sortBatch(batch: MarketBatch, shiftUs: number, timeBasis: TimeBasis): MarketBatch {
  const { f64, u8 } = batch
  const order = new Uint32Array(batch.count).map((_, index) => index)
  const rank = (index: number): number =>
    u8[index * RECORD_BYTES + 36] === RecordKind.trade ? 0 : 1
  order.sort(
    (a, b) =>
      f64[a * 5]! - f64[b * 5]! || f64[a * 5 + 1]! - f64[b * 5 + 1]! || rank(a) - rank(b) || a - b,
  )
  const writer = new MarketWriter(Math.max(1, batch.count))
  const cursor = new MarketCursor()
  for (const index of order) writer.copy(batch, index, cursor)
  const sorted = writer.batch()
  for (let i = 0; i < sorted.count; i++) {
    const received = sorted.f64[i * 5]!
    // Equal times mean that the venue's was not recorded: it moves with the receiver's.
    const follows = timeBasis === 'received' || sorted.f64[i * 5 + 1] === received
    sorted.f64[i * 5] = received + shiftUs
    if (follows) sorted.f64[i * 5 + 1] = received + shiftUs
  }
  // The writer saw other venue times than these.
  return { ...sorted, isVenueOrdered: null }
}

/** Pauses longer than the limit and the median pause of ascending times; NaN below two times. */
export function measureCadence(
  times: readonly number[],
  instrument: InstrumentId,
  gapLimitUs: number,
): { readonly gaps: RecordingGap[]; readonly medianUs: number } {
  const gaps: RecordingGap[] = []
  const pauses: number[] = []
  for (let i = 1; i < times.length; i++) {
    const pause = times[i]! - times[i - 1]!
    pauses.push(pause)
    if (pause > gapLimitUs) gaps.push({ from: times[i - 1]!, to: times[i]!, instrument })
  }
  return { gaps, medianUs: median(pauses) }
}
