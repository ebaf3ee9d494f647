import { asText, asUnsigned, isObject } from '../../json.ts'
import type { Asset } from '../listing.ts'
import { charge } from '../state/ledger.ts'
import { valueAccount } from '../state/margin.ts'
import { markOf } from '../state/market-data.ts'
import { activityId } from '../state/matching.ts'
import { extendedClose, sessionInOrAfter } from '../state/sessions.ts'
import type { Locate } from '../state/types.ts'
import type { VenueState } from '../state/venue-state.ts'
import { hashOf, uuidOf } from '../wire/identity.ts'
import { type Nano, readNano, roundUp, textOf, textOrNull, times, UNIT } from '../wire/nano.ts'
import { DAY_US, readDate, timeText } from '../wire/times.ts'
import { notFound, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

const ROUND_LOT = 100
const PAGE_DEFAULT = 100
const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  body: { code, message },
})

/** Shares that can be found of a hard-to-borrow name on a day, in round lots. */
function availableQty(state: VenueState, asset: Asset): number {
  const day = Math.floor(state.time / DAY_US)
  return (hashOf(`locate ${asset.symbol} ${day}`) % 60) * ROUND_LOT
}

/** Fee a share: a day of its borrow cost, at least a tenth of a cent. */
function priceOf(state: VenueState, asset: Asset): Nano {
  const mark = markOf(state.data[asset.index]!, asset)
  return roundUp((mark * asset.borrowPpm) / 360_000_000n, UNIT / 10_000n)
}

function getQuotes({ state, query }: RestContext): Reply {
  const symbols = query.get('symbols')?.split(',').filter(Boolean) ?? []
  if (symbols.length === 0) return refuse(400, 'invalid_symbols', 'symbols is required')
  const quotes: unknown[] = []
  const errors: unknown[] = []
  for (const symbol of symbols) {
    const asset = state.listing.find(symbol)
    if (asset === null || asset.class === 'crypto') {
      errors.push({ code: 'symbol_not_found', message: `symbol ${symbol} not found`, symbol })
    } else if (asset.easyToBorrow) {
      errors.push({ code: 'easy_to_borrow', message: `${symbol} is easy to borrow`, symbol })
    } else {
      const qty = asset.shortable ? availableQty(state, asset) : 0
      const price = qty > 0 ? { price: textOf(priceOf(state, asset)) } : {}
      quotes.push({ symbol, available_qty: qty, ...price, quoted_at: timeText(state.time) })
    }
  }
  return ok({ quotes, ...(errors.length > 0 ? { errors } : {}) })
}

function written(locate: Locate, time: number): Record<string, unknown> {
  const { expiresAt, rejectionReason, locatedQty, locatedPrice } = locate
  const status = rejectionReason !== null ? 'rejected' : expiresAt! > time ? 'active' : 'expired'
  return {
    id: locate.id,
    symbol: locate.symbol,
    requested_qty: locate.requestedQty,
    all_or_none: locate.allOrNone,
    limit_price: textOrNull(locate.limitPrice),
    status,
    created_at: timeText(locate.createdAt),
    ...(rejectionReason !== null
      ? { rejection_reason: rejectionReason }
      : {
          located_qty: locatedQty,
          located_price: textOrNull(locatedPrice),
          total_fee: textOf(locatedPrice! * BigInt(locatedQty!)),
          expires_at: timeText(expiresAt!),
        }),
  }
}

