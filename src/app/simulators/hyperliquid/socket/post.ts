import type { TimeUs } from '../../../../core/mod.ts'
import type { FaultPlan } from '../../faults.ts'
import { asText, isObject, type Json } from '../../json.ts'
import type { ActionReply } from '../exchange/action.ts'
import { answerInfo } from '../info/answer.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireTime } from '../wire/numbers.ts'
import { httpTexts } from '../wire/texts.ts'
import type { ConnectionContext, PostReply } from './connection.ts'

/** Answers posts over a socket with the same handlers and faults as HTTP. */
export function createPost(venue: {
  readonly state: VenueState
  readonly faults: FaultPlan
  reach(time: TimeUs): Promise<void>
  submit(body: Json, receivedTime: TimeUs): Promise<ActionReply | null>
}): ConnectionContext['post'] {
  const { state, faults } = venue
  const error = (payload: string): PostReply => ({ type: 'error', payload })
  return async ({ kind, payload }, time) => {
    if (kind === 'info') {
      if (faults.query(time) !== 'none') return null
      const reply = answerInfo(payload, { state, nowMs: wireTime(state.time) })
      if (reply.kind !== 'json') return error(httpTexts.wrongShape)
      const type = isObject(payload) ? asText(payload['type']) : null
      return { type: 'info', payload: { type, data: reply.body } }
    }
    const fault = faults.command(time)
    if (fault === 'refused' || fault === 'rateLimited' || fault === 'lost') return null
    const reply = await venue.submit(payload, time)
    if (fault === 'replyLost' || fault === 'replyFailed' || fault === 'replyGarbled') return null
    if (typeof fault === 'object') await venue.reach(state.time + fault.lateUs)
    return reply === null ? error(httpTexts.wrongShape) : { type: 'action', payload: reply }
  }
}
