import {
  assertInstrument,
  type Currency,
  type FeeRates,
  type Instrument,
  MONEY_UNIT,
  quantity,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unknownName } from '../lib/unknown-name.ts'
import { type Dex, loadBuilders, loadDex } from './dexs.ts'
import { baseFees, effectiveFees, type FeeScale, feeScaleOf, readUserFees } from './fees.ts'
import { askOf, type Post } from './http.ts'
import { type MarginRules, marginRulesOf } from './margin-rules.ts'
import { dexLabel, NATIVE, qualify, splitName } from './names.ts'

/** One loaded instrument with what its wire messages need. */
export interface Asset {
  readonly instrument: Instrument
  /** The number orders carry: index in the dex's universe, past the dex's own base. */
  readonly assetId: number
  /** The coin's name in ASCII, for the byte scanner. */
  readonly coin: Uint8Array
  /** "" for the native exchange. */
  readonly dex: string
  readonly margin: MarginRules
  readonly feeScale: FeeScale
}

/** The instruments of a session: `assets[id]` belongs to instrument `id`. */
export interface Universe {
  readonly assets: readonly Asset[]
  readonly byCoin: ReadonlyMap<string, Asset>
  /** Every dex with an instrument, once; each has an account state of its own. */
  readonly dexs: readonly UsedDex[]
  /** Rates of the account before any asset's scale. */
  readonly userFees: FeeRates
}

/** A dex of the session. */
export interface UsedDex {
  /** "" for the native exchange. */
  readonly name: string
  /** Currency of its margin, prices and fees. */
  readonly currency: Currency
}

export const emptyUniverse: Universe = {
  assets: [],
  byCoin: new Map(),
  dexs: [],
  userFees: baseFees,
}

/** Price and size decimals of a perpetual add up to this. */
const PERPETUAL_DECIMALS = 6
const SIGNIFICANT_FIGURES = 5

/**
 * Loads the named perpetuals, native (`BTC`) and of builders' dexs (`xyz:SP500`), with what an
 * account pays on each, in the order given. Nothing is asked about an account when a name is wrong.
 * Throws AdapterError: VENUE_UNKNOWN_INSTRUMENT (with the nearest names; also for none and for one
 * named twice), VENUE_UNREADABLE, or whatever the request failed with.
 */
export async function loadUniverse(input: {
  readonly post: Post
  /** The account whose rates count; null for the base tier. */
  readonly feesOf: string | null
  readonly symbols: readonly string[]
}): Promise<Universe> {
  const { feesOf, symbols } = input
  requireSymbols(symbols)
  const ask = askOf(input.post)
  const isBuilt = symbols.some((symbol) => splitName(symbol).dex !== NATIVE)
  const builders = isBuilt ? await loadBuilders(ask) : null
  const dexs = new Map<string, Dex>()
  for (const symbol of symbols) {
    const { dex: name } = splitName(symbol)
    if (!dexs.has(name)) dexs.set(name, await loadDex(ask, symbol, builders))
  }
  const listings = symbols.map((symbol) => findListing(dexs, symbol))
  const userFees =
    feesOf === null ? baseFees : readUserFees(await ask({ type: 'userFees', user: feesOf }))
  const assets = listings.map((found, id) => toAsset({ ...found, id, userFees }))
  return {
    assets,
    byCoin: new Map(assets.map((asset) => [asset.instrument.symbol, asset])),
    dexs: [...dexs.values()].map(({ name, currency }) => ({ name, currency })),
    userFees,
  }
}

function requireSymbols(symbols: readonly string[]): void {
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) < i)
  if (symbols.length > 0 && twice === undefined) return
  const text =
    twice === undefined ? 'no perpetuals are named: at least one' : `${twice} is named twice`
  throw new AdapterError('VENUE_UNKNOWN_INSTRUMENT', text, 'fatal')
}

interface Found {
  readonly symbol: string
  readonly dex: Dex
  readonly index: number
}

function findListing(dexs: ReadonlyMap<string, Dex>, symbol: string): Found {
  const dex = dexs.get(splitName(symbol).dex)!
  const names = dex.meta.universe.map(({ name }) => qualify(dex.name, name))
  const index = names.indexOf(symbol)
  if (index < 0) {
    const where = `one of the ${names.length} perpetuals of ${dexLabel(dex.name)}`
    throw unknownName(symbol, where, names)
  }
  if (dex.meta.universe[index]!.isDelisted === true) {
    throw new AdapterError('VENUE_UNKNOWN_INSTRUMENT', `${symbol} is delisted`, 'fatal')
  }
  return { symbol, dex, index }
}

function toAsset(input: Found & { readonly id: number; readonly userFees: FeeRates }): Asset {
  const { symbol, dex, index, id, userFees } = input
  const listed = dex.meta.universe[index]!
  const isGrowth = listed.growthMode === 'enabled'
  const feeScale = feeScaleOf({ deployerFeeScale: dex.deployerFeeScale, isGrowth })
  const instrument: Instrument = {
    id,
    venue: 'hyperliquid',
    symbol,
    kind: 'perpetual',
    quoteCurrency: dex.currency,
    baseCurrency: splitName(symbol).coin,
    priceDecimals: PERPETUAL_DECIMALS - listed.szDecimals,
    quantityDecimals: listed.szDecimals,
    priceRule: { kind: 'significant-figures', figures: SIGNIFICANT_FIGURES },
    minimumNotional: 10n * MONEY_UNIT,
    minimumQuantity: quantity(1),
    fees: effectiveFees(userFees, feeScale),
    longOnly: false,
    maximumLeverage: listed.maxLeverage,
  }
  assertInstrument(instrument)
  return {
    instrument,
    assetId: dex.firstAssetId + index,
    coin: new TextEncoder().encode(symbol),
    dex: dex.name,
    margin: marginRulesOf(dex, listed),
    feeScale,
  }
}
