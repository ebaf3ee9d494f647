import { setTimeout as delay } from 'node:timers/promises'
import { AdapterError } from '../../../adapters/mod.ts'

/** What a download touches outside itself; injected so that tests need no clock and no network. */
export interface DownloadEnvironment {
  fetch(url: string, init: RequestInit): Promise<Response>
  sleep(ms: number): Promise<void>
  /** us since 1970 UTC. */
  now(): number
  /** Keys of venues that want them. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** The real thing. */
export const systemEnvironment: DownloadEnvironment = {
  fetch: (url, init) => fetch(url, init),
  sleep: (ms) => delay(ms),
  now: () => Date.now() * 1000,
  variables: process.env,
}

/** Tries of one request before it is given up. */
const MAXIMUM_TRIES = 5
/** Longest wait that a venue may ask for, s. */
const LONGEST_WAIT_S = 120
const TIMEOUT_MS = 30_000

/** One request for JSON. */
export interface JsonRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A reply's value and its headers. */
export interface JsonReply {
  readonly value: unknown
  readonly headers: Headers
}

/**
 * Asks for JSON, again after a growing pause on network errors, 429 and 5xx (at most 5 times).
 * Throws AdapterError: VENUE_UNREACHABLE, VENUE_BANNED, VENUE_CREDENTIALS, VENUE_REFUSED,
 * VENUE_UNREADABLE.
 */
export async function requestJson(
  environment: DownloadEnvironment,
  request: JsonRequest,
): Promise<JsonReply> {
  let last = ''
  for (let attempt = 0; attempt < MAXIMUM_TRIES; attempt++) {
    if (attempt > 0) await environment.sleep(500 * 2 ** (attempt - 1))
    let response: Response
    let text: string
    try {
      response = await environment.fetch(request.url, {
        method: request.method ?? 'GET',
        headers: { accept: 'application/json', ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      text = await response.text()
    } catch (cause) {
      last = reason(cause)
      continue
    }
    if (response.ok) return { value: parse(request.url, text), headers: response.headers }
    last = `HTTP ${response.status}: ${text.slice(0, 200)}`
    const retryable = response.status === 429 || response.status >= 500
    if (!retryable) throw refused(request.url, response.status, last)
    await environment.sleep(1000 * Math.min(LONGEST_WAIT_S, retryAfter(response.headers)))
  }
  throw new AdapterError(
    'VENUE_UNREACHABLE',
    `No usable reply from ${hostOf(request.url)} in ${MAXIMUM_TRIES} tries: ${last}`,
    'retry',
  )
}

const retryAfter = (headers: Headers): number => {
  const seconds = Number(headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}

function refused(url: string, status: number, text: string): AdapterError {
  const host = hostOf(url)
  if (status === 401 || status === 403) {
    return new AdapterError('VENUE_CREDENTIALS', `${host} refuses our keys: ${text}`, 'fatal')
  }
  if (status === 418) return new AdapterError('VENUE_BANNED', `${host} banned us: ${text}`, 'fatal')
  return new AdapterError('VENUE_REFUSED', `${host} refuses the request: ${text}`, 'fatal')
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `${hostOf(url)} sent something that is not JSON: ${text.slice(0, 80)}`
    throw new AdapterError('VENUE_UNREADABLE', message, 'fatal', cause)
  }
}

/** The error for a reply of JSON that is not what the venue documents. */
export const unexpectedReply = (url: string, value: unknown): AdapterError =>
  new AdapterError(
    'VENUE_UNREADABLE',
    `${hostOf(url)} sent an unexpected reply: ${JSON.stringify(value)?.slice(0, 120)}`,
    'fatal',
  )

const hostOf = (url: string): string => new URL(url).host

function reason(cause: unknown): string {
  const error = cause as Error & { cause?: { code?: string; message?: string } }
  return error.cause?.code ?? error.cause?.message ?? error.message
}
