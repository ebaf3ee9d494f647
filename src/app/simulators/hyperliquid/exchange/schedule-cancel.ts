import { MONEY_UNIT } from '../../../../core/mod.ts'
import { asUnsigned } from '../../json.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  type ActionReply,
  done,
  l1,
  refused,
} from './action.ts'

const AHEAD_MS_MIN = 5_000
const FIRED_PER_DAY_MAX = 10

function schedule({ state, account, rules }: ActionContext, timeMs: number | null): ActionReply {
  if (timeMs === null) {
    account.scheduledCancel = null
    return done
  }
  if (account.volume < BigInt(rules.scheduleCancelVolume) * MONEY_UNIT) {
    return refused(requestTexts.scheduleVolume(account.volume))
  }
  if (timeMs * 1000 < state.time + AHEAD_MS_MIN * 1000) return refused(requestTexts.scheduleTooSoon)
  const day = Math.floor(state.time / 86_400_000_000)
  if (account.scheduledDay === day && account.scheduledFired >= FIRED_PER_DAY_MAX) {
    return refused(requestTexts.scheduleTooOften)
  }
  account.scheduledCancel = timeMs * 1000
  return done
}

/** scheduleCancel: `{type, time?}`: the dead man's switch; without a time it is taken back. */
export const scheduleCancelAction: ActionKind = {
  signing: l1,
  read(action) {
    const timeMs = action['time'] == null ? null : asUnsigned(action['time'])
    if (timeMs === null && action['time'] != null) return null
    return { count: 1, run: (context) => schedule(context, timeMs) }
  },
}
