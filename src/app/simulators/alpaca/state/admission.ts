import { type TimeUs, toNewYork } from '../../../../core/mod.ts'
import { Code, forbidden, invalid, type Reply, refusal, unprocessable } from '../rest/reply.ts'
import { absolute, least, most, type Nano, overDown, textOf, times, UNIT } from '../wire/nano.ts'
import { DAY_US, MINUTE_US } from '../wire/times.ts'
import type { Draft } from './draft.ts'
import type { Floor } from './floor.ts'
import { PATTERN_DAY_TRADES } from './ledger.ts'
import {
  closableOf,
  DAY_TRADER_EQUITY,
  heldOf,
  leavesOf,
  MARGIN_EQUITY,
  valueAccount,
} from './margin.ts'
import { markOf, touchOf } from './market-data.ts'
import { countsDayTrades } from './regulatory.ts'
import { tradingDay } from './sessions.ts'
import type { Account, Order, PositionIntent } from './types.ts'

/** An order that may be placed: what it opens or closes, and what it sets aside a unit. */
export interface Admitted {
  readonly intent: PositionIntent
  readonly reservePrice: Nano
  /** Of an order by notional that closes: the most it may close. */
  readonly closesAtMost?: Nano
}

const isWhole = (qty: Nano): boolean => qty % UNIT === 0n

/** Decides about an order of an account: what it may do, or the venue's refusal. */
export function admitDraft(floor: Floor, account: Account, draft: Draft): Admitted | Reply {
  if (account.configurations.suspend_trade)
    return forbidden('new orders are rejected by user request')
  const { asset, clientOrderId } = draft
  if (clientOrderId !== null && account.clientOrderIds.has(clientOrderId)) {
    return invalid('client_order_id must be unique')
  }
  const window = checkWindow(floor, draft)
  if (window !== null) return window
  const held = account.positions.get(asset.index)?.qty ?? 0n
  const closes = draft.side === 'buy' ? held < 0n : held > 0n
  const wash = checkWash(account, draft)
  const admitted =
    checkCost(floor, draft) ??
    (asset.class === 'crypto'
      ? admitCoin(floor, account, draft)
      : closes
        ? admitClose(floor, account, draft)
        : admitOpen(floor, account, draft))
  if ('status' in admitted) return admitted
  return wash ?? checkDayTrading(floor, account, closes) ?? admitted
}

const newYorkMinute = (time: TimeUs): number => Math.floor((toNewYork(time) % DAY_US) / MINUTE_US)

const OPG_UNTIL = 9 * 60 + 28
const CLS_BEFORE_CLOSE = 10
const EVENING = 19 * 60

/** Orders for auctions come in time: until two minutes before the open, ten before the close. */
function checkWindow(floor: Floor, { timeInForce }: Draft): Reply | null {
  const session = tradingDay(floor.time)
  const minute = newYorkMinute(floor.time)
  if (session === null || minute >= EVENING) return null
  if (timeInForce === 'opg' && minute >= OPG_UNTIL) {
    return forbidden('opg orders must be submitted after 7:00pm and before 9:28am')
  }
  const last = newYorkMinute(session.closeTime) - CLS_BEFORE_CLOSE
  if (timeInForce === 'cls' && minute >= last) {
    const clock = `${((Math.floor(last / 60) + 11) % 12) + 1}:${last % 60}pm`
    return forbidden(`cls orders must be submitted after 7:00pm and before ${clock}`)
  }
  return null
}

const MINIMUM_COIN_COST = 10n * UNIT
const MINIMUM_SHARE_NOTIONAL = UNIT

/** What an order is expected to cost: at its limit, else at the market. */
export function expectedCost(floor: Floor, draft: Draft): Nano {
  if (draft.notional !== null) return draft.notional
  return times(draft.qty!, draft.limitPrice ?? marketPrice(floor, draft))
}

function marketPrice(floor: Floor, draft: Draft): Nano {
  const data = floor.data[draft.asset.index]!
  const touch = touchOf(data, draft.asset)
  if (touch === null) return markOf(data, draft.asset)
  return draft.side === 'buy' ? touch.ask : touch.bid
}

