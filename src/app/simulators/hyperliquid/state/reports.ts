import {
  assert,
  type Event,
  type EventOf,
  type Instrument,
  notional,
  type RejectCode,
  type TimeUs,
} from '../../../../core/mod.ts'
import { tradeId, transactionHash } from '../wire/identity.ts'
import { wireMoney, wirePrice, wireQuantity, wireRate, wireTime } from '../wire/numbers.ts'
import {
  type Account,
  applyExecution,
  applyFunding,
  FILLS_KEPT,
  FUNDINGS_KEPT,
  HISTORY_KEPT,
  remember,
  type WireFill,
  type WireFunding,
} from './account.ts'
import { isMarketOrder, type OrderRecord, type OrderStatus, setStatus } from './order.ts'

/** What the matching engine's reports turned into, for whoever tells the subscribers. */
export interface Folded {
  readonly fills: WireFill[]
  readonly fundings: WireFunding[]
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
  readonly instruments: readonly Instrument[]
  order(engineId: string): OrderRecord | undefined
  /** Next number of the executions' counter. */
  nextExecution(): number
  /** Status an order gets when the engine cancels it without a reason of its own. */
  readonly canceledAs: OrderStatus
}

/** Applies the engine's reports about one account, in order, to the account and its orders. */
export function foldReports(events: readonly Event[], context: FoldContext): Folded {
  const folded: Folded = {
    fills: [],
    fundings: [],
    changed: new Set(),
    uninvited: [],
    taken: [],
  }
  for (const event of events) {
    if (event.kind === 'orderReported') foldOrderReport(event, context, folded)
    else if (event.kind === 'executed') foldExecution(event, context, folded)
    else if (event.kind === 'fundingPaid') foldFunding(event, context, folded)
  }
  return folded
}

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
  const { account } = context
  const order = context.order(execution.clientOrderId ?? '')
  assert(order !== undefined, `execution of an order that is not held: ${execution.venueOrderId}`)
  const instrument = context.instruments[execution.instrument]!
  const { price, quantity, side } = execution
  const change = applyExecution(account, instrument, { side, price, lots: quantity })
  order.leavesLots -= quantity
  order.filledLots += quantity
  order.filledNotional += notional(instrument, price, quantity)
  const counter = context.nextExecution()
  const fill: WireFill = {
    coin: instrument.symbol,
    px: wirePrice(instrument, price),
    sz: wireQuantity(instrument, quantity),
    side: side === 'buy' ? 'B' : 'A',
    time: wireTime(venueTime),
    startPosition: wireQuantity(instrument, change.startLots),
    dir: change.direction,
    closedPnl: wireMoney(change.closedPnl),
    hash: order.twapId === undefined ? transactionHash(order.oid) : NO_HASH,
    oid: order.oid,
    crossed: execution.liquidity === 'taker',
    fee: wireMoney(execution.fee),
    tid: tradeId(counter),
    ...(order.cloid === null ? {} : { cloid: order.cloid }),
    feeToken: instrument.quoteCurrency,
    twapId: order.twapId ?? null,
  }
  remember(account.fills, fill, FILLS_KEPT)
  folded.fills.push(fill)
  if (execution.liquidity === 'taker') folded.taken.push({ event, counter })
  if (order.leavesLots === 0) {
    endOrder(account, order, 'filled', venueTime)
    folded.changed.add(order)
  }
}

function foldFunding(event: EventOf<'fundingPaid'>, context: FoldContext, folded: Folded): void {
  const { account } = context
  const instrument = context.instruments[event.instrument]!
  applyFunding(account, instrument.id, event.amount)
  const funding: WireFunding = {
    time: wireTime(event.venueTime),
    hash: transactionHash(event.venueTime + instrument.id),
    coin: instrument.symbol,
    usdc: wireMoney(event.amount),
    szi: wireQuantity(instrument, account.positions.get(instrument.id)?.lots ?? 0),
    fundingRate: wireRate(event.rateE9),
    nSamples: null,
  }
  remember(account.fundings, funding, FUNDINGS_KEPT)
  folded.fundings.push(funding)
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
