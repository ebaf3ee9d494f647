import {
  divideHalfEven,
  formatTrimmed,
  type Instrument,
  MONEY_DECIMALS,
  type Money,
} from '../../../../core/mod.ts'

/** Digits the venue prints of amounts of money. */
export const WIRE_MONEY_DECIMALS = 6

/** Decimal text as the venue answers: no trailing zeros, yet at least one decimal ("84143.0"). */
export function wireDecimal(value: bigint | number, decimals: number): string {
  const text = formatTrimmed(value, decimals)
  return text.includes('.') ? text : `${text}.0`
}

/** Price in quanta as the venue answers it. */
export const wirePrice = (instrument: Instrument, quanta: number): string =>
  wireDecimal(quanta, instrument.priceDecimals)

/** Quantity in lots (signed or not) as the venue answers it. */
export const wireQuantity = (instrument: Instrument, lots: number): string =>
  wireDecimal(lots, instrument.quantityDecimals)

/** Money as the venue answers it: six decimals, rounded half to even. */
export function wireMoney(value: Money): string {
  const step = 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS)
  return wireDecimal(divideHalfEven(value, step), WIRE_MONEY_DECIMALS)
}

/** A plain number with at most `decimals` digits after the point, as the venue answers it. */
export function wireFloat(value: number, decimals: number): string {
  const scaled = Math.round(value * 10 ** decimals)
  return wireDecimal(BigInt(scaled), decimals)
}

/** A ratio in parts per 10^9 as the venue answers it (funding rates, fee rates). */
export const wireRate = (rateE9: number): string => wireDecimal(Math.round(rateE9), 9)

/** Middle of two prices in quanta, as the venue answers it (one digit more than the quantum). */
export const wireMid = (instrument: Instrument, bid: number, ask: number): string =>
  wireDecimal((bid + ask) * 5, instrument.priceDecimals + 1)

/** Venue milliseconds of an instant. */
export const wireTime = (timeUs: number): number => Math.floor(timeUs / 1000)
