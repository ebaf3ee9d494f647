import { type BookKernel, STREAMS } from '../book/book-kernel.ts'
import { BookShelf } from '../book/book-shelf.ts'
import { type MarketBatch, type MarketCursor, RecordKind } from '../domain/market-record.ts'
import type { CancelOrder, NewOrder, ReplacedOrder } from '../domain/order.ts'
import type { Quantity, TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { checkForm } from './admission.ts'
import { matchBar } from './bars-mode.ts'
import { Clearing } from './clearing.ts'
import type { Command } from './command.ts'
import type { ExchangeOptions } from './options.ts'
import { decideOrder, dropRested, restByTrade } from './order-entry.ts'
import { ParticipationBook } from './participation.ts'
import { nothingToReplace, replaceRefusal } from './replace.ts'
import { bookUpdated, levelUpdated, matchMovedBook, matchTrade } from './resting.ts'
import { TradeWindow } from './trade-window.ts'
import { dropClosed, isMatchable, VENUE_BOOK, VenueMarket } from './venue-market.ts'
import { createVenueOrder, type SideIndex, venueOrderId } from './venue-order.ts'
import { watchPrices } from './watch.ts'

/** Held here: an imported constant is read from memory and checked at every use. */
const KIND = RecordKind

const BOOK = 0
const TRADES = 1
const BARS = 2
const FUNDING = 3
const MARKS = 4

/** A change of a level is just that. */
const QUIET = 0
/** A whole book may wait to be looked at: a change of a level does. */
const LATE = 1
/** Orders or consumed liquidity are concerned by what the market does. */
const BUSY = 2
/** They are, at prices that the kernel knows of alone. */
const WATCHED = 3

/**
 * Matches commands and market records, each at the clearing's present time; knows no schedule of
 * its own beyond the books whose waiting orders are to be decided.
 */
export class MatchingEngine {
  readonly markets: readonly VenueMarket[]
  /** The books without what may wait for one that is LATE. */
  readonly #shelf: BookShelf
  readonly #kernel: BookKernel | null
  readonly clearing: Clearing
  /** Instruments whose waiting orders are decided at a time, when the book is complete. */
  readonly unsettled = new Map<number, TimeUs>()
  /** Newest venue time per instrument and stream; -Infinity when none. */
  readonly streamTimes: Float64Array
  sequence = 0
  duplicateTrades = 0
  historyFrames = 0
  /** Set where shares are traded by the hour. */
  readonly hours: ParticipationBook | null
  readonly #options: ExchangeOptions
  /** What records of books and trades are to an instrument: QUIET, LATE, BUSY or WATCHED. */
  readonly #modes: Uint8Array

  constructor(options: ExchangeOptions) {
    const { instruments } = options
    this.#options = options
    this.clearing = new Clearing(options)
    const kernel = options.bookKernel?.(instruments.length, VENUE_BOOK) ?? null
    this.#kernel = kernel
    this.#shelf = new BookShelf(instruments.length, VENUE_BOOK, kernel)
    const { books } = this.#shelf
    this.markets = instruments.map((instrument, i) => new VenueMarket(instrument, books[i]!))
    const streamTimes = kernel?.streamTimes ?? new Float64Array(STREAMS * instruments.length)
    this.streamTimes = streamTimes.fill(Number.NEGATIVE_INFINITY)
    this.#modes = kernel?.modes ?? new Uint8Array(instruments.length)
    const { hours } = options
    this.hours = hours === undefined ? null : new ParticipationBook(hours, instruments.length)
  }

  /**
   * Applies a record; true when it may have changed more than the book: what is due, and when. Hot:
   * without orders or consumed liquidity on the instrument only the book moves.
   */
  apply(cursor: MarketCursor): boolean {
    const time = cursor.venueTime
    const i = cursor.instrument
    switch (cursor.kind) {
      case KIND.delta:
        if (this.#isHistory(i, BOOK, time)) return false
        if (this.#modes[i] !== QUIET) return this.#onDelta(this.markets[i]!, cursor)
        this.#shelf.applyDelta(i, cursor.side as SideIndex, cursor.price, cursor.quantity)
        return false
      case KIND.snapshot:
        if (this.#isHistory(i, BOOK, time)) return false
        return this.#onSnapshot(this.markets[i]!, cursor)
      case KIND.trade:
        return this.#onTrade(this.markets[i]!, cursor)
      case KIND.bar:
        this.#onBar(this.markets[i]!, cursor)
        return true
      default:
        this.#onRates(this.markets[i]!, cursor)
        return false
    }
  }

  /**
   * Lets the kernel apply records [from, to) with a venue time before `until` as long as they
   * concern nothing but books and last prices; returns the index of the first one left. Hot.
   */
  applyByKernel(batch: MarketBatch, from: number, to: number, until: TimeUs): number {
    const kernel = this.#kernel
    if (kernel === null || this.hours !== null || from === to) return from
    const { f64, i32 } = batch
    // In a feed of whole books, which wait until they are looked at, there are no runs.
    const mode = this.#modes[i32[10 * from + 9]! >>> 16]
    if (mode === LATE || mode === BUSY) return from
    const left = kernel.takeVenue(batch, from, to, until)
    for (let k = 0, at = kernel.tradeAt(0); at >= 0; at = kernel.tradeAt(++k)) {
      const i = i32[10 * at + 9]! >>> 16
      if (this.#isHistory(i, TRADES, f64[5 * at + 1]!)) continue
      const market = this.markets[i]!
      if (this.#isNewId(market, f64[5 * at + 3]!)) market.lastPrice = i32[10 * at + 8]!
    }
    return left
  }

  /** Handles a command that has arrived. */
  handle(command: Command): void {
    if (command.kind === 'cancel') this.#onCancel(command.account, command.cancel)
    else if (command.replaces === undefined) this.#onSubmit(command.account, command.order)
    else this.#onReplace(command.account, command.order, command.replaces)
  }

  /** Decides orders that waited for books complete at `time`; false when there are none. */
  settleBooks(time: TimeUs): boolean {
    for (const [instrument, due] of this.unsettled) {
      if (due !== time) continue
      this.unsettled.delete(instrument)
      const market = this.markets[instrument]!
      this.#decideWaiting(market, this.streamTimes[instrument * STREAMS + BOOK]!)
      this.#finish(market)
      return true
    }
    return false
  }

  /** Shares of a market are counted anew, or are no more (ratio 0): every order of it ends. */
  countAnew(market: VenueMarket, ratio: number): void {
    if (ratio > 0) this.hours?.split(market.instrument.id, ratio)
    const text = ratio > 0 ? 'shares were split' : 'shares were paid out'
    for (const orders of [market.waiting, ...market.resting]) {
      for (const held of orders) {
        if (!held.isClosed) this.clearing.cancel(held, { code: null, text })
      }
    }
    this.#finish(market)
  }

  #onSubmit(account: number, order: NewOrder): void {
    const clearing = this.clearing
    const { clientOrderId, instrument } = order
    const held = createVenueOrder(account, ++this.sequence, order, clearing.now)
    const market = this.markets[instrument]
    if (market === undefined) {
      const text = `no instrument ${instrument}`
      return clearing.reject(held, { code: 'unknownInstrument', text })
    }
    const isRepeated = clearing.account(account).orders.has(clientOrderId)
    const refusal = isRepeated ? repeatedId : checkForm(market.instrument, order)
    if (refusal !== null) return clearing.reject(held, refusal)
    clearing.account(account).orders.set(clientOrderId, held)
    const { arrivalMatch, bars } = this.#options
    if (this.hours !== null) market.waiting.push(held)
    else if (bars === null && arrivalMatch === 'current') {
      decideOrder(this.markets, clearing, held, held.arrivalTime)
    } else {
      market.waiting.push(held)
      const bookTime = this.streamTimes[instrument * STREAMS + BOOK]!
      if (bars === null && bookTime >= held.arrivalTime) {
        this.unsettled.set(instrument, bookTime + 1)
      }
    }
    this.#finish(market)
  }

  /** Ends an order and takes another one in, or refuses both. */
  #onReplace(account: number, asked: NewOrder, replaced: ReplacedOrder): void {
    const clearing = this.clearing
    const old = clearing.account(account).orders.get(replaced.clientOrderId)
    const filled = old === undefined ? 0 : old.order.quantity - old.leaves
    const lots = asked.quantity - (filled - replaced.filledQuantity)
    const order = { ...asked, quantity: lots as Quantity }
    const refusal =
      old === undefined
        ? nothingToReplace
        : replaceRefusal(this.markets, clearing.account(account), old, order)
    if (old === undefined || refusal !== null) {
      const held = createVenueOrder(account, ++this.sequence, asked, clearing.now)
      clearing.reject(held, refusal ?? nothingToReplace)
      return clearing.answer(account, replaced, 'cancelRejected', refusal ?? nothingToReplace)
    }
    clearing.cancel(old, { code: null, text: 'replaced' })
    this.#onSubmit(account, order)
  }

  #onCancel(account: number, cancel: CancelOrder): void {
    const clearing = this.clearing
    const { orders } = clearing.account(account)
    let held = orders.get(cancel.clientOrderId)
    if (held === undefined && cancel.venueOrderId !== null) {
      held = [...orders.values()].find((order) => venueOrderId(order) === cancel.venueOrderId)
    }
    if (held === undefined) {
      const text = 'order is unknown, or already canceled or filled'
      return clearing.answer(account, cancel, 'cancelRejected', { code: 'other', text })
    }
    clearing.cancel(held, { code: null, text: '' })
    this.#finish(this.markets[held.order.instrument]!)
  }

  #onDelta(market: VenueMarket, cursor: MarketCursor): boolean {
    const i = market.instrument.id
    market.book.applyDelta(cursor.side as SideIndex, cursor.price, cursor.quantity)
    if (this.#modes[i] === LATE) this.#modes[i] = QUIET
    if (this.#modes[i] === QUIET) return false
    const { queueModel } = this.#options
    const { clearing } = this
    const { changes } = clearing
    const hadConsumed = !market.consumed.isEmpty
    if (hadConsumed) market.consumed.levelNamed(cursor.side as SideIndex, cursor.price)
    levelUpdated(market, queueModel, cursor)
    matchMovedBook(market, clearing, queueModel)
    const isAwaited = market.waiting.length > 0
    // One venue update may be many deltas: the state is complete when its instant has passed.
    if (isAwaited) this.unsettled.set(market.instrument.id, cursor.venueTime + 1)
    const hasChanged = clearing.changes !== changes
    if (hadConsumed || hasChanged) this.#finish(market)
    else this.noteBusy(market)
    return isAwaited || hasChanged
  }

  #onSnapshot(market: VenueMarket, cursor: MarketCursor): boolean {
    const { venueTime: time, pool, aux, quantity, price } = cursor
    const { id } = market.instrument
    if (this.#modes[id] === QUIET && this.#shelf.replace(id, pool, aux, quantity, price)) {
      return false
    }
    market.lateBook.applySnapshot(pool, aux, quantity, price)
    if (this.#modes[id] === QUIET || this.#modes[id] === LATE) {
      this.#modes[id] = LATE
      return false
    }
    const { queueModel } = this.#options
    const { clearing } = this
    const { changes } = clearing
    const hadConsumed = !market.consumed.isEmpty
    if (hadConsumed) market.consumed.bookReplaced(market.book)
    bookUpdated(market, queueModel)
    matchMovedBook(market, clearing, queueModel)
    const isAwaited = market.waiting.length > 0
    if (isAwaited) this.#decideWaiting(market, time)
    const hasChanged = clearing.changes !== changes
    if (hadConsumed || hasChanged) this.#finish(market)
    else this.noteBusy(market)
    return isAwaited || hasChanged
  }

  #decideWaiting(market: VenueMarket, bookTime: TimeUs): void {
    if (!isMatchable(market)) return
    for (const held of market.waiting) {
      if (held.arrivalTime > bookTime) continue
      decideOrder(this.markets, this.clearing, held, bookTime + 1)
    }
    dropRested(market)
  }

  #onTrade(market: VenueMarket, cursor: MarketCursor): boolean {
    const { price, quantity, venueTime } = cursor
    const i = market.instrument.id
    if (this.#isHistory(i, TRADES, venueTime)) return false
    if (this.hours !== null) return this.#onPrice(market, this.hours, price)
    if (!this.#isNewId(market, cursor.aux)) return false
    market.lastPrice = price
    if (this.#modes[i] === QUIET || this.#modes[i] === LATE) return false
    const { changes } = this.clearing
    const isAwaited = market.waiting.length > 0
    if (isAwaited) restByTrade(this.markets, this.clearing, market, { price, venueTime })
    const bookTime = this.streamTimes[i * STREAMS + BOOK]!
    const aggressor = cursor.side as SideIndex
    const trade = { aggressor, price, quantity, venueTime, bookTime }
    matchTrade(market, this.clearing, this.#options.queueModel, trade)
    const hasChanged = this.clearing.changes !== changes
    if (hasChanged) this.#finish(market)
    return isAwaited || hasChanged
  }

  #isNewId(market: VenueMarket, tradeId: number): boolean {
    market.trades ??= new TradeWindow()
    if (market.trades.add(tradeId)) return true
    this.duplicateTrades++
    return false
  }

  #onPrice(market: VenueMarket, hours: ParticipationBook, price: number): boolean {
    const isAwaited = market.waiting.length > 0
    market.lastPrice = price
    if (!isAwaited) return false
    hours.match(market, this.clearing, price)
    this.#finish(market)
    return true
  }

  #onBar(market: VenueMarket, cursor: MarketCursor): void {
    const { bars } = this.#options
    const closeTime = cursor.venueTime
    if (this.#isHistory(market.instrument.id, BARS, closeTime)) return
    if (this.hours !== null) {
      this.hours.learn(cursor)
      market.lastPrice = cursor.price
      return
    }
    if (bars === null) return
    const [open, high, low, close, , openTime] = cursor.pool.subarray(cursor.aux, cursor.aux + 6)
    const bar = { openTime: openTime!, closeTime, open: open!, high: high!, low: low! }
    matchBar(this.markets, this.clearing, market, bar, bars)
    market.lastPrice = close!
    this.#finish(market)
  }

  #onRates(market: VenueMarket, cursor: MarketCursor): void {
    const { kind, venueTime, price, quantity, aux } = cursor
    const isMark = kind === KIND.mark
    assert(isMark || kind === KIND.funding, `record of unknown kind ${kind}`)
    if (this.#isHistory(market.instrument.id, isMark ? MARKS : FUNDING, venueTime)) return
    if (isMark) {
      market.mark = price > 0 ? price : -1
      market.oracle = quantity > 0 ? quantity : -1
    } else {
      market.rateE9 = aux
      market.rateTime = venueTime
    }
  }

  #isHistory(instrument: number, stream: number, time: TimeUs): boolean {
    const slot = instrument * STREAMS + stream
    if (time < this.streamTimes[slot]!) {
      this.historyFrames++
      return true
    }
    this.streamTimes[slot] = time
    return false
  }

  /** After anything touched a market's orders. */
  #finish(market: VenueMarket): void {
    this.clearing.cancelStaleReducing(market)
    dropClosed(market)
    dropRested(market)
    this.noteBusy(market)
  }

  /** Works out again whether book records and trades of the instrument can concern an order. */
  noteBusy(market: VenueMarket): void {
    const isBusy =
      this.#options.bars === null &&
      this.hours === null &&
      (market.waiting.length > 0 ||
        market.resting[0].length > 0 ||
        market.resting[1].length > 0 ||
        !market.consumed.isEmpty)
    const watches = isBusy ? this.#kernel?.watches : undefined
    const isWatched = watches !== undefined && watchPrices(market, watches)
    this.#modes[market.instrument.id] = isWatched ? WATCHED : isBusy ? BUSY : LATE
  }
}

const repeatedId = { code: 'other', text: 'client order id is in use' } as const
