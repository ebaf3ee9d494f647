import { barsBetween, type CalendarId } from '../calendar/sessions.ts'
import type { SeedBar } from '../domain/event.ts'
import type { BarFields, MarketCursor } from '../domain/market-record.ts'
import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { type Bar, BarBuilder, type BarBuilderState } from './bar-builder.ts'
import { RollingAverage, type RollingAverageState } from './rolling-average.ts'
import { type CurrentValue, RollingZ, type RollingZState } from './rolling-z.ts'

/** How the signal of an instrument is made. */
export interface SignalOptions {
  /** Where bar closes come from: book mids, public trades, or finished bars of the feed. */
  readonly source: 'mid' | 'trade' | 'bar'
  /** Bar length, us. */
  readonly intervalUs: TimeUs
  /** Values in the z window. */
  readonly window: number
  readonly current: CurrentValue
  /** Longest run of missing bars that does not restart the windows; Infinity never restarts. */
  readonly maxGap: number
  /** Values in the trend window; 0 switches the trend average off. */
  readonly trendWindow: number
  /** Where finished bars come from a market that closes: bars outside its sessions are not missing. */
  readonly calendar?: CalendarId
}

/** What became of the bars of a history. */
export interface SeedResult {
  readonly used: number
  /** Misaligned, out of order, unfinished or not positive. */
  readonly refused: number
}

/** State of {@link Signal} as plain data. */
export interface SignalState {
  readonly builder: BarBuilderState
  readonly z: RollingZState
  readonly trend: RollingAverageState | null
  readonly bar: Bar | null
  readonly count: number
  readonly restarts: number
}

/**
 * The signal of one instrument: bars, their z-score and their trend average, in half price quanta
 * (mids as bid + ask; trades and bar prices doubled), so that one unit serves every source.
 *
 * Missing bars: values of a live source are cut into bars on the clock, and up to `maxGap` empty
 * bars repeat the last close. History and finished bars are taken as rows: what is missing is
 * counted
 * in `gapBars` but not filled. In both, a gap longer than `maxGap` bars restarts both windows.
 */
export class Signal {
  readonly options: SignalOptions
  readonly usesMids: boolean
  readonly usesTrades: boolean
  readonly usesBars: boolean
  readonly #builder: BarBuilder
  #z: RollingZ
  #trend: RollingAverage | null
  #bar: Bar | null = null
  #count = 0
  #restarts = 0

  /** With `bars`, the bar under construction is row `row` of that array. */
  constructor(options: SignalOptions, bars?: Float64Array, row?: number) {
    this.options = options
    this.usesMids = options.source === 'mid'
    this.usesTrades = options.source === 'trade'
    this.usesBars = options.source === 'bar'
    this.#builder = new BarBuilder(options.intervalUs, options.maxGap, bars, row)
    this.#z = new RollingZ(options.window, options.current)
    this.#trend = options.trendWindow === 0 ? null : new RollingAverage(options.trendWindow)
  }

  /** Instant at which the bar under construction is due, us; Infinity when there is none. */
  get nextBarEnd(): TimeUs {
    return this.#builder.end
  }

  /** The last finished bar, null before the first. */
  get bar(): Bar | null {
    return this.#bar
  }

  /** z of the last bar's close; NaN while warming and at zero variance. */
  get z(): number {
    return this.#z.value
  }

  /** Times that a long gap restarted the windows. */
  get restarts(): number {
    return this.#restarts
  }

  /** Mean behind z in half quanta; NaN with it. */
  mean(): number {
    return this.#z.mean()
  }

  /** Sample deviation behind z in half quanta; NaN with it. */
  deviation(): number {
    return this.#z.deviation()
  }

  /** Average of the trend window in half quanta; NaN while warming or switched off. */
  trend(): number {
    return this.#trend === null ? Number.NaN : this.#trend.value
  }

