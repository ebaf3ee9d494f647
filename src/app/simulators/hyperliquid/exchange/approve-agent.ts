import { asText } from '../../json.ts'
import { asAddress } from '../wire/addresses.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  done,
  refused,
  userSigned,
} from './action.ts'

const DAY_MS = 86_400_000
const NAME_LENGTH_MAX = 16
const NAMED_AGENTS_MAX = 3
const VALID_DAYS_DEFAULT = 90
const VALID_DAYS_MAX = 180

const named = /^(.*?)(?: valid_until (\d{1,16}))?$/

function approve({ state, account }: ActionContext, address: string, spelled: string): ActionReply {
  const nowMs = Math.floor(state.time / 1000)
  const match = named.exec(spelled)
  const name = match?.[1] ?? ''
  const until = match?.[2] === undefined ? nowMs + VALID_DAYS_DEFAULT * DAY_MS : Number(match[2])
  if (name.length > NAME_LENGTH_MAX || until <= nowMs || until > nowMs + VALID_DAYS_MAX * DAY_MS) {
    return refused(requestTexts.invalidAgentName)
  }
  if (state.accounts.has(address) || state.ownerOf(address) !== null) {
    return refused(requestTexts.agentUsed)
  }
  const kept = account.agents.filter((agent) => agent.name !== name && agent.validUntilMs > nowMs)
  if (name !== '' && kept.filter((agent) => agent.name !== '').length >= NAMED_AGENTS_MAX) {
    return refused(requestTexts.tooManyAgents)
  }
  account.agents.splice(0, account.agents.length, ...kept, { address, name, validUntilMs: until })
  return done
}

/** approveAgent: lets another key sign trading actions; the same name replaces the former one. */
export const approveAgentAction: ActionKind = {
  signing: userSigned('ApproveAgent', ['agentAddress address', 'agentName string'], {
    defaults: { agentName: '' },
  }),
  read(action) {
    const address = asAddress(action['agentAddress'])
    const name = action['agentName'] == null ? '' : asText(action['agentName'])
    if (address === null || name === null) return null
    return { count: 1, run: (context) => approve(context, address, name) }
  },
}
