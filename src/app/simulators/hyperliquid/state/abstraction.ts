import { type Money, notional } from '../../../../core/mod.ts'
import { wireMoney } from '../wire/numbers.ts'
import type { Account } from './account.ts'
import { addCash, addSpot } from './booking.ts'
import { assetRateE12, userRates } from './fees.ts'
import { noteLedger } from './ledger.ts'
import { type MarginOrder, requiredMargin } from './margin.ts'
import { USDC } from './tokens.ts'
import { cancelUncarried } from './uncarried.ts'
import type { VenueFloor } from './venue-floor.ts'

const E12 = 1_000_000_000_000n
const WIRE_STEP = 100n

/**
 * Brings collateral to a builder's dex for an order that lacks it, when the user has switched on
 * dex abstraction: what initial margin and taker fee want, from the native dex in USDC, from spot
 * in any other collateral. False when it is off or there is not enough. Nothing comes back by
 * itself (unsettled).
 */
export function drawCollateral(state: VenueFloor, account: Account, order: MarginOrder): boolean {
  const perp = state.listing.perps[order.instrument.id]!
  const dex = state.listing.dexs[perp.dex]!
  const profile = state.desk.profiles.get(account.address)
  if (dex.terms === null || profile?.abstraction !== 'dexAbstraction') return false
  const view = state.marginView(account, perp.dex)
  const value = notional(order.instrument, state.mark(order.instrument.id), order.lots)
  const { takerE9 } = userRates(account, state.time)
  const fee = (value * assetRateE12(takerE9, perp, dex.terms)) / E12
  const { accountValue } = state.valueOf(account, perp.dex).cross
  const lacking = requiredMargin(account, view, order) + fee - accountValue
  const amount: Money = ((lacking + WIRE_STEP - 1n) / WIRE_STEP) * WIRE_STEP
  const token = dex.collateral
  const isUsdc = token.index === USDC
  const free = isUsdc
    ? state.valueOf(account, 0).withdrawable
    : (account.spot.get(token.index) ?? 0n)
  if (amount <= 0n || amount > free) return false
  if (isUsdc) {
    addCash(account, 0, -amount)
    cancelUncarried(state, account, 0)
  } else addSpot(account, token.index, -amount)
  addCash(account, perp.dex, amount)
  noteLedger(state, account, {
    type: 'activateDexAbstraction',
    dex: dex.name,
    token: token.name,
    amount: wireMoney(amount),
  })
  return true
}
