import { type MarketCursor, RecordKind, type Session, type TimeUs } from '../../../../core/mod.ts'
import { type Listing, priceOf, quantityOf } from '../listing.ts'
import type { MarketFeed } from '../market/feed.ts'
import type { Nano } from '../wire/nano.ts'
import { createAccount } from './account.ts'
import { BEAT_US, keepTime } from './day.ts'
import type { Counters, Floor } from './floor.ts'
import { type Books, createBooks } from './ledger.ts'
import { type AssetData, addTrade, createAssetData, setBook } from './market-data.ts'
import { fillInAuction, meetBook, meetTrade, wakeOrders } from './matching.ts'
import type { Notice, PublicTrade } from './notices.ts'
import { type Phase, phaseAt, tradingDay } from './sessions.ts'
import type { Account, Order } from './types.ts'

/** Everything a venue is, as plain data. */
export interface VenueSnapshot {
  readonly time: TimeUs
  readonly feed: unknown
  readonly data: readonly AssetData[]
  readonly accounts: readonly Account[]
  readonly books: Books
  readonly counters: Counters
  /** Auctions whose first print has not come yet, by asset. */
  readonly auctions: ReadonlyMap<number, 'opg' | 'cls'>
}

/** How to make a venue's state. */
export interface VenueStateOptions {
  readonly listing: Listing
  readonly feed: MarketFeed
  readonly seed: number
  readonly startTime: TimeUs
  /** True when the market's own first prints after open and close are the auctions. */
  readonly printsAuctions: boolean
  readonly snapshot?: VenueSnapshot
}

/** One in so many trades is left of shares outside the regular session. */
const EXTENDED_SHARE = 12
const AUCTION_WAIT_US = 60_000_000

/** The venue behind the protocol: market, accounts, orders. Deterministic; knows no clock. */
export class VenueState implements Floor {
  readonly listing: Listing
  readonly seed: number
  readonly data: readonly AssetData[]
  readonly accounts: Account[] = []
  readonly books: Books
  readonly counters: Counters
  readonly openOrders: readonly Set<Order>[]
  /** While nobody listens, market data are not told. */
  listening = false
  readonly #feed: MarketFeed
  readonly #printsAuctions: boolean
  readonly #auctions: Map<number, 'opg' | 'cls'>
  #time: TimeUs
  /** Of the running beat: they only change with it. */
  #phase: Phase
  #session: Session | null
  #notices: Notice[] = []

  constructor(options: VenueStateOptions) {
    const { listing, feed, snapshot } = options
    this.listing = listing
    this.seed = options.seed
    this.#feed = feed
    this.#printsAuctions = options.printsAuctions
    this.#time = snapshot?.time ?? options.startTime
    this.#phase = phaseAt(this.#time)
    this.#session = tradingDay(this.#time)
    this.#auctions = new Map(snapshot?.auctions)
    this.books = snapshot?.books ?? createBooks()
    this.counters = snapshot?.counters ?? { order: 0, activity: 0, event: 0 }
    this.data =
      snapshot?.data ?? listing.assets.map(({ index }) => createAssetData(feed.history(index)))
    this.accounts.push(...(snapshot?.accounts ?? []))
    this.openOrders = listing.assets.map(() => new Set())
    const open = this.accounts.flatMap((each) => [...each.open].map((id) => each.orders.get(id)!))
    for (const order of open.sort((a, b) => a.number - b.number)) {
      this.openOrders[order.asset]!.add(order)
    }
  }

  /** Everything up to here has happened. */
  get time(): TimeUs {
    return this.#time
  }

  /** What part of the day it is for shares. */
  get phase(): Phase {
    return this.#phase
  }

  get assets() {
    return this.listing.assets
  }

