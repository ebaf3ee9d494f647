import {
  assert,
  type Event,
  type EventOf,
  type InstrumentId,
  notional,
  type Price,
  type Quantity,
  type RejectCode,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { Listing } from '../listing.ts'
import type { PublicTrade } from '../market/tape.ts'
import { tradeId, transactionHash } from '../wire/identity.ts'
import { wireMoney, wirePrice, wireQuantity, wireTime } from '../wire/numbers.ts'
import { type Account, FILLS_KEPT, HISTORY_KEPT, remember, type WireFill } from './account.ts'
import { type BookedFill, type Books, bookFill } from './booking.ts'
import {
  isMarketOrder,
  type OrderDraft,
  type OrderRecord,
  type OrderStatus,
  setStatus,
  type WireLiquidation,
} from './order.ts'

/** What the matching engine's reports turned into, for whoever tells the subscribers. */
export interface Folded {
  readonly fills: WireFill[]
  /** Orders whose state changed, in order; an order may appear once. */
  readonly changed: Set<OrderRecord>
  /** Orders that ended without the user asking. */
  readonly uninvited: OrderRecord[]
  /** Executions in which the account was the taker: public trades, with their counters. */
  readonly taken: { readonly event: EventOf<'executed'>; readonly counter: number }[]
}

/** Hash of fills that no transaction of the user's caused. */
const NO_HASH = `0x${'0'.repeat(64)}`

/** What folding needs to look up. */
export interface FoldContext {
  readonly account: Account
  readonly listing: Listing
  readonly books: Books
  order(engineId: string): OrderRecord | undefined
  /** Next number of the executions' counter. */
  nextExecution(): number
  /** Status an order gets when the engine cancels it without a reason of its own. */
  readonly canceledAs: OrderStatus
  /** The liquidation that all executions are part of, or null. */
  readonly liquidation: WireLiquidation | null
  /** Present venue time. */
  readonly time: TimeUs
  /** Collects what is taken off the book outside, lots by price; null: not wanted. */
  readonly taken: Map<number, number> | null
}

/** Applies the engine's reports about one account, in order, to the account and its orders. */
export function foldReports(events: readonly Event[], context: FoldContext): Folded {
  const folded = nothingFolded()
  for (const event of events) {
    if (event.kind === 'orderReported') foldOrderReport(event, context, folded)
    else if (event.kind === 'executed') foldExecution(event, context, folded)
  }
  return folded
}

const nothingFolded = (): Folded => ({ fills: [], changed: new Set(), uninvited: [], taken: [] })

function foldOrderReport(
  event: EventOf<'orderReported'>,
  context: FoldContext,
  folded: Folded,
): void {
  const { report, venueTime } = event
  const order = context.order(report.clientOrderId)
  if (order === undefined) return
  const { account } = context
  switch (report.evidence) {
    case 'accepted':
      account.open.set(order.oid, order)
      setStatus(order, 'open', venueTime)
      folded.changed.add(order)
      return
    case 'rejected':
      endOrder(account, order, rejectedAs(report.code, order), venueTime)
      folded.changed.add(order)
      return
    case 'canceled':
    case 'expired':
      endOrder(account, order, canceledAs(report.code, context), venueTime)
      folded.changed.add(order)
      if (report.code !== null && report.code !== 'iocNoMatch') folded.uninvited.push(order)
      return
    default:
      return
  }
}

/** Ends an order's life and moves it to the history. */
export function endOrder(
  account: Account,
  order: OrderRecord,
  status: OrderStatus,
  time: TimeUs,
): void {
  account.open.delete(order.oid)
  setStatus(order, status, time)
  const forgotten = account.closed.length >= HISTORY_KEPT ? account.closed[0] : undefined
  remember(account.closed, order, HISTORY_KEPT)
  if (forgotten?.cloid != null && account.byCloid.get(forgotten.cloid) === forgotten) {
    account.byCloid.delete(forgotten.cloid)
  }
}

function foldExecution(event: EventOf<'executed'>, context: FoldContext, folded: Folded): void {
  const { execution, venueTime } = event
  const order = context.order(execution.clientOrderId ?? '')
  assert(order !== undefined, `execution of an order that is not held: ${execution.venueOrderId}`)
  const { price, quantity: lots, liquidity } = execution
  const isTaker = liquidity === 'taker'
  const { taken } = context
  // What other users' orders gave was not taken off the market outside.
  taken?.set(price, (taken.get(price) ?? 0) + (isTaker ? lots : -lots))
  const booked = bookFill(context, context.account, context.listing.perps[order.instrument]!, {
    side: order.side,
    price,
    lots,
    isTaker,
    time: venueTime,
    builderTenthsBp: order.builder?.feeTenthsBp ?? 0,
    isFree: false,
  })
  const counter = context.nextExecution()
  const done = { price, lots, isTaker, counter, time: venueTime }
  noteFill(context, order, { ...booked, ...done, direction: booked.change.direction }, folded)
  if (isTaker) folded.taken.push({ event, counter })
}

/** The public trades in which the account took, with its name on them. */
export function takenTrades(
  { address }: Account,
  { taken }: Folded,
): readonly (readonly [InstrumentId, PublicTrade])[] {
  return taken.map(({ event, counter }) => {
    const { instrument, side, price, quantity: lots } = event.execution
    const party = side === 'buy' ? { buyer: address } : { seller: address }
    return [instrument, { aggressor: side, price, lots, time: event.venueTime, counter, ...party }]
  })
}

interface NotedFill extends BookedFill {
  readonly price: Price
  readonly lots: number
  readonly isTaker: boolean
  readonly time: TimeUs
  readonly counter: number
  /** The venue's words for what it did. */
  readonly direction: string
}

function noteFill(
  { account, listing, liquidation }: FoldContext,
  order: OrderRecord,
  done: NotedFill,
  folded: Folded,
): void {
  const { instrument, dex } = listing.perps[order.instrument]!
  const { change, fee, price, lots, time } = done
  order.leavesLots -= lots
  order.filledLots += lots
  order.filledNotional += notional(instrument, price, lots)
  const fill: WireFill = {
    coin: instrument.symbol,
    px: wirePrice(instrument, price),
    sz: wireQuantity(instrument, lots),
    side: order.side === 'buy' ? 'B' : 'A',
    time: wireTime(time),
    startPosition: wireQuantity(instrument, change.startLots),
    dir: done.direction,
    closedPnl: wireMoney(change.closedPnl),
    hash: order.twapId === undefined ? transactionHash(order.oid) : NO_HASH,
    oid: order.oid,
    crossed: done.isTaker,
    fee: wireMoney(fee.total),
    ...(order.builder === undefined ? {} : { builderFee: wireMoney(fee.builder) }),
    ...(dex === 0 ? {} : { deployerFee: wireMoney(fee.deployer) }),
    tid: tradeId(done.counter),
    ...(order.cloid === null ? {} : { cloid: order.cloid }),
    ...(liquidation === null ? {} : { liquidation }),
    feeToken: instrument.quoteCurrency,
    twapId: order.twapId ?? null,
  }
  remember(account.fills, fill, FILLS_KEPT)
  folded.fills.push(fill)
  if (order.leavesLots === 0) {
    endOrder(account, order, 'filled', time)
    folded.changed.add(order)
  }
}

/** Books the end of a whole position at a price, without a trade and without a fee. */
export function foldSeizure(
  context: FoldContext,
  seized: {
    readonly id: InstrumentId
    /** Quanta. */
    readonly price: number
    readonly create: (draft: OrderDraft) => OrderRecord
  },
): Folded {
  const { id, price, create } = seized
  const { account, time } = context
  const perp = context.listing.perps[id]!
  const { lots: held, margin } = account.positions.get(id)!
  const lots = Math.abs(held)
  const order = create({
    instrument: perp.instrument,
    side: held > 0 ? 'sell' : 'buy',
    price: price as Price,
    lots: lots as Quantity,
    tif: 'LiquidationMarket',
    reduceOnly: true,
    cloid: null,
  })
  const { side } = order
  const fill = { side, price, lots, isTaker: true, time, builderTenthsBp: 0, isFree: true }
  const booked = bookFill(context, account, perp, fill)
  const type = margin === null ? 'Cross' : 'Isolated'
  const direction = `Liquidated ${type} ${held > 0 ? 'Long' : 'Short'}`
  const counter = context.nextExecution()
  const folded = nothingFolded()
  const done = { ...booked, price: order.price, lots, isTaker: true, time, counter, direction }
  noteFill(context, order, done, folded)
  return folded
}

/** The venue's lifecycle state of an order the engine refused. */
export function rejectedAs(code: RejectCode | null, order: OrderRecord): OrderStatus {
  switch (code) {
    case 'postOnlyWouldCross':
      return 'badAloPxRejected'
    case 'iocNoMatch':
      return isMarketOrder(order) ? 'marketOrderNoLiquidityRejected' : 'iocCancelRejected'
    case 'tick':
      return 'tickRejected'
    case 'minimumNotional':
      return 'minTradeNtlRejected'
    case 'reduceOnlyWouldIncrease':
      return 'reduceOnlyRejected'
    case 'insufficientMargin':
      return 'perpMarginRejected'
    default:
      return 'rejected'
  }
}

function canceledAs(code: RejectCode | null, context: FoldContext): OrderStatus {
  if (code === 'selfTrade') return 'selfTradeCanceled'
  if (code === 'reduceOnlyWouldIncrease') return 'reduceOnlyCanceled'
  if (code === 'insufficientMargin') return 'marginCanceled'
  return context.canceledAs
}
