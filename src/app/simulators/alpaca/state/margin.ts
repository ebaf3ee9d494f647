import type { TimeUs } from '../../../../core/mod.ts'
import type { Asset } from '../listing.ts'
import { absolute, least, most, type Nano, times, UNIT } from '../wire/nano.ts'
import type { AssetData } from './market-data.ts'
import { markOf } from './market-data.ts'
import { countsDayTrades } from './regulatory.ts'
import type { Phase } from './sessions.ts'
import type { Account, Order } from './types.ts'

/** What margin is worked out from. */
export interface MarginView {
  readonly time: TimeUs
  /** What part of the day it is for shares. */
  readonly phase: Phase
  readonly assets: readonly Asset[]
  readonly data: readonly AssetData[]
}

/** An account at the present prices, before its open orders. All in 10^-9 dollars. */
export interface Valuation {
  readonly equity: Nano
  readonly longValue: Nano
  /** Not positive. */
  readonly shortValue: Nano
  readonly cryptoValue: Nano
  /** Reg T: half of shares, all of coins. */
  readonly initialMargin: Nano
  readonly maintenanceMargin: Nano
  readonly multiplier: 1 | 2 | 4
  readonly regtPower: Nano
  /** For marginable shares, now. */
  readonly buyingPower: Nano
  /** Settled dollars that are not anybody's collateral: for coins. */
  readonly cashPower: Nano
  /** What is left of the two when every open order has filled. */
  readonly sharePowerLeft: Nano
  readonly coinPowerLeft: Nano
}

/** Least equity for margin and short sales (FINRA rule 4210). */
export const MARGIN_EQUITY: Nano = 2_000n * UNIT
/** Least equity of a pattern day trader, while there were any. */
export const DAY_TRADER_EQUITY: Nano = 25_000n * UNIT
/** Maintenance of shares, in percent. */
export const MAINTENANCE_PERCENT = 30n

/** Values an account. */
export function valueAccount(view: MarginView, account: Account): Valuation {
  let longValue = 0n
  let shortValue = 0n
  let cryptoValue = 0n
  for (const [index, { qty }] of account.positions) {
    const asset = view.assets[index]!
    const value = times(markOf(view.data[index]!, asset), qty)
    if (asset.class === 'crypto') cryptoValue += value
    if (value >= 0n) longValue += value
    else shortValue += value
  }
  const owed = owedFees(account)
  const equity = account.cash + longValue + shortValue - owed
  const shares = longValue - cryptoValue - shortValue
  const initialMargin = shares / 2n + cryptoValue
  const maintenanceMargin = (shares * MAINTENANCE_PERCENT) / 100n + cryptoValue
  const multiplier = multiplierOf(view, account, equity)
  const excess = most(0n, equity - initialMargin)
  const regtPower = multiplier === 1 ? most(0n, least(excess, account.cash)) : 2n * excess
  const intraday = 4n * most(0n, equity - shares / 4n - cryptoValue)
  const buyingPower =
    multiplier === 4 && view.phase === 'regular' ? most(intraday, regtPower) : regtPower
  const reserved = reservedOf(view, account)
  const settled = account.cash - owed - unsettledOf(account) + shortValue
  return {
    equity,
    longValue,
    shortValue,
    cryptoValue,
    initialMargin,
    maintenanceMargin,
    multiplier,
    regtPower,
    buyingPower,
    cashPower: most(0n, least(excess, settled)),
    sharePowerLeft: buyingPower - reserved.shares - BigInt(multiplier) * reserved.coins,
    coinPowerLeft: least(
      equity - initialMargin - reserved.shares / 2n - reserved.coins,
      settled - reserved.shares - reserved.coins,
    ),
  }
}

/** Fees that are owed and not booked yet. */
export const owedFees = (account: Account): Nano => account.owed.sec + account.owed.taf

/** Proceeds of sales that have not settled. */
export const unsettledOf = (account: Account): Nano =>
  account.unsettled.reduce((sum, { amount }) => sum + amount, 0n)

/**
 * How often equity may be used: once below $2,000; four times within a session for pattern day
 * traders with $25,000, and since the intraday margin standard for everybody; otherwise twice.
 */
function multiplierOf(view: MarginView, account: Account, equity: Nano): 1 | 2 | 4 {
  const wanted = Number(account.configurations.max_margin_multiplier)
  const isDayTrader = account.isPatternDayTrader && account.lastEquity >= DAY_TRADER_EQUITY
  const granted = equity < MARGIN_EQUITY ? 1 : !countsDayTrades(view.time) || isDayTrader ? 4 : 2
  return Math.min(wanted, granted) as 1 | 2 | 4
}

/** What is left of an order, by quantity; of one by notional, null. */
export const leavesOf = (order: Order): Nano | null =>
  order.qty === null ? null : order.qty - order.filledQty

/** What an order still holds back of the account's power. */
export function reservedBy(order: Order): Nano {
  if (order.reservePrice === 0n || order.status === 'held') return 0n
  const leaves = leavesOf(order)
  if (leaves === null) return most(0n, order.notional! - order.filledValue)
  return times(leaves, order.reservePrice)
}

function reservedOf(
  view: MarginView,
  account: Account,
): { readonly shares: Nano; readonly coins: Nano } {
  let shares = 0n
  let coins = 0n
  for (const id of account.open) {
    const order = account.orders.get(id)!
    if (view.assets[order.asset]!.class === 'crypto') coins += reservedBy(order)
    else shares += reservedBy(order)
  }
  return { shares, coins }
}

/** What open orders hold back of a position; a pair that cancels each other holds once. */
export function heldOf(account: Account, asset: number): Nano {
  const byGroup = new Map<string, Nano>()
  for (const id of account.open) {
    const order = account.orders.get(id)!
    if (order.asset !== asset || order.reservePrice !== 0n || order.status === 'held') continue
    const group = order.parent ?? (order.legs.length > 0 ? order.id : id)
    const held = leavesOf(order) ?? (order.closesAtMost ?? 0n) - order.filledQty
    byGroup.set(group, most(byGroup.get(group) ?? 0n, held))
  }
  let sum = 0n
  for (const held of byGroup.values()) sum += held
  return sum
}

/** What of a position can still be closed. */
export function closableOf(account: Account, asset: number): Nano {
  const qty = absolute(account.positions.get(asset)?.qty ?? 0n)
  return most(0n, qty - heldOf(account, asset))
}
