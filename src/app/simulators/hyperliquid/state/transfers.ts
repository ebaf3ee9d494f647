import { assert, MONEY_DECIMALS, MONEY_UNIT, type Money } from '../../../../core/mod.ts'
import { WIRE_MONEY_DECIMALS, wireDecimal, wireMoney } from '../wire/numbers.ts'
import type { Account } from './account.ts'
import { addCash, addSpot, totalsOf } from './booking.ts'
import { noteLedger } from './ledger.ts'
import type { MoneyRefusal } from './money-texts.ts'
import { type Token, tokenAt, USDC } from './tokens.ts'
import { cancelUncarried } from './uncarried.ts'
import type { VenueFloor } from './venue-floor.ts'

/** What a withdrawal costs, taken out of the amount. */
const WITHDRAWAL_FEE: Money = MONEY_UNIT

/** Amounts on a perpetual dex have no more digits than the venue prints. */
const isPrintable = (amount: Money): boolean =>
  amount % 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS) === 0n

/** Where money is: a perpetual dex by index, or the spot side. */
type Place = { readonly kind: 'dex'; readonly dex: number } | { readonly kind: 'spot' }

/** What of a token an account could move away from a place. */
function available(state: VenueFloor, account: Account, place: Place, token: Token): Money {
  if (place.kind === 'spot') return account.spot.get(token.index) ?? 0n
  return state.valueOf(account, place.dex).withdrawable
}

/** Takes what is available away; orders that it carried are canceled. */
function take(
  state: VenueFloor,
  account: Account,
  from: { readonly place: Place; readonly token: Token; readonly amount: Money },
): void {
  add(account, from.place, from.token, -from.amount)
  if (from.place.kind === 'dex') cancelUncarried(state, account, from.place.dex)
}

function add(account: Account, place: Place, token: Token, amount: Money): void {
  if (place.kind === 'spot') addSpot(account, token.index, amount)
  else addCash(account, place.dex, amount)
}

const native: Place = { kind: 'dex', dex: 0 }

/** Moves USDC between the native perpetual and the spot side of one account. */
export function classTransfer(
  state: VenueFloor,
  account: Account,
  wanted: { readonly amount: Money; readonly toPerp: boolean },
): MoneyRefusal | null {
  const { amount, toPerp } = wanted
  const usdc = tokenAt(USDC)
  if (amount <= 0n || !isPrintable(amount)) return 'zeroAmount'
  const from: Place = toPerp ? { kind: 'spot' } : native
  if (amount > available(state, account, from, usdc)) {
    return toPerp ? 'tokenTransfer' : 'withdrawal'
  }
  take(state, account, { place: from, token: usdc, amount })
  add(account, toPerp ? native : { kind: 'spot' }, usdc, amount)
  noteLedger(state, account, { type: 'accountClassTransfer', usdc: wireMoney(amount), toPerp })
  return null
}

/** A transfer between places and users; a dex is "" (native), "spot" or a builder's name. */
export interface Sending {
  readonly destination: string
  readonly sourceDex: string
  readonly destinationDex: string
  readonly token: Token
  readonly amount: Money
  readonly nonce: number
}

/**
 * Moves a token between dexs, the spot side and users. A dex takes and gives its collateral only,
 * and gives what is withdrawable. A destination without an account gets one (free: at the venue it
 * costs 1 USDC, unsettled here).
 */
export function sendAsset(
  state: VenueFloor,
  account: Account,
  sending: Sending,
): MoneyRefusal | null {
  const { sourceDex, destinationDex, token, amount } = sending
  const from = placeNamed(state, sourceDex)
  const to = placeNamed(state, destinationDex)
  const destination = sending.destination.toLowerCase()
  if (from === null || to === null) return 'unknownDex'
  for (const place of [from, to]) {
    if (place.kind === 'dex' && state.listing.dexs[place.dex]!.collateral.index !== token.index) {
      return 'wrongCollateral'
    }
  }
  const isOnDex = from.kind === 'dex' || to.kind === 'dex'
  if (amount <= 0n || (isOnDex && !isPrintable(amount))) return 'zeroAmount'
  if (destination === account.address && sourceDex === destinationDex) return 'selfTransfer'
  if (amount > available(state, account, from, token)) return 'tokenTransfer'
  const receiver = state.accountOrNew(destination)
  take(state, account, { place: from, token, amount })
  add(receiver, to, token, amount)
  noteBoth(state, account, receiver, {
    type: 'send',
    user: account.address,
    destination,
    sourceDex,
    destinationDex,
    token: token.name,
    amount: wireDecimal(amount, MONEY_DECIMALS),
    usdcValue: wireDecimal(amount, MONEY_DECIMALS),
    fee: '0.0',
    nativeTokenFee: '0.0',
    nonce: sending.nonce,
    feeToken: '',
  })
  return null
}

