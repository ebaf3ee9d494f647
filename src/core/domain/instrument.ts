import { assert } from '../lib/assert.ts'
import type { Currency, InstrumentId, Money, Price, Quantity } from './units.ts'

/** Which prices a venue accepts, beyond being a multiple of the quantum. */
export type PriceRule =
  /** Every multiple of `quanta` price quanta. */
  | { readonly kind: 'tick'; readonly quanta: number }
  /**
   * Integers always; otherwise at most `figures` significant figures (decimals are the quantum's).
   */
  | { readonly kind: 'significant-figures'; readonly figures: number }

/** Fee rates as fractions of notional; positive is a cost, negative a rebate. Parts per 10^9. */
export interface FeeRates {
  readonly makerE9: number
  readonly takerE9: number
}

/** What the instrument is: how its fills move cash and whether funding is paid. */
export type InstrumentKind = 'perpetual' | 'spot' | 'equity'

/** One tradable thing at one venue. Immutable for a session; changes arrive as events. */
export interface Instrument {
  /** Index in the universe. */
  readonly id: InstrumentId
  /** Venue code, lower case, for example "hyperliquid". */
  readonly venue: string
  /** The venue's own spelling, for example "BTC". */
  readonly symbol: string
  readonly kind: InstrumentKind
  /** Currency of prices, cash, fees and PnL. */
  readonly quoteCurrency: Currency
  /** Currency of the quantity (spot) or the underlying's name. */
  readonly baseCurrency: Currency
  /** The price quantum is 10^-priceDecimals. */
  readonly priceDecimals: number
  /** The lot is 10^-quantityDecimals. */
  readonly quantityDecimals: number
  readonly priceRule: PriceRule
  /** Smallest order notional, 0 when none. Reduce-only orders are exempt, but see `hasDust`. */
  readonly minimumNotional: Money
  /** Smallest order quantity in lots (at least 1). */
  readonly minimumQuantity: Quantity
  readonly fees: FeeRates
  /** What a fee is taken of: cash unless `received`, then whatever the fill brings, coins of a buy. */
  readonly feeIn?: 'received'
  /**
   * True where the minimum notional binds orders that reduce too: a position worth less cannot be
   * sold. It is dust: held and counted, but neither traded nor in the way.
   */
  readonly hasDust?: boolean
  /** True where the venue puts a new order in the place of a resting one at once. */
  readonly canReplace?: boolean
  /** False where the venue has no post-only orders: what shall rest is a plain limit order. */
  readonly hasPostOnly?: boolean
  /** Of shares that may be sold short: what borrowing them takes; `easy` unless given. */
  readonly borrow?: 'easy' | 'hard'
  /** Longs only (spot and cash equities): sells never pass the position. */
  readonly longOnly: boolean
  /** Highest leverage the venue grants, at least 1. */
  readonly maximumLeverage: number
}

/** Fails loading an instrument whose numbers would leave the exact range (2^53, money scale). */
export function assertInstrument(instrument: Instrument): void {
  const { symbol } = instrument
  const decimals = instrument.priceDecimals + instrument.quantityDecimals
  assert(Number.isInteger(decimals) && decimals >= 0, `${symbol}: decimals must be integers`)
  assert(decimals <= 8, `${symbol}: price and quantity decimals add up to ${decimals}, at most 8`)
  assert(instrument.minimumQuantity >= 1, `${symbol}: minimum quantity is at least one lot`)
  if (instrument.priceRule.kind === 'tick') {
    assert(instrument.priceRule.quanta >= 1, `${symbol}: tick is at least one quantum`)
  }
}

/** Largest price held in packed records (int32). */
export const MAXIMUM_PRICE = 2147483647

/** True when a price is one the venue accepts for this instrument. */
export function isValidPrice(instrument: Instrument, value: Price): boolean {
  return value > 0 && roundPrice(instrument, value, 'down') === value
}

/**
 * Nearest acceptable price at or below (`down`) or at or above (`up`) the given one.
 * The argument may be any finite positive number of quanta, also a fraction.
 */
export function roundPrice(instrument: Instrument, value: number, way: 'down' | 'up'): Price {
  const round = way === 'down' ? Math.floor : Math.ceil
  const step = priceStep(instrument, value)
  return (round(value / step) * step) as Price
}

/** Distance in quanta between acceptable prices at this price. */
export function priceStep(instrument: Instrument, value: number): number {
  const { priceRule, priceDecimals } = instrument
  if (priceRule.kind === 'tick') return priceRule.quanta
  const unit = 10 ** priceDecimals
  const digits = Math.max(1, Math.floor(Math.log10(Math.max(value, 1)) + 1e-12) + 1)
  const step = 10 ** Math.max(0, digits - priceRule.figures)
  return Math.min(step, unit)
}
