import {
  assertInstrument,
  type FeeRates,
  type Instrument,
  MONEY_UNIT,
  quantity,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { unknownName } from '../lib/unknown-name.ts'
import { feesOfTier } from './fees.ts'
import { ask, type Send } from './http.ts'
import { NANO, NANO_DECIMALS, type Nano } from './numbers.ts'
import { quotesReply, type WireAsset, wireAccount, wireAsset } from './wire.ts'

/** One loaded instrument with what its messages need. */
export interface Asset {
  readonly instrument: Instrument
  /** A price quantum and a lot in 10^-9. */
  readonly quantum: Nano
  readonly lot: Nano
  /** Mutable: what the account pays now; the instrument's are those of the session's start. */
  fees: FeeRates
}

/** The instruments of a session: `assets[id]` belongs to instrument `id`. */
export interface Universe {
  readonly assets: readonly Asset[]
  /** By the symbol (BTC/USD) and as positions spell it (BTCUSD). */
  readonly bySymbol: ReadonlyMap<string, Asset>
}

/** The smallest order's cost, dollars: not told by the venue's listing. */
const MINIMUM_NOTIONAL = 10n * MONEY_UNIT
/** Price and quantity decimals of an instrument add up to at most this (core's exact range). */
const DECIMALS = 8
/** What shares may be held for overnight, as multiples of equity (Regulation T). */
const OVERNIGHT_LEVERAGE = 2
const PRICE_FIGURES = 6
const PRICE_DECIMALS_MIN = 2
const HISTORY_WAIT_MS = 90_000

/**
 * Loads the pairs and shares named, in that order, with the account's fees. Throws AdapterError:
 * VENUE_UNKNOWN_INSTRUMENT (with the nearest names), VENUE_UNSUPPORTED, VENUE_UNREADABLE, or
 * whatever a request failed with.
 */
export async function loadUniverse(input: {
  readonly send: Send
  readonly sendData: Send
  readonly symbols: readonly string[]
  readonly now: number
}): Promise<Universe> {
  const { send, sendData, symbols } = input
  const coins = symbols.filter(isPair)
  const listed = new Map([
    ...(coins.length === 0 ? [] : await listAssets(send, 'crypto')),
    ...(coins.length === symbols.length ? [] : await listAssets(send, 'us_equity')),
  ])
  for (const symbol of symbols) requireTradable(symbol, listed)
  const account = await readAccount(send)
  // Shares have none, and were traded on days of which no fees of coins are known.
  const fees = () => feesOfTier(account.crypto_tier, input.now)
  const prices = coins.length === 0 ? null : await latestPrices(sendData, coins)
  const maximumLeverage = Math.min(OVERNIGHT_LEVERAGE, Number(account.multiplier ?? 1))
  const assets = symbols.map((symbol, id) => {
    const asset = listed.get(symbol)!
    const price = prices?.get(symbol)
    return price === undefined
      ? toShare({ id, listed: asset, maximumLeverage })
      : toAsset({ id, listed: asset, price, fees: fees() })
  })
  const bySymbol = new Map<string, Asset>()
  for (const asset of assets) {
    bySymbol.set(asset.instrument.symbol, asset)
    bySymbol.set(asset.instrument.symbol.replace('/', ''), asset)
  }
  return { assets, bySymbol }
}

const isPair = (symbol: string): boolean => symbol.includes('/')

async function listAssets(
  send: Send,
  assetClass: 'crypto' | 'us_equity',
): Promise<ReadonlyMap<string, WireAsset>> {
  const body = await ask(send, {
    what: 'assets',
    requestClass: 'history',
    waitMs: HISTORY_WAIT_MS,
    operation: ({ assets }) => assets.getV2AssetsRaw({ status: 'active', assetClass }),
  })
  const reply = wireAsset.array().safeParse(body)
  if (!reply.success) throw unreadable('assets')
  return new Map(reply.data.map((asset) => [asset.symbol, asset]))
}

function requireTradable(symbol: string, listed: ReadonlyMap<string, WireAsset>): void {
  const asset = listed.get(symbol)
  if (asset === undefined) {
    throw unknownName(symbol, `one of the ${listed.size} names of Alpaca`, [...listed.keys()])
  }
  if (!asset.tradable || asset.status !== 'active') {
    throw new AdapterError('VENUE_UNKNOWN_INSTRUMENT', `${symbol} is not tradable now`, 'fatal')
  }
  if (isPair(symbol) && !symbol.endsWith('/USD')) {
    const text = `${symbol}: only pairs against USD, fees of others are not told`
    throw new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')
  }
}

/** Takes the tier over that the venue counts the account to, which follows its volume. */
export function followTier(universe: Universe, tier: number | undefined, now: number): void {
  const coins = universe.assets.filter(({ instrument }) => instrument.kind === 'spot')
  for (const coin of coins) coin.fees = feesOfTier(tier, now)
}

/** The account as it is. Throws AdapterError when it cannot be read. */
export async function readAccount(send: Send) {
  const body = await ask(send, {
    what: 'account',
    requestClass: 'query',
    waitMs: HISTORY_WAIT_MS,
    operation: ({ accounts }) => accounts.getAccountRaw(),
  })
  const reply = wireAccount.safeParse(body)
  if (!reply.success) throw unreadable('account')
  return reply.data
}

async function latestPrices(
  send: Send,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const body = await ask(send, {
    what: 'latest quotes',
    requestClass: 'history',
    waitMs: HISTORY_WAIT_MS,
    operation: ({ crypto }) =>
      crypto.cryptoLatestQuotesRaw({ loc: 'us', symbols: symbols.join(',') }),
  })
  const reply = quotesReply.safeParse(body)
  if (!reply.success) throw unreadable('latest quotes')
  const prices = new Map<string, number>()
  for (const symbol of symbols) {
    const quote = reply.data.quotes[symbol]
    const price = quote === undefined ? 0 : Math.max(quote.bp, quote.ap)
    if (!(price > 0)) throw unreadable(`latest quote of ${symbol}`)
    prices.set(symbol, price)
  }
  return prices
}

/** Decimals of a count of 10^-9: 9 for 1, 0 for a whole. */
function decimalsOf(increment: Nano | null | undefined): number {
  if (increment == null || increment <= 0n) return NANO_DECIMALS
  let decimals = NANO_DECIMALS
  for (let rest = increment; decimals > 0 && rest % 10n === 0n; rest /= 10n) decimals--
  return decimals
}

/**
 * The venue's increments are 10^-9 for price and quantity alike, finer than the core can count. The
 * price gets about six figures and at least cents, the quantity what is left of eight decimals;
 * books are rounded away from the middle, sizes down, and what lies below a lot is dust.
 */
function toAsset(input: {
  readonly id: number
  readonly listed: WireAsset
  readonly price: number
  readonly fees: FeeRates
}): Asset {
  const { id, listed, price, fees } = input
  const wanted = PRICE_FIGURES - Math.ceil(Math.log10(price))
  const priceDecimals = Math.min(
    DECIMALS,
    decimalsOf(listed.price_increment),
    Math.max(PRICE_DECIMALS_MIN, wanted),
  )
  const quantityDecimals = Math.min(
    DECIMALS - priceDecimals,
    decimalsOf(listed.min_trade_increment),
  )
  const lot = 10n ** BigInt(NANO_DECIMALS - quantityDecimals)
  const quantum = 10n ** BigInt(NANO_DECIMALS - priceDecimals)
  const smallest = ((listed.min_order_size ?? 1n) + lot - 1n) / lot
  const step = (listed.price_increment ?? 1n) / quantum
  const instrument: Instrument = {
    id,
    venue: 'alpaca',
    symbol: listed.symbol,
    kind: 'spot',
    quoteCurrency: 'USD',
    baseCurrency: listed.symbol.split('/')[0]!,
    priceDecimals,
    quantityDecimals,
    priceRule: { kind: 'tick', quanta: Math.max(1, Number(step)) },
    minimumNotional: MINIMUM_NOTIONAL,
    minimumQuantity: quantity(Math.max(1, Number(smallest))),
    fees,
    feeIn: 'received',
    hasDust: true,
    canReplace: true,
    hasPostOnly: false,
    longOnly: true,
    maximumLeverage: 1,
  }
  assertInstrument(instrument)
  return { instrument, quantum, lot, fees }
}

const SHARE_PRICE_DECIMALS = 4
/** Orders are in cents; below a dollar the venue takes hundredths of one, which is not used. */
const CENT_QUANTA = 100

/** By the venue's status of today; what says nothing of it counts as easy, as the venue takes it. */
function isHardToBorrow({ borrow_status: status, easy_to_borrow: isEasy }: WireAsset): boolean {
  return typeof status === 'string' ? status !== 'easy_to_borrow' : isEasy === false
}

/** Whole shares, in cents; what a sale owes to regulators is booked at the end of the day. */
function toShare(input: {
  readonly id: number
  readonly listed: WireAsset
  readonly maximumLeverage: number
}): Asset {
  const { id, listed, maximumLeverage } = input
  const instrument: Instrument = {
    id,
    venue: 'alpaca',
    symbol: listed.symbol,
    kind: 'equity',
    quoteCurrency: 'USD',
    baseCurrency: listed.symbol,
    priceDecimals: SHARE_PRICE_DECIMALS,
    quantityDecimals: 0,
    priceRule: { kind: 'tick', quanta: CENT_QUANTA },
    minimumNotional: 0n,
    minimumQuantity: quantity(1),
    fees: { makerE9: 0, takerE9: 0 },
    canReplace: true,
    hasPostOnly: false,
    longOnly: listed.shortable !== true || maximumLeverage <= 1,
    ...(isHardToBorrow(listed) ? { borrow: 'hard' } : {}),
    maximumLeverage: Math.max(1, maximumLeverage),
  }
  assertInstrument(instrument)
  return {
    instrument,
    quantum: 10n ** BigInt(NANO_DECIMALS - SHARE_PRICE_DECIMALS),
    lot: NANO,
    fees: instrument.fees,
  }
}
