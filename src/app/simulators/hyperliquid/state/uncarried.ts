import type { Account } from './account.ts'
import { requiredMargin, valueAccount } from './margin.ts'
import type { VenueFloor } from './venue-floor.ts'

/**
 * Cancels resting orders, youngest first, until an account carries the rest on a dex: after money
 * has left it. What moving marks make too large is left to execute and to be liquidated.
 */
export function cancelUncarried(state: VenueFloor, account: Account, dex: number): void {
  const { perps } = state.listing
  const ours = [...account.open.values()].filter(
    ({ instrument, reduceOnly }) => !reduceOnly && perps[instrument]!.dex === dex,
  )
  for (const order of ours.reverse()) {
    const view = state.marginView(account, dex)
    const equity = valueAccount(account, view).cross.accountValue
    if (requiredMargin(account, view, null) <= equity) return
    state.cancel(account, order, 'marginCanceled')
  }
}