function checkCost(floor: Floor, draft: Draft): Reply | null {
  const cost = expectedCost(floor, draft)
  if (draft.asset.class === 'crypto' && cost < MINIMUM_COIN_COST) {
    return forbidden('cost basis must be >= minimal amount of order 10')
  }
  if (
    draft.asset.class === 'us_equity' &&
    draft.notional !== null &&
    cost < MINIMUM_SHARE_NOTIONAL
  ) {
    return forbidden('cost basis must be >= minimal amount of order 1')
  }
  return null
}

/** Market buys of shares are valued this much above the market, in percent (the venue's collar). */
const COLLAR_PERCENT = 4n
/** Short sales are valued at least this much above the ask, in percent. */
const SHORT_PERCENT = 3n

function admitCoin(floor: Floor, account: Account, draft: Draft): Admitted | Reply {
  const { asset, side } = draft
  const base = asset.symbol.split('/')[0]!
  if (side === 'sell') {
    const balance = account.positions.get(asset.index)?.qty ?? 0n
    const available = closableOf(account, asset.index)
    const wanted = closingQty(floor, draft)
    if (wanted > available) return insufficientBalance(base, wanted, available, balance)
    return closing(draft, 'sell_to_close', wanted, available)
  }
  const price = draft.limitPrice ?? marketPrice(floor, draft)
  const cost = expectedCost(floor, draft)
  const available = most(0n, valueAccount(floor, account).coinPowerLeft)
  if (cost > available) return insufficientBalance('USD', cost, available, account.cash)
  return { intent: 'buy_to_open', reservePrice: price }
}

/** What an order that closes is for; by notional, at its limit or the market. */
const closingQty = (floor: Floor, draft: Draft): Nano =>
  draft.qty ?? overDown(draft.notional!, draft.limitPrice ?? marketPrice(floor, draft))

/** An order by notional may close a little more than expected, but never what is not free. */
const closing = (
  draft: Draft,
  intent: PositionIntent,
  wanted: Nano,
  available: Nano,
): Admitted => ({
  intent,
  reservePrice: 0n,
  ...(draft.notional === null
    ? {}
    : { closesAtMost: least(available, (wanted * (100n + COLLAR_PERCENT)) / 100n) }),
})

const insufficientBalance = (symbol: string, wanted: Nano, available: Nano, balance: Nano): Reply =>
  forbidden(
    `insufficient balance for ${symbol} (requested: ${textOf(wanted)}, available: ${textOf(available)})`,
    { available: textOf(available), balance: textOf(balance), symbol },
  )

/** Sells what is held, or buys back what is short: never more of it than is free. */
function admitClose(floor: Floor, account: Account, draft: Draft): Admitted | Reply {
  const { asset, side } = draft
  if (side === 'buy' && (draft.notional !== null || !isWhole(draft.qty!))) {
    return unprocessable('fractional orders cannot cover a short position')
  }
  const existing = absolute(account.positions.get(asset.index)!.qty)
  const available = closableOf(account, asset.index)
  const wanted = closingQty(floor, draft)
  if (wanted > available) {
    const related = [...account.open].filter((id) => account.orders.get(id)!.asset === asset.index)
    return forbidden(
      `insufficient qty available for order (requested: ${textOf(wanted)}, available: ${textOf(available)})`,
      {
        available: textOf(available),
        existing_qty: textOf(existing),
        held_for_orders: textOf(heldOf(account, asset.index)),
        related_orders: related,
        symbol: asset.symbol,
      },
    )
  }
  return closing(draft, side === 'buy' ? 'buy_to_close' : 'sell_to_close', wanted, available)
}

function admitOpen(floor: Floor, account: Account, draft: Draft): Admitted | Reply {
  const { side } = draft
  if (side === 'sell') {
    const refused = checkShort(floor, account, draft)
    if (refused !== null) return refused
  }
  const reservePrice = openingPrice(floor, draft)
  const cost = draft.notional ?? times(draft.qty!, reservePrice)
  const left = valueAccount(floor, account).sharePowerLeft
  if (cost > left) {
    return forbidden('insufficient buying power', {
      buying_power: textOf(most(0n, left)),
      cost_basis: textOf(cost),
    })
  }
  return { intent: side === 'buy' ? 'buy_to_open' : 'sell_to_open', reservePrice }
}

