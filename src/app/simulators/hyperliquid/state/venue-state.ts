import {
  type InstrumentId,
  type MarketCursor,
  type Money,
  RecordKind,
  type TimeUs,
} from '../../../../core/mod.ts'
import { createListing, type Listing } from '../listing.ts'
import type { ListingTerms } from '../listing-terms.ts'
import { type Depth, type DepthSource, readDepth } from '../market/depth.ts'
import {
  addTrade,
  createMarketData,
  type MarketData,
  storeMarketData,
} from '../market/market-data.ts'
import type { MarketSource } from '../market/source.ts'
import type { PublicTrade } from '../market/tape.ts'
import { type Account, createAccount, findOwner, ordersOn } from './account.ts'
import { isStillCarried } from './admission.ts'
import { Announcer } from './announcer.ts'
import { Clearinghouse } from './clearinghouse.ts'
import { Desk } from './desk.ts'
import { assertPositions, type MatchingEngine } from './engine-port.ts'
import { type AccountValue, type MarginView, valueAccount } from './margin.ts'
import type { NonceBook } from './nonces.ts'
import type { Notice } from './notices.ts'
import {
  createOrder,
  engineOrder,
  engineOrderId,
  type OrderDraft,
  type OrderRecord,
  type OrderStatus,
  type WireLiquidation,
} from './order.ts'
import { Prices } from './prices.ts'
import { endOrder, type FoldContext, foldReports, foldSeizure, takenTrades } from './reports.ts'
import { nextScheduledCancel, runScheduledCancels } from './schedules.ts'
import { deposit } from './transfers.ts'
import type { VenueFloor } from './venue-floor.ts'
import type { VenueSnapshot } from './venue-snapshot.ts'

const FIRST_OID = 100_000_000_000

/**
 * The venue behind the protocol: market, matching, accounts, orders. A deterministic fold: the same
 * start and the same calls (with their times) give the same state and the same notices, however
 * `advance` is cut. It knows no clock, no socket and no signature.
 */
export class VenueState implements VenueFloor {
  readonly listing: Listing
  readonly data: readonly MarketData[]
  /** By address, in order of their deposits. */
  readonly accounts = new Map<string, Account>()
  readonly nonces: NonceBook = new Map()
  /** What acts by itself: orders that wait for a price or for another order, TWAPs. */
  readonly desk: Desk
  /** The accounts' money, and what moves it by itself: funding, liquidations. */
  readonly clearinghouse: Clearinghouse
  readonly #engine: MatchingEngine
  readonly #source: MarketSource
  /** Orders resting or being placed, by the engine's id. */
  readonly #live = new Map<string, OrderRecord>()
  readonly #moved = new Set<InstrumentId>()
  readonly #announcer: Announcer
  readonly #prices: Prices
  /** Prices have been pushed at the present instant. */
  #isMarked = false
  /** The liquidation under way, for both sides' fills. */
  #liquidation: WireLiquidation | null = null
  /** External lots that the order under way took, by price. */
  #taken: Map<number, number> | null = null
  #time: TimeUs
  #lastOid = FIRST_OID
  #executions = 0

  constructor(input: {
    readonly engine: MatchingEngine
    readonly source: MarketSource
    readonly startTime: TimeUs
    /** Default: what is known of the coins. */
    readonly terms?: ListingTerms
    /** Restores: engine and source must come from the same snapshot. */
    readonly snapshot?: VenueSnapshot
  }) {
    const { engine, source, snapshot } = input
    this.#engine = engine
    this.#source = source
    this.#time = snapshot?.time ?? input.startTime
    this.listing = createListing(source.instruments, input.terms)
    this.#announcer = new Announcer(this.listing.instruments)
    this.data = this.listing.instruments.map((instrument) => {
      const stored = snapshot?.data[instrument.id]
      return createMarketData(
        instrument,
        stored === undefined ? { history: source.history(instrument.id) } : { stored },
      )
    })
    const { listing, data } = this
    this.#prices = new Prices({ listing, data, engine, stored: snapshot?.consumption })
    this.desk = new Desk(this, snapshot?.desk)
    this.clearinghouse = new Clearinghouse(this, snapshot?.clearinghouse)
    if (snapshot !== undefined) this.#restore(snapshot)
  }

  /** Everything up to here has happened. */
  get time(): TimeUs {
    return this.#time
  }

  /** Credits an address from outside: to a dex by name ("" is the native one) or "spot". */
  deposit(address: string, amount: Money, place = ''): void {
    deposit(this, this.accountOrNew(address), { amount, place })
  }

