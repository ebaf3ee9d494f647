import {
  type InstrumentId,
  type MarketCursor,
  RecordKind,
  type Side,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { Listing } from '../listing.ts'
import type { DepthSource } from '../market/depth.ts'
import type { MarketData } from '../market/market-data.ts'
import { Consumption, type ConsumptionState } from './consumption.ts'
import type { MatchingEngine } from './engine-port.ts'
import { isStale, localMark, pushPrices } from './rates.ts'

/** Books as everybody is shown them, marks and oracles: what the venue calls the market's prices. */
export class Prices {
  readonly #listing: Listing
  readonly #data: readonly MarketData[]
  readonly #engine: MatchingEngine
  readonly #consumption: Consumption

  constructor(input: {
    readonly listing: Listing
    readonly data: readonly MarketData[]
    readonly engine: MatchingEngine
    readonly stored?: ConsumptionState | undefined
  }) {
    this.#listing = input.listing
    this.#data = input.data
    this.#engine = input.engine
    this.#consumption = new Consumption(input.stored)
  }

  /** The market's own liquidity, without what the users took of it. */
  book(instrument: InstrumentId): DepthSource {
    return this.#consumption.view(instrument, this.#engine.book(instrument))
  }

  /** Mark price in quanta at a time; 0 when unknown. */
  mark(instrument: InstrumentId, time: TimeUs): number {
    const data = this.#data[instrument]!
    if (isStale(data, this.#listing.perps[instrument]!, time)) {
      return localMark(this.book(instrument), data.lastPrice)
    }
    return data.mark > 0 ? data.mark : Math.max(0, Math.round(this.#engine.markPrice(instrument)))
  }

  /** Oracle price in quanta, the mark while there is none; 0 when unknown. */
  oracle(instrument: InstrumentId, time: TimeUs): number {
    const { oracle } = this.#data[instrument]!
    return oracle > 0 ? oracle : this.mark(instrument, time)
  }

  /** A book or a level of it was published. */
  published(cursor: MarketCursor): void {
    const { instrument, price } = cursor
    const level = { side: cursor.side === 0 ? 0 : 1, price } as const
    const isWhole = cursor.kind === RecordKind.snapshot
    const book = this.#engine.book(instrument)
    this.#consumption.published(instrument, book, isWhole ? undefined : level)
  }

  /** Mark and oracle were pushed. */
  pushed(cursor: MarketCursor): void {
    const { instrument: id, venueTime: time, price: mark, quantity: oracle } = cursor
    const perp = this.#listing.perps[id]!
    pushPrices(this.#data[id]!, perp, this.book(id), { time, mark, oracle })
  }

  /** An order took lots, by price, off the other side of the market. */
  taken(instrument: InstrumentId, side: Side, lotsAt: ReadonlyMap<number, number>): void {
    const book = this.#engine.book(instrument)
    for (const [price, lots] of lotsAt) {
      const level = { side: side === 'buy' ? 1 : 0, price, lots } as const
      if (lots > 0) this.#consumption.take(instrument, book, level)
    }
  }

  /** What was taken of the books, as plain data. */
  snapshot(): ConsumptionState {
    return this.#consumption.taken
  }
}
