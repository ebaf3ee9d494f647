import {
  assert,
  type InstrumentId,
  type MarketCursor,
  type Money,
  type NewOrder,
  type Quantity,
  RecordKind,
  type TimeUs,
} from '../../../../core/mod.ts'
import { createListing, type Listing } from '../listing.ts'
import { type Depth, readDepth, type ShownOrder } from '../market/depth.ts'
import {
  addTrade,
  createMarketData,
  type MarketData,
  type MarketDataState,
  noteRates,
  storeMarketData,
} from '../market/market-data.ts'
import type { MarketSource } from '../market/source.ts'
import type { PublicTrade } from '../market/tape.ts'
import { type Account, createAccount } from './account.ts'
import { Announcer } from './announcer.ts'
import { Desk, type DeskSnapshot } from './desk.ts'
import type { MatchingEngine } from './engine-port.ts'
import type { MarginView } from './margin.ts'
import type { NonceBook } from './nonces.ts'
import type { Notice } from './notices.ts'
import {
  createOrder,
  engineOrderId,
  type OrderDraft,
  type OrderRecord,
  type OrderStatus,
  type WireTif,
} from './order.ts'
import { endOrder, type Folded, foldReports } from './reports.ts'

/** The whole state as plain data (maps, typed arrays and bigints included). */
export interface VenueSnapshot {
  readonly time: TimeUs
  readonly lastOid: number
  readonly executions: number
  readonly accounts: readonly Account[]
  readonly nonces: NonceBook
  readonly data: readonly MarketDataState[]
  readonly engine: unknown
  readonly source: unknown
  /** Absent: nothing waits. */
  readonly desk?: DeskSnapshot
}

const FIRST_OID = 100_000_000_000
const takesOnly: ReadonlySet<WireTif> = new Set(['Ioc', 'FrontendMarket', 'LiquidationMarket'])

/**
 * The venue behind the protocol: market, matching, accounts, orders. A deterministic fold: the same
 * start and the same calls (with their times) give the same state and the same notices, however
 * `advance` is cut. It knows no clock, no socket and no signature.
 */
export class VenueState {
  readonly listing: Listing
  readonly data: readonly MarketData[]
  /** By address, in order of their deposits. */
  readonly accounts = new Map<string, Account>()
  readonly nonces: NonceBook = new Map()
  /** What acts by itself: orders that wait for a price or for another order, TWAPs. */
  readonly desk: Desk
  readonly #engine: MatchingEngine
  readonly #source: MarketSource
  /** Orders resting or being placed, by the engine's id. */
  readonly #live = new Map<string, OrderRecord>()
  readonly #moved = new Set<InstrumentId>()
  readonly #announcer: Announcer
  #time: TimeUs
  #lastOid = FIRST_OID
  #executions = 0

  constructor(input: {
    readonly engine: MatchingEngine
    readonly source: MarketSource
    readonly startTime: TimeUs
    /** Restores: engine and source must come from the same snapshot. */
    readonly snapshot?: VenueSnapshot
  }) {
    const { engine, source, snapshot } = input
    this.#engine = engine
    this.#source = source
    this.#time = snapshot?.time ?? input.startTime
    this.listing = createListing(source.instruments)
    this.#announcer = new Announcer(this.listing.instruments)
    this.data = source.instruments.map((instrument) => {
      const stored = snapshot?.data[instrument.id]
      return createMarketData(
        instrument,
        stored === undefined ? { history: source.history(instrument.id) } : { stored },
      )
    })
    this.desk = new Desk(this, snapshot?.desk)
    if (snapshot !== undefined) this.#restore(snapshot)
  }

  /** Everything up to here has happened. */
  get time(): TimeUs {
    return this.#time
  }

