import {
  createRandom,
  type Instrument,
  type MarketBatch,
  MarketWriter,
  quantity,
  type Random,
} from '../src/core/mod.ts'

/** Instruments of the market. */
export const INSTRUMENTS = 28
/** Levels per side of a snapshot. */
const DEPTH = 20
/** New levels appear within this many ticks of the best; those beyond `REACH` are removed. */
const SPREAD = 30
const REACH = 36
/** Mean time between steps of the generator, us: bars of one second are then 1.7 % of the records. */
const MEAN_STEP_US = 730

/** What the market looks like. */
export interface BookMarketOptions {
  /**
   * `deltas`: 81 % level updates, 17 % trades, 0.8 % whole books of 20 levels a side. `snapshots`:
   * whole books (75 %) and trades only, as some venues send it.
   */
  readonly mix: 'deltas' | 'snapshots'
  /** How much later than at the venue a record is received, us. */
  readonly lagUs: number
}

/** Twenty-eight perpetuals with a tick of one quantum. */
export const mixInstruments: readonly Instrument[] = Array.from(
  { length: INSTRUMENTS },
  (_, id) => ({
    id,
    venue: 'bench',
    symbol: `C${id}`,
    kind: 'perpetual',
    quoteCurrency: 'USDC',
    baseCurrency: `C${id}`,
    priceDecimals: 1,
    quantityDecimals: 3,
    priceRule: { kind: 'tick', quanta: 1 },
    minimumNotional: 0n,
    minimumQuantity: quantity(1),
    fees: { makerE9: 150_000, takerE9: 450_000 },
    longOnly: false,
    maximumLeverage: 50,
  }),
)

/** A seeded market of packed records; the first instruments are busier than the last. */
export function makeBookMarket(count: number, { mix, lagUs }: BookMarketOptions): MarketBatch {
  const random = createRandom(777)
  const writer = new MarketWriter(count + 128)
  const sides = mixInstruments.map((_, id) => new Ladder(id, random))
  let venueTime = 1_700_000_000_000_000
  let tradeId = 0
  const bids = new Float64Array(2 * DEPTH)
  const asks = new Float64Array(2 * DEPTH)
  while (writer.count < count) {
    venueTime += random.integer(2 * MEAN_STEP_US + 1)
    const instrument = Math.floor(random.next() * random.next() * INSTRUMENTS)
    const ladder = sides[instrument]!
    const head = { receivedTime: venueTime + lagUs, venueTime, instrument }
    const draw = random.next()
    if (draw < (mix === 'deltas' ? 0.01 : 0.75) || ladder.isThin()) {
      ladder.refill(bids, asks)
      writer.snapshot(head, bids, asks)
    } else if (draw < 0.8 && mix === 'deltas') {
      const side = random.integer(2) as 0 | 1
      ladder.update(side, (price, lots) => writer.delta(head, nameOf(side), price, lots))
    } else {
      const side = random.integer(2) as 0 | 1
      const trade = ladder.trade(side)
      writer.trade(head, side === 1 ? 'buy' : 'sell', trade.price, trade.lots, ++tradeId)
      const emit = (of: 0 | 1, price: number, lots: number) => {
        if (mix === 'deltas') writer.delta(head, nameOf(of), price, lots)
      }
      emit(side, trade.price, trade.rest)
      if (random.next() < 0.08) ladder.moveMid(emit)
    }
  }
  return writer.batch()
}

const nameOf = (side: 0 | 1): 'bid' | 'ask' => (side === 0 ? 'bid' : 'ask')

/** One instrument's book as lots by distance from the mid, which is a whole tick without orders. */
class Ladder {
  #mid: number
  readonly #random: Random
  /** Lots at mid - 1 - d (side 0) and mid + 1 + d (side 1). */
  readonly #lots = [new Float64Array(REACH), new Float64Array(REACH)] as const
  readonly #levels = [0, 0]

  constructor(id: number, random: Random) {
    this.#mid = 50_000 + 1000 * id
    this.#random = random
  }

  isThin(): boolean {
    return this.#levels[0]! < 5 || this.#levels[1]! < 5
  }

  /** Draws a new book and writes it as flat pairs, best first. */
  refill(bids: Float64Array, asks: Float64Array): void {
    for (const side of [0, 1] as const) {
      const pairs = side === 0 ? bids : asks
      const lots = this.#lots[side].fill(0)
      let distance = 0
      for (let i = 0; i < DEPTH; i++) {
        lots[distance] = this.#draw()
        pairs[2 * i] = this.#price(side, distance)
        pairs[2 * i + 1] = lots[distance]!
        distance += this.#random.next() < 0.23 && distance < REACH + i - DEPTH - 1 ? 2 : 1
      }
      this.#levels[side] = DEPTH
    }
  }

  /** Sets, changes or removes a level; near the best more often. */
  update(side: 0 | 1, emit: (price: number, lots: number) => void): void {
    const distance = Math.floor(this.#random.exponential(8))
    if (distance >= SPREAD) return
    const lots = this.#lots[side]
    if (lots[distance]! > 0 && this.#random.next() < 0.35) {
      if (this.#levels[side]! <= 6) return
      this.#set(side, distance, 0)
    } else this.#set(side, distance, this.#draw())
    emit(this.#price(side, distance), lots[distance]!)
  }

  /** Takes lots off the best level of a side. */
  trade(side: 0 | 1): { readonly price: number; readonly lots: number; readonly rest: number } {
    const lots = this.#lots[side]
    let distance = 0
    while (lots[distance] === 0) distance++
    const have = lots[distance]!
    const taken = Math.min(Math.ceil(this.#draw() * 0.6), have)
    const rest = have === taken && this.#levels[side]! <= 6 ? 1 : have - taken
    this.#set(side, distance, rest)
    return { price: this.#price(side, distance), lots: taken, rest }
  }

  /** Moves the mid by a tick: what stands in its way or is left too far behind is removed. */
  moveMid(emit: (side: 0 | 1, price: number, lots: number) => void): void {
    const toward = this.#random.integer(2) as 0 | 1
    const away = toward === 0 ? 1 : 0
    this.#drop(toward, 0, emit)
    this.#drop(away, REACH - 1, emit)
    this.#mid += toward === 1 ? 1 : -1
    this.#lots[toward].copyWithin(0, 1).fill(0, REACH - 1)
    this.#lots[away].copyWithin(1, 0).fill(0, 0, 1)
  }

  #drop(
    side: 0 | 1,
    distance: number,
    emit: (side: 0 | 1, price: number, lots: number) => void,
  ): void {
    if (this.#lots[side][distance] === 0) return
    this.#set(side, distance, 0)
    emit(side, this.#price(side, distance), 0)
  }

  #set(side: 0 | 1, distance: number, lots: number): void {
    const had = this.#lots[side][distance]! > 0 ? 1 : 0
    this.#lots[side][distance] = lots
    this.#levels[side]! += (lots > 0 ? 1 : 0) - had
  }

  #price(side: 0 | 1, distance: number): number {
    return side === 0 ? this.#mid - 1 - distance : this.#mid + 1 + distance
  }

  #draw(): number {
    return 10 + Math.round(this.#random.next() * this.#random.next() * 10_000)
  }
}
