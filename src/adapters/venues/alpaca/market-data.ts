import { type InstrumentId, MAXIMUM_PRICE, MarketWriter, type TimeUs } from '../../../core/mod.ts'
import { COIN_BAR_US, readBar } from './bars.ts'
import { Book } from './book.ts'
import type { Context } from './context.ts'
import type { Asset } from './instruments.ts'
import { barMessage, bookMessage, quoteMessage, tradeMessage } from './wire.ts'

/** Levels a side that are delivered. */
export const BOOK_LEVELS = 20
/** Trade ids kept per instrument to tell repeats. */
const TRADE_IDS = 4_096
/** A book that is missing its beginning is asked for again, this often at most. */
const AGAIN_US = 5_000_000
/** Sides that cross for longer are no passing state: something that was told did not arrive. */
const CROSSED_US = 2_000_000

/** Turns messages of market data into packed records; a book without its beginning is a gap. */
export class MarketData {
  readonly #context: Context
  readonly #askAgain: (symbol: string) => void
  readonly #assets: readonly Asset[]
  readonly #books: ReadonlyMap<InstrumentId, Book>
  readonly #gaps = new Set<InstrumentId>()
  readonly #askedTimes = new Map<InstrumentId, TimeUs>()
  readonly #crossedTimes = new Map<InstrumentId, TimeUs>()
  readonly #tradeIds: ReadonlyMap<InstrumentId, Set<number>>
  /** Middle of the last quote of a share, quanta. */
  readonly #middles = new Map<InstrumentId, number>()
  readonly #writer = new MarketWriter(64)

  /** `askAgain` has the whole of a book told once more. */
  constructor(context: Context, assets: readonly Asset[], askAgain: (symbol: string) => void) {
    this.#context = context
    this.#assets = assets
    this.#askAgain = askAgain
    this.#books = new Map(assets.map(({ instrument }) => [instrument.id, new Book(instrument)]))
    this.#tradeIds = new Map(assets.map(({ instrument }) => [instrument.id, new Set<number>()]))
  }

