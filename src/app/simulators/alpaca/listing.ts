import type { Instrument, Price, Quantity } from '../../../core/mod.ts'
import type { SimulatedInstrument } from '../market/universe.ts'
import { hardToBorrow, type MarketRow, notShortable } from './market/names.ts'
import { hashOf, uuidOf } from './wire/identity.ts'
import { NANO_DECIMALS, type Nano } from './wire/nano.ts'

/** What is traded: coins against dollars all the time, shares in sessions. */
export type AssetClass = 'crypto' | 'us_equity'

/** One asset of the venue. Immutable. */
export interface Asset {
  /** Index in the listing, and the id of its instrument. */
  readonly index: number
  readonly id: string
  readonly class: AssetClass
  /** BTC/USD or AAPL. */
  readonly symbol: string
  /** As positions spell it: BTCUSD. */
  readonly compact: string
  readonly name: string
  readonly exchange: string
  /** Code of the exchange on quotes and trades of shares. */
  readonly tape: string
  readonly shortable: boolean
  readonly easyToBorrow: boolean
  readonly fractionable: boolean
  readonly marginable: boolean
  /** Yearly cost of borrowing it, parts per million. */
  readonly borrowPpm: bigint
  readonly instrument: Instrument
  /** What a quantum of the market's prices and a lot of its quantities are in 10^-9. */
  readonly quantum: Nano
  readonly lot: Nano
}

/** Assets by index and by every spelling. */
export interface Listing {
  readonly assets: readonly Asset[]
  /** By symbol (either spelling of pairs) or asset id; null when not listed. */
  find(name: string): Asset | null
}

const EASY_PPM = 3_000n
const HARD_PPM = 180_000n

/** What an asset's market looks like in numbers. */
export interface MarketTerms {
  readonly symbol: string
  readonly name: string
  readonly class: AssetClass
  readonly priceDecimals: number
  readonly quantityDecimals: number
}

/** Decimals that leave a price of this size about six figures. */
export function decimalsFor(
  kind: AssetClass,
  price: number,
): Pick<MarketTerms, 'priceDecimals' | 'quantityDecimals'> {
  if (kind === 'us_equity') return { priceDecimals: 4, quantityDecimals: 0 }
  const priceDecimals = Math.min(8, Math.max(2, 6 - Math.ceil(Math.log10(price))))
  return { priceDecimals, quantityDecimals: Math.min(6, 8 - priceDecimals) }
}

/** Makes the asset of some terms. */
export function assetOf(terms: MarketTerms, index: number): Asset {
  const { symbol, name, priceDecimals, quantityDecimals } = terms
  const isCrypto = terms.class === 'crypto'
  const easyToBorrow = !isCrypto && !hardToBorrow.has(symbol)
  const shortable = !isCrypto && !notShortable.has(symbol)
  return {
    index,
    id: uuidOf(`asset ${symbol}`),
    class: terms.class,
    symbol,
    compact: symbol.replace('/', ''),
    name: isCrypto ? `${name} / US Dollar` : name,
    exchange: isCrypto ? 'CRYPTO' : hashOf(symbol) % 3 === 0 ? 'NYSE' : 'NASDAQ',
    tape: hashOf(symbol) % 3 === 0 ? 'A' : 'C',
    shortable,
    easyToBorrow: easyToBorrow && shortable,
    fractionable: true,
    marginable: !isCrypto,
    borrowPpm: isCrypto ? 0n : easyToBorrow ? EASY_PPM : HARD_PPM,
    instrument: {
      id: index,
      venue: 'alpaca',
      symbol,
      kind: isCrypto ? 'spot' : 'equity',
      quoteCurrency: 'USD',
      baseCurrency: symbol.split('/')[0]!,
      priceDecimals,
      quantityDecimals,
      priceRule: { kind: 'tick', quanta: isCrypto ? 1 : 100 },
      minimumNotional: 0n,
      minimumQuantity: 1 as Quantity,
      fees: { makerE9: 0, takerE9: 0 },
      longOnly: isCrypto,
      maximumLeverage: 1,
    },
    quantum: 10n ** BigInt(NANO_DECIMALS - priceDecimals),
    lot: 10n ** BigInt(NANO_DECIMALS - quantityDecimals),
  }
}

/** The listing of some terms, in their order. */
export function createListing(terms: readonly MarketTerms[]): Listing {
  const assets = terms.map(assetOf)
  const names = new Map<string, Asset>()
  for (const asset of assets) {
    for (const name of [asset.symbol, asset.compact, asset.id]) names.set(name, asset)
  }
  return { assets, find: (name) => names.get(name) ?? names.get(name.toUpperCase()) ?? null }
}

/** Terms and behaviour of a generated market's row. */
export function simulate(
  kind: AssetClass,
  row: MarketRow,
  index: number,
): SimulatedInstrument & { readonly terms: MarketTerms } {
  const [symbol, name, startPrice, volatilityPerMinuteBp, spreadBp, tradesPerSecond] = row
  const terms = { symbol, name, class: kind, ...decimalsFor(kind, startPrice) }
  return {
    terms,
    instrument: assetOf(terms, index).instrument,
    startPrice,
    volatilityPerMinuteBp,
    spreadBp,
    tradesPerSecond,
    levelNotional: row[6],
  }
}

/** A quantum count of the market as the venue's price. */
export const priceOf = (asset: Asset, quanta: number | Price): Nano =>
  BigInt(quanta) * asset.quantum
/** A lot count of the market as the venue's quantity. */
export const quantityOf = (asset: Asset, lots: number): Nano => BigInt(Math.round(lots)) * asset.lot
/** A market price as a plain number of dollars. */
export const dollarsOf = (asset: Asset, quanta: number): number =>
  quanta / 10 ** asset.instrument.priceDecimals
/** A market quantity as a plain number. */
export const amountOf = (asset: Asset, lots: number): number =>
  lots / 10 ** asset.instrument.quantityDecimals
