import {
  type Approved,
  type CancelOrder,
  type ClientOrderId,
  formatTrimmed,
  type NewOrder,
  type OrderReport,
  parseSafeDecimal,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { type ReplyReading, readCancelReply, readOrderReply } from './command-reply.ts'
import { type Context, remember, toCloid } from './context.ts'
import { readRejectText } from './evidence.ts'
import { operational } from './http.ts'
import type { SignedRequest, Signer, WireOrder } from './signing.ts'

/** The venue compares the lifetime with its own clock: allowance for the difference. */
const CLOCK_ALLOWANCE_US = 2_000_000
/** Cancels wait for room as long as they must: they are never refused for its lack before this. */
const CANCEL_QUEUE_MS = 60_000
const ORDER_LIFETIME_MS = 10_000
const ORDER_QUEUE_MS = 2_000
/** Default of {@link HyperliquidOptions.commandLimit}. */
export const COMMAND_LIMIT = 200

interface PendingOrder {
  isSent: boolean
  isWithdrawn: boolean
}

/** Sends commands and turns the outcome of each into one report (two when a remainder is gone). */
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
    const { signer, statistics } = this.#context
    if (signer === null) return this.#report(id, noKey('rejected'))
    // Orders that reduce risk find room when those that add some no longer do.
    const limit = order.reduceOnly ? 2 * this.#limit : this.#limit
    if (this.#orders.size >= limit) {
      statistics.commandsRefused++
      const text = `not sent: ${this.#orders.size} orders are unanswered`
      return this.#report(id, { evidence: 'rejected', code: 'rateLimited', text })
    }
    const pending: PendingOrder = { isSent: false, isWithdrawn: false }
    const wire = toWireOrder(this.#context, order)
    this.#orders.set(id, pending)
    const sign = (expiresMs: number) => signer.order(wire, expiresMs)
    const isMine = (): boolean => this.#orders.get(id) === pending && this.#orders.delete(id)
    void this.#post(order, pending, sign).then(
      (raw) => {
        if (isMine()) this.#conclude(order, readOrderReply(raw))
      },
      (error: unknown) => {
        const failure = this.#failed(operational(error), 'rejected')
        if (isMine()) this.#report(id, failure)
      },
    )
  }

  cancel(cancel: Approved<CancelOrder>): void {
    const id = cancel.clientOrderId
    const { signer } = this.#context
    const waiting = this.#orders.get(id)
    if (waiting?.isSent === false) {
      waiting.isWithdrawn = true
      this.#orders.delete(id)
      return this.#report(id, { evidence: 'canceled', text: 'withdrawn before it was sent' })
    }
    if (signer === null) return this.#report(id, noKey('cancelRejected'))
    if (this.#cancels.has(id)) return
    this.#cancels.add(id)
    void this.#postCancel(cancel, signer).then(
      (raw) => {
        const { venueOrderId } = cancel
        if (!this.#cancels.delete(id)) return
        this.#report(id, { ...pick(readCancelReply(raw)), venueOrderId })
      },
      (error: unknown) => {
        const failure = this.#failed(operational(error), 'cancelRejected')
        if (this.#cancels.delete(id)) this.#report(id, failure)
      },
    )
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

  #post(
    order: NewOrder,
    pending: PendingOrder,
    sign: (expiresMs: number) => Promise<SignedRequest>,
  ): Promise<unknown> {
    const id = order.clientOrderId
    return this.#context.post({
      path: '/exchange',
      requestClass: order.reduceOnly ? 'cancel' : 'order',
      weight: 1,
      waitMs: this.#queueMs,
      body: () => {
        if (pending.isWithdrawn) throw new AdapterError('VENUE_STOPPED', 'withdrawn', 'retry')
        pending.isSent = true
        const expiresMs = Math.floor(this.#context.environment.now() / 1000) + this.#lifetimeMs
        remember(this.#voidTimes, id, expiresMs * 1000 + CLOCK_ALLOWANCE_US)
        return sign(expiresMs)
      },
    })
  }

  #conclude(order: NewOrder, reading: ReplyReading): void {
    const id = order.clientOrderId
    const { venueOrderId } = reading
    if (venueOrderId !== null) remember(this.#context.clientIds, venueOrderId, id)
    this.#report(id, pick(reading))
    if (!isRemainderGone(this.#context, order, reading)) return
    remember(this.#lostRemainders, id, true)
    const text = 'the rest of an order that could not rest'
    this.#report(id, { evidence: 'canceled', venueOrderId, text })
  }

  #postCancel(cancel: CancelOrder, signer: Signer): Promise<unknown> {
    const { clientOrderId, instrument } = cancel
    const { assetId } = this.#context.universe.assets[instrument]!
    return this.#context.post({
      path: '/exchange',
      requestClass: 'cancel',
      weight: 1,
      waitMs: CANCEL_QUEUE_MS,
      body: () => signer.cancel(assetId, toCloid(clientOrderId)),
    })
  }

  /** What a failed request says: `refusal` when it certainly was not carried out, else unknown. */
  #failed(error: AdapterError, refusal: 'rejected' | 'cancelRejected'): Partial<OrderReport> {
    if (error.disposition === 'unknown') return { evidence: 'unknown', text: error.message }
    const isThrottled = error.code === 'VENUE_THROTTLED'
    if (isThrottled) this.#context.statistics.commandsRefused++
    const code = isThrottled ? 'rateLimited' : readRejectText(error.message)
    return { evidence: refusal, code, text: error.message }
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

const noKey = (evidence: 'rejected' | 'cancelRejected'): Partial<OrderReport> => ({
  evidence,
  code: 'other',
  text: 'not sent: this session has no key',
})

function toWireOrder(context: Context, order: NewOrder): WireOrder {
  const { instrument, assetId } = context.universe.assets[order.instrument]!
  return {
    asset: assetId,
    isBuy: order.side === 'buy',
    price: formatTrimmed(order.price, instrument.priceDecimals),
    size: formatTrimmed(order.quantity, instrument.quantityDecimals),
    reduceOnly: order.reduceOnly,
    timeInForce: order.postOnly ? 'Alo' : order.timeInForce === 'ioc' ? 'Ioc' : 'Gtc',
    cloid: toCloid(order.clientOrderId),
  }
}

/** An IOC order never rests: what its reply does not call filled is gone. */
function isRemainderGone(context: Context, order: NewOrder, reading: ReplyReading): boolean {
  if (order.timeInForce !== 'ioc' || order.postOnly || reading.filledSize === null) return false
  const { quantityDecimals } = context.universe.assets[order.instrument]!.instrument
  const filled = parseSafeDecimal(reading.filledSize, quantityDecimals)
  return filled !== null && filled < order.quantity
}

const pick = ({ evidence, code, text, venueOrderId }: ReplyReading): Partial<OrderReport> => ({
  evidence,
  code,
  text,
  venueOrderId,
})
