import {
  type Instrument,
  type InstrumentId,
  MONEY_UNIT,
  type Money,
  notional,
  type Side,
  sign,
} from '../../../../core/mod.ts'
import type { ListedPerp, Listing } from '../listing.ts'
import type { Account, Position } from './account.ts'
import { leverageCap, maintenanceLines, maintenanceMargin, shareDown } from './margin-table.ts'

/** What margin needs to know beyond the account. */
export interface MarginView {
  readonly listing: Listing
  /** Index of the dex whose clearinghouse is meant; default the native one. */
  readonly dex?: number
  /** Cash of the account on that dex: collateral, realised profit, fees and funding. */
  readonly balance: Money
  /** Mark price in quanta; 0 when there is none yet. */
  mark(instrument: InstrumentId): number
}

/** A position at its mark price. Money at 8 decimals. */
export interface PositionValue {
  readonly perp: ListedPerp
  readonly instrument: Instrument
  readonly position: Position
  readonly value: Money
  readonly unrealisedPnl: Money
  readonly leverage: number
  /** Margin it uses: a cross position's value by its leverage, an isolated position's equity. */
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
  /** Of an isolated position: its equity without its signed value. Null when cross. */
  readonly isolatedRawUsd: Money | null
}

/** Sums over positions. */
export interface MarginSummary {
  readonly accountValue: Money
  readonly totalNotional: Money
  /** Account value without the positions' signed value. */
  readonly rawUsd: Money
  readonly initialMargin: Money
}

/** One clearinghouse of an account at mark prices; its own sums include isolated positions. */
export interface AccountValue extends MarginSummary {
  readonly positions: readonly PositionValue[]
  /** What cross positions share: cash plus their unrealised profit. */
  readonly cross: MarginSummary
  /** Maintenance margin of the cross positions. */
  readonly maintenanceMargin: Money
  readonly withdrawable: Money
}

/** Leverage an account uses for an instrument: what it chose, otherwise the highest. */
export const leverageOf = (account: Account, instrument: Instrument): number =>
  account.leverage.get(instrument.id) ?? instrument.maximumLeverage

/** True when a new position of the coin would be isolated. */
export const isIsolated = (account: Account, perp: ListedPerp): boolean =>
  perp.onlyIsolated || account.isolated.has(perp.instrument.id)

/** Values one clearinghouse of an account at mark prices. */
export function valueAccount(account: Account, view: MarginView): AccountValue {
  const dex = view.dex ?? 0
  const ids = [...account.positions.keys()].sort((a, b) => a - b)
  const positions = ids
    .filter((id) => view.listing.perps[id]!.dex === dex)
    .map((id) => valuePosition(account, view, id))
  const cross = { value: view.balance, notional: 0n, signed: 0n, initial: 0n, maintenance: 0n }
  const isolated = { value: 0n, notional: 0n, signed: 0n }
  for (const each of positions) {
    const signed = each.position.lots > 0 ? each.value : -each.value
    if (each.isolatedRawUsd === null) {
      cross.value += each.unrealisedPnl
      cross.notional += each.value
      cross.signed += signed
      cross.initial += each.initialMargin
      cross.maintenance += each.maintenanceMargin
    } else {
      isolated.value += each.initialMargin
      isolated.notional += each.value
      isolated.signed += signed
    }
  }
  const accountValue = cross.value + isolated.value
  const free = cross.value - cross.initial
  return {
    positions,
    accountValue,
    totalNotional: cross.notional + isolated.notional,
    rawUsd: accountValue - cross.signed - isolated.signed,
    initialMargin: cross.initial + isolated.value,
    cross: {
      accountValue: cross.value,
      totalNotional: cross.notional,
      rawUsd: cross.value - cross.signed,
      initialMargin: cross.initial,
    },
    maintenanceMargin: cross.maintenance,
    withdrawable: free > 0n ? shareDown(free, 1) : 0n,
  }
}

