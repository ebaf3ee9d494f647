import {
  type Instrument,
  type InstrumentId,
  MONEY_DECIMALS,
  MONEY_UNIT,
  type Money,
  notional,
  type Side,
  sign,
} from '../../../../core/mod.ts'
import type { Listing } from '../listing.ts'
import { WIRE_MONEY_DECIMALS } from '../wire/numbers.ts'
import type { Account, Position } from './account.ts'

/** What margin needs to know beyond the account. */
export interface MarginView {
  readonly listing: Listing
  /** Cash of the account: deposits, realised profit, fees and funding. */
  readonly balance: Money
  /** Mark price in quanta; 0 when there is none yet. */
  mark(instrument: InstrumentId): number
}

/** A position at its mark price. Money at 8 decimals. */
export interface PositionValue {
  readonly instrument: Instrument
  readonly position: Position
  readonly value: Money
  readonly unrealisedPnl: Money
  readonly leverage: number
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
}

/** An account at mark prices. */
export interface AccountValue {
  readonly positions: readonly PositionValue[]
  /** Cash plus unrealised profit. */
  readonly accountValue: Money
  readonly totalNotional: Money
  /** Account value without the positions' signed value. */
  readonly rawUsd: Money
  readonly initialMargin: Money
  /** Half the initial margin at the highest leverage. */
  readonly maintenanceMargin: Money
  readonly withdrawable: Money
}

/** Leverage an account uses for an instrument: what it chose, otherwise the highest. */
export const leverageOf = (account: Account, instrument: Instrument): number =>
  account.leverage.get(instrument.id) ?? instrument.maximumLeverage

/** Values an account at mark prices. */
export function valueAccount(account: Account, view: MarginView): AccountValue {
  const positions: PositionValue[] = []
  let unrealised = 0n
  let totalNotional = 0n
  let signedValue = 0n
  let initialMargin = 0n
  let maintenanceMargin = 0n
  const ids = [...account.positions.keys()].sort((a, b) => a - b)
  for (const id of ids) {
    const valued = valuePosition(account, view, id)
    positions.push(valued)
    unrealised += valued.unrealisedPnl
    totalNotional += valued.value
    signedValue += valued.position.lots > 0 ? valued.value : -valued.value
    initialMargin += valued.initialMargin
    maintenanceMargin += valued.maintenanceMargin
  }
  const accountValue = view.balance + unrealised
  const free = accountValue - initialMargin
  return {
    positions,
    accountValue,
    totalNotional,
    rawUsd: accountValue - signedValue,
    initialMargin,
    maintenanceMargin,
    withdrawable: free > 0n ? free : 0n,
  }
}

function valuePosition(account: Account, view: MarginView, id: InstrumentId): PositionValue {
  const instrument = view.listing.instruments[id]!
  const position = account.positions.get(id)!
  const value = notional(instrument, view.mark(id), Math.abs(position.lots))
  const leverage = leverageOf(account, instrument)
  const gain = value - position.entryNotional
  return {
    instrument,
    position,
    value,
    unrealisedPnl: position.lots > 0 ? gain : -gain,
    leverage,
    initialMargin: shareDown(value, leverage),
    maintenanceMargin: shareDown(value, 2 * instrument.maximumLeverage),
  }
}

/** An amount divided by a leverage, cut off at the digits the venue prints. */
function shareDown(value: Money, leverage: number): Money {
  const step = 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS)
  return (value / (BigInt(leverage) * step)) * step
}

/** An order as far as margin is concerned. */
export interface MarginOrder {
  readonly instrument: Instrument
  readonly side: Side
  readonly lots: number
}

/**
 * True when the account could carry the new order. Orders that cannot enlarge the worst reachable
 * position always pass.
 */
export function canPlace(account: Account, view: MarginView, order: MarginOrder): boolean {
  const { id } = order.instrument
  if (worstLots(account, id, order) <= worstLots(account, id, null)) return true
  return requiredMargin(account, view, order) <= valueAccount(account, view).accountValue
}

/**
 * Initial margin at mark prices of every coin's worst reachable position: held plus all resting
 * buys, or minus all resting sells, with one more order if given.
 */
export function requiredMargin(
  account: Account,
  view: MarginView,
  extra: MarginOrder | null,
): Money {
  const coins = new Set(account.positions.keys())
  for (const open of account.open.values()) coins.add(open.instrument)
  if (extra !== null) coins.add(extra.instrument.id)
  let required = 0n
  for (const id of coins) {
    const instrument = view.listing.instruments[id]!
    const worst = worstLots(account, id, extra?.instrument.id === id ? extra : null)
    const value = notional(instrument, view.mark(id), worst)
    required += shareDown(value, leverageOf(account, instrument))
  }
  return required
}

/** Largest absolute position an instrument could reach, reduce-only orders left out. */
function worstLots(
  account: Account,
  id: InstrumentId,
  extra: { readonly side: Side; readonly lots: number } | null,
): number {
  const held = account.positions.get(id)?.lots ?? 0
  let buys = extra?.side === 'buy' ? extra.lots : 0
  let sells = extra?.side === 'sell' ? extra.lots : 0
  for (const order of account.open.values()) {
    if (order.instrument !== id || order.reduceOnly) continue
    if (order.side === 'buy') buys += order.leavesLots
    else sells += order.leavesLots
  }
  return Math.max(Math.abs(held + buys), Math.abs(held - sells), Math.abs(held))
}

/**
 * Price in currency units at which a cross position would be liquidated, all else unchanged:
 * price - side x available margin / size / (1 - side / maintenance leverage); null when there is
 * none.
 * Source: the venue's documentation, "Liquidations".
 */
export function liquidationPrice(valued: PositionValue, account: AccountValue): number | null {
  const { instrument, position } = valued
  const size = Math.abs(position.lots) / 10 ** instrument.quantityDecimals
  const side = position.lots > 0 ? 1 : -1
  const available = Number(account.accountValue - account.maintenanceMargin) / Number(MONEY_UNIT)
  const price = Number(valued.value) / Number(MONEY_UNIT) / size
  const maintenanceLeverage = 2 * instrument.maximumLeverage
  const result = price - (side * available) / size / (1 - side / maintenanceLeverage)
  return Number.isFinite(result) && result > 0 ? result : null
}

/** Lots of the position that an order of this side could close; 0 when it would only enlarge it. */
export const reducibleLots = (account: Account, id: InstrumentId, side: Side): number => {
  const held = account.positions.get(id)?.lots ?? 0
  return held * sign(side) < 0 ? Math.abs(held) : 0
}
