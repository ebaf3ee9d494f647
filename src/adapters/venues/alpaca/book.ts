import { type Instrument, MAXIMUM_PRICE } from '../../../core/mod.ts'

/** A level as the venue writes it; a size of 0 takes it away. */
export interface WireLevel {
  readonly p: number
  readonly s: number
}

/** A size of floats counts as the lots it was printed for. */
const LOT_TOLERANCE = 1e-6

/** One order book, kept by the venue's own prices. */
export class Book {
  readonly #instrument: Instrument
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()
  /** False until the whole of it was told on the present connection. */
  isWhole = false

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** Forgets everything: what comes next must be the whole book. */
  reset(): void {
    this.#bids.clear()
    this.#asks.clear()
    this.isWhole = false
  }

  /** Takes changes in. */
  apply(bids: readonly WireLevel[], asks: readonly WireLevel[]): void {
    put(this.#bids, bids)
    put(this.#asks, asks)
  }

  /**
   * The best `count` levels of a side as (quanta, lots) pairs, best first. Prices between two quanta
   * count as the one farther from the middle; levels below a lot are left out. Null when a price is
   * none that the core can be told.
   */
  side(side: 'bids' | 'asks', count: number): readonly number[] | null {
    const levels = side === 'bids' ? this.#bids : this.#asks
    const direction = side === 'bids' ? -1 : 1
    const { priceDecimals, quantityDecimals } = this.#instrument
    const prices = [...levels.keys()].sort((a, b) => (a - b) * direction)
    const pairs: number[] = []
    let size = 0
    for (const [i, price] of prices.entries()) {
      const quanta = outward(price * 10 ** priceDecimals, direction)
      if (!(quanta >= 1 && quanta <= MAXIMUM_PRICE)) return null
      size += levels.get(price)!
      const next = prices[i + 1]
      if (next !== undefined && outward(next * 10 ** priceDecimals, direction) === quanta) continue
      const lots = Math.floor(size * 10 ** quantityDecimals + LOT_TOLERANCE)
      size = 0
      if (lots < 1) continue
      pairs.push(quanta, lots)
      if (pairs.length === 2 * count) break
    }
    return pairs
  }
}

function put(levels: Map<number, number>, changes: readonly WireLevel[]): void {
  for (const { p, s } of changes) {
    if (s === 0) levels.delete(p)
    else levels.set(p, s)
  }
}

/** A price that is meant to be whole stays what it is though a float is never quite. */
function outward(quanta: number, direction: -1 | 1): number {
  const nearest = Math.round(quanta)
  if (Math.abs(quanta - nearest) < 1e-4) return nearest
  return direction < 0 ? Math.floor(quanta) : Math.ceil(quanta)
}
