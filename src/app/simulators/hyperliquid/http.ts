import type { TimeUs } from '../../../core/mod.ts'
import type { FaultPlan } from '../faults.ts'
import { asText, isArray, isObject, type Json, parseJson } from '../json.ts'
import type { ActionReply } from './exchange/action.ts'
import { answerInfo } from './info/answer.ts'
import { infoWeight, replyWeight } from './info/weight.ts'
import type { VenueState } from './state/venue-state.ts'
import { wireTime } from './wire/numbers.ts'
import { httpTexts } from './wire/texts.ts'

/** An HTTP request as the venue sees it. */
export interface HttpRequest {
  readonly method: string
  /** Path with leading slash, without query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly receivedTimeUs: TimeUs
}

/** An HTTP reply. Status 0: the connection is dropped without one. */
export interface HttpReply {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What answering needs of the venue. */
export interface HttpContext {
  readonly state: VenueState
  readonly faults: FaultPlan
  /** IP weight per minute, null: not enforced. */
  readonly weightPerMinute: number | null
  advance(toTime: TimeUs): void
  submit(body: Json, receivedTime: TimeUs): Promise<ActionReply | null>
  /** Resolves when venue time has reached a time. */
  reach(time: TimeUs): Promise<void>
}

const JSON_TYPE = 'application/json'
/** A request that is never answered is dropped after this long. */
const SILENCE_US = 120_000_000

const text = (status: number, body: string): HttpReply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})
const empty = (status: number): HttpReply => ({ status, contentType: '', body: '' })
const json = (status: number, body: unknown): HttpReply => ({
  status,
  contentType: JSON_TYPE,
  body: JSON.stringify(body),
})
/** Half of a reply, as if the connection had broken off in it. */
const garbled = (reply: HttpReply): HttpReply => ({
  ...reply,
  body: reply.body.slice(0, reply.body.length >> 1),
})
const wrongShape = text(422, httpTexts.wrongShape)

/** Answers one HTTP request as the venue does. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpReply>

/** Creates the handler with its own weight budget. */
export function createHttpHandler(context: HttpContext): HttpHandler {
  const budget = createBudget(context.weightPerMinute)
  const { state, faults } = context
  const silence = async (time: TimeUs): Promise<HttpReply> => {
    await context.reach(time + SILENCE_US)
    return empty(0)
  }

  const info = (body: Json, time: TimeUs): Promise<HttpReply> => {
    const type = isObject(body) ? asText(body['type']) : null
    if (!budget.take(infoWeight(type), time)) return Promise.resolve(json(429, null))
    const fault = faults.query(time)
    if (fault === 'lost') return silence(time)
    if (fault === 'failed') return Promise.resolve(text(502, 'Bad Gateway'))
    const reply = answerInfo(body, { state, nowMs: wireTime(state.time) })
    if (reply.kind === 'json') {
      budget.charge(replyWeight(type, reply.body))
      return Promise.resolve(json(200, reply.body))
    }
    return Promise.resolve(reply.kind === 'wrongShape' ? wrongShape : json(500, null))
  }

  const exchange = async (body: Json, time: TimeUs): Promise<HttpReply> => {
    if (!budget.take(actionWeight(body), time)) return json(429, null)
    const fault = faults.command(time)
    if (fault === 'refused') return text(503, 'Service Unavailable')
    if (fault === 'rateLimited') return json(429, null)
    if (fault === 'lost') return silence(time)
    const reply = await context.submit(body, time)
    if (reply === null) return wrongShape
    if (fault === 'replyLost') return silence(time)
    if (fault === 'replyFailed') return text(502, 'Bad Gateway')
    if (fault === 'replyGarbled') return garbled(json(200, reply))
    if (typeof fault === 'object') await context.reach(state.time + fault.lateUs)
    return json(200, reply)
  }

  return (request) => {
    const { method, path, headers, receivedTimeUs } = request
    context.advance(receivedTimeUs)
    if (path !== '/info' && path !== '/exchange') return Promise.resolve(empty(404))
    if (method !== 'POST') return Promise.resolve(empty(405))
    if (!(headers['content-type'] ?? '').toLowerCase().startsWith(JSON_TYPE)) {
      return Promise.resolve(text(415, httpTexts.wrongContentType))
    }
    const body = parseJson(request.body)
    if (body === undefined) return Promise.resolve(text(400, httpTexts.unreadable))
    const answer = path === '/info' ? info : exchange
    return answer(body, Math.max(receivedTimeUs, state.time))
  }
}

/** IP weight of an exchange request: one, and one more per 40 items. */
function actionWeight(body: Json): number {
  const action = isObject(body) && isObject(body['action']) ? body['action'] : {}
  const items = action['orders'] ?? action['cancels'] ?? action['modifies']
  return 1 + Math.floor((isArray(items) ? items.length : 1) / 40)
}

interface Budget {
  /** Takes a weight, or nothing when not as much is left. */
  take(weight: number, time: TimeUs): boolean
  /** Takes what the reply turned out to weigh, also beyond what is left. */
  charge(weight: number): void
}

/** A bucket that refills evenly over a minute; null never runs dry. */
function createBudget(perMinute: number | null): Budget {
  let left = perMinute ?? 0
  let last = Number.NEGATIVE_INFINITY
  return {
    take(weight, time) {
      if (perMinute === null) return true
      const refill = Math.max(0, time - last) * (perMinute / 60e6)
      left = Math.min(perMinute, left + refill)
      last = Math.max(last, time)
      if (weight > left) return false
      left -= weight
      return true
    },
    charge(weight) {
      left -= weight
    },
  }
}