function openingPrice(floor: Floor, draft: Draft): Nano {
  const { side, type, limitPrice, stopPrice } = draft
  const market = marketPrice(floor, { ...draft, side: 'buy' })
  if (side === 'sell') {
    const above = (market * (100n + SHORT_PERCENT)) / 100n
    return limitPrice === null ? above : most(limitPrice, above)
  }
  if (limitPrice !== null) return limitPrice
  const from = type === 'stop' && stopPrice !== null ? most(stopPrice, market) : market
  return (from * (100n + COLLAR_PERCENT)) / 100n
}

function checkShort(floor: Floor, account: Account, draft: Draft): Reply | null {
  const { asset } = draft
  if (draft.notional !== null || !isWhole(draft.qty!)) {
    return unprocessable('fractional orders cannot be sold short')
  }
  const { equity, multiplier } = valueAccount(floor, account)
  if (account.configurations.no_shorting || equity < MARGIN_EQUITY || multiplier === 1) {
    return forbidden('account is not allowed to short')
  }
  if (!asset.shortable) return unprocessable(`asset "${asset.symbol}" cannot be sold short`)
  if (asset.easyToBorrow) return null
  const located = locatedShares(floor, account, asset.index)
  const used =
    least(0n, account.positions.get(asset.index)?.qty ?? 0n) * -1n +
    openingSales(account, asset.index)
  return draft.qty! + used > located
    ? unprocessable(`asset "${asset.symbol}" is hard to borrow and requires a locate`)
    : null
}

/** Shares an account has found to borrow and may still sell short today. */
export function locatedShares(floor: Floor, account: Account, asset: number): Nano {
  const active = account.locates.filter(
    (each) => each.asset === asset && each.expiresAt !== null && each.expiresAt > floor.time,
  )
  return active.reduce((sum, each) => sum + BigInt(each.locatedQty ?? 0), 0n) * UNIT
}

function openingSales(account: Account, asset: number): Nano {
  let sum = 0n
  for (const id of account.open) {
    const order = account.orders.get(id)!
    if (order.asset === asset && order.positionIntent === 'sell_to_open')
      sum += leavesOf(order) ?? 0n
  }
  return sum
}

/** Until the intraday margin standard: no fourth day trade in five sessions below $25,000. */
function checkDayTrading(floor: Floor, account: Account, closes: boolean): Reply | null {
  if (!countsDayTrades(floor.time) || account.lastEquity >= DAY_TRADER_EQUITY) return null
  if (account.dayTrades.length < PATTERN_DAY_TRADES - 1) return null
  const check = account.configurations.pdt_check
  if (check !== 'both' && (check === 'exit') !== closes) return null
  return refusal(403, Code.dayTrading, 'trade denied due to pattern day trading protection')
}

/** Refuses an order that could meet an open one of the same account. */
function checkWash(account: Account, draft: Draft): Reply | null {
  if (draft.orderClass !== '' && draft.orderClass !== 'simple') return null
  for (const id of account.open) {
    const order = account.orders.get(id)!
    if (order.asset !== draft.asset.index || order.side === draft.side || order.status === 'held')
      continue
    const reason = washReason(draft, order)
    if (reason === null) continue
    return forbidden('potential wash trade detected. use complex orders', {
      existing_order_id: order.id,
      reject_reason: reason,
    })
  }
  return null
}

function washReason(draft: Draft, order: Order): string | null {
  if (order.limitPrice === null || order.type !== 'limit')
    return 'opposite side market/stop order exists'
  if (draft.limitPrice === null || draft.type !== 'limit') return 'opposite side limit order exists'
  const meets =
    draft.side === 'buy'
      ? draft.limitPrice >= order.limitPrice
      : draft.limitPrice <= order.limitPrice
  return meets ? 'opposite side limit order exists' : null
}
