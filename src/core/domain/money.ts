import { divideHalfEven } from '../lib/decimal.ts'
import type { Instrument } from './instrument.ts'
import { ASSET_DECIMALS, type AssetUnits, MONEY_DECIMALS, type Money, type Price } from './units.ts'

const E9 = 1_000_000_000n
/** Powers of ten up to the money scale: looked up, because raising costs more than multiplying. */
const TENS = Float64Array.from({ length: MONEY_DECIMALS + 1 }, (_, i) => 10 ** i)
const UNIT = 10 ** MONEY_DECIMALS
const POWERS = Array.from({ length: MONEY_DECIMALS + 1 }, (_, i) => 10n ** BigInt(i))

/** Value of `quantity` lots (signed or not) at `price`: exact, no rounding. */
export function notional(instrument: Instrument, price: Price | number, lots: number): Money {
  const scale = MONEY_DECIMALS - instrument.priceDecimals - instrument.quantityDecimals
  const value = price * lots * TENS[scale]!
  // Exact while it is safe, since then every factor and every partial product is.
  const areWhole = Number.isInteger(price) && Number.isInteger(lots)
  if (areWhole && Number.isSafeInteger(value)) return BigInt(value)
  return BigInt(price) * BigInt(lots) * POWERS[scale]!
}

/**
 * The same value as a plain number of currency units: for gates and reports, never for the ledger.
 */
export function notionalFloat(instrument: Instrument, price: number, lots: number): number {
  return (price * lots) / TENS[instrument.priceDecimals + instrument.quantityDecimals]!
}

/** Money units that one lot is worth at one quantum: a whole number. */
export const moneyPerLot = ({ priceDecimals, quantityDecimals }: Instrument): number =>
  TENS[MONEY_DECIMALS - priceDecimals - quantityDecimals]!

/** What one lot is in units of the asset. */
export const assetLot = ({ quantityDecimals }: Instrument): AssetUnits =>
  10n ** BigInt(ASSET_DECIMALS - quantityDecimals)

/** Value of an amount of the asset at a price in quanta, rounded half to even. */
export function assetValue(
  instrument: Instrument,
  price: Price | number,
  units: AssetUnits,
): Money {
  return divideHalfEven(notional(instrument, price, 1) * units, assetLot(instrument))
}

/** Money times a rate given in parts per 10^9, rounded half to even to `decimals` digits. */
export function applyRate(value: Money, rateE9: number, decimals: number = MONEY_DECIMALS): Money {
  const step = POWERS[MONEY_DECIMALS - decimals]!
  return divideHalfEven(value * BigInt(rateE9), E9 * step) * step
}

/** Money as a plain number of currency units: for display and statistics only. */
export const moneyToNumber = (value: Money): number => Number(value) / UNIT

/** A plain number of currency units as money, rounded to the nearest unit of the scale. */
export const moneyFromNumber = (value: number): Money => BigInt(Math.round(value * UNIT))

/** Price in currency units, for display and statistics. */
export const priceToNumber = (instrument: Instrument, value: number): number =>
  value / 10 ** instrument.priceDecimals

/** Quantity in base units, for display and statistics. */
export const quantityToNumber = (instrument: Instrument, lots: number): number =>
  lots / 10 ** instrument.quantityDecimals