  /** A fresh connection: books begin anew. */
  reset(): void {
    for (const book of this.#books.values()) book.reset()
    this.#gaps.clear()
    this.#askedTimes.clear()
    this.#crossedTimes.clear()
  }

  /** Takes a message in; `T` is its type. */
  message(type: string, raw: unknown, receivedTime: TimeUs): void {
    if (type === 'o') this.#book(raw, receivedTime)
    else if (type === 'q') this.#quote(raw, receivedTime)
    else if (type === 't') this.#trade(raw, receivedTime)
    else if (type === 'b') this.#bar(raw, receivedTime)
  }

  /** Something was received that nobody can read: what it said of every book is missing. */
  gap(receivedTime: TimeUs): void {
    for (const { instrument } of this.#assets) {
      this.#lose(instrument.id, receivedTime)
    }
  }

  #book(raw: unknown, receivedTime: TimeUs): void {
    const read = bookMessage.safeParse(raw)
    if (!read.success) return this.#unreadable(raw, receivedTime)
    const { S: symbol, t: venueTime, a, b, r } = read.data
    const asset = this.#context.universe.bySymbol.get(symbol)
    if (asset === undefined) return
    const { id } = asset.instrument
    const book = this.#books.get(id)!
    if (r === true) {
      book.reset()
      book.isWhole = true
    } else if (!book.isWhole) return this.#lose(id, receivedTime)
    book.apply(b, a)
    const bids = book.side('bids', BOOK_LEVELS)
    const asks = book.side('asks', BOOK_LEVELS)
    if (bids === null || asks === null) return this.#lose(id, receivedTime)
    if (this.#isStuck(id, bids, asks, receivedTime)) return this.#lose(id, receivedTime)
    if (this.#gaps.delete(id)) this.#status('book', id, 'connected', receivedTime)
    this.#writer.snapshot({ receivedTime, venueTime, instrument: id }, bids, asks)
    this.#flush()
  }

  /** True when the sides have crossed for so long that a change of them must be missing. */
  #isStuck(
    id: InstrumentId,
    bids: readonly number[],
    asks: readonly number[],
    receivedTime: TimeUs,
  ): boolean {
    const isCrossed = bids.length > 0 && asks.length > 0 && bids[0]! > asks[0]!
    const since = this.#crossedTimes.get(id)
    if (isCrossed && since === undefined) this.#crossedTimes.set(id, receivedTime)
    const isStuck = isCrossed && since !== undefined && receivedTime - since >= CROSSED_US
    if (!isCrossed || isStuck) this.#crossedTimes.delete(id)
    return isStuck
  }

  /** The best prices of a share are a book of one level. */
  #quote(raw: unknown, receivedTime: TimeUs): void {
    const read = quoteMessage.safeParse(raw)
    if (!read.success) return this.#unreadable(raw, receivedTime)
    const { S: symbol, t: venueTime, bp, bs, ap, as } = read.data
    const asset = this.#context.universe.bySymbol.get(symbol)
    if (asset === undefined) return
    const { id } = asset.instrument
    const book = this.#books.get(id)!
    book.reset()
    book.apply(bp > 0 ? [{ p: bp, s: bs }] : [], ap > 0 ? [{ p: ap, s: as }] : [])
    const bids = book.side('bids', 1)
    const asks = book.side('asks', 1)
    if (bids === null || asks === null) return this.#lose(id, receivedTime)
    if (bids.length > 0 && asks.length > 0) this.#middles.set(id, (bids[0]! + asks[0]!) / 2)
    if (this.#gaps.delete(id)) this.#status('book', id, 'connected', receivedTime)
    this.#writer.snapshot({ receivedTime, venueTime, instrument: id }, bids, asks)
    this.#flush()
  }

  #trade(raw: unknown, receivedTime: TimeUs): void {
    const read = tradeMessage.safeParse(raw)
    if (!read.success) {
      this.#context.statistics.framesRefused++
      return this.#status('trades', null, 'gap', receivedTime)
    }
    const { S: symbol, t: venueTime, p, s, i, tks } = read.data
    const asset = this.#context.universe.bySymbol.get(symbol)
    if (asset === undefined) return
    const { id, priceDecimals, quantityDecimals } = asset.instrument
    const seen = this.#tradeIds.get(id)!
    if (seen.has(i)) {
      this.#context.statistics.duplicateTradesDropped++
      return
    }
    seen.add(i)
    if (seen.size > TRADE_IDS) seen.delete(seen.values().next().value!)
    const price = Math.round(p * 10 ** priceDecimals)
    const lots = Math.floor(s * 10 ** quantityDecimals + 1e-6)
    if (!(price >= 1 && price <= MAXIMUM_PRICE && lots >= 1)) return
    const head = { receivedTime, venueTime, instrument: id }
    // Where nobody says who came to whom, what is above the middle was bought (Lee, Ready 1991).
    const isBuy = tks === undefined ? price >= (this.#middles.get(id) ?? 0) : tks === 'B'
    this.#writer.trade(head, isBuy ? 'buy' : 'sell', price, lots, i)
    this.#flush()
  }

  /** A bar that cannot be read is missing, as the signal sees by the next one. */
  #bar(raw: unknown, receivedTime: TimeUs): void {
    const read = barMessage.safeParse(raw)
    const asset = read.success ? this.#context.universe.bySymbol.get(read.data.S) : undefined
    if (!read.success || asset === undefined) {
      this.#context.statistics.framesRefused++
      return
    }
    const { instrument } = asset
    const openTime = read.data.t
    const venueTime = openTime + COIN_BAR_US
    try {
      const bar = readBar(instrument, read.data, { openTime, closeTime: venueTime })
      this.#writer.bar({ receivedTime, venueTime, instrument: instrument.id }, bar)
    } catch {
      this.#context.statistics.framesRefused++
      return
    }
    this.#flush()
  }

  #unreadable(raw: unknown, receivedTime: TimeUs): void {
    const symbol = (raw as { readonly S?: unknown }).S
    const asset = this.#context.universe.bySymbol.get(String(symbol))
    if (asset === undefined) this.gap(receivedTime)
    else this.#lose(asset.instrument.id, receivedTime)
  }

  #lose(id: InstrumentId, receivedTime: TimeUs): void {
    this.#context.statistics.framesRefused++
    this.#books.get(id)!.reset()
    if (!this.#gaps.has(id)) {
      this.#gaps.add(id)
      this.#status('book', id, 'gap', receivedTime)
    }
    const asked = this.#askedTimes.get(id)
    if (asked !== undefined && receivedTime - asked < AGAIN_US) return
    this.#askedTimes.set(id, receivedTime)
    this.#askAgain(this.#context.universe.assets[id]!.instrument.symbol)
  }

  #flush(): void {
    this.#context.market(this.#writer.batch())
    this.#writer.clear()
  }

  #status(
    stream: 'book' | 'trades',
    instrument: InstrumentId | null,
    status: 'connected' | 'gap',
    receivedTime: TimeUs,
  ): void {
    this.#context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status })
  }
}
