import { type Side, sign, type TimeUs, toNewYork } from '../../../../core/mod.ts'
import type { Asset } from '../listing.ts'
import { absolute, type Nano, times } from '../wire/nano.ts'
import { DAY_US } from '../wire/times.ts'
import { countsDayTrades, cryptoRatePpm, sellFees, settlementTime, shareOf } from './regulatory.ts'
import { sessionInOrAfter } from './sessions.ts'
import type { Account, Activity, Position } from './types.ts'

/** What went through the venue: the other side of all accounts, to the unit. */
export interface Books {
  deposited: Nano
  /** Dollars paid by accounts for assets, less received. */
  traded: Nano
  /** Fees, borrow costs and dividends paid by accounts, less received. */
  charged: Nano
  /** Units the market gave to accounts, and units kept as fees, by asset. */
  readonly given: Map<number, Nano>
  readonly feeUnits: Map<number, Nano>
}

/** Empty books. */
export const createBooks = (): Books => ({
  deposited: 0n,
  traded: 0n,
  charged: 0n,
  given: new Map(),
  feeUnits: new Map(),
})

/** One trade of an account. */
export interface Fill {
  readonly side: Side
  readonly price: Nano
  readonly qty: Nano
  readonly isMaker: boolean
  readonly time: TimeUs
  readonly orderId: string
}

const add = (map: Map<number, Nano>, key: number, amount: Nano): void => {
  map.set(key, (map.get(key) ?? 0n) + amount)
}

/** Books a fill: cash, position, fees. Fees of coins are taken in what is received. */
export function bookFill(account: Account, books: Books, asset: Asset, fill: Fill): void {
  const value = times(fill.price, fill.qty)
  const isLong = (account.positions.get(asset.index)?.qty ?? 0n) > 0n
  const flow = fill.side === 'buy' ? -value : value
  account.cash += flow
  books.traded -= flow
  add(books.given, asset.index, BigInt(sign(fill.side)) * fill.qty)
  if (asset.class === 'us_equity') noteDayTrade(account, asset, fill)
  changePosition(account, asset.index, BigInt(sign(fill.side)) * fill.qty, value)
  if (asset.class === 'crypto') chargeCoins(account, books, asset, { ...fill, value })
  else if (fill.side === 'sell') chargeSale(account, fill, value, isLong)
}

/** What an account traded in coins in the 30 days up to now, dollars; forgets what was before. */
export function volumeOf({ cryptoVolume }: Account, time: TimeUs): Nano {
  const day = Math.floor(time / DAY_US)
  while (cryptoVolume.length > 0 && cryptoVolume[0]!.day <= day - 30) cryptoVolume.shift()
  return cryptoVolume.reduce((sum, each) => sum + each.value, 0n)
}

function chargeCoins(
  account: Account,
  books: Books,
  asset: Asset,
  fill: Fill & { readonly value: Nano },
): void {
  const day = Math.floor(fill.time / DAY_US)
  const { cryptoVolume } = account
  const volume = volumeOf(account, fill.time)
  const rate = cryptoRatePpm(volume, fill.isMaker, fill.time)
  const today = cryptoVolume.at(-1)
  if (today?.day === day) today.value += fill.value
  else cryptoVolume.push({ day, value: fill.value })
  const owed = account.cryptoFees.get(asset.index) ?? { units: 0n, dollars: 0n }
  account.cryptoFees.set(asset.index, owed)
  if (fill.side === 'buy') {
    const units = shareOf(fill.qty, rate)
    owed.units += units
    add(books.feeUnits, asset.index, units)
    takeUnits(account, asset.index, units)
  } else {
    const dollars = shareOf(fill.value, rate)
    owed.dollars += dollars
    account.cash -= dollars
    books.charged += dollars
  }
}

/** Takes units off a position without a trade, with their share of what it cost. */
function takeUnits(account: Account, asset: number, units: Nano): void {
  const position = account.positions.get(asset)!
  position.cost -= (position.cost * units) / position.qty
  position.qty -= units
  if (position.qty === 0n) account.positions.delete(asset)
}

/**
 * Sales of shares settle later and owe fees, which are booked at the end of the day. What a short
 * sale brings is the lender's security and nobody's to spend.
 */
function chargeSale(account: Account, fill: Fill, value: Nano, isLong: boolean): void {
  const settles = settlementTime(sessionInOrAfter(fill.time).day)
  if (isLong) account.unsettled.push({ time: settles, amount: value })
  account.owed.soldValue += value
  account.owed.soldShares += fill.qty
  const { sec, taf } = sellFees({ value, qty: fill.qty }, fill.time)
  account.owed.sec += sec
  account.owed.taf += taf
}

/** Moves a position at average cost. */
function changePosition(account: Account, asset: number, change: Nano, value: Nano): void {
  const known = account.positions.get(asset)
  const position: Position = known ?? { qty: 0n, cost: 0n, dayQty: 0n, dayCost: 0n }
  const before = position.qty
  const after = before + change
  if (before === 0n || before > 0n === change > 0n) position.cost += value
  else if (after === 0n) position.cost = 0n
  else if (after > 0n === before > 0n) {
    position.cost -= (position.cost * absolute(change)) / absolute(before)
  } else position.cost = (value * absolute(after)) / absolute(change)
  position.qty = after
  if (after === 0n) account.positions.delete(asset)
  else account.positions.set(asset, position)
}

const FIVE_SESSIONS = 5
/** Day trades within five sessions that make a pattern day trader. */
export const PATTERN_DAY_TRADES = 4

const newYorkDay = (time: TimeUs): number => Math.floor(toNewYork(time) / DAY_US)

/** Counts opening and closing within a day, while that is counted (FINRA rule 4210, until 2026-06). */
function noteDayTrade(account: Account, asset: Asset, fill: Fill): void {
  if (!countsDayTrades(fill.time)) return
  const position = account.positions.get(asset.index)
  const closes = position !== undefined && position.qty > 0n === (fill.side === 'sell')
  if (!closes || absolute(position.qty) <= absolute(position.dayQty)) return
  const today = newYorkDay(fill.time)
  account.dayTrades = account.dayTrades.filter(
    ({ day, orderId }) => day > today - FIVE_SESSIONS - 2 && orderId !== fill.orderId,
  )
  account.dayTrades.push({ day: today, orderId: fill.orderId })
  if (account.dayTrades.length >= PATTERN_DAY_TRADES) account.isPatternDayTrader = true
}

/** Takes dollars off an account and says so in its history; negative amounts are given. */
export function charge(
  account: Account,
  books: Books,
  entry: Omit<Extract<Activity, { kind: 'other' }>, 'kind' | 'netAmount'> & {
    readonly amount: Nano
  },
): void {
  const { amount, ...rest } = entry
  account.cash -= amount
  books.charged += amount
  account.activities.push({ kind: 'other', ...rest, netAmount: -amount })
}