function valuePosition(account: Account, view: MarginView, id: InstrumentId): PositionValue {
  const perp = view.listing.perps[id]!
  const { instrument } = perp
  const position = account.positions.get(id)!
  const { lots, entryNotional, margin } = position
  const value = notional(instrument, view.mark(id), Math.abs(lots))
  const leverage = leverageOf(account, instrument)
  const unrealisedPnl = lots > 0 ? value - entryNotional : entryNotional - value
  return {
    perp,
    instrument,
    position,
    value,
    unrealisedPnl,
    leverage,
    initialMargin: margin === null ? shareDown(value, leverage) : margin + unrealisedPnl,
    maintenanceMargin: maintenanceMargin(perp.marginTable, value),
    isolatedRawUsd:
      margin === null ? null : lots > 0 ? margin - entryNotional : margin + entryNotional,
  }
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
  return requiredMargin(account, view, order) <= valueAccount(account, view).cross.accountValue
}

/** True when the order could bring a position beyond the margin tier that its leverage allows. */
export function exceedsTier(account: Account, view: MarginView, order: MarginOrder): boolean {
  const { instrument } = order
  const perp = view.listing.perps[instrument.id]!
  const worst = worstLots(account, instrument.id, order)
  if (worst <= worstLots(account, instrument.id, null)) return false
  const value = notional(instrument, view.mark(instrument.id), worst)
  return leverageOf(account, instrument) > leverageCap(perp.marginTable, value)
}

/**
 * Initial margin at mark prices of every coin's worst reachable position on the view's dex: held
 * plus all resting buys, or minus all resting sells, with one more order if given. Of isolated
 * coins only what is still to be set aside.
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
    const perp = view.listing.perps[id]!
    if (perp.dex !== (view.dex ?? 0)) continue
    const { instrument } = perp
    const worst = worstLots(account, id, extra?.instrument.id === id ? extra : null)
    const leverage = leverageOf(account, instrument)
    required += shareDown(notional(instrument, view.mark(id), worst), leverage)
    const position = account.positions.get(id)
    if (position === undefined || position.margin === null) continue
    required -= shareDown(notional(instrument, view.mark(id), Math.abs(position.lots)), leverage)
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
 * Price in currency units at which a position would be liquidated, all else unchanged; null when
 * there is none. Where equity meets the maintenance margin of the tier the position is then in:
 * E + side x size x (p - mark) = size x p x rate - deduction + maintenance of other positions
 * (the venue's documentation, "Liquidations", solved for p; one tier gives its formula).
 */
export function liquidationPrice(valued: PositionValue, account: AccountValue): number | null {
  const { instrument, position, perp, value } = valued
  const size = Math.abs(position.lots) / 10 ** instrument.quantityDecimals
  const side = position.lots > 0 ? 1 : -1
  const currency = (amount: Money): number => Number(amount) / Number(MONEY_UNIT)
  const isCross = valued.isolatedRawUsd === null
  const equity = currency(isCross ? account.cross.accountValue : valued.initialMargin)
  const others = isCross ? currency(account.maintenanceMargin - valued.maintenanceMargin) : 0
  const lines = maintenanceLines(perp.marginTable)
  // The tier of the present comes last: it answers where the tiers leave a gap.
  for (const { rate, deduction, from, to } of side > 0 ? [...lines].reverse() : lines) {
    const price = (side * currency(value) - equity - deduction + others) / (size * (side - rate))
    const isInTier = size * price >= from && size * price < to
    if (isInTier && Number.isFinite(price) && price > 0) return price
  }
  return null
}

/** Lots of the position that an order of this side could close; 0 when it would only enlarge it. */
export const reducibleLots = (account: Account, id: InstrumentId, side: Side): number => {
  const held = account.positions.get(id)?.lots ?? 0
  return held * sign(side) < 0 ? Math.abs(held) : 0
}
