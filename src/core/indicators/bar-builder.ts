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

/** Numbers a bar under construction takes in the array of many of them. */
export const BAR_ROW = 8
/** Its end, us; Infinity when there is none. */
export const BAR_END = 0
const OPEN = 1
const HIGH = 2
const LOW = 3
/** Its last value, half quanta; void while it has no updates. */
export const BAR_CLOSE = 4
/** Values that entered it. */
export const BAR_UPDATES = 5

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
  /** The bar under construction, from `#row` on: it is looked at with every record. */
  readonly #numbers: Float64Array
  readonly #row: number
  #start: TimeUs = Number.NaN
  #volume = 0
  #count = 0
  #skipped = 0
  /** End of the last bar that had a value; NaN before the first. */
  #lastUpdatedEnd: TimeUs = Number.NaN

  /** With `numbers`, the bar under construction is row `row` of that array. */
  constructor(
    intervalUs: TimeUs,
    maxGap: number,
    numbers: Float64Array = new Float64Array(BAR_ROW),
    row = 0,
  ) {
    assert(Number.isSafeInteger(intervalUs) && intervalUs > 0, `bar interval ${intervalUs} us`)
    assert(maxGap >= 0, `longest gap ${maxGap} bars: 0 or more`)
    this.intervalUs = intervalUs
    this.maxGap = maxGap
    this.#numbers = numbers
    this.#row = BAR_ROW * row
    this.#setEnd(Number.POSITIVE_INFINITY)
  }

  /** End of the bar under construction, us; Infinity when there is none. */
  get end(): TimeUs {
    return this.#numbers[this.#row + BAR_END]!
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
    const numbers = this.#numbers
    const row = this.#row
    this.#volume += volume
    // Most updates of a book leave its mid where it was.
    if (value === numbers[row + BAR_CLOSE]! && numbers[row + BAR_UPDATES]! > 0) {
      numbers[row + BAR_UPDATES]!++
      return
    }
    if (numbers[row + BAR_UPDATES] === 0) this.#setPrices(value, value, value)
    else {
      if (value > numbers[row + HIGH]!) numbers[row + HIGH] = value
      if (value < numbers[row + LOW]!) numbers[row + LOW] = value
    }
    numbers[row + BAR_CLOSE] = value
    numbers[row + BAR_UPDATES]!++
  }

  /**
   * Begins with a bar that somebody else has built so far, in half quanta; `openTime` is aligned.
   * Nothing may be under construction.
   */
  begin(bar: Pick<Bar, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>): void {
    this.#begin(bar.openTime)
    this.#setPrices(bar.open, bar.high, bar.low)
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
      open: this.#numbers[this.#row + OPEN]!,
      high: this.#numbers[this.#row + HIGH]!,
      low: this.#numbers[this.#row + LOW]!,
      close: this.#close,
      volume: this.#volume,
      updates: this.#updates,
      gapBars,
    }
    if (this.#updates > 0) this.#lastUpdatedEnd = this.end
    this.#start = this.end
    this.#setEnd(this.end + this.intervalUs)
    this.#setPrices(this.#close, this.#close, this.#close)
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
            open: this.#numbers[this.#row + OPEN]!,
            high: this.#numbers[this.#row + HIGH]!,
            low: this.#numbers[this.#row + LOW]!,
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
    this.#setPrices(current.open, current.high, current.low)
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

  get #close(): number {
    return this.#numbers[this.#row + BAR_CLOSE]!
  }

  set #close(value: number) {
    this.#numbers[this.#row + BAR_CLOSE] = value
  }

  get #updates(): number {
    return this.#numbers[this.#row + BAR_UPDATES]!
  }

  set #updates(count: number) {
    this.#numbers[this.#row + BAR_UPDATES] = count
  }

  #setPrices(open: number, high: number, low: number): void {
    this.#numbers[this.#row + OPEN] = open
    this.#numbers[this.#row + HIGH] = high
    this.#numbers[this.#row + LOW] = low
  }

  #setEnd(end: TimeUs): void {
    this.#numbers[this.#row + BAR_END] = end
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
