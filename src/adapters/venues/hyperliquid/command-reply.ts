import type { OrderEvidence, RejectCode } from '../../../core/mod.ts'
import { readRejectText } from './evidence.ts'
import { shorten } from './http.ts'
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

/** Reads the reply to a single order. An envelope of any other form is `unknown`. */
export function readOrderReply(raw: unknown): ReplyReading {
  const status = singleStatus(raw)
  switch (status.kind) {
    case 'refused':
      return refused('rejected', status.text)
    case 'unread':
      return unread(raw)
    default:
      break
  }
  const { value } = status
  if (value === 'waitingForFill' || value === 'waitingForTrigger') return reading('accepted')
  if (typeof value !== 'object' || value === null) return unread(raw)
  const { resting, filled } = value as { readonly resting?: unknown; readonly filled?: unknown }
  const held = resting ?? filled
  if (typeof held !== 'object' || held === null) return unread(raw)
  const { oid, totalSz } = held as { readonly oid?: unknown; readonly totalSz?: unknown }
  const venueOrderId = typeof oid === 'number' || typeof oid === 'string' ? String(oid) : null
  const filledSize = typeof totalSz === 'string' ? totalSz : null
  return reading('accepted', { venueOrderId, filledSize })
}

/** Reads the reply to a single cancel: `canceled`, `cancelRejected` or `unknown`. */
export function readCancelReply(raw: unknown): ReplyReading {
  const status = singleStatus(raw)
  if (status.kind === 'refused') return refused('cancelRejected', status.text)
  if (status.kind === 'status' && status.value === 'success') return reading('canceled')
  return unread(raw)
}

/** Null when the reply says an action without items succeeded, else the venue's words. */
export function readPlainReply(raw: unknown): string | null {
  const reply = exchangeReply.safeParse(raw)
  if (!reply.success) return `unreadable reply: ${shorten(JSON.stringify(raw) ?? 'nothing')}`
  return reply.data.status === 'ok' ? null : textOfResponse(reply.data.response)
}

type SingleStatus =
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'unread' }
  | { readonly kind: 'status'; readonly value: unknown }

function singleStatus(raw: unknown): SingleStatus {
  const reply = exchangeReply.safeParse(raw)
  if (!reply.success) return { kind: 'unread' }
  if (reply.data.status === 'err') {
    return { kind: 'refused', text: textOfResponse(reply.data.response) }
  }
  const statuses = reply.data.response.data?.statuses
  if (statuses?.length !== 1) return { kind: 'unread' }
  const value = statuses[0]
  if (typeof value === 'object' && value !== null && 'error' in value) {
    const { error } = value
    return typeof error === 'string' ? { kind: 'refused', text: error } : { kind: 'unread' }
  }
  return { kind: 'status', value }
}

const textOfResponse = (response: unknown): string =>
  shorten(typeof response === 'string' ? response : (JSON.stringify(response) ?? ''))