  /** Opens an account with dollars. */
  openAccount(key: string, cash: Nano): Account {
    const account = createAccount({ index: this.accounts.length, key, cash, time: this.#time })
    this.accounts.push(account)
    this.books.deposited += cash
    return account
  }

  /** Lets market and calendar run up to `toTime`; earlier times change nothing. */
  advance(toTime: TimeUs): void {
    while (this.#time < toTime) {
      const beat = (Math.floor(this.#time / BEAT_US) + 1) * BEAT_US
      const stop = Math.min(toTime, beat)
      // What happens at the beat itself comes after it: a minute's bar ends before its last instant.
      this.#feed.advance(stop === beat ? stop - 1 : stop, (cursor) => this.#record(cursor))
      this.#time = stop
      if (stop !== beat) continue
      this.#phase = phaseAt(stop)
      this.#session = tradingDay(stop)
      this.#endWaiting()
      keepTime(this, stop, {
        printsAuctions: this.#printsAuctions,
        publish: (trade) => this.#publish(trade),
      })
      this.#awaitAuctions()
    }
  }

  /** The market stands still until a time while everything else goes on. */
  pause(until: TimeUs): void {
    this.#feed.skip(until)
    this.advance(until)
  }

  /** Stops or resumes trading in an asset. */
  halt(asset: number, halted: boolean): void {
    const data = this.data[asset]!
    if (data.halted === halted) return
    data.halted = halted
    this.tell({ kind: 'status', asset, time: this.#time, halted })
    if (!halted) wakeOrders(this, this.data)
  }

  tell(notice: Notice): void {
    if (this.listening || notice.kind === 'tradeUpdate') this.#notices.push(notice)
  }

  /** What subscribers have not been told yet, in order. */
  takeNotices(): readonly Notice[] {
    const notices = this.#notices
    this.#notices = []
    return notices
  }

  /** Everything as plain data; valid until the state changes. */
  snapshot(): VenueSnapshot {
    return {
      time: this.#time,
      feed: this.#feed.state(),
      data: this.data,
      accounts: this.accounts,
      books: this.books,
      counters: this.counters,
      auctions: this.#auctions,
    }
  }

  #record(cursor: MarketCursor): void {
    const { venueTime, instrument, kind } = cursor
    const asset = this.assets[instrument]!
    const data = this.data[instrument]!
    this.#time = venueTime
    if (data.halted) return
    if (kind === RecordKind.snapshot) {
      const { pool, aux, quantity, price } = cursor
      const bids = levelsAt(pool, aux, quantity)
      const asks = levelsAt(pool, aux + 2 * quantity, price)
      const isNews = setBook(data, instrument, { time: venueTime, bids, asks })
      if (isNews) this.tell({ kind: 'quote', quote: data.quote! })
      this.tell({ kind: 'book', asset: instrument, time: venueTime, bids, asks })
      meetBook(this, instrument)
    } else if (kind === RecordKind.trade) {
      if (this.#isThinned(cursor)) return
      this.#publish({
        asset: instrument,
        time: venueTime,
        id: data.lastTradeId + 1,
        price: cursor.price,
        lots: cursor.quantity,
        aggressor: cursor.side === 0 ? 'buy' : 'sell',
        conditions: asset.class === 'crypto' ? [] : this.#isClosingMinute() ? ['@', '6'] : ['@'],
      })
    }
  }

  /** A generated market trades shares less outside the regular session. */
  #isThinned({ aux, instrument }: MarketCursor): boolean {
    if (this.#printsAuctions || this.assets[instrument]!.class === 'crypto') return false
    return aux % EXTENDED_SHARE !== 0 && this.#phase !== 'regular'
  }

  /** True in a replayed minute of the closing auction: its bar is all of it. */
  #isClosingMinute(): boolean {
    const close = this.#session?.closeTime
    if (!this.#printsAuctions || close === undefined) return false
    return this.#time >= close && this.#time < close + AUCTION_WAIT_US
  }

  #publish(print: PublicTrade): void {
    const asset = this.assets[print.asset]!
    const waiting = this.#auctions.get(print.asset)
    const trade = waiting === undefined ? print : asAuction(print, waiting)
    addTrade(this.data[trade.asset]!, asset, trade, {
      session: this.#session,
      tellsLate: !this.#printsAuctions,
    })
    this.tell({ kind: 'trade', trade })
    if (waiting !== undefined) {
      this.#auctions.delete(trade.asset)
      fillInAuction(this, trade.asset, priceOf(asset, trade.price), waiting)
    }
    meetTrade(this, {
      asset: trade.asset,
      price: priceOf(asset, trade.price),
      qty: quantityOf(asset, trade.lots),
      aggressor: trade.aggressor,
    })
  }

  /** In a market that prints its auctions, the first trade after open or close is one. */
  #awaitAuctions(): void {
    if (!this.#printsAuctions) return
    const session = this.#session
    const which =
      session?.openTime === this.#time ? 'opg' : session?.closeTime === this.#time ? 'cls' : null
    if (which === null) return
    for (const { index, class: kind } of this.assets) {
      if (kind === 'us_equity') this.#auctions.set(index, which)
    }
  }

  /** An auction that printed nothing within a minute is at the last price. */
  #endWaiting(): void {
    if (this.#auctions.size === 0 || this.#time % AUCTION_WAIT_US !== 0) return
    const waiting = [...this.#auctions]
    this.#auctions.clear()
    for (const [index, which] of waiting) {
      const last = this.data[index]!.lastTrade
      if (last !== null) fillInAuction(this, index, priceOf(this.assets[index]!, last.price), which)
    }
  }
}

const asAuction = (print: PublicTrade, which: 'opg' | 'cls'): PublicTrade => ({
  ...print,
  conditions: which === 'opg' ? ['@', 'O'] : ['@', '6'],
})

/** Levels of a side out of the pool: (price, lots) pairs. */
function levelsAt(pool: Float64Array, from: number, count: number): number[] {
  const levels = new Array<number>(2 * count)
  for (let i = 0; i < levels.length; i++) levels[i] = pool[from + i]!
  return levels
}
