import {
  assertInstrument,
  type Instrument,
  MONEY_UNIT,
  parseSafeDecimal,
  quantity,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { Post } from './http.ts'
import { metaReply, userFeesReply } from './wire.ts'

/** One loaded instrument with what its wire messages need. */
export interface Asset {
  readonly instrument: Instrument
  /** Index in the venue's universe: the number orders carry. */
  readonly assetId: number
  /** The coin's name in ASCII, for the byte scanner. */
  readonly coin: Uint8Array
}

/** The instruments of a session: `assets[id]` belongs to instrument `id`. */
export interface Universe {
  readonly assets: readonly Asset[]
  readonly byCoin: ReadonlyMap<string, Asset>
}

export const emptyUniverse: Universe = { assets: [], byCoin: new Map() }

/** Price and size decimals of a perpetual add up to this. */
const PERPETUAL_DECIMALS = 6
const SIGNIFICANT_FIGURES = 5
/** Rates of the base tier, used when no account is named: 4.5 bp taker, 1.5 bp maker. */
const baseFees = { makerE9: 150_000, takerE9: 450_000 }

/**
 * Loads the named perpetuals with an account's own fee rates, in the order given.
 * Throws AdapterError: VENUE_UNKNOWN_INSTRUMENT (with the nearest names), VENUE_UNREADABLE, or
 * whatever the request failed with.
 */
export async function loadUniverse(input: {
  readonly post: Post
  /** The account whose rates count; null for the base tier. */
  readonly feesOf: string | null
  readonly symbols: readonly string[]
}): Promise<Universe> {
  const { post, feesOf, symbols } = input
  const ask = (body: unknown) =>
    post({ path: '/info', body: () => body, requestClass: 'history', weight: 20, waitMs: 90_000 })
  const meta = metaReply.safeParse(await ask({ type: 'meta' }))
  if (!meta.success) throw unreadable('meta')
  const fees = feesOf === null ? baseFees : await loadFees(ask, feesOf)
  const { universe } = meta.data
  const index = new Map(universe.map(({ name }, i) => [name, i]))
  const assets = symbols.map((symbol, id): Asset => {
    const assetId = index.get(symbol)
    if (assetId === undefined) throw unknownInstrument(symbol, [...index.keys()])
    const listed = universe[assetId]!
    if (listed.isDelisted === true) {
      throw new AdapterError('VENUE_UNKNOWN_INSTRUMENT', `${symbol} is delisted`, 'fatal')
    }
    const instrument: Instrument = {
      id,
      venue: 'hyperliquid',
      symbol,
      kind: 'perpetual',
      quoteCurrency: 'USDC',
      baseCurrency: symbol,
      priceDecimals: PERPETUAL_DECIMALS - listed.szDecimals,
      quantityDecimals: listed.szDecimals,
      priceRule: { kind: 'significant-figures', figures: SIGNIFICANT_FIGURES },
      minimumNotional: 10n * MONEY_UNIT,
      minimumQuantity: quantity(1),
      fees,
      longOnly: false,
      maximumLeverage: listed.maxLeverage,
    }
    assertInstrument(instrument)
    return { instrument, assetId, coin: new TextEncoder().encode(symbol) }
  })
  return { assets, byCoin: new Map(assets.map((asset) => [asset.instrument.symbol, asset])) }
}

async function loadFees(
  ask: (body: unknown) => Promise<unknown>,
  user: string,
): Promise<Instrument['fees']> {
  const reply = userFeesReply.safeParse(await ask({ type: 'userFees', user }))
  if (!reply.success) throw unreadable('userFees')
  const makerE9 = parseSafeDecimal(reply.data.userAddRate, 9)
  const takerE9 = parseSafeDecimal(reply.data.userCrossRate, 9)
  if (makerE9 === null || takerE9 === null) throw unreadable('userFees')
  return { makerE9, takerE9 }
}

/** A reply that does not have the documented shape. */
export const unreadable = (what: string): AdapterError =>
  new AdapterError('VENUE_UNREADABLE', `${what}: the reply does not have its shape`, 'unknown')

function unknownInstrument(symbol: string, names: readonly string[]): AdapterError {
  const near = names
    .map((name) => ({ name, distance: distanceOf(symbol.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
  const hint = near.length > 0 ? `; nearest: ${near.join(', ')}` : ''
  return new AdapterError(
    'VENUE_UNKNOWN_INSTRUMENT',
    `${JSON.stringify(symbol)} is not one of the ${names.length} listed perpetuals${hint}`,
    'fatal',
  )
}

/** Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
