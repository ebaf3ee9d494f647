import type { BarView } from '../domain/strategy.ts'
import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** A finished bar. Prices in half quanta, volume in lots, times in us. */
export interface Bar extends BarView {
  readonly open: number
  readonly high: number
  readonly low: number
  /** Lots traded, 0 for bars made of mids. */
  readonly volume: number
  /** Values that entered the bar; 0 for an empty bar, which repeats the last close. */
  readonly updates: number
}

/** Outcome of one attempt to close a bar: a bar, a gap that grew past its limit, or neither. */
export type BarStep = 'bar' | 'gap' | 'none'

/** State of {@link BarBuilder} as plain data. */
export interface BarBuilderState {
  readonly bar: Bar | null
  readonly count: number
  readonly skipped: number
  readonly lastUpdatedEnd: TimeUs | null
  /** The bar under construction, null when there is none. */
  readonly current: {
    readonly start: TimeUs
    readonly open: number
    readonly high: number
    readonly low: number
    readonly close: number
    readonly volume: number
    readonly updates: number
  } | null
}

/**
 * Builds bars [k x interval, (k + 1) x interval) out of values by received time. A value of exactly
 * a bar's end belongs to the next bar. The first bar may be partial and counts. A bar without
 * values
 * repeats the last close; the run of such bars ends after `maxGap` of them: then the gap is
 * reported
 * and nothing is built until the next value, so that a long silence costs a bounded loop.
 */
export class BarBuilder {
  readonly intervalUs: TimeUs
  readonly maxGap: number
  /** The last closed bar. */
  bar: Bar | null = null
  /** One number of a column: its end is looked at with every record of its instrument. */
  readonly #ends: Float64Array
  readonly #row: number
  #start: TimeUs = Number.NaN
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  #volume = 0
  #updates = 0
  #count = 0
  #skipped = 0
  /** End of the last bar that had a value; NaN before the first. */
  #lastUpdatedEnd: TimeUs = Number.NaN

  /** With `ends`, `end` is kept in row `row` of that column. */
  constructor(
    intervalUs: TimeUs,
    maxGap: number,
    ends: Float64Array = new Float64Array(1),
    row = 0,
  ) {
    assert(Number.isSafeInteger(intervalUs) && intervalUs > 0, `bar interval ${intervalUs} us`)
    assert(maxGap >= 0, `longest gap ${maxGap} bars: 0 or more`)
    this.intervalUs = intervalUs
    this.maxGap = maxGap
    this.#ends = ends
    this.#row = row
    this.#setEnd(Number.POSITIVE_INFINITY)
  }

  /** End of the bar under construction, us; Infinity when there is none. */
  get end(): TimeUs {
    return this.#ends[this.#row]!
  }

  /** Bars closed so far. */
  get count(): number {
    return this.#count
  }

  /** Bars that were never built because their gap was longer than `maxGap`. */
  get skipped(): number {
    return this.#skipped
  }

  /**
   * Takes a value in half quanta received at `receivedTime`, with the lots traded at it. All bars
   * that ended by then must have been closed. Hot: no allocation.
   */
  onValue(receivedTime: TimeUs, value: number, volume = 0): void {
    const offset = receivedTime - this.#start
    if (!(offset >= 0 && offset < this.intervalUs)) this.#begin(receivedTime)
    // Most updates of a book leave its mid where it was.
    if (value === this.#close && this.#updates > 0) {
      this.#volume += volume
      this.#updates++
      return
    }
    if (this.#updates === 0) {
      this.#open = value
      this.#high = value
      this.#low = value
    } else {
      if (value > this.#high) this.#high = value
      if (value < this.#low) this.#low = value
    }
    this.#close = value
    this.#volume += volume
    this.#updates++
  }

  /**
   * Begins with a bar that somebody else has built so far, in half quanta; `openTime` is aligned.
   * Nothing may be under construction.
   */
  begin(bar: Pick<Bar, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>): void {
    this.#begin(bar.openTime)
    this.#open = bar.open
    this.#high = bar.high
    this.#low = bar.low
    this.#close = bar.close
    this.#volume = bar.volume
    this.#updates = 1
  }

  /** Closes the bar under construction if it ended at or before `now`. Call until 'none'. */
  closeNext(now: TimeUs): BarStep {
    if (now < this.end) return 'none'
    const start = this.#start
    const gapBars = this.#gapBars(start)
    if (this.#updates === 0 && gapBars >= this.maxGap) {
      this.#stop()
      return 'gap'
    }
    this.bar = {
      count: ++this.#count,
      openTime: start,
      closeTime: this.end,
      knownTime: now,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
      updates: this.#updates,
      gapBars,
    }
    if (this.#updates > 0) this.#lastUpdatedEnd = this.end
    this.#start = this.end
    this.#setEnd(this.end + this.intervalUs)
    this.#open = this.#close
    this.#high = this.#close
    this.#low = this.#close
    this.#volume = 0
    this.#updates = 0
    return 'bar'
  }

  /** The state as plain data. */
  snapshot(): BarBuilderState {
    const building = this.end !== Number.POSITIVE_INFINITY
    return {
      bar: this.bar,
      count: this.#count,
      skipped: this.#skipped,
      lastUpdatedEnd: Number.isNaN(this.#lastUpdatedEnd) ? null : this.#lastUpdatedEnd,
      current: building
        ? {
            start: this.#start,
            open: this.#open,
            high: this.#high,
            low: this.#low,
            close: this.#close,
            volume: this.#volume,
            updates: this.#updates,
          }
        : null,
    }
  }

  /** Goes on exactly as the builder the state was taken from; interval and gap limit stay. */
  restore(state: BarBuilderState): void {
    this.bar = state.bar
    this.#count = state.count
    this.#skipped = state.skipped
    this.#lastUpdatedEnd = state.lastUpdatedEnd ?? Number.NaN
    this.#stop()
    const { current } = state
    if (current === null) return
    this.#start = current.start
    this.#setEnd(current.start + this.intervalUs)
    this.#open = current.open
    this.#high = current.high
    this.#low = current.low
    this.#close = current.close
    this.#volume = current.volume
    this.#updates = current.updates
  }

  #begin(receivedTime: TimeUs): void {
    assert(
      this.end === Number.POSITIVE_INFINITY,
      `value of ${receivedTime} outside the bar [${this.#start}, ${this.end})`,
    )
    this.#start = Math.floor(receivedTime / this.intervalUs) * this.intervalUs
    this.#setEnd(this.#start + this.intervalUs)
    if (this.bar !== null) {
      assert(this.#start >= this.bar.closeTime, `bar of ${this.#start} was closed already`)
      this.#skipped += (this.#start - this.bar.closeTime) / this.intervalUs
    }
  }

  #setEnd(end: TimeUs): void {
    this.#ends[this.#row] = end
  }

  #stop(): void {
    this.#start = Number.NaN
    this.#setEnd(Number.POSITIVE_INFINITY)
    this.#volume = 0
    this.#updates = 0
  }

  #gapBars(start: TimeUs): number {
    if (Number.isNaN(this.#lastUpdatedEnd)) return 0
    return (start - this.#lastUpdatedEnd) / this.intervalUs
  }
}
