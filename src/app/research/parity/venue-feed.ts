import { type MarketBatch, MarketCursor, type SimulatedExchange } from '../../../core/mod.ts'

/** Market data in the order in which they happened at the venue, one record at a time. */
export class VenueFeed {
  readonly #batch: MarketBatch
  /** Null when the records already are in order. */
  readonly #order: Int32Array | null
  readonly #cursor = new MarketCursor()
  #index = 0

  constructor(batch: MarketBatch) {
    this.#batch = batch
    this.#order = byVenueTime(batch)
  }

  /** Venue time of the next record, us; Infinity when there is none. */
  get nextTime(): number {
    if (this.#index >= this.#batch.count) return Number.POSITIVE_INFINITY
    return this.#batch.f64[this.#at() * 5 + 1]!
  }

  /** Lets the exchange see the next record. */
  step(exchange: SimulatedExchange): void {
    this.#cursor.load(this.#batch, this.#at())
    this.#index++
    exchange.advanceMarket(this.#cursor)
  }

  #at(): number {
    return this.#order === null ? this.#index : this.#order[this.#index]!
  }
}

function byVenueTime({ count, f64 }: MarketBatch): Int32Array | null {
  let sorted = 1
  while (sorted < count && f64[sorted * 5 + 1]! >= f64[sorted * 5 - 4]!) sorted++
  if (sorted >= count) return null
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  return order.sort((a, b) => f64[a * 5 + 1]! - f64[b * 5 + 1]! || a - b)
}
