import type { Instrument, Money } from '../../../../core/mod.ts'
import type { Account } from './account.ts'
import { addCash } from './booking.ts'
import { leverageOf, requiredMargin, valueAccount } from './margin.ts'
import { shareDown } from './margin-table.ts'
import type { MoneyRefusal } from './money-texts.ts'
import type { VenueFloor } from './venue-floor.ts'

/**
 * Sets an account's leverage for a coin, cross or isolated. With a position open the type stays,
 * and a lower leverage needs the margin: in the position when it is isolated, else in the account.
 */
export function updateLeverage(
  state: VenueFloor,
  account: Account,
  wanted: { readonly instrument: Instrument; readonly isCross: boolean; readonly leverage: number },
): MoneyRefusal | null {
  const { instrument, isCross, leverage } = wanted
  const { id } = instrument
  const perp = state.listing.perps[id]!
  if (leverage < 1 || leverage > instrument.maximumLeverage) return 'leverage'
  if (isCross && perp.onlyIsolated) return 'crossNotAllowed'
  const position = account.positions.get(id)
  if (position !== undefined && (position.margin === null) !== isCross) return 'leverageType'
  const isLower = leverage < leverageOf(account, instrument)
  const before = { leverage: account.leverage.get(id), isolated: account.isolated.has(id) }
  account.leverage.set(id, leverage)
  if (isCross) account.isolated.delete(id)
  else account.isolated.add(id)
  const isShort = isLower && lacksMargin(state, account, instrument)
  if (!isShort) return null
  if (before.leverage === undefined) account.leverage.delete(id)
  else account.leverage.set(id, before.leverage)
  if (before.isolated) account.isolated.add(id)
  else account.isolated.delete(id)
  return isCross ? 'crossMargin' : 'isolatedMargin'
}

function lacksMargin(state: VenueFloor, account: Account, { id }: Instrument): boolean {
  const { dex } = state.listing.perps[id]!
  const view = state.marginView(account, dex)
  const value = valueAccount(account, view)
  const own = value.positions.find(({ instrument }) => instrument.id === id)
  if (own?.isolatedRawUsd != null && own.initialMargin < shareDown(own.value, own.leverage)) {
    return true
  }
  return requiredMargin(account, view, null) > value.cross.accountValue
}

/**
 * Adds margin to an isolated position, or takes some out (negative): not more than leaves its
 * initial margin, and nothing from coins that are strictly isolated.
 */
export function updateIsolatedMargin(
  state: VenueFloor,
  account: Account,
  instrument: Instrument,
  amount: Money,
): MoneyRefusal | null {
  const perp = state.listing.perps[instrument.id]!
  const value = state.valueOf(account, perp.dex)
  const own = value.positions.find((each) => each.instrument.id === instrument.id)
  if (amount === 0n) return 'zeroMargin'
  if (own === undefined) return 'emptyPosition'
  if (own.position.margin === null) return 'notIsolated'
  if (amount > 0n && amount > value.withdrawable) return 'noMarginToAdd'
  if (amount < 0n) {
    if (perp.marginMode === 'strictIsolated') return 'noMarginToTake'
    if (own.initialMargin + amount < shareDown(own.value, own.leverage)) return 'noMarginToTake'
  }
  own.position.margin += amount
  addCash(account, perp.dex, -amount)
  return null
}

/**
 * Adds so much margin to an isolated position that its value is at most `leverage` (x 10^8) times
 * its equity; nothing when it is so already.
 */
export function topUpIsolatedMargin(
  state: VenueFloor,
  account: Account,
  instrument: Instrument,
  leverageE8: bigint,
): MoneyRefusal | null {
  const { dex } = state.listing.perps[instrument.id]!
  const value = state.valueOf(account, dex)
  const own = value.positions.find((each) => each.instrument.id === instrument.id)
  if (own === undefined) return 'emptyPosition'
  if (own.position.margin === null) return 'notIsolated'
  if (leverageE8 <= 0n) return 'leverage'
  const scaled = own.value * 100_000_000n
  const needed = (scaled + leverageE8 - 1n) / leverageE8 - own.initialMargin
  if (needed <= 0n) return null
  // Up to what the wire prints, so that balances stay whole in its digits.
  return updateIsolatedMargin(state, account, instrument, ((needed + 99n) / 100n) * 100n)
}
