import { AdapterError } from '../../errors.ts'
import { shorten, textOf } from '../lib/failure.ts'
import type { RateBudget, RequestClass } from '../lib/rate-budget.ts'
import type { AdapterEnvironment, HttpResponse } from '../port.ts'
import type { HyperliquidStatistics } from './statistics.ts'

/** One POST and what it costs. */
interface PostRequest {
  readonly path: '/info' | '/exchange'
  /** What it is about, for messages (the path). */
  readonly what?: string
  /**
   * Made once there is room to send it, so that a signed nonce is fresh. May throw AdapterError.
   */
  readonly body: () => unknown
  readonly requestClass: RequestClass
  readonly weight: number
  /** Longest wait for rate budget before giving up without sending. */
  readonly waitMs: number
}

/**
 * Posts JSON within the rate budget and returns the parsed reply.
 * Throws AdapterError whose disposition says what is known: `retry` nothing was sent, `fatal` the
 * venue refused it unread, `unknown` it may have been carried out (timeout, drop, 5xx, unreadable).
 */
export type Post = (request: PostRequest) => Promise<unknown>

/** Asks one question of /info; the answer is not read yet. Throws what {@link Post} throws. */
export type Ask = (body: unknown) => Promise<unknown>

/** Asks what a universe holds and what it costs: 20 of weight each, in no hurry. */
export const askOf =
  (post: Post): Ask =>
  (body) =>
    post({ path: '/info', body: () => body, requestClass: 'history', weight: 20, waitMs: 90_000 })

/** Statuses by which a gateway or the parser refuses a request before anything looks at it. */
const refusedUnread: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422, 429])

/** Nothing but cancels is sent for this long after a 429, doubled by each that follows. */
const FIRST_PAUSE_MS = 10_000
const LAST_PAUSE_MS = 160_000
/** And for this long after the venue shut this address out. */
const BAN_PAUSE_MS = 300_000

/** Makes the {@link Post} of one adapter. */
export function createPost(input: {
  readonly environment: AdapterEnvironment
  readonly restUrl: string
  readonly budget: RateBudget
  readonly timeoutMs: number
  readonly statistics: HyperliquidStatistics
}): Post {
  const { environment, budget, statistics } = input
  const base = input.restUrl.replace(/\/+$/, '')
  let pauseMs = FIRST_PAUSE_MS
  const slowDown = (status: number): void => {
    if (status === 403) return budget.pause(BAN_PAUSE_MS)
    if (status !== 429) {
      if (status < 300) pauseMs = FIRST_PAUSE_MS
      return
    }
    budget.pause(pauseMs)
    pauseMs = Math.min(LAST_PAUSE_MS, 2 * pauseMs)
  }
  return async ({ path, what = path, body, requestClass, weight, waitMs }) => {
    await budget.acquire(requestClass, weight, waitMs)
    const text = await writeBody(body)
    statistics.requestsSent++
    try {
      const response = await environment.fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: text,
        timeoutMs: input.timeoutMs,
      })
      slowDown(response.status)
      return readJson(what, response)
    } catch (error) {
      statistics.requestsFailed++
      if (error instanceof AdapterError) throw error
      throw new AdapterError('VENUE_UNREACHABLE', `${what}: ${textOf(error)}`, 'unknown', error)
    }
  }
}

async function writeBody(body: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await body())
  } catch (error) {
    if (error instanceof AdapterError) throw error
    throw new AdapterError('VENUE_REFUSED', `not sent: ${textOf(error)}`, 'retry')
  }
}

function readJson(what: string, response: HttpResponse): unknown {
  const { status, body } = response
  if (status < 200 || status > 299) {
    const disposition = refusedUnread.has(status) ? 'fatal' : 'unknown'
    throw new AdapterError(
      status === 429 ? 'VENUE_THROTTLED' : status === 403 ? 'VENUE_BANNED' : 'VENUE_REFUSED',
      `${what}: HTTP ${status}${body === '' ? '' : `: ${shorten(body)}`}`,
      disposition,
    )
  }
  if (!response.contentType.includes('application/json')) {
    const type = response.contentType === '' ? 'without content type' : response.contentType
    throw new AdapterError(
      'VENUE_UNREADABLE',
      `${what}: a reply ${type}: ${shorten(body)}`,
      'unknown',
    )
  }
  try {
    return JSON.parse(body)
  } catch {
    throw new AdapterError('VENUE_UNREADABLE', `${what}: not JSON: ${shorten(body)}`, 'unknown')
  }
}