  /** The account of an address (lower case), opened empty if there is none. */
  accountOrNew(address: string): Account {
    const found = this.accounts.get(address)
    if (found !== undefined) return found
    const account = createAccount(address, this.#engine.addAccount())
    this.accounts.set(address, account)
    return account
  }

  /** Lets market and schedules run up to `toTime`; earlier times change nothing. */
  advance(toTime: TimeUs): void {
    while (this.#time < toTime) {
      const stop = Math.min(toTime, this.#nextScheduled())
      let instant = this.#time
      this.#source.advance(stop, (cursor) => {
        if (cursor.venueTime > instant) {
          this.#endInstant(instant)
          instant = cursor.venueTime
        }
        this.#record(cursor)
      })
      this.#endInstant(instant)
      this.#time = stop
      this.#engine.advanceTime(stop)
      this.#settleAll()
      runScheduledCancels(this)
      this.clearinghouse.run()
      this.desk.run()
    }
  }

  /**
   * The market stands still until a time, while everything else goes on: what a long pause of the
   * process amounts to. Recorded markets go on.
   */
  pause(until: TimeUs): void {
    this.#source.skip(until)
    this.clearinghouse.standStill(until)
    this.advance(until)
  }

  /** Places an order now and matches it. Its record says what became of it. */
  place(account: Account, draft: OrderDraft): OrderRecord {
    return this.submit(account, this.create(account, draft))
  }

  /** Hands a created order to the matching engine now: the second half of placing it. */
  submit(account: Account, order: OrderRecord): OrderRecord {
    if (!isStillCarried(this, account, order)) return order
    this.#live.set(engineOrderId(order.oid), order)
    this.#taken = new Map()
    this.#liquidation = order.liquidation ?? null
    this.#engine.submit(account.index, engineOrder(order), this.#time)
    this.#engine.advanceTime(this.#time)
    this.#settleAll()
    this.#prices.taken(order.instrument, order.side, this.#taken)
    this.#taken = null
    this.#liquidation = null
    this.desk.triggers.react()
    this.#tellBook(order.instrument)
    return order
  }

