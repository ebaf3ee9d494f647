import type { TimeUs } from '../../../core/mod.ts'
import type { FaultPlan } from '../faults.ts'
import { parseJson } from '../json.ts'
import type { Command } from './gateway.ts'
import type { Keys } from './keys.ts'
import { createRateLimit } from './rate-limit.ts'
import { badRequest, Code, type Reply, refusal } from './rest/reply.ts'
import type { AccountShape, RestContext, Route } from './rest/route.ts'
import { type FoundRoute, findRoute } from './rest/routes.ts'
import type { VenueState } from './state/venue-state.ts'

/** An HTTP request as the venue sees it. */
export interface HttpRequest {
  readonly method: string
  /** Path with leading slash, without query. */
  readonly path: string
  /** After the question mark, without it. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly receivedTimeUs: TimeUs
}

/** An HTTP reply. Status 0: the connection is dropped without one. */
export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What answering needs of the venue. */
export interface HttpContext {
  readonly state: VenueState
  readonly faults: FaultPlan
  readonly keys: Keys
  readonly shape: AccountShape
  /** Requests a minute and key; null: not enforced. */
  readonly requestsPerMinute: number | null
  /** From receiving a command to executing it, us. */
  readonly latencyUs: number
  advance(toTime: TimeUs): void
  command(command: Command): Reply
  /** Resolves when venue time has reached a time. */
  reach(time: TimeUs): Promise<void>
}

/** A request that is never answered is dropped after this long. */
const SILENCE_US = 120_000_000

const dropped: HttpReply = { status: 0, headers: {}, body: '' }

const written = ({ status, body }: Reply, headers: Readonly<Record<string, string>>): HttpReply =>
  body === null
    ? { status, headers, body: '' }
    : {
        status,
        headers: { ...headers, 'content-type': 'application/json; charset=UTF-8' },
        body: JSON.stringify(body),
      }

const isMarketData = (path: string): boolean =>
  path.startsWith('/v2/stocks') || path.startsWith('/v1beta')

/** Answers one HTTP request as the venue does. Rejects only when the log cannot be written. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpReply>

/** Creates the handler with its own count of requests. */
export function createHttpHandler(context: HttpContext): HttpHandler {
  const { state, faults, keys } = context
  const limit = createRateLimit(context.requestsPerMinute)
  let requests = 0
  const silence = async (): Promise<HttpReply> => {
    await context.reach(state.time + SILENCE_US)
    return dropped
  }
  const answerQuery = async (asked: Asked): Promise<HttpReply> => {
    const fault = faults.query(state.time)
    if (fault === 'lost') return silence()
    if (fault === 'failed')
      return written({ status: 502, body: { message: 'bad gateway' } }, asked.headers)
    return written(asked.found.route.run(contextOf(context, asked)), asked.headers)
  }
  const answerCommand = async (asked: Asked): Promise<HttpReply> => {
    const { headers } = asked
    const fault = faults.command(state.time)
    if (fault === 'refused')
      return written({ status: 503, body: { message: 'service unavailable' } }, headers)
    if (fault === 'rateLimited') return written(rateLimited, headers)
    if (fault === 'lost') return silence()
    if (context.latencyUs > 0) await context.reach(state.time + context.latencyUs)
    const reply = context.command(commandOf(asked))
    if (fault === 'replyLost') return silence()
    if (fault === 'replyFailed')
      return written({ status: 502, body: { message: 'bad gateway' } }, headers)
    const whole = written(reply, headers)
    if (fault === 'replyGarbled')
      return { ...whole, body: whole.body.slice(0, whole.body.length >> 1) }
    if (typeof fault === 'object') await context.reach(state.time + fault.lateUs)
    return whole
  }
  return async (request) => {
    context.advance(request.receivedTimeUs)
    const { method, path } = request
    const found = findRoute(method, path)
    const route: Route | null = found === null || found === 'method' ? null : found.route
    const account = keys.accountOf(request.headers)
    if (account === null && route?.isPublic !== true) return unauthorized(path, request)
    const key = account === null ? 'public' : String(account)
    const counted = limit.take(key, request.receivedTimeUs)
    const headers = { 'x-request-id': String(++requests).padStart(32, '0'), ...counted.headers }
    if (!counted.ok) return written(rateLimited, headers)
    if (found === null)
      return written({ status: 404, body: { message: 'endpoint not found.' } }, headers)
    if (found === 'method')
      return written({ status: 405, body: { message: 'method not allowed.' } }, headers)
    const body = request.body === '' ? undefined : parseJson(request.body)
    if (request.body !== '' && body === undefined) {
      const isData = isMarketData(path)
      return written(
        isData
          ? badRequest('invalid body')
          : refusal(400, 40010000, 'request body format is invalid'),
        headers,
      )
    }
    const asked: Asked = { request, found, account: account ?? 0, body, headers }
    return found.route.isCommand === true ? answerCommand(asked) : answerQuery(asked)
  }
}

const rateLimited = refusal(429, Code.rateLimited, 'rate limit exceeded')

interface Asked {
  readonly request: HttpRequest
  readonly found: FoundRoute
  readonly account: number
  readonly body: ReturnType<typeof parseJson>
  readonly headers: Readonly<Record<string, string>>
}

/** Trading says which code; market data say 401 without keys and 403 for wrong ones. */
function unauthorized(path: string, { headers }: HttpRequest): HttpReply {
  if (isMarketData(path) && headers['apca-api-key-id'] !== undefined) {
    return written({ status: 403, body: { message: 'forbidden.' } }, {})
  }
  return written({ status: 401, body: { message: 'unauthorized.' } }, {})
}

const contextOf = (
  context: HttpContext,
  { request, found, account, body }: Asked,
): RestContext => ({
  state: context.state,
  account: context.state.accounts[account]!,
  shape: context.shape,
  params: found.params,
  query: new URLSearchParams(request.query),
  body,
  headers: request.headers,
})

const commandOf = ({ request, account, body }: Asked): Command => ({
  account,
  method: request.method,
  path: request.path,
  query: request.query,
  idempotencyKey: request.headers['idempotency-key'] ?? null,
  body,
})
