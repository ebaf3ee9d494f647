import { AdapterError } from '../../errors.ts'
import { shorten, textOf } from '../lib/failure.ts'
import type { RateBudget, RequestClass } from '../lib/rate-budget.ts'
import type { AdapterEnvironment, HttpResponse } from '../port.ts'
import type { AlpacaStatistics } from './options.ts'
import type { Operation, RequestBuilder } from './requests.ts'

/** One request and how urgent it is. */
export interface Asked {
  /** What it is about, for messages. */
  readonly what: string
  readonly requestClass: RequestClass
  /** Longest wait for rate budget before giving up without sending. */
  readonly waitMs: number
  readonly operation: Operation
  /** Called when there is room, right before it leaves; throws to hold it back. */
  readonly leaving?: () => void
}

/** What the venue said: a status of 2xx, or of a refusal that it explained. */
export interface Reply {
  readonly status: number
  /** Parsed JSON; null when there is none. */
  readonly body: unknown
}

/**
 * Sends one request within the rate budget. Throws AdapterError whose disposition says what is
 * known: `retry` nothing was sent, `fatal` the venue refused it unread, `unknown` it may have been
 * carried out (timeout, drop, 5xx, unreadable).
 */
export type Send = (asked: Asked) => Promise<Reply>

/** Nothing but cancels is sent for this long after a 429, doubled by each that follows. */
const FIRST_PAUSE_MS = 5_000
const LAST_PAUSE_MS = 60_000

/** Makes the {@link Send} of one of the venue's hosts. */
export function createSend(input: {
  readonly environment: AdapterEnvironment
  readonly build: RequestBuilder
  readonly budget: RateBudget
  readonly timeoutMs: number
  readonly statistics: AlpacaStatistics
  /** Whose requests they are, for messages. */
  readonly keyId: string
}): Send {
  const { environment, build, budget, statistics, timeoutMs, keyId } = input
  let pauseMs = FIRST_PAUSE_MS
  const slowDown = (status: number): void => {
    if (status !== 429) {
      if (status < 300) pauseMs = FIRST_PAUSE_MS
      return
    }
    budget.pause(pauseMs)
    pauseMs = Math.min(LAST_PAUSE_MS, 2 * pauseMs)
  }
  return async ({ what, requestClass, waitMs, operation, leaving }) => {
    const { url, ...request } = await build(operation)
    await budget.acquire(requestClass, 1, waitMs)
    leaving?.()
    statistics.requestsSent++
    try {
      const response = await environment.fetch(url, { ...request, timeoutMs })
      slowDown(response.status)
      if (response.status === 401) {
        const whose = `key ${keyId} at ${new URL(url).host}`
        const text = `${what}: HTTP 401: ${shorten(response.body)} (${whose}; a key is of one account only, paper or live)`
        throw new AdapterError('VENUE_CREDENTIALS', text, 'fatal')
      }
      return readReply(what, response)
    } catch (error) {
      statistics.requestsFailed++
      if (error instanceof AdapterError) throw error
      throw new AdapterError('VENUE_UNREACHABLE', `${what}: ${textOf(error)}`, 'unknown', error)
    }
  }
}

function readReply(what: string, response: HttpResponse): Reply {
  const { status, body } = response
  const said = `${what}: HTTP ${status}${body === '' ? '' : `: ${shorten(body)}`}`
  if (status === 429) throw new AdapterError('VENUE_THROTTLED', said, 'fatal')
  if (status < 200 || status >= 500) throw new AdapterError('VENUE_REFUSED', said, 'unknown')
  if (body === '') return { status, body: null }
  try {
    return { status, body: JSON.parse(body) }
  } catch {
    const disposition = status < 300 ? 'unknown' : 'fatal'
    throw new AdapterError('VENUE_UNREADABLE', `${what}: not JSON: ${shorten(body)}`, disposition)
  }
}

/** Asks a question that must be answered; a refusal is an AdapterError too. */
export async function ask(send: Send, asked: Asked): Promise<unknown> {
  const { status, body } = await send(asked)
  if (status < 300) return body
  const text = `${asked.what}: HTTP ${status}: ${messageOf(body)}`
  throw new AdapterError(status === 403 ? 'VENUE_CREDENTIALS' : 'VENUE_REFUSED', text, 'fatal')
}

/** The venue's words for a refusal. */
export function messageOf(body: unknown): string {
  const message = (body as { readonly message?: unknown } | null)?.message
  return shorten(typeof message === 'string' ? message : (JSON.stringify(body) ?? ''))
}
