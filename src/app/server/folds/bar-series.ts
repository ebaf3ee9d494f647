import {
  type Bar,
  type MarketCursor,
  RollingZ,
  type SeedBar,
  Signal,
  type SignalOptions,
} from '../../../core/mod.ts'
import type { BarsView } from '../views.ts'

/** Bars kept per instrument. */
const BARS_MAX = 1500

/** A bar as drawn: prices in half quanta, times in us. */
interface DrawnBar {
  readonly openTime: number
  open: number
  high: number
  low: number
  close: number
  z: number | null
  imbalance: number | null
  mean: number | null
  deviation: number | null
  revision: number
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/**
 * Bars of one instrument for drawing, built by the core's own signal, so that z, mean and deviation
 * are the strategy's to the last bit. The bar under construction is drawn too, without a z.
 */
export class BarSeries {
  readonly #signal: Signal
  /** Half quanta to currency units. */
  readonly #scale: number
  #bars: DrawnBar[] = []
  #forming: DrawnBar | null = null
  #revision = 1
  /** Revision at which the series was last replaced as a whole. */
  #resetRevision = 1

  constructor(options: SignalOptions, priceDecimals: number) {
    this.#signal = new Signal(options)
    this.#scale = 1 / (2 * 10 ** priceDecimals)
  }

  get revision(): number {
    return this.#revision
  }

  /** z of the last finished bar; null while warming. */
  get z(): number | null {
    return orNull(this.#signal.z)
  }

  warmth(): { readonly have: number; readonly need: number } {
    return this.#signal.warmth()
  }

  /** Replaces what there is by finished bars out of history, oldest first, in quanta. */
  seed(bars: readonly SeedBar[], now: number): void {
    this.#revision++
    this.#resetRevision = this.#revision
    this.#signal.seed(bars, now)
    const { window, current, intervalUs, maxGap } = this.#signal.options
    const score = new RollingZ(window, current)
    this.#bars = []
    for (const bar of bars) {
      if (bar.openTime + intervalUs > now) {
        if (this.#signal.usesTrades) this.#forming ??= drawn(bar, this.#revision)
        continue
      }
      const last = this.#bars.at(-1)
      if (last !== undefined && bar.openTime - last.openTime > (maxGap + 1) * intervalUs) {
        score.clear()
      }
      score.push(2 * bar.close)
      this.#bars.push({
        ...drawn(bar, this.#revision),
        z: orNull(score.value),
        mean: orNull(score.mean()),
        deviation: orNull(score.deviation()),
      })
    }
    this.#bars = this.#bars.slice(-BARS_MAX)
  }

  /** A mid in half quanta, after {@link advance} to its time. */
  onMid(time: number, halfMid: number): void {
    if (!this.#signal.usesMids || halfMid <= 0) return
    this.#signal.onMid(time, halfMid)
    this.#form(time, halfMid)
  }

  /** A public trade, after {@link advance} to its time. */
  onTrade(time: number, price: number, quantity: number): void {
    if (!this.#signal.usesTrades) return
    this.#signal.onTrade(time, price, quantity)
    this.#form(time, 2 * price)
  }

  /** A finished bar of the feed. */
  onBar(cursor: MarketCursor, imbalance: number | null): void {
    if (this.#signal.usesBars && this.#signal.onBar(cursor)) this.#append(imbalance)
  }

  /** Closes what ended at or before `time`; `imbalance` is the book's at that instant. */
  advance(time: number, imbalance: number | null): void {
    while (time >= this.#signal.nextBarEnd) {
      if (this.#signal.advanceTo(this.#signal.nextBarEnd) > 0) this.#append(imbalance)
      this.#forming = null
    }
  }

  /** The strategy's own reading at the close of a bar, which may differ by what it reads. */
  evaluated(barCloseTime: number, imbalance: number | null): void {
    const openTime = barCloseTime - this.#signal.options.intervalUs
    const bar = this.#bars.at(-1)
    if (bar === undefined || bar.openTime !== openTime || imbalance === null) return
    this.#revision++
    bar.imbalance = imbalance
    bar.revision = this.#revision
  }

  /** Columns of what changed after `since`; everything when it was replaced after that. */
  view(instrument: number, since: number): BarsView {
    const isPartial = since >= this.#resetRevision
    const all = this.#forming === null ? this.#bars : [...this.#bars, this.#forming]
    let from = all.length
    while (from > 0 && all[from - 1]!.revision > since) from--
    const bars = isPartial ? all.slice(from) : all
    const price = (value: number): number => value * this.#scale
    const priceOrNull = (value: number | null): number | null =>
      value === null ? null : value * this.#scale
    return {
      instrument,
      intervalSeconds: this.#signal.options.intervalUs / 1e6,
      window: this.#signal.options.window,
      warm: this.warmth(),
      isPartial,
      openSeconds: bars.map((bar) => bar.openTime / 1e6),
      open: bars.map((bar) => price(bar.open)),
      high: bars.map((bar) => price(bar.high)),
      low: bars.map((bar) => price(bar.low)),
      close: bars.map((bar) => price(bar.close)),
      z: bars.map((bar) => bar.z),
      imbalance: bars.map((bar) => bar.imbalance),
      mean: bars.map((bar) => priceOrNull(bar.mean)),
      deviation: bars.map((bar) => priceOrNull(bar.deviation)),
      isForming: this.#forming !== null,
    }
  }

  #form(time: number, value: number): void {
    this.#revision++
    const { intervalUs } = this.#signal.options
    const openTime = Math.floor(time / intervalUs) * intervalUs
    const forming = this.#forming
    if (forming === null || forming.openTime !== openTime) {
      this.#forming = {
        openTime,
        open: value,
        high: value,
        low: value,
        close: value,
        z: null,
        imbalance: null,
        mean: null,
        deviation: null,
        revision: this.#revision,
      }
      return
    }
    forming.high = Math.max(forming.high, value)
    forming.low = Math.min(forming.low, value)
    forming.close = value
    forming.revision = this.#revision
  }

  #append(imbalance: number | null): void {
    const bar: Bar | null = this.#signal.bar
    if (bar === null) return
    this.#revision++
    const drawn: DrawnBar = {
      openTime: bar.openTime,
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      z: this.z,
      imbalance,
      mean: orNull(this.#signal.mean()),
      deviation: orNull(this.#signal.deviation()),
      revision: this.#revision,
    }
    if (this.#bars.at(-1)?.openTime === bar.openTime) this.#bars.pop()
    this.#bars.push(drawn)
    if (this.#bars.length > BARS_MAX) this.#bars.shift()
  }
}

/** A bar of history, in half quanta, without what is computed over several. */
const drawn = (bar: SeedBar, revision: number): DrawnBar => ({
  openTime: bar.openTime,
  open: 2 * bar.open,
  high: 2 * bar.high,
  low: 2 * bar.low,
  close: 2 * bar.close,
  z: null,
  imbalance: null,
  mean: null,
  deviation: null,
  revision,
})