  /** Values in the z window so far, and how many the first z needs. */
  warmth(): { readonly have: number; readonly need: number } {
    return { have: this.#z.count, need: this.#z.needed }
  }

  /**
   * Takes a mid in half quanta (best bid + best ask); one that is not positive (a side is empty) is
   * no update. Bars that ended by `receivedTime` must have been closed with `advanceTo`.
   */
  onMid(receivedTime: TimeUs, halfMid: number): void {
    if (halfMid > 0) this.#builder.onValue(receivedTime, halfMid)
  }

  /** Takes a public trade: price in quanta, quantity in lots. As for `onMid`. */
  onTrade(receivedTime: TimeUs, price: number, quantity: number): void {
    if (price > 0) this.#builder.onValue(receivedTime, 2 * price, quantity)
  }

  /**
   * Closes every bar that ended at or before `now`; returns how many became rows of the windows.
   */
  advanceTo(now: TimeUs): number {
    let closed = 0
    for (;;) {
      const step = this.#builder.closeNext(now)
      if (step === 'none') return closed
      if (step === 'gap') this.#restart()
      else if (this.#take(this.#builder.bar!)) closed++
    }
  }

  /**
   * Takes the finished bar a record holds, known at its received time. False when it is not later
   * than the last bar (a repeat) or has no positive close: then nothing changed.
   */
  onBar(cursor: MarketCursor): boolean {
    const { pool, aux, receivedTime } = cursor
    const bar = {
      open: pool[aux]!,
      high: pool[aux + 1]!,
      low: pool[aux + 2]!,
      close: pool[aux + 3]!,
      volume: pool[aux + 4]!,
      openTime: pool[aux + 5]!,
    }
    return this.#takeRow(bar, receivedTime)
  }

  /**
   * Replaces the windows by finished bars of history (quanta), oldest first, up to the start of the
   * bar under construction and to `now`; live bars follow them. A bar is taken to close one
   * interval after it opens, whatever end its venue prints. One that has not closed yet is gone on
   * with where bars are made of trades and none is under construction.
   */
  seed(bars: readonly SeedBar[], now: TimeUs = Number.POSITIVE_INFINITY): SeedResult {
    const { intervalUs } = this.options
    const end = Math.min(now, this.#builder.end - intervalUs)
    this.#z.clear()
    this.#trend?.clear()
    this.#bar = null
    let used = 0
    for (const bar of bars) {
      const closeTime = bar.openTime + intervalUs
      const aligned = this.usesBars || bar.openTime % intervalUs === 0
      if (aligned && closeTime <= end && this.#takeRow(bar, closeTime)) used++
      else if (aligned && closeTime > now && this.#goOnWith(bar, now)) used++
    }
    return { used, refused: bars.length - used }
  }

  /** The state as plain data. */
  snapshot(): SignalState {
    return {
      builder: this.#builder.snapshot(),
      z: this.#z.snapshot(),
      trend: this.#trend === null ? null : this.#trend.snapshot(),
      bar: this.#bar,
      count: this.#count,
      restarts: this.#restarts,
    }
  }

  /** Goes on exactly as the signal of the same options the state was taken from. */
  restore(state: SignalState): void {
    const { window, current, trendWindow } = this.options
    assert(
      state.z.window === window && state.z.current === current,
      `signal state has z window ${state.z.window} ${state.z.current}, not ${window} ${current}`,
    )
    assert(
      (state.trend?.window ?? 0) === trendWindow,
      `signal state has trend window ${state.trend?.window ?? 0}, not ${trendWindow}`,
    )
    this.#builder.restore(state.builder)
    this.#z = RollingZ.restore(state.z)
    this.#trend = state.trend === null ? null : RollingAverage.restore(state.trend)
    this.#bar = state.bar
    this.#count = state.count
    this.#restarts = state.restarts
  }

  #goOnWith(bar: SeedBar, now: TimeUs): boolean {
    const isBuilding = this.#builder.end !== Number.POSITIVE_INFINITY
    if (!this.usesTrades || isBuilding || bar.openTime > now || !(bar.close > 0)) return false
    this.#builder.begin({
      openTime: bar.openTime,
      open: 2 * bar.open,
      high: 2 * bar.high,
      low: 2 * bar.low,
      close: 2 * bar.close,
      volume: bar.volume,
    })
    return true
  }

  #takeRow(bar: BarFields, knownTime: TimeUs): boolean {
    const { openTime } = bar
    if (!(bar.close > 0) || !Number.isSafeInteger(openTime)) return false
    return this.#take({
      count: 0,
      openTime,
      closeTime: openTime + this.options.intervalUs,
      knownTime,
      open: 2 * bar.open,
      high: 2 * bar.high,
      low: 2 * bar.low,
      close: 2 * bar.close,
      volume: bar.volume,
      updates: 1,
      gapBars: 0,
    })
  }

  /** Makes a bar the next row of the windows; false when history already covers it. */
  #take(bar: Bar): boolean {
    const last = this.#bar
    let { gapBars } = bar
    if (last !== null) {
      if (bar.openTime < last.closeTime) return false
      const missing = this.#missing(last.closeTime, bar.openTime)
      if (missing > this.options.maxGap) this.#restart()
      gapBars = Math.max(gapBars, missing)
    }
    const count = ++this.#count
    const isSame = bar.count === count && bar.gapBars === gapBars
    this.#bar = isSame ? bar : withCounts(bar, count, gapBars)
    this.#z.push(bar.close)
    this.#trend?.push(bar.close)
    return true
  }

  /** Bars of which nothing was seen in [from, to), us. */
  #missing(from: TimeUs, to: TimeUs): number {
    const { intervalUs, calendar = 'always' } = this.options
    const onClock = Math.floor((to - from) / intervalUs)
    return onClock === 0 || calendar === 'always'
      ? onClock
      : barsBetween(calendar, from, to, intervalUs)
  }

  #restart(): void {
    if (this.#z.count === 0) return
    this.#restarts++
    this.#z.clear()
    this.#trend?.clear()
  }
}

/** Written out: spreading an object costs many times more. */
const withCounts = (bar: Bar, count: number, gapBars: number): Bar => ({
  count,
  openTime: bar.openTime,
  closeTime: bar.closeTime,
  knownTime: bar.knownTime,
  open: bar.open,
  high: bar.high,
  low: bar.low,
  close: bar.close,
  volume: bar.volume,
  updates: bar.updates,
  gapBars,
})
