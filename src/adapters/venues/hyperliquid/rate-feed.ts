import { type InstrumentId, MarketWriter, type TimeUs } from '../../../core/mod.ts'
import type { Context } from './context.ts'
import { assetContextFrame } from './wire.ts'

/** A rate that stands is told again after this long: whoever pays by it must see it is current. */
const REPEAT_US = 600_000_000

/** Turns what the venue tells of each coin every second into funding records, where it is news. */
export class RateFeed {
  readonly #context: Context
  readonly #writer = new MarketWriter(1)
  readonly #told = new Map<InstrumentId, { readonly rateE9: number; readonly time: TimeUs }>()

  constructor(context: Context) {
    this.#context = context
  }

  /** Delivers the rate of a frame; one that cannot be read, or of another coin, is left out. */
  deliver(data: unknown, receivedTime: TimeUs): void {
    const { options, statistics, universe } = this.#context
    const frame = assetContextFrame.safeParse(data)
    const asset = frame.success ? universe.byCoin.get(frame.data.coin) : undefined
    if (options.rates !== true || !frame.success || asset === undefined) {
      statistics.framesIgnored++
      return
    }
    const instrument = asset.instrument.id
    // Printed with ten digits and more: parts of 10^9 to three decimals.
    const rateE9 = Math.round(Number(frame.data.ctx.funding) * 1e12) / 1e3
    const told = this.#told.get(instrument)
    if (told?.rateE9 === rateE9 && receivedTime - told.time < REPEAT_US) return
    this.#told.set(instrument, { rateE9, time: receivedTime })
    // The frame carries no time of the venue.
    this.#writer.funding({ receivedTime, venueTime: receivedTime, instrument }, rateE9)
    this.#context.market(this.#writer.batch())
    this.#writer.clear()
  }
}
