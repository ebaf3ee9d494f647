import {
  assert,
  assertInstrument,
  type Instrument,
  isValidPrice,
  type Price,
  parseDecimal,
  parseSafeDecimal,
  type Quantity,
} from '../../../core/mod.ts'
import { orderTexts } from './wire/texts.ts'

/** The perpetuals a venue lists. The asset number of actions is the index in the universe. */
export interface Listing {
  readonly instruments: readonly Instrument[]
  /** By the venue's spelling, case-sensitive. */
  find(coin: string): Instrument | null
  /** By asset number. */
  at(asset: number): Instrument | null
}

/** Lists instruments in order of their ids, which must be 0, 1, 2, ... */
export function createListing(instruments: readonly Instrument[]): Listing {
  const byCoin = new Map<string, Instrument>()
  instruments.forEach((instrument, index) => {
    assert(instrument.id === index, `${instrument.symbol}: id ${instrument.id} at index ${index}`)
    assert(!byCoin.has(instrument.symbol), `${instrument.symbol} is listed twice`)
    assertInstrument(instrument)
    byCoin.set(instrument.symbol, instrument)
  })
  return {
    instruments,
    find: (coin) => byCoin.get(coin) ?? null,
    at: (asset) => instruments[asset] ?? null,
  }
}

type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `request`: a function of the payload alone, one error answers the whole batch. */
  | { readonly ok: false; readonly scope: 'request' | 'order'; readonly text: string }

const decimal = /^\d{1,16}(\.\d{1,16})?$/
/** Digits after the point beyond which a price is unreadable rather than off the tick. */
const PRICE_DECIMALS_MAX = 8

/**
 * Reads a limit price: integers always pass; otherwise at most 5 significant figures and at most
 * 6 - szDecimals decimals.
 */
export function readPrice(instrument: Instrument, text: string): Parsed<Price> {
  const unreadable = { ok: false, scope: 'request', text: orderTexts.invalidPrice } as const
  if (!decimal.test(text)) return unreadable
  const fine = parseDecimal(text, PRICE_DECIMALS_MAX)
  if (fine === null || fine === 0n) return unreadable
  const value = parseSafeDecimal(text, instrument.priceDecimals)
  if (value === null || !isValidPrice(instrument, value as Price)) {
    return { ok: false, scope: 'order', text: orderTexts.tick(instrument.id) }
  }
  return { ok: true, value: value as Price }
}

/** Reads a size: a positive multiple of 10^-szDecimals. */
export function readQuantity(instrument: Instrument, text: string): Parsed<Quantity> {
  const refuse = (words: string) => ({ ok: false, scope: 'request', text: words }) as const
  if (!decimal.test(text)) return refuse(orderTexts.invalidSize)
  const value = parseSafeDecimal(text, instrument.quantityDecimals)
  if (value === null) return refuse(orderTexts.invalidSize)
  if (value === 0) return refuse(orderTexts.zeroSize)
  return { ok: true, value: value as Quantity }
}