  /** Opens an account with a deposit. The address must not have one. */
  deposit(address: string, amount: Money): void {
    assert(!this.accounts.has(address), `${address} has an account`)
    this.accounts.set(address, createAccount(address, this.#engine.addAccount(amount)))
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
      this.#runSchedules()
      this.desk.run()
    }
  }

  /**
   * The market stands still until a time, while everything else goes on: what a long pause of the
   * process amounts to. Recorded markets go on.
   */
  pause(until: TimeUs): void {
    this.#source.skip(until)
    this.advance(until)
  }

  /** Places an order now and matches it. Its record says what became of it. */
  place(account: Account, draft: OrderDraft): OrderRecord {
    return this.submit(account, this.create(account, draft))
  }

  /** Hands a created order to the matching engine now: the second half of placing it. */
  submit(account: Account, order: OrderRecord): OrderRecord {
    const id = engineOrderId(order.oid)
    this.#live.set(id, order)
    const isMarket = order.trigger?.isMarket === true
    const command: NewOrder = {
      clientOrderId: id,
      intentId: id,
      instrument: order.instrument,
      side: order.side,
      price: order.price,
      quantity: order.leavesLots as Quantity,
      timeInForce: isMarket || takesOnly.has(order.tif) ? 'ioc' : 'gtc',
      postOnly: order.tif === 'Alo',
      reduceOnly: order.reduceOnly,
      arrivalPrice: null,
    }
    this.#engine.submit(account.index, command, this.#time)
    this.#engine.advanceTime(this.#time)
    this.#settleAll()
    this.desk.triggers.react()
    this.#tellBook(order.instrument)
    return order
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

  /** The public book: the market's liquidity and all resting orders. */
  depth(instrument: InstrumentId): Depth {
    return readDepth(this.#engine.book(instrument), this.#shownOrders(instrument))
  }

  /** Mark price in quanta; 0 when unknown. */
  mark(instrument: InstrumentId): number {
    return Math.max(0, Math.round(this.#engine.markPrice(instrument)))
  }

  /** What margin calculations need to know of an account. */
  marginView(account: Account): MarginView {
    return {
      listing: this.listing,
      balance: this.#engine.balance(account.index),
      mark: (instrument) => this.mark(instrument),
    }
  }

  /** The account whose agent this address is at venue time, or null. */
  ownerOf(agent: string): Account | null {
    const nowMs = this.#time / 1000
    for (const account of this.accounts.values()) {
      const found = account.agents.find(({ address }) => address === agent)
      if (found !== undefined && found.validUntilMs > nowMs) return account
    }
    return null
  }

  /** Set while somebody listens: only then notices are kept. */
  set listening(isListening: boolean) {
    this.#announcer.isListening = isListening
  }

  /** Hands over what subscribers must be told, in order. */
  takeNotices(): readonly Notice[] {
    return this.#announcer.take()
  }

  /** The whole state as plain data, to be stored before anything else happens. */
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
    } else noteRates(data, cursor)
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
    const folded = foldReports(events, {
      account,
      instruments: this.listing.instruments,
      order: (id) => this.#live.get(id),
      nextExecution: () => ++this.#executions,
      canceledAs,
    })
    for (const order of folded.changed) {
      if (order.status !== 'open') this.#live.delete(engineOrderId(order.oid))
    }
    this.desk.note(account, folded)
    this.#checkPositions(account)
    this.#printTaken(account, folded)
    this.#announcer.tellFolded(account, folded, this.#time)
  }

  /** Our positions and the engine's are folds of the same executions. */
  #checkPositions(account: Account): void {
    for (const { id, symbol } of this.listing.instruments) {
      const lots = account.positions.get(id)?.lots ?? 0
      const engines = this.#engine.position(account.index, id)
      assert(lots === engines, `${account.address} ${symbol}: ${lots} lots here, ${engines} there`)
    }
  }

  #printTaken(account: Account, folded: Folded): void {
    for (const { event, counter } of folded.taken) {
      const { instrument, side, price, quantity } = event.execution
      this.#print(this.data[instrument]!, {
        aggressor: side,
        price,
        lots: quantity,
        time: event.venueTime,
        counter,
        ...(side === 'buy' ? { buyer: account.address } : { seller: account.address }),
      })
    }
  }

  #tellBook(id: InstrumentId): void {
    const instrument = this.listing.instruments[id]!
    this.#announcer.tellBook(instrument, () => this.depth(id), this.#time)
  }

  *#shownOrders(id: InstrumentId): Iterable<ShownOrder> {
    for (const account of this.accounts.values()) {
      for (const order of account.open.values()) if (order.instrument === id) yield order
    }
  }

  #nextScheduled(): TimeUs {
    let next = this.desk.nextTime
    for (const { scheduledCancel } of this.accounts.values()) {
      if (scheduledCancel !== null && scheduledCancel < next) next = scheduledCancel
    }
    return Math.max(next, this.#time)
  }

  #runSchedules(): void {
    for (const account of this.accounts.values()) {
      if (account.scheduledCancel === null || account.scheduledCancel > this.#time) continue
      account.scheduledCancel = null
      const orders = [...account.open.values(), ...this.desk.triggers.waiting(account)]
      for (const order of orders) this.cancel(account, order, 'scheduledCancel')
      const day = Math.floor(this.#time / 86_400_000_000)
      account.scheduledFired = account.scheduledDay === day ? account.scheduledFired + 1 : 1
      account.scheduledDay = day
    }
  }
}
