import type { TimeUs } from '../../../../core/mod.ts'
import type { Account } from './account.ts'
import { dayOf } from './fees.ts'
import type { VenueFloor } from './venue-floor.ts'

/** When the first scheduled cancel is due; Infinity when there is none. */
export function nextScheduledCancel(accounts: Iterable<Account>): TimeUs {
  let next = Number.POSITIVE_INFINITY
  for (const { scheduledCancel } of accounts) {
    if (scheduledCancel !== null && scheduledCancel < next) next = scheduledCancel
  }
  return next
}

/** Cancels everything of the users whose dead man's switch is due. */
export function runScheduledCancels(state: VenueFloor): void {
  for (const account of state.accounts.values()) {
    if (account.scheduledCancel === null || account.scheduledCancel > state.time) continue
    account.scheduledCancel = null
    const orders = [...account.open.values(), ...state.desk.triggers.waiting(account)]
    for (const order of orders) state.cancel(account, order, 'scheduledCancel')
    const day = dayOf(state.time)
    account.scheduledFired = account.scheduledDay === day ? account.scheduledFired + 1 : 1
    account.scheduledDay = day
  }
}
