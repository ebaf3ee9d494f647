import type { OrderEvidence, OrderReport, RejectCode } from '../../../core/mod.ts'
import type { WireOrder } from './wire.ts'

const statuses: Readonly<Record<string, OrderEvidence>> = {
  new: 'accepted',
  accepted: 'accepted',
  pending_new: 'accepted',
  accepted_for_bidding: 'accepted',
  partially_filled: 'accepted',
  pending_cancel: 'accepted',
  pending_replace: 'accepted',
  pending_review: 'accepted',
  held: 'accepted',
  stopped: 'accepted',
  suspended: 'accepted',
  calculated: 'accepted',
  filled: 'filled',
  canceled: 'canceled',
  replaced: 'canceled',
  done_for_day: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
}

/** What the venue's record of an order says; a status never seen before is `unknown`. */
export function readOrder(order: WireOrder): Omit<OrderReport, 'clientOrderId'> {
  const evidence = Object.hasOwn(statuses, order.status) ? statuses[order.status]! : 'unknown'
  const venueOrderId = order.id
  const text = order.status
  const isGone = evidence === 'canceled' || evidence === 'expired'
  if (isGone && order.time_in_force === 'ioc') {
    return order.filled_qty === 0n
      ? { venueOrderId, text, evidence: 'rejected', code: 'iocNoMatch' }
      : { venueOrderId, text, evidence: 'canceled', code: null }
  }
  return { venueOrderId, text, evidence, code: evidence === 'rejected' ? 'other' : null }
}

const refusals: readonly (readonly [RegExp, RejectCode])[] = [
  [/cost basis must be/i, 'minimumNotional'],
  [/insufficient (balance|buying power|qty)/i, 'insufficientMargin'],
  [/wash trade/i, 'selfTrade'],
  [/sub-penny|limit_price/i, 'tick'],
  [/\bqty\b|fractional/i, 'lot'],
  [/rate limit|too many/i, 'rateLimited'],
  [/rejected by user request|halted/i, 'halted'],
  [/asset .*(not found|not active|not tradable)/i, 'unknownInstrument'],
]

/** Reads the venue's words for a refusal. */
export function readRefusal(text: string): RejectCode {
  for (const [pattern, code] of refusals) if (pattern.test(text)) return code
  return 'other'
}

/** The venue's words for an id that it has seen before. */
export const isKnownId = (text: string): boolean => /client_order_id must be unique/i.test(text)