  /** The liquidator takes a whole position over at the mark, outside the book. */
  closeOutside(account: Account, id: InstrumentId, liquidation: WireLiquidation): void {
    this.#engine.seizePosition(account.index, id)
    const context = { ...this.#foldContext(account, 'canceled'), liquidation }
    const create = (draft: OrderDraft) => this.create(account, draft)
    const folded = foldSeizure(context, { id, price: this.mark(id), create })
    this.desk.note(account, folded)
    this.#announcer.tellFolded(account, folded, this.#time)
    this.desk.triggers.react()
  }

  /** Records an order that was refused before it reached the book. */
  refuse(account: Account, draft: OrderDraft, status: OrderStatus): OrderRecord {
    const order = this.create(account, draft)
    this.end(account, order, status)
    return order
  }

  /** Ends an order that the matching engine does not hold, and tells. */
  end(account: Account, order: OrderRecord, status: OrderStatus): void {
    endOrder(account, order, status, this.#time)
    this.#announcer.tellOrders(account, [order], this.#time)
  }

  /** Tells subscribers something as it is. */
  tell(notice: Notice): void {
    this.#announcer.tell(notice)
  }

  /** Tells the present states of orders. */
  tellOrders(account: Account, orders: readonly OrderRecord[]): void {
    this.#announcer.tellOrders(account, orders, this.#time)
  }

  /** Cancels a resting order now; true when it was still there. */
  cancel(account: Account, order: OrderRecord, as: OrderStatus = 'canceled'): boolean {
    if (this.desk.triggers.drop(account, order, as)) return true
    if (!account.open.has(order.oid)) return false
    const clientOrderId = engineOrderId(order.oid)
    const { instrument } = order
    this.#engine.cancel(
      account.index,
      { clientOrderId, instrument, venueOrderId: null },
      this.#time,
    )
    this.#engine.advanceTime(this.#time)
    this.#settle(account, as)
    this.desk.triggers.react()
    this.#tellBook(instrument)
    return !account.open.has(order.oid)
  }

  /** The market's own liquidity, without what the users took of it. */
  book(instrument: InstrumentId): DepthSource {
    return this.#prices.book(instrument)
  }

  /** The public book: the market's liquidity and all resting orders. */
  depth(instrument: InstrumentId): Depth {
    return readDepth(this.book(instrument), ordersOn(this.accounts.values(), instrument))
  }

  /** Mark price in quanta; 0 when unknown. */
  mark(instrument: InstrumentId): number {
    return this.#prices.mark(instrument, this.#time)
  }

  /** Oracle price in quanta, the mark while there is none; 0 when unknown. */
  oracle(instrument: InstrumentId): number {
    return this.#prices.oracle(instrument, this.#time)
  }

  /** What margin calculations need to know of an account on a dex, the native one by default. */
  marginView(account: Account, dex = 0): MarginView {
    const balance = account.cash.get(dex) ?? 0n
    return { listing: this.listing, dex, balance, mark: (instrument) => this.mark(instrument) }
  }

  /** An account's clearinghouse on a dex at the present marks. */
  valueOf(account: Account, dex: number): AccountValue {
    return valueAccount(account, this.marginView(account, dex))
  }

  /** The account whose agent this address is at venue time, or null. */
  ownerOf(agent: string): Account | null {
    return findOwner(this.accounts.values(), agent, this.#time)
  }

  /** Set while somebody listens: only then notices are kept. */
  set listening(isListening: boolean) {
    this.#announcer.isListening = isListening
  }

  /** Hands over what subscribers must be told, in order. */
  takeNotices(): readonly Notice[] {
    return this.#announcer.take()
  }

  /** The whole state as plain data, to be stored at once. */
  snapshot(): VenueSnapshot {
    return {
      time: this.#time,
      lastOid: this.#lastOid,
      executions: this.#executions,
      accounts: [...this.accounts.values()],
      nonces: this.nonces,
      data: this.data.map(storeMarketData),
      engine: this.#engine.snapshot(),
      source: this.#source.state(),
      desk: this.desk.snapshot(),
      clearinghouse: this.clearinghouse.snapshot(),
      consumption: this.#prices.snapshot(),
    }
  }

  #restore(snapshot: VenueSnapshot): void {
    this.#lastOid = snapshot.lastOid
    this.#executions = snapshot.executions
    for (const account of snapshot.accounts) {
      this.accounts.set(account.address, account)
      for (const order of account.open.values()) this.#live.set(engineOrderId(order.oid), order)
    }
    for (const [signer, used] of snapshot.nonces) this.nonces.set(signer, used)
  }

  /** Creates an order's record now, with the next venue order id; nothing else happens to it. */
  create(account: Account, draft: OrderDraft): OrderRecord {
    const order = createOrder(draft, {
      oid: ++this.#lastOid,
      user: account.address,
      time: this.#time,
    })
    if (order.cloid !== null) account.byCloid.set(order.cloid, order)
    return order
  }

  #record(cursor: MarketCursor): void {
    this.#engine.advanceMarket(cursor)
    const data = this.data[cursor.instrument]!
    if (cursor.kind === RecordKind.trade) {
      this.#print(data, {
        aggressor: cursor.side === 0 ? 'buy' : 'sell',
        price: cursor.price,
        lots: cursor.quantity,
        time: cursor.venueTime,
        counter: ++this.#executions,
      })
    } else if (cursor.kind === RecordKind.snapshot || cursor.kind === RecordKind.delta) {
      this.#moved.add(cursor.instrument)
      this.#prices.published(cursor)
    } else if (cursor.kind === RecordKind.mark) {
      this.#isMarked = true
      this.#prices.pushed(cursor)
    } else if (this.#source.settlesFunding) {
      data.recordedRate = { rateE9: cursor.aux, time: cursor.venueTime }
    }
  }

  #print(data: MarketData, trade: PublicTrade): void {
    addTrade(data, trade)
    this.#announcer.trade(data.instrument, trade)
  }

  /** Everything of one instant has been seen: settles it and tells it. */
  #endInstant(time: TimeUs): void {
    this.#time = Math.max(this.#time, time)
    this.#settleAll()
    this.desk.triggers.reach()
    if (this.#isMarked) this.clearinghouse.liquidator.run()
    this.#isMarked = false
    for (const instrument of this.#moved) this.#tellBook(instrument)
    this.#moved.clear()
    this.#announcer.tellTrades(this.#time)
  }

  #settleAll(): void {
    for (const account of this.accounts.values()) this.#settle(account)
    this.#announcer.tellTrades(this.#time)
  }

  #settle(account: Account, canceledAs: OrderStatus = 'canceled'): void {
    const events = this.#engine.takeReports(this.#time, account.index)
    if (events.length === 0) return
    const folded = foldReports(events, this.#foldContext(account, canceledAs))
    for (const order of folded.changed) {
      if (order.status !== 'open') this.#live.delete(engineOrderId(order.oid))
    }
    this.desk.note(account, folded)
    assertPositions(account, this.listing, this.#engine)
    for (const [id, trade] of takenTrades(account, folded)) this.#print(this.data[id]!, trade)
    this.#announcer.tellFolded(account, folded, this.#time)
  }

  #foldContext(account: Account, canceledAs: OrderStatus): FoldContext {
    return {
      account,
      listing: this.listing,
      books: this.clearinghouse.books,
      order: (id) => this.#live.get(id),
      nextExecution: () => ++this.#executions,
      canceledAs,
      liquidation: this.#liquidation,
      time: this.#time,
      taken: this.#taken,
    }
  }

  #tellBook(id: InstrumentId): void {
    const instrument = this.listing.instruments[id]!
    this.#announcer.tellBook(instrument, () => this.depth(id), this.#time)
  }

  #nextScheduled(): TimeUs {
    const canceled = nextScheduledCancel(this.accounts.values())
    return Math.max(Math.min(canceled, this.desk.nextTime, this.clearinghouse.nextTime), this.#time)
  }
}
