import {
  type Approved,
  type CancelOrder,
  type ClientOrderId,
  formatTrimmed,
  isReducing,
  type NewOrder,
  type OrderReport,
  type RejectCode,
  type ReplacedOrder,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { operational } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { type Context, type KnownOrder, learnOrder } from './context.ts'
import { isKnownId, readOrder, readRefusal } from './evidence.ts'
import { missingOfLot } from './fills.ts'
import { messageOf, type Reply } from './http.ts'
import { locateFor } from './locates.ts'
import { NANO_DECIMALS } from './numbers.ts'
import type { Operation } from './requests.ts'
import { wireOrder } from './wire.ts'

const ORDER_QUEUE_MS = 2_000
/** Cancels wait for room as long as they must: they are never refused for its lack before this. */
const CANCEL_QUEUE_MS = 60_000
/** The stream tells how an order ended; one that is not told of after this long is asked about. */
const TOLD_WITHIN_MS = 2_000

/** Orders in shares end with the day. */
const shareTimes = { gtc: 'day', ioc: 'ioc' } as const

interface PendingOrder {
  readonly order: NewOrder
  /** The order whose place it is to take. */
  readonly replaced: ReplacedOrder | null
  isSent: boolean
  isWithdrawn: boolean
}

/**
 * Sends commands, one request each. An order that may rest is reported accepted by its reply; how
 * one ends, also by a cancel, is told by the account's stream, and looked up when it is silent.
 */
export class Commands {
  readonly #context: Context
  readonly #lookUp: (id: ClientOrderId) => void
  readonly #pending = new Map<ClientOrderId, PendingOrder>()
  readonly #cancels = new Set<ClientOrderId>()
  readonly #awaited = new Map<ClientOrderId, TimerHandle>()

  /** `lookUp` asks the venue about an order. */
  constructor(context: Context, lookUp: (id: ClientOrderId) => void) {
    this.#context = context
    this.#lookUp = lookUp
  }

  submit(order: Approved<NewOrder>, replaced: Approved<ReplacedOrder> | null = null): void {
    const id = order.clientOrderId
    const problem = this.#unsendable(order)
    if (problem !== null) {
      const [code, why] = problem
      const text = `not sent: ${why}`
      return this.#refused({ order, replaced }, { evidence: 'rejected', code, text })
    }
    const pending: PendingOrder = { order, replaced, isSent: false, isWithdrawn: false }
    this.#pending.set(id, pending)
    void this.#send(pending).then(
      (reply) => {
        if (this.#isMine(pending)) this.#conclude(pending, reply)
      },
      (error: unknown) => {
        const failure = operational(error)
        if (this.#isMine(pending)) this.#refused(pending, failed(failure, 'rejected'))
      },
    )
  }

  cancel(cancel: Approved<CancelOrder>): void {
    const id = cancel.clientOrderId
    const waiting = this.#pending.get(id)
    if (waiting?.isSent === false) {
      waiting.isWithdrawn = true
      this.#pending.delete(id)
      const text = 'withdrawn before it was sent'
      return this.#withdrawn(waiting, text)
    }
    if (this.#cancels.has(id)) return
    this.#cancels.add(id)
    void this.#sendCancel(cancel).then(
      (reply) => {
        if (this.#cancels.delete(id)) this.#concludeCancel(id, reply)
      },
      (error: unknown) => {
        const failure = operational(error)
        if (this.#cancels.delete(id)) this.#report(id, failed(failure, 'cancelRejected'))
      },
    )
  }

  /** True while the order's command has no outcome yet. */
  isPending(id: ClientOrderId): boolean {
    return this.#pending.has(id)
  }

  /** Somebody told how the order ended. */
  settled(id: ClientOrderId): void {
    const timer = this.#awaited.get(id)
    if (timer === undefined) return
    this.#context.environment.clearTimer(timer)
    this.#awaited.delete(id)
  }

  /** Reports what is unanswered as unknown and what never left as canceled. */
  stop(): void {
    for (const timer of this.#awaited.values()) this.#context.environment.clearTimer(timer)
    this.#awaited.clear()
    for (const pending of this.#pending.values()) {
      pending.isWithdrawn = true
      if (pending.isSent) this.#refused(pending, { text: 'stopped before the reply came' })
      else this.#withdrawn(pending, 'stopped before it was sent')
    }
    for (const id of this.#cancels) this.#report(id, { text: 'stopped before the reply came' })
    this.#pending.clear()
    this.#cancels.clear()
  }

  /** What the venue is sure to refuse, or cannot say. */
  #unsendable(order: NewOrder): readonly [RejectCode, string] | null {
    if (order.postOnly) return ['other', 'Alpaca has no post-only orders']
    if (order.quantity <= 0) return ['lot', 'it is of nothing']
    const problem = order.reduceOnly ? this.#increases(order) : null
    return problem === null ? null : ['reduceOnlyWouldIncrease', problem]
  }

  /** The venue holds sells of coins to what is held; for shares it is done here. */
  #increases({ instrument: id, side, quantity }: NewOrder): string | null {
    const { universe, heldOf } = this.#context
    const { instrument, lot } = universe.assets[id]!
    if (instrument.kind === 'spot') {
      return side === 'buy' ? 'a buy of coins reduces nothing' : null
    }
    const reducible = side === 'sell' ? heldOf(id) : -heldOf(id)
    return BigInt(quantity) * lot <= reducible ? null : 'it would do more than reduce'
  }

  async #send(pending: PendingOrder): Promise<Reply> {
    const { order, replaced } = pending
    const operation =
      replaced === null ? this.#placing(order) : await this.#replacing(order, replaced)
    if (!('call' in operation)) return operation
    if (replaced === null) await this.#locate(order)
    return this.#context.send({
      what: 'order',
      requestClass: isReducing(order) ? 'cancel' : 'order',
      waitMs: this.#context.options.orderQueueMs ?? ORDER_QUEUE_MS,
      leaving() {
        if (pending.isWithdrawn) throw new AdapterError('VENUE_STOPPED', 'withdrawn', 'retry')
        pending.isSent = true
      },
      operation: operation.call,
    })
  }

  /** What is hard to borrow is located before it is sold short. */
  async #locate(order: NewOrder): Promise<void> {
    const asset = this.#context.universe.assets[order.instrument]!
    const isShort = order.side === 'sell' && !order.reduceOnly
    if (isShort && asset.instrument.borrow === 'hard') {
      await locateFor(this.#context, asset, order.quantity)
    }
  }

  #placing(order: NewOrder): { readonly call: Operation } {
    const { instrument } = this.#context.universe.assets[order.instrument]!
    const postOrderRequest = {
      symbol: instrument.symbol,
      qty: formatTrimmed(order.quantity, instrument.quantityDecimals),
      side: order.side,
      type: 'limit',
      timeInForce: instrument.kind === 'equity' ? shareTimes[order.timeInForce] : order.timeInForce,
      limitPrice: formatTrimmed(order.price, instrument.priceDecimals),
      clientOrderId: order.clientOrderId,
    } as const
    return { call: ({ orders }) => orders.postOrderRaw({ postOrderRequest }) }
  }

  /** The venue counts what has filled of the old order into what it is asked for. */
  async #replacing(
    order: NewOrder,
    replaced: ReplacedOrder,
  ): Promise<{ readonly call: Operation } | Reply> {
    const asset = this.#context.universe.assets[order.instrument]!
    const known = await this.#knownOf(replaced, 'order')
    if ('status' in known) return known
    const whole = BigInt(order.quantity + replaced.filledQuantity) * asset.lot
    const patchOrderRequest = {
      qty: formatTrimmed(whole - missingOfLot(known, asset), NANO_DECIMALS),
      limitPrice: formatTrimmed(order.price, asset.instrument.priceDecimals),
      clientOrderId: order.clientOrderId,
    }
    const orderId = known.venueOrderId
    return { call: ({ orders }) => orders.patchOrderByOrderIdRaw({ orderId, patchOrderRequest }) }
  }

  #isMine(pending: PendingOrder): boolean {
    const id = pending.order.clientOrderId
    return this.#pending.get(id) === pending && this.#pending.delete(id)
  }

  #conclude(pending: PendingOrder, { status, body }: Reply): void {
    const { order, replaced } = pending
    const id = order.clientOrderId
    if (status >= 300) {
      const text = messageOf(body)
      // The venue holds one with this id already: which one is for a query to tell.
      if (isKnownId(text)) return this.#refused(pending, { text })
      return this.#refused(pending, { evidence: 'rejected', code: readRefusal(text), text })
    }
    const reply = wireOrder.safeParse(body)
    if (!reply.success || reply.data.client_order_id !== id) {
      const text = 'the reply to the order does not have its shape'
      return this.#refused(pending, { text })
    }
    learnOrder(this.#context, reply.data)
    // That the other one is gone is told by the stream.
    if (replaced !== null) this.#await(replaced.clientOrderId)
    // An order that cannot rest is told of when it ended: until then nothing is known of it.
    if (order.timeInForce === 'ioc') return this.#await(id)
    this.#report(id, readOrder(reply.data))
  }

  /** What became of an order that was not placed, and of the one whose place it was to take. */
  #refused(
    { order, replaced }: Pick<PendingOrder, 'order' | 'replaced'>,
    reading: Partial<OrderReport>,
  ): void {
    this.#report(order.clientOrderId, reading)
    if (replaced === null) return
    const isRefused = reading.evidence === 'rejected'
    this.#report(
      replaced.clientOrderId,
      isRefused ? { ...reading, evidence: 'cancelRejected' } : reading,
    )
  }

  #withdrawn(pending: PendingOrder, text: string): void {
    if (pending.replaced === null) {
      return this.#report(pending.order.clientOrderId, { evidence: 'canceled', text })
    }
    this.#refused(pending, { evidence: 'rejected', code: 'other', text })
  }

  async #sendCancel(cancel: CancelOrder): Promise<Reply> {
    const { send, venueIds } = this.#context
    let orderId = cancel.venueOrderId ?? venueIds.get(cancel.clientOrderId)
    if (orderId === undefined) {
      const known = await this.#knownOf(cancel, 'cancel')
      if ('status' in known) return known
      orderId = known.venueOrderId
    }
    const wanted = orderId
    return send({
      what: 'cancel',
      requestClass: 'cancel',
      waitMs: CANCEL_QUEUE_MS,
      operation: ({ orders }) => orders.deleteOrderByOrderIDRaw({ orderId: wanted }),
    })
  }

  /** What is known of an order; the venue is asked when nothing is, whose refusal is the answer. */
  async #knownOf(
    { clientOrderId, venueOrderId }: CancelOrder,
    requestClass: 'order' | 'cancel',
  ): Promise<KnownOrder | Reply> {
    const { send, venueIds, orders: known } = this.#context
    const order = known.get(venueOrderId ?? venueIds.get(clientOrderId) ?? '')
    if (order !== undefined) return order
    const reply = await send({
      what: 'order to be ended',
      requestClass,
      waitMs: requestClass === 'cancel' ? CANCEL_QUEUE_MS : ORDER_QUEUE_MS,
      operation: ({ orders }) => orders.getOrderByClientOrderIdRaw({ clientOrderId }),
    })
    const found = wireOrder.safeParse(reply.body)
    return found.success ? learnOrder(this.#context, found.data) : reply
  }

  /** The venue has only taken the request in: that the order is gone is told by the stream. */
  #concludeCancel(id: ClientOrderId, { status, body }: Reply): void {
    if (status < 300) return this.#await(id)
    const text = messageOf(body)
    this.#report(id, { evidence: 'cancelRejected', code: readRefusal(text), text })
  }

  #await(id: ClientOrderId): void {
    if (this.#awaited.has(id) || this.#context.sink === null) return
    const { environment, isAccountUp } = this.#context
    const timer = environment.setTimer(
      () => {
        this.#awaited.delete(id)
        this.#lookUp(id)
      },
      isAccountUp ? TOLD_WITHIN_MS : 0,
    )
    this.#awaited.set(id, timer)
  }

  #report(clientOrderId: ClientOrderId, reading: Partial<OrderReport>): void {
    const receivedTime = this.#context.receivedTime()
    const report: OrderReport = {
      clientOrderId,
      venueOrderId: null,
      evidence: 'unknown',
      code: null,
      text: '',
      ...reading,
    }
    // Replies carry no time of the venue.
    this.#context.emit({ kind: 'orderReported', receivedTime, venueTime: receivedTime, report })
  }
}

/** What a failed request says: `refusal` when it certainly was not carried out, else unknown. */
function failed(error: AdapterError, refusal: 'rejected' | 'cancelRejected'): Partial<OrderReport> {
  if (error.disposition === 'unknown') return { evidence: 'unknown', text: error.message }
  const code = error.code === 'VENUE_THROTTLED' ? 'rateLimited' : 'other'
  return { evidence: refusal, code, text: error.message }
}