function placeNamed(state: VenueFloor, name: string): Place | null {
  if (name === 'spot') return { kind: 'spot' }
  const dex = state.listing.dexNamed(name)
  return dex === null ? null : { kind: 'dex', dex: dex.index }
}

/** Sends USDC from the native perpetual account to another user's. */
export function usdSend(
  state: VenueFloor,
  account: Account,
  wanted: { readonly destination: string; readonly amount: Money },
): MoneyRefusal | null {
  const { amount } = wanted
  const destination = wanted.destination.toLowerCase()
  if (amount <= 0n || !isPrintable(amount)) return 'zeroAmount'
  if (destination === account.address) return 'selfTransfer'
  if (amount > state.valueOf(account, 0).withdrawable) return 'withdrawal'
  const receiver = state.accountOrNew(destination)
  take(state, account, { place: native, token: tokenAt(USDC), amount })
  addCash(receiver, 0, amount)
  noteBoth(state, account, receiver, {
    type: 'internalTransfer',
    usdc: wireMoney(amount),
    user: account.address,
    destination,
    fee: '0.0',
  })
  return null
}

/** Sends a spot balance to another user. */
export function spotSend(
  state: VenueFloor,
  account: Account,
  wanted: {
    readonly destination: string
    readonly token: Token
    readonly amount: Money
    readonly nonce: number
  },
): MoneyRefusal | null {
  const { token, amount, nonce } = wanted
  const destination = wanted.destination.toLowerCase()
  if (amount <= 0n) return 'zeroAmount'
  if (destination === account.address) return 'selfTransfer'
  if (amount > (account.spot.get(token.index) ?? 0n)) return 'tokenTransfer'
  const receiver = state.accountOrNew(destination)
  addSpot(account, token.index, -amount)
  addSpot(receiver, token.index, amount)
  noteBoth(state, account, receiver, {
    type: 'spotTransfer',
    token: token.name,
    amount: wireDecimal(amount, MONEY_DECIMALS),
    usdcValue: wireDecimal(amount, MONEY_DECIMALS),
    user: account.address,
    destination,
    fee: '0.0',
    nativeTokenFee: '0.0',
    nonce,
    feeToken: '',
  })
  return null
}

/** Takes USDC of the native perpetual account out of the venue; the fee is part of the amount. */
export function withdraw(
  state: VenueFloor,
  account: Account,
  wanted: { readonly amount: Money; readonly nonce: number },
): MoneyRefusal | null {
  const { amount, nonce } = wanted
  if (!isPrintable(amount)) return 'zeroAmount'
  if (amount <= WITHDRAWAL_FEE || amount > state.valueOf(account, 0).withdrawable) {
    return 'withdrawal'
  }
  take(state, account, { place: native, token: tokenAt(USDC), amount })
  totalsOf(state.clearinghouse.books, USDC).deposited -= amount
  noteLedger(state, account, {
    type: 'withdraw',
    usdc: wireMoney(amount - WITHDRAWAL_FEE),
    nonce,
    fee: wireMoney(WITHDRAWAL_FEE),
  })
  return null
}

/** Moves USDC between the native perpetual accounts of a master and its sub-account. */
export function subAccountTransfer(
  state: VenueFloor,
  from: Account,
  to: Account,
  amount: Money,
): MoneyRefusal | null {
  if (amount <= 0n) return 'zeroAmount'
  if (amount > state.valueOf(from, 0).withdrawable) return 'withdrawal'
  take(state, from, { place: native, token: tokenAt(USDC), amount })
  addCash(to, 0, amount)
  noteBoth(state, from, to, {
    type: 'subAccountTransfer',
    usdc: wireMoney(amount),
    user: from.address,
    destination: to.address,
  })
  return null
}

/** Credits money from outside the venue; `place` is "" (native), "spot" or a builder's dex. */
export function deposit(
  state: VenueFloor,
  account: Account,
  given: { readonly amount: Money; readonly place: string },
): void {
  const { amount } = given
  if (amount === 0n) return
  const place = placeNamed(state, given.place)
  assert(place !== null, `no dex is named ${given.place}`)
  const token = place.kind === 'spot' ? tokenAt(USDC) : state.listing.dexs[place.dex]!.collateral
  add(account, place, token, amount)
  totalsOf(state.clearinghouse.books, token.index).deposited += amount
  noteLedger(state, account, { type: 'deposit', usdc: wireMoney(amount) })
}

function noteBoth(
  state: VenueFloor,
  from: Account,
  to: Account,
  delta: Parameters<typeof noteLedger>[2],
): void {
  noteLedger(state, from, delta)
  if (to !== from) noteLedger(state, to, delta)
}