function create(context: RestContext): Reply {
  const { state, account, body, headers } = context
  if (!isObject(body)) return refuse(400, 'invalid_request_body', 'request body format is invalid')
  const symbol = asText(body['symbol'])
  const qty = asUnsigned(body['qty'])
  if (symbol === null) return refuse(400, 'invalid_input', 'symbol is required')
  if (qty === null || qty === 0 || qty % ROUND_LOT !== 0) {
    return refuse(400, 'invalid_input', 'qty must be positive and in round lots of 100')
  }
  const hasLimit = body['limit_price'] !== undefined && body['limit_price'] !== null
  const limitPrice = hasLimit ? readNano(body['limit_price']) : null
  if (hasLimit && (limitPrice === null || limitPrice < 0n)) {
    return refuse(400, 'invalid_limit_price', 'limit_price must be a decimal number')
  }
  const key = headers['idempotency-key']
  const request = JSON.stringify(body)
  const before = key === undefined ? undefined : account.locateKeys.get(key)
  if (before !== undefined) {
    if (before.request !== request)
      return refuse(
        422,
        'idempotency_key_conflict',
        'idempotency key was used with another request',
      )
    return ok(written(account.locates.find(({ id }) => id === before.id)!, state.time))
  }
  const asset = state.listing.find(symbol)
  if (asset === null || asset.class === 'crypto')
    return refuse(422, 'symbol_not_found', `symbol ${symbol} not found`)
  if (asset.easyToBorrow) return refuse(422, 'easy_to_borrow', `${symbol} is easy to borrow`)
  const allOrNone = body['all_or_none'] === true
  const found = decide(context, asset, { qty, allOrNone, limitPrice })
  if ('status' in found) return found
  const id = uuidOf(`locate ${account.key} ${account.locates.length} ${state.time}`)
  const locate: Locate = {
    id,
    createdAt: state.time,
    asset: asset.index,
    symbol: asset.symbol,
    requestedQty: qty,
    allOrNone,
    limitPrice,
    ...found,
  }
  account.locates.push(locate)
  if (key !== undefined) account.locateKeys.set(key, { request, id })
  return ok(written(locate, state.time))
}

type Found = Pick<Locate, 'expiresAt' | 'locatedQty' | 'locatedPrice' | 'rejectionReason'>

const rejected = (rejectionReason: string): Found => ({
  expiresAt: null,
  locatedQty: null,
  locatedPrice: null,
  rejectionReason,
})

/** Finds shares and charges for them, or says why there are none. */
function decide(
  { state, account }: RestContext,
  asset: Asset,
  wanted: { readonly qty: number; readonly allOrNone: boolean; readonly limitPrice: Nano | null },
): Found | Reply {
  const available = asset.shortable ? availableQty(state, asset) : 0
  const price = priceOf(state, asset)
  if (available === 0 || (wanted.allOrNone && available < wanted.qty))
    return rejected('insufficient_quantity')
  if (wanted.limitPrice !== null && price > wanted.limitPrice)
    return rejected('limit_price_exceeded')
  const locatedQty = Math.min(available, wanted.qty)
  const amount = times(price, BigInt(locatedQty) * UNIT)
  if (amount > valueAccount(state, account).sharePowerLeft || amount > account.cash) {
    return refuse(422, 'insufficient_buying_power', 'insufficient buying power')
  }
  charge(account, state.books, {
    id: activityId(state),
    time: state.time,
    activityType: 'FEE',
    asset: asset.index,
    amount,
    qty: null,
    price: null,
    perShareAmount: price,
    description: `Locate fee for ${locatedQty} shares of ${asset.symbol}`,
  })
  const expiresAt = extendedClose(sessionInOrAfter(state.time))
  return { expiresAt, locatedQty, locatedPrice: price, rejectionReason: null }
}

function list({ state, account, query }: RestContext): Reply {
  const limit = Number(query.get('limit') || PAGE_DEFAULT)
  if (!Number.isInteger(limit) || limit < 1) return refuse(400, 'invalid_input', 'invalid limit')
  const [start, end] = ['start', 'end'].map((name) => readDate(query.get(name) ?? ''))
  const shown = account.locates
    .map((locate) => ({ locate, body: written(locate, state.time) }))
    .filter(({ locate, body }) => {
      const day = Math.floor(locate.createdAt / DAY_US)
      return (
        (!query.get('status') || body['status'] === query.get('status')) &&
        (!query.get('symbol') || locate.symbol === query.get('symbol')) &&
        (start == null || day >= start) &&
        (end == null || day <= end)
      )
    })
    .reverse()
  const token = query.get('page_token')
  const from = token ? shown.findIndex(({ locate }) => locate.id === token) + 1 : 0
  const page = shown.slice(from, from + limit)
  const isMore = from + limit < shown.length
  return ok({
    locates: page.map(({ body }) => body),
    next_page_token: isMore ? page.at(-1)!.locate.id : null,
  })
}

function get({ state, account, params }: RestContext): Reply {
  const locate = account.locates.find(({ id }) => id === params[0])
  return locate === undefined ? notFound('locate not found') : ok(written(locate, state.time))
}

/** Finding hard-to-borrow shares for short sales. */
export const locateRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v1/locates/quotes'), run: getQuotes },
  { method: 'GET', path: at('/v1/locates'), run: list },
  { method: 'POST', path: at('/v1/locates'), isCommand: true, run: create },
  { method: 'GET', path: at('/v1/locates/{}'), run: get },
]
