import { asUnsigned } from '../../json.ts'
import { addCash, totalsOf } from '../state/booking.ts'
import { limitOf, RESERVED_PRICE } from '../state/limits.ts'
import { USDC } from '../state/tokens.ts'
import { type ActionKind, done, l1 } from './action.ts'
import { settled } from './leverage.ts'

/** reserveRequestWeight: `{weight}`: buys requests, 0.0005 USDC each, out of the native account. */
export const reserveRequestWeightAction: ActionKind = {
  signing: l1,
  read(action) {
    const weight = asUnsigned(action['weight'])
    if (weight === null || weight === 0) return null
    return {
      count: 1,
      run({ state, account }) {
        const cost = BigInt(weight) * RESERVED_PRICE
        if (cost > state.valueOf(account, 0).withdrawable) return settled('withdrawal')
        addCash(account, 0, -cost)
        totalsOf(state.clearinghouse.books, USDC).fees += cost
        limitOf(state.desk.limits, account.address).reserved += weight
        return done
      },
    }
  },
}
