import {
  createRandom,
  type Instrument,
  MarketWriter,
  MONEY_UNIT,
  quantity,
  type Random,
  roundPrice,
  type SeedBar,
} from '../../src/core/mod.ts'

interface Shape {
  readonly symbol: string
  readonly price: number
  readonly priceDecimals: number
  readonly quantityDecimals: number
  /** Median size of a level in base units. */
  readonly levelSize: number
}

const shapes: readonly Shape[] = [
  { symbol: 'BTC', price: 64_180, priceDecimals: 1, quantityDecimals: 5, levelSize: 0.9 },
  { symbol: 'ETH', price: 3_214.6, priceDecimals: 2, quantityDecimals: 4, levelSize: 14 },
  { symbol: 'SOL', price: 148.32, priceDecimals: 3, quantityDecimals: 2, levelSize: 260 },
]

/** Three perpetuals with Hyperliquid-like number rules. */
export const demoInstruments: readonly Instrument[] = shapes.map((shape, id) => ({
  id,
  venue: 'hyperliquid',
  symbol: shape.symbol,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: shape.symbol,
  priceDecimals: shape.priceDecimals,
  quantityDecimals: shape.quantityDecimals,
  priceRule: { kind: 'significant-figures', figures: 5 },
  minimumNotional: 10n * MONEY_UNIT,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 40,
}))

/**
 * A market for pictures and browser tests: a slow random walk with short dislocations that revert,
 * and books that lean against them. Not a model of any venue; the edge in it is put there.
 */
export class DemoMarket {
  readonly #random: Random
  readonly #walk: number[]
  readonly #dislocation: number[]
  readonly #lean: number[]
  readonly #writer = new MarketWriter(4096)
  #tradeId = 1
  readonly middles: number[]

  constructor(seed: number) {
    this.#random = createRandom(seed)
    this.#walk = shapes.map(() => 0)
    this.#dislocation = shapes.map(() => 0)
    this.#lean = shapes.map(() => 0)
    this.middles = shapes.map((shape) => shape.price * 10 ** shape.priceDecimals)
  }

  /** Finished one-minute bars that end at `endTime`. */
  history(id: number, count: number, endTime: number): readonly SeedBar[] {
    const bars: SeedBar[] = []
    for (let i = 0; i < count; i++) {
      const open = this.middles[id]!
      let high = open
      let low = open
      for (let second = 0; second < 60; second++) {
        this.#move(id)
        high = Math.max(high, this.middles[id]!)
        low = Math.min(low, this.middles[id]!)
      }
      const openTime = endTime - (count - i) * 60_000_000
      bars.push({
        openTime,
        closeTime: openTime + 60_000_000,
        open: Math.round(open),
        high: Math.ceil(high),
        low: Math.floor(low),
        close: Math.round(this.middles[id]!),
        volume: 100_000 + this.#random.integer(400_000),
      })
    }
    return bars
  }

  /** One second of every instrument: a snapshot of 20 levels and some trades, as a batch. */
  second(receivedTime: number) {
    this.#writer.clear()
    for (const instrument of demoInstruments) {
      this.#move(instrument.id)
      this.#writeBook(instrument, receivedTime)
      if (this.#random.next() < 0.6) this.#writeTrade(instrument, receivedTime)
    }
    return this.#writer.batch()
  }

  #move(id: number): void {
    const random = this.#random
    this.#walk[id]! += 0.000035 * random.normal()
    this.#dislocation[id]! += -0.0035 * this.#dislocation[id]! + 0.00009 * random.normal()
    this.#lean[id]! += -0.03 * this.#lean[id]! + 0.09 * random.normal()
    const shape = shapes[id]!
    const base = shape.price * 10 ** shape.priceDecimals
    this.middles[id] = base * Math.exp(this.#walk[id]! + this.#dislocation[id]!)
  }

  #writeBook(instrument: Instrument, receivedTime: number): void {
    const { id } = instrument
    const middle = this.middles[id]!
    const lean = 0.8 * this.#lean[id]! - 420 * this.#dislocation[id]!
    const lots = shapes[id]!.levelSize * 10 ** instrument.quantityDecimals
    const size = (level: number, sign: number): number =>
      Math.max(
        1,
        Math.round(
          lots * (0.35 + 0.09 * level) * Math.exp(0.6 * this.#random.normal() + sign * lean),
        ),
      )
    const bids: number[] = []
    const asks: number[] = []
    let bid = roundPrice(instrument, middle * 0.99999, 'down')
    let ask = roundPrice(instrument, Math.max(middle * 1.00001, bid + 1), 'up')
    for (let level = 0; level < 20; level++) {
      bids.push(bid, size(level, 0.5))
      asks.push(ask, size(level, -0.5))
      const skip = this.#random.next() < 0.3 ? 2 : 1
      for (let i = 0; i < skip; i++) {
        bid = roundPrice(instrument, bid - 1, 'down')
        ask = roundPrice(instrument, ask + 1, 'up')
      }
    }
    const head = { receivedTime, venueTime: receivedTime - 38_000, instrument: id }
    this.#writer.snapshot(head, bids, asks)
  }

  #writeTrade(instrument: Instrument, receivedTime: number): void {
    const { id } = instrument
    const isBuy = this.#random.next() < 0.5
    const price = roundPrice(instrument, this.middles[id]!, isBuy ? 'up' : 'down')
    const lots = 1 + this.#random.integer(shapes[id]!.levelSize * 10 ** instrument.quantityDecimals)
    const head = { receivedTime, venueTime: receivedTime - 41_000, instrument: id }
    this.#writer.trade(head, isBuy ? 'buy' : 'sell', price, lots, this.#tradeId++)
  }
}
