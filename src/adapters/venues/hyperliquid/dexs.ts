import type { Currency } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import { unknownName } from '../lib/unknown-name.ts'
import type { Ask } from './http.ts'
import { NATIVE, splitName } from './names.ts'
import {
  metaReply,
  perpDexsReply,
  spotTokensReply,
  type WireMeta,
  type WirePerpDexs,
} from './wire.ts'

/** A dex as it is listed: the native exchange or a builder's. */
export interface Dex {
  /** "" for the native exchange. */
  readonly name: string
  readonly currency: Currency
  /** Asset number of the first perpetual of its universe. */
  readonly firstAssetId: number
  /** Null on the native exchange. */
  readonly deployerFeeScale: string | null
  readonly meta: WireMeta
}

/** The builders' dexs by their place in the venue's list. */
export interface Builders {
  readonly list: WirePerpDexs
  readonly names: readonly string[]
}

/** Asset numbers: 100000 + 10000 x place in the list, where place 0 is the native exchange. */
const FIRST_BUILDER_ASSET = 100_000
const ASSETS_PER_DEX = 10_000
/** Index of USDC among the tokens. */
const USDC_TOKEN = 0

/** Asks which dexs builders run. Throws AdapterError. */
export async function loadBuilders(ask: Ask): Promise<Builders> {
  const reply = perpDexsReply.safeParse(await ask({ type: 'perpDexs' }))
  if (!reply.success) throw unreadable('perpDexs')
  const list = reply.data
  return { list, names: list.flatMap((each) => (each === null ? [] : [each.name])) }
}

/**
 * Loads the dex of a symbol with its universe. Throws AdapterError VENUE_UNKNOWN_INSTRUMENT for one
 * that nobody runs, before anything is asked about it.
 */
export async function loadDex(ask: Ask, symbol: string, builders: Builders | null): Promise<Dex> {
  const { dex: name } = splitName(symbol)
  const place = name === NATIVE ? 0 : findPlace(symbol, builders)
  const raw = await ask(name === NATIVE ? { type: 'meta' } : { type: 'meta', dex: name })
  const reply = metaReply.safeParse(raw)
  if (!reply.success) throw unreadable('meta')
  const listed = builders?.list[place] ?? null
  const token = reply.data.collateralToken ?? USDC_TOKEN
  return {
    name,
    currency: token === USDC_TOKEN ? 'USDC' : await nameOfToken(ask, token),
    firstAssetId: name === NATIVE ? 0 : FIRST_BUILDER_ASSET + ASSETS_PER_DEX * place,
    deployerFeeScale: name === NATIVE ? null : (listed?.deployerFeeScale ?? '1.0'),
    meta: reply.data,
  }
}

function findPlace(symbol: string, builders: Builders | null): number {
  const { dex, coin } = splitName(symbol)
  const place = builders?.list.findIndex((each) => each?.name === dex) ?? -1
  if (place > 0) return place
  const names = builders?.names ?? []
  const where = `of one of the ${names.length} builders’ dexs (${names.join(', ')})`
  throw unknownName(
    symbol,
    where,
    names.map((name) => `${name}:${coin}`),
  )
}

async function nameOfToken(ask: Ask, token: number): Promise<Currency> {
  const reply = spotTokensReply.safeParse(await ask({ type: 'spotMeta' }))
  const found = reply.data?.tokens.find(({ index }) => index === token)
  if (found === undefined) throw unreadable('spotMeta')
  return found.name
}
