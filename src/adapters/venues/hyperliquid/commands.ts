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
import { textOf } from './http.ts'
import type { Signer, WireOrder } from './signing.ts'

/** Sends commands and turns each outcome into exactly one, or for a remainder two, reports. */
export interface Commands {
  submit(order: Approved<NewOrder>): void
  cancel(cancel: Approved<CancelOrder>): void
  /** True while the order's command has no outcome yet. */
  isPending(clientOrderId: ClientOrderId): boolean
  /** When an order of this id, whoever sent it, can no longer arrive at the venue. */
  voidTime(clientOrderId: ClientOrderId): TimeUs
  /** True when the venue told that the rest of this order is gone. */
  hasLostRemainder(clientOrderId: ClientOrderId): boolean
  /** Reports what is unanswered as unknown and what never left as canceled. */
  stop(): void
}

/** The venue compares the lifetime with its own clock: allowance for the difference. */
const CLOCK_ALLOWANCE_US = 2_000_000
const CANCEL_QUEUE_MS = 60_000

interface PendingSubmit {
  isSent: boolean
  isWithdrawn: boolean
}

/** Makes the command side of an adapter. */
export function createCommands(context: Context): Commands {
  const { options } = context
  const lifetimeMs = options.orderLifetimeMs ?? 10_000
  const queueMs = options.orderQueueMs ?? 2_000
  const commandLimit = options.commandLimit ?? 200
  const submits = new Map<ClientOrderId, PendingSubmit>()
  const cancels = new Set<ClientOrderId>()
  const voidTimes = new Map<ClientOrderId, TimeUs>()
  const lostRemainders = new Map<ClientOrderId, true>()
  // What earlier processes sent was signed at or before their last nonce.
  const inheritedVoidTime = (options.nonceStore.last() + lifetimeMs) * 1000 + CLOCK_ALLOWANCE_US

  const report = (clientOrderId: ClientOrderId, reading: Partial<OrderReport>): void => {
    const receivedTime = context.receivedTime()
    const whole: OrderReport = {
      clientOrderId,
      venueOrderId: null,
      evidence: 'unknown',
      code: null,
      text: '',
      ...reading,
    }
    context.emit({
      kind: 'orderReported',
      receivedTime,
      venueTime: receivedTime,
      report: whole,
    })
  }
  const refuse = (clientOrderId: ClientOrderId, text: string): void => {
    context.statistics.commandsRefused++
    report(clientOrderId, { evidence: 'rejected', code: 'rateLimited', text })
  }

  const send = async (order: NewOrder, pending: PendingSubmit, signer: Signer): Promise<void> => {
    const id = order.clientOrderId
    const raw = await context.post({
      path: '/exchange',
      requestClass: order.reduceOnly ? 'cancel' : 'order',
      weight: 1,
      waitMs: queueMs,
      async body() {
        if (pending.isWithdrawn) throw new AdapterError('VENUE_STOPPED', 'withdrawn', 'retry')
        const expiresMs = Math.floor(context.environment.now() / 1000) + lifetimeMs
        remember(voidTimes, id, expiresMs * 1000 + CLOCK_ALLOWANCE_US)
        pending.isSent = true
        return signer.order(toWireOrder(context, order), expiresMs)
      },
    })
    if (submits.get(id) !== pending) return
    submits.delete(id)
    const reading = readOrderReply(raw)
    if (reading.venueOrderId !== null) remember(context.clientIds, reading.venueOrderId, id)
    report(id, pick(reading))
    if (isRemainderGone(context, order, reading)) {
      remember(lostRemainders, id, true)
      const text = 'the rest of an order that could not rest'
      report(id, { evidence: 'canceled', venueOrderId: reading.venueOrderId, text })
    }
  }

  const sendCancel = async (cancel: CancelOrder, signer: Signer): Promise<void> => {
    const asset = context.universe.assets[cancel.instrument]!.assetId
    const raw = await context.post({
      path: '/exchange',
      requestClass: 'cancel',
      weight: 1,
      waitMs: CANCEL_QUEUE_MS,
      body: () => signer.cancel(asset, toCloid(cancel.clientOrderId)),
    })
    if (!cancels.delete(cancel.clientOrderId)) return
    report(cancel.clientOrderId, {
      ...pick(readCancelReply(raw)),
      venueOrderId: cancel.venueOrderId,
    })
  }

  return {
    submit(order) {
      const id = order.clientOrderId
      if (context.signer === null) {
        const text = 'not sent: this session has no key'
        report(id, { evidence: 'rejected', code: 'other', text })
        return
      }
      const limit = order.reduceOnly ? 2 * commandLimit : commandLimit
      if (submits.size >= limit) return refuse(id, `not sent: ${limit} orders are unanswered`)
      const pending: PendingSubmit = { isSent: false, isWithdrawn: false }
      submits.set(id, pending)
      send(order, pending, context.signer).catch((error: unknown) => {
        if (submits.get(id) !== pending) return
        submits.delete(id)
        const failure = readFailure(error)
        if (failure.isThrottled) context.statistics.commandsRefused++
        report(id, {
          evidence: failure.isKnown ? 'rejected' : 'unknown',
          code: failure.isKnown ? failure.code : null,
          text: failure.text,
        })
      })
    },
    cancel(cancel) {
      const id = cancel.clientOrderId
      const waiting = submits.get(id)
      if (waiting?.isSent === false) {
        waiting.isWithdrawn = true
        submits.delete(id)
        report(id, { evidence: 'canceled', text: 'withdrawn before it was sent' })
        return
      }
      if (cancels.has(id)) return
      if (context.signer === null) {
        const text = 'not sent: this session has no key'
        report(id, { evidence: 'cancelRejected', code: 'other', text })
        return
      }
      cancels.add(id)
      sendCancel(cancel, context.signer).catch((error: unknown) => {
        if (!cancels.delete(id)) return
        const failure = readFailure(error)
        if (failure.isThrottled) context.statistics.commandsRefused++
        report(id, {
          evidence: failure.isKnown ? 'cancelRejected' : 'unknown',
          code: failure.isKnown ? failure.code : null,
          text: failure.text,
        })
      })
    },
    isPending: (id) => submits.has(id),
    voidTime: (id) => voidTimes.get(id) ?? inheritedVoidTime,
    hasLostRemainder: (id) => lostRemainders.has(id),
    stop() {
      for (const [id, pending] of submits) {
        pending.isWithdrawn = true
        if (pending.isSent) report(id, { text: 'stopped before the reply came' })
        else report(id, { evidence: 'canceled', text: 'stopped before it was sent' })
      }
      for (const id of cancels) report(id, { text: 'stopped before the reply came' })
      submits.clear()
      cancels.clear()
    },
  }
}

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

function readFailure(error: unknown): {
  /** The command was certainly not carried out. */
  readonly isKnown: boolean
  readonly isThrottled: boolean
  readonly code: 'rateLimited' | OrderReport['code']
  readonly text: string
} {
  if (!(error instanceof AdapterError)) {
    return { isKnown: false, isThrottled: false, code: null, text: textOf(error) }
  }
  const isThrottled = error.code === 'VENUE_THROTTLED'
  return {
    isKnown: error.disposition !== 'unknown',
    isThrottled,
    code: isThrottled ? 'rateLimited' : readRejectText(error.message),
    text: error.message,
  }
}
