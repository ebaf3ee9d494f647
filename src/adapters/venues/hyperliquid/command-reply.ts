import type { OrderEvidence, RejectCode } from '../../../core/mod.ts'
import { shorten } from '../lib/failure.ts'
import { readRejectText } from './evidence.ts'
import { exchangeReply } from './wire.ts'

/** One piece of evidence out of a reply to a command. */
export interface ReplyReading {
  readonly evidence: OrderEvidence
  readonly code: RejectCode | null
  readonly text: string
  readonly venueOrderId: string | null
  /** Filled size as the venue wrote it, when it says so. */
  readonly filledSize: string | null
}

const reading = (
  evidence: OrderEvidence,
  rest: Partial<Omit<ReplyReading, 'evidence'>> = {},
): ReplyReading => ({
  evidence,
  code: null,
  text: '',
  venueOrderId: null,
  filledSize: null,
  ...rest,
})

/** Nonces are never used twice here: a duplicate means that the same bytes arrived before. */
const isRepeat = (text: string): boolean => /duplicate nonce/i.test(text)

const refused = (evidence: 'rejected' | 'cancelRejected', text: string): ReplyReading =>
  isRepeat(text)
    ? reading('unknown', { text: shorten(text) })
    : reading(evidence, { code: readRejectText(text), text: shorten(text) })

const unread = (raw: unknown): ReplyReading =>
  reading('unknown', { text: `unreadable reply: ${shorten(JSON.stringify(raw) ?? 'nothing')}` })

/**
 * Reads the reply to `count` orders that left together: one reading each, in their order. An
 * envelope of any other form, or with another number of verdicts, is `unknown` for all of them.
 */
export function readOrderReply(raw: unknown, count: number): readonly ReplyReading[] {
  return statusesOf(raw, count).map((status) => {
    if (status.kind === 'refused') return refused('rejected', status.text)
    return (status.kind === 'status' && readHeld(status.value)) || unread(raw)
  })
}

/** Reads the reply to `count` cancels: `canceled`, `cancelRejected` or `unknown` each. */
export function readCancelReply(raw: unknown, count: number): readonly ReplyReading[] {
  return statusesOf(raw, count).map((status) => {
    if (status.kind === 'refused') return refused('cancelRejected', status.text)
    if (status.kind === 'status' && status.value === 'success') return reading('canceled')
    return unread(raw)
  })
}

/** What the venue says about an order that it took; null when it says nothing known. */
function readHeld(value: unknown): ReplyReading | null {
  if (value === 'waitingForFill' || value === 'waitingForTrigger') return reading('accepted')
  if (typeof value !== 'object' || value === null) return null
  const { resting, filled } = value as { readonly resting?: unknown; readonly filled?: unknown }
  const held = resting ?? filled
  if (typeof held !== 'object' || held === null) return null
  const { oid, totalSz } = held as { readonly oid?: unknown; readonly totalSz?: unknown }
  const venueOrderId = typeof oid === 'number' || typeof oid === 'string' ? String(oid) : null
  const filledSize = typeof totalSz === 'string' ? totalSz : null
  return reading('accepted', { venueOrderId, filledSize })
}

/** Null when the reply says an action without items succeeded, else the venue's words. */
export function readPlainReply(raw: unknown): string | null {
  const reply = exchangeReply.safeParse(raw)
  if (!reply.success) return `unreadable reply: ${shorten(JSON.stringify(raw) ?? 'nothing')}`
  return reply.data.status === 'ok' ? null : textOfResponse(reply.data.response)
}

type ItemStatus =
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'unread' }
  | { readonly kind: 'status'; readonly value: unknown }

/** One status for each of `count` items. What is said once about the whole holds for each. */
function statusesOf(raw: unknown, count: number): readonly ItemStatus[] {
  const all = (status: ItemStatus): readonly ItemStatus[] => Array(count).fill(status)
  const reply = exchangeReply.safeParse(raw)
  if (!reply.success) return all({ kind: 'unread' })
  if (reply.data.status === 'err') {
    return all({ kind: 'refused', text: textOfResponse(reply.data.response) })
  }
  const statuses = reply.data.response.data?.statuses ?? []
  if (statuses.length === count) return statuses.map(itemStatus)
  const [only] = statuses.map(itemStatus)
  return all(statuses.length === 1 && only?.kind === 'refused' ? only : { kind: 'unread' })
}

function itemStatus(value: unknown): ItemStatus {
  if (typeof value !== 'object' || value === null || !('error' in value)) {
    return { kind: 'status', value }
  }
  const { error } = value
  return typeof error === 'string' ? { kind: 'refused', text: error } : { kind: 'unread' }
}

const textOfResponse = (response: unknown): string =>
  shorten(typeof response === 'string' ? response : (JSON.stringify(response) ?? ''))
