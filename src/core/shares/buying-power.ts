import type { DayNumber } from '../calendar/civil-day.ts'
import type { Instrument } from '../domain/instrument.ts'
import { notionalFloat } from '../domain/money.ts'
import { nearestRule } from '../rules/dated-rule.ts'
import { dayTradingRule, type MarginRule, marginRule } from '../rules/margin.ts'

/** A position at a mark, lots signed, mark in quanta (possibly a half). */
export interface MarkedPosition {
  readonly instrument: Instrument
  readonly lots: number
  readonly mark: number
}

/** How much of a position must be the customer's own. */
export type MarginStandard =
  /** Regulation T, of what is opened and held overnight; at least the maintenance margin. */
  | 'initial'
  /** What must always be there. */
  | 'maintenance'
  /** A pattern day trader's four times within the session, of the rule until 2026-06-03. */
  | 'fourfold'
  /** Nothing is borrowed: accounts below the minimum. */
  | 'paid'

/** FINRA Rule 4210(c)(2) and (3): the least a short needs, currency units a share. */
const SHORT_MINIMUM = { from: 5, above: 5, below: 2.5 } as const

/** Own money that a position needs, currency units. */
export function requirementOf(
  { instrument, lots, mark }: MarkedPosition,
  standard: MarginStandard,
  rule: MarginRule,
): number {
  const value = Math.abs(notionalFloat(instrument, mark, lots))
  if (instrument.kind === 'perpetual') return value / instrument.maximumLeverage
  if (instrument.kind === 'spot' || standard === 'paid') return value
  // The venue lends nothing on it.
  if (instrument.maximumLeverage <= 1) return value
  if (standard === 'fourfold') return value * FOURFOLD
  const least = maintenanceOf({ instrument, lots, mark }, value, rule)
  // FINRA Rule 4210(b): the greater of the two.
  return standard === 'initial' ? Math.max(value * rule.initial, least) : least
}

const FOURFOLD = 0.25

function maintenanceOf(
  { instrument, lots, mark }: MarkedPosition,
  value: number,
  rule: MarginRule,
): number {
  if (lots >= 0) return value * rule.maintenanceLong
  const price = mark / 10 ** instrument.priceDecimals
  const shares = Math.abs(lots) / 10 ** instrument.quantityDecimals
  return price < SHORT_MINIMUM.from
    ? Math.max(value, SHORT_MINIMUM.below * shares)
    : Math.max(value * rule.maintenanceShort, SHORT_MINIMUM.above * shares)
}

/** A position with what of it was held before the session: signed lots of its side, or 0. */
export interface HeldPosition extends MarkedPosition {
  readonly carriedLots: number
}

/**
 * The same for everything held, currency units: of what was carried into the session as for the
 * night, since it may be left there again; of the rest by the standard.
 */
export function requirement(
  positions: readonly HeldPosition[],
  standard: MarginStandard,
  day: DayNumber,
): number {
  const rule = nearestRule(marginRule, day)
  const carriedBy = standard === 'paid' ? 'paid' : 'initial'
  return positions.reduce((sum, { carriedLots, ...each }) => {
    const carried = requirementOf({ ...each, lots: carriedLots }, carriedBy, rule)
    return sum + carried + requirementOf({ ...each, lots: each.lots - carriedLots }, standard, rule)
  }, 0)
}

/**
 * What holds for new positions on a day: half of everything that may be held overnight; of an
 * account that leaves all before the close, the maintenance margin since 2026-06-04 and four times
 * the equity of a day trader before.
 */
export function standardOf(
  day: DayNumber,
  account: { readonly equity: number; readonly isHeldOvernight: boolean },
): MarginStandard {
  const { equity, isHeldOvernight } = account
  if (equity < nearestRule(marginRule, day).equityMin) return 'paid'
  if (isHeldOvernight) return 'initial'
  const rule = nearestRule(dayTradingRule, day)
  if (rule.kind === 'intradayMargin') return 'maintenance'
  return equity >= rule.equityMin ? 'fourfold' : 'initial'
}
