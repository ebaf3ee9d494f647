import {
  assert,
  assertInstrument,
  type Instrument,
  isValidPrice,
  MONEY_UNIT,
  type Money,
  type Price,
  parseDecimal,
  parseSafeDecimal,
  type Quantity,
} from '../../../core/mod.ts'
import {
  type DexTerms,
  defaultListingRules,
  type ListingRules,
  type ListingTerms,
} from './listing-terms.ts'
import { knownTerms } from './market/known-listing.ts'
import { flatTable, type MarginTable } from './state/margin-table.ts'
import { type Token, tokenAt, USDC } from './state/tokens.ts'
import { orderTexts } from './wire/texts.ts'

/** One listed perpetual. */
export interface ListedPerp {
  readonly instrument: Instrument
  /** Index of its dex, 0 for the native one. */
  readonly dex: number
  readonly indexInDex: number
  /** The number of actions and of error texts. */
  readonly asset: number
  readonly marginMode: 'noCross' | 'strictIsolated' | null
  readonly onlyIsolated: boolean
  readonly growthMode: boolean
  readonly marginTable: MarginTable
  readonly openInterestCap: Money | null
  readonly fundingMultiplierE9: number
  readonly isDelisted: boolean
}

/** A dex with its coins in order of their asset numbers. Index 0: the native one, name "". */
export interface ListedDex {
  readonly index: number
  readonly name: string
  /** Null for the native dex. */
  readonly terms: DexTerms | null
  readonly collateral: Token
  readonly perps: readonly ListedPerp[]
}

/** The perpetuals a venue lists, and the dexs they belong to. */
export interface Listing {
  /** By instrument id; quoted in their dex's collateral. */
  readonly instruments: readonly Instrument[]
  /** By instrument id. */
  readonly perps: readonly ListedPerp[]
  /** By dex index. */
  readonly dexs: readonly ListedDex[]
  readonly rules: ListingRules
  /** By the venue's spelling, case-sensitive. */
  find(coin: string): Instrument | null
  /** By asset number. */
  at(asset: number): Instrument | null
  /** By name; "" is the native one. */
  dexNamed(name: string): ListedDex | null
}

/** Asset number of a builder's coin. */
const builderAsset = (dex: number, indexInDex: number): number =>
  100_000 + 10_000 * dex + indexInDex

/**
 * Lists instruments in order of their ids, which must be 0, 1, 2, ...; a name with a prefix belongs
 * to the builder's dex of that name, which the terms must hold.
 */
export function createListing(
  instruments: readonly Instrument[],
  terms: ListingTerms = knownTerms,
): Listing {
  const byCoin = new Map<string, ListedPerp>()
  const byAsset = new Map<number, ListedPerp>()
  // A venue of natives only has no builders' dexs at all.
  const builders = instruments.some(({ symbol }) => symbol.includes(':')) ? terms.dexs : []
  const names = ['', ...builders.map(({ name }) => name)]
  const counts = names.map(() => 0)
  const perps = instruments.map((instrument, id) => {
    const { symbol } = instrument
    assert(instrument.id === id, `${symbol}: id ${instrument.id} at index ${id}`)
    assert(!byCoin.has(symbol), `${symbol} is listed twice`)
    assertInstrument(instrument)
    const dex = names.indexOf(symbol.includes(':') ? symbol.slice(0, symbol.indexOf(':')) : '')
    assert(dex >= 0, `${symbol}: no dex of that name is listed`)
    const place = { dex, indexInDex: counts[dex]!++ }
    const perp = listPerp(instrument, place, terms)
    byCoin.set(symbol, perp)
    byAsset.set(perp.asset, perp)
    return perp
  })
  const dexs = names.map((name, index) => {
    const own = index === 0 ? null : terms.dexs[index - 1]!
    return {
      index,
      name,
      terms: own,
      collateral: tokenAt(own?.collateral ?? USDC),
      perps: perps.filter(({ dex }) => dex === index),
    }
  })
  return {
    instruments: perps.map(({ instrument }) => instrument),
    perps,
    dexs,
    rules: { ...defaultListingRules, ...terms.rules },
    find: (coin) => byCoin.get(coin)?.instrument ?? null,
    at: (asset) => byAsset.get(asset)?.instrument ?? null,
    dexNamed: (name) => dexs.find((dex) => dex.name === name) ?? null,
  }
}

function listPerp(
  instrument: Instrument,
  { dex, indexInDex }: { readonly dex: number; readonly indexInDex: number },
  terms: ListingTerms,
): ListedPerp {
  const own = terms.perps[instrument.symbol] ?? {}
  const table = own.marginTable
  const collateral = tokenAt(dex === 0 ? USDC : terms.dexs[dex - 1]!.collateral)
  return {
    instrument: { ...instrument, quoteCurrency: collateral.name },
    dex,
    indexInDex,
    asset: dex === 0 ? indexInDex : builderAsset(dex, indexInDex),
    marginMode: own.marginMode ?? null,
    onlyIsolated: own.marginMode !== undefined,
    growthMode: own.growthMode ?? false,
    // A coin whose highest leverage was chosen otherwise has no tiers.
    marginTable:
      table?.tiers[0]?.maximumLeverage === instrument.maximumLeverage
        ? table
        : flatTable(instrument.maximumLeverage),
    openInterestCap:
      own.openInterestCap === undefined ? null : BigInt(own.openInterestCap) * MONEY_UNIT,
    fundingMultiplierE9: own.fundingMultiplierE9 ?? 1_000_000_000,
    isDelisted: own.isDelisted ?? false,
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
export function readPrice(
  instrument: Instrument,
  text: string,
  how: {
    /** Number that the text of a refusal names; default the instrument's id. */
    readonly asset?: number
    readonly integerPrices?: ListingRules['integerPrices']
  } = {},
): Parsed<Price> {
  const { asset = instrument.id, integerPrices = 'always' } = how
  const unreadable = { ok: false, scope: 'request', text: orderTexts.invalidPrice } as const
  if (!decimal.test(text)) return unreadable
  const fine = parseDecimal(text, PRICE_DECIMALS_MAX)
  if (fine === null || fine === 0n) return unreadable
  const value = parseSafeDecimal(text, instrument.priceDecimals)
  const isLong = integerPrices === 'fiveFigures' && !hasFiveFigures(text)
  if (value === null || isLong || !isValidPrice(instrument, value as Price)) {
    return { ok: false, scope: 'order', text: orderTexts.tick(asset) }
  }
  return { ok: true, value: value as Price }
}

/** True when a decimal has at most five significant figures, trailing zeros of integers left out. */
const hasFiveFigures = (text: string): boolean =>
  text
    .replace(/\.0*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length <= 5

/** Reads a size: a positive multiple of 10^-szDecimals. */
export function readQuantity(instrument: Instrument, text: string): Parsed<Quantity> {
  const refuse = (words: string) => ({ ok: false, scope: 'request', text: words }) as const
  if (!decimal.test(text)) return refuse(orderTexts.invalidSize)
  const value = parseSafeDecimal(text, instrument.quantityDecimals)
  if (value === null) return refuse(orderTexts.invalidSize)
  if (value === 0) return refuse(orderTexts.zeroSize)
  return { ok: true, value: value as Quantity }
}
