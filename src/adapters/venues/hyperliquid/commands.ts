import {
  type Approved,
  type CancelOrder,
  type ClientOrderId,
  isReducing,
  type NewOrder,
  type OrderReport,
  type RejectCode,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { operational } from '../lib/failure.ts'
import { type ReplyReading, readCancelReply, readOrderReply } from './command-reply.ts'
import { type Context, remember, toCloid } from './context.ts'
import { readRejectText } from './evidence.ts'
import type { SignedRequest, Signer, WireCancel } from './signing.ts'
import { TurnBatch } from './turn-batch.ts'
import { isRemainderGone, isSuspect, toWireOrder, unsendable } from './wire-order.ts'

/** The venue compares the lifetime with its own clock: allowance for the difference. */
const CLOCK_ALLOWANCE_US = 2_000_000
/** Cancels wait for room as long as they must: they are never refused for its lack before this. */
const CANCEL_QUEUE_MS = 60_000
const ORDER_LIFETIME_MS = 10_000
const ORDER_QUEUE_MS = 2_000
/** Default of {@link HyperliquidOptions.commandLimit}. */
export const COMMAND_LIMIT = 200

interface PendingOrder {
  readonly order: NewOrder
  isSent: boolean
  isWithdrawn: boolean
}

/**
 * Sends commands and turns the outcome of each into one report (two when a remainder is gone).
 *
 * What is submitted within one turn of the event loop leaves together at its end: cancels first,
 * then orders that reduce risk, then those that add some, each kind as one action under one
 * signature. Every order has a verdict of its own in the reply. An order that the venue is sure to
 * refuse leaves alone, for one of those may take its whole batch with it.
 */
export class Commands {
  readonly #context: Context
  readonly #lifetimeMs: number
  readonly #queueMs: number
  readonly #limit: number
  readonly #orders = new Map<ClientOrderId, PendingOrder>()
  readonly #cancels = new Set<ClientOrderId>()
  readonly #voidTimes = new Map<ClientOrderId, TimeUs>()
  readonly #lostRemainders = new Map<ClientOrderId, true>()
  /** What earlier processes sent was signed at or before their last nonce. */
  readonly #inheritedVoidTime: TimeUs
  readonly #batch = new TurnBatch<PendingOrder, CancelOrder>({
    isSuspect: ({ order }) => isSuspect(this.#context, order),
    isReducing: ({ order }) => isReducing(order),
    sendCancels: (cancels) => this.#sendCancels(cancels),
    sendOrders: (orders, isReducing) => this.#sendOrders(orders, isReducing),
  })

  constructor(context: Context) {
    const { options } = context
    this.#context = context
    this.#lifetimeMs = options.orderLifetimeMs ?? ORDER_LIFETIME_MS
    this.#queueMs = options.orderQueueMs ?? ORDER_QUEUE_MS
    this.#limit = options.commandLimit ?? COMMAND_LIMIT
    this.#inheritedVoidTime =
      (options.nonceStore.last() + this.#lifetimeMs) * 1000 + CLOCK_ALLOWANCE_US
  }

  submit(order: Approved<NewOrder>): void {
    const id = order.clientOrderId
    const { signer, statistics, addressBudget } = this.#context
    if (signer === null) return this.#report(id, noKey('rejected'))
    const problem = unsendable(this.#context, order)
    if (problem !== null) return this.#report(id, refusal(problem.code, problem.why))
    // Orders that reduce risk find room when those that add some no longer do.
    const limit = isReducing(order) ? 2 * this.#limit : this.#limit
    const shortage =
      this.#orders.size >= limit
        ? `${this.#orders.size} orders are unanswered`
        : isReducing(order)
          ? null
          : addressBudget.shortage()
    if (shortage !== null) {
      statistics.commandsRefused++
      return this.#report(id, refusal('rateLimited', shortage))
    }
    const pending: PendingOrder = { order, isSent: false, isWithdrawn: false }
    this.#orders.set(id, pending)
    this.#batch.addOrder(pending)
  }

  cancel(cancel: Approved<CancelOrder>): void {
    const id = cancel.clientOrderId
    const waiting = this.#orders.get(id)
    if (waiting?.isSent === false) {
      waiting.isWithdrawn = true
      this.#orders.delete(id)
      return this.#report(id, { evidence: 'canceled', text: 'withdrawn before it was sent' })
    }
    if (this.#context.signer === null) return this.#report(id, noKey('cancelRejected'))
    if (this.#cancels.has(id)) return
    this.#cancels.add(id)
    this.#batch.addCancel(cancel)
  }

  /** True while the order's command has no outcome yet. */
  isPending(id: ClientOrderId): boolean {
    return this.#orders.has(id)
  }

  /** When an order of this id, whoever sent it, can no longer arrive at the venue. */
  voidTime(id: ClientOrderId): TimeUs {
    return this.#voidTimes.get(id) ?? this.#inheritedVoidTime
  }

  /** True when the venue told that the rest of this order is gone. */
  hasLostRemainder(id: ClientOrderId): boolean {
    return this.#lostRemainders.has(id)
  }

  /** Reports what is unanswered as unknown and what never left as canceled. */
  stop(): void {
    for (const [id, pending] of this.#orders) {
      pending.isWithdrawn = true
      if (pending.isSent) this.#report(id, { text: 'stopped before the reply came' })
      else this.#report(id, { evidence: 'canceled', text: 'stopped before it was sent' })
    }
    for (const id of this.#cancels) this.#report(id, { text: 'stopped before the reply came' })
    this.#orders.clear()
    this.#cancels.clear()
  }

  #sendOrders(orders: readonly PendingOrder[], isReducing: boolean): void {
    let sent: readonly PendingOrder[] = []
    const body = (): Promise<SignedRequest> => {
      sent = orders.filter(({ isWithdrawn }) => !isWithdrawn)
      if (sent.length === 0) throw new AdapterError('VENUE_STOPPED', 'withdrawn', 'retry')
      const expiresMs = Math.floor(this.#context.environment.now() / 1000) + this.#lifetimeMs
      for (const pending of sent) {
        pending.isSent = true
        const voidTime = expiresMs * 1000 + CLOCK_ALLOWANCE_US
        remember(this.#voidTimes, pending.order.clientOrderId, voidTime)
      }
      this.#context.addressBudget.spend(sent.length)
      const wires = sent.map(({ order }) => toWireOrder(this.#context, order))
      return this.#signer().orders(wires, expiresMs)
    }
    const requestClass = isReducing ? 'cancel' : 'order'
    const waitMs = this.#queueMs
    void this.#context.post({ path: '/exchange', requestClass, weight: 1, waitMs, body }).then(
      (raw) => {
        const readings = readOrderReply(raw, sent.length)
        sent.forEach((pending, i) => {
          if (this.#isMine(pending)) this.#conclude(pending.order, readings[i]!)
        })
      },
      (error: unknown) => {
        const failure = operational(error)
        for (const pending of orders) {
          if (!this.#isMine(pending)) continue
          this.#report(pending.order.clientOrderId, this.#failed(failure, 'rejected'))
        }
      },
    )
  }

  /** Takes an order off the list of the unanswered; false when it has its outcome already. */
  #isMine(pending: PendingOrder): boolean {
    const id = pending.order.clientOrderId
    return this.#orders.get(id) === pending && this.#orders.delete(id)
  }

  #sendCancels(cancels: readonly CancelOrder[]): void {
    const body = (): Promise<SignedRequest> => {
      this.#context.addressBudget.spend(cancels.length)
      return this.#signer().cancels(cancels.map((cancel) => this.#toWireCancel(cancel)))
    }
    const waitMs = CANCEL_QUEUE_MS
    const report = (cancel: CancelOrder, reading: Partial<OrderReport>): void => {
      if (this.#cancels.delete(cancel.clientOrderId)) this.#report(cancel.clientOrderId, reading)
    }
    const requestClass = 'cancel'
    void this.#context.post({ path: '/exchange', requestClass, weight: 1, waitMs, body }).then(
      (raw) => {
        const readings = readCancelReply(raw, cancels.length)
        cancels.forEach((cancel, i) => {
          const { venueOrderId } = cancel
          report(cancel, { ...this.#pick(readings[i]!), venueOrderId })
        })
      },
      (error: unknown) => {
        const failure = operational(error)
        for (const cancel of cancels) report(cancel, this.#failed(failure, 'cancelRejected'))
      },
    )
  }

  #toWireCancel({ clientOrderId, instrument }: CancelOrder): WireCancel {
    const { assetId } = this.#context.universe.assets[instrument]!
    return { asset: assetId, cloid: toCloid(clientOrderId) }
  }

  #signer(): Signer {
    const { signer } = this.#context
    if (signer === null) throw new AdapterError('VENUE_CREDENTIALS', 'no key', 'retry')
    return signer
  }

  #conclude(order: NewOrder, reading: ReplyReading): void {
    const id = order.clientOrderId
    const { venueOrderId } = reading
    if (venueOrderId !== null) remember(this.#context.clientIds, venueOrderId, id)
    this.#report(id, this.#pick(reading))
    if (!isRemainderGone(this.#context, order, reading)) return
    remember(this.#lostRemainders, id, true)
    const text = 'the rest of an order that could not rest'
    this.#report(id, { evidence: 'canceled', venueOrderId, text })
  }

  /** What a failed request says: `refusal` when it certainly was not carried out, else unknown. */
  #failed(error: AdapterError, evidence: 'rejected' | 'cancelRejected'): Partial<OrderReport> {
    if (error.disposition === 'unknown') return { evidence: 'unknown', text: error.message }
    const isThrottled = error.code === 'VENUE_THROTTLED' || error.code === 'VENUE_BANNED'
    if (isThrottled) this.#context.statistics.commandsRefused++
    const code = isThrottled ? 'rateLimited' : readRejectText(error.message)
    return { evidence, code, text: error.message }
  }

  #pick({ evidence, code, text, venueOrderId }: ReplyReading): Partial<OrderReport> {
    if (code === 'rateLimited') this.#context.addressBudget.exhausted()
    return { evidence, code, text, venueOrderId }
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

const refusal = (code: RejectCode, why: string): Partial<OrderReport> => ({
  evidence: 'rejected',
  code,
  text: `not sent: ${why}`,
})

const noKey = (evidence: 'rejected' | 'cancelRejected'): Partial<OrderReport> => ({
  evidence,
  code: 'other',
  text: 'not sent: this session has no key',
})
