import type { TimeUs } from '../../../../core/mod.ts'
import type { Asset, AssetClass } from '../listing.ts'
import type { VenueState } from '../state/venue-state.ts'
import { DAY_US, readTime } from '../wire/times.ts'
import { badRequest, type Reply } from './reply.ts'
import type { RestContext } from './route.ts'

/** What market data endpoints are asked for. */
export interface DataQuery {
  /** In the order of their symbols; unknown ones are left out. */
  readonly assets: readonly Asset[]
  readonly start: TimeUs
  readonly end: TimeUs
  readonly limit: number
  readonly isDescending: boolean
  readonly pageToken: string | null
}

const LIMIT_DEFAULT = 1_000
const LIMIT_MAX = 10_000
const COIN_SYMBOL = /^[A-Z]+x?\/[A-Z]+$/
const SHARE_SYMBOL = /^[A-Z0-9]{1,12}([./-][A-Z0-9]{1,4})?$/
const feeds = ['iex', 'sip', 'delayed_sip', 'otc', 'boats', 'overnight']
const adjustments = ['raw', 'split', 'dividend', 'spin-off', 'all']

const isReply = (value: object): value is Reply => 'status' in value

/** Reads the symbols of a request: a list, or the one in the path. */
export function readSymbols(
  { state, query }: Pick<RestContext, 'state' | 'query'>,
  kind: AssetClass,
  single: string | null,
): readonly Asset[] | Reply {
  const text = single ?? query.get('symbols')
  if (text === null || text === '') return badRequest('symbols is required')
  const names = [...new Set(text.split(',').filter(Boolean))].sort()
  const found: Asset[] = []
  for (const name of names) {
    if (kind === 'crypto' && !COIN_SYMBOL.test(name)) {
      return badRequest(`invalid symbol: ${name} does not match ^[A-Z]+x?/[A-Z]+$`)
    }
    if (kind === 'us_equity' && !SHARE_SYMBOL.test(name.toUpperCase())) {
      return badRequest(`invalid symbol: ${name}`)
    }
    const asset = state.listing.find(name)
    if (asset?.class === kind) found.push(asset)
  }
  return found
}

/** Reads what requests for series have in common. */
export function readDataQuery(
  context: RestContext,
  kind: AssetClass,
  single: string | null,
): DataQuery | Reply {
  const { state, query } = context
  const assets = readSymbols(context, kind, single)
  if (isReply(assets)) return assets
  const times = ['start', 'end'].map((name) => {
    const text = query.get(name)
    return text === null || text === '' ? null : (readTime(text) ?? Number.NaN)
  })
  const [start, end] = times
  if (Number.isNaN(start))
    return badRequest(
      `Invalid format for parameter start: error parsing '${query.get('start')}' as RFC3339 or 2006-01-02 time`,
    )
  if (Number.isNaN(end))
    return badRequest(
      `Invalid format for parameter end: error parsing '${query.get('end')}' as RFC3339 or 2006-01-02 time`,
    )
  const limit = Number(query.get('limit') || LIMIT_DEFAULT)
  if (!Number.isInteger(limit) || limit < 1)
    return badRequest(`Invalid format for parameter limit: ${query.get('limit')}`)
  if (limit > LIMIT_MAX) return badRequest(`invalid limit: larger than ${LIMIT_MAX}`)
  const sort = query.get('sort') || 'asc'
  if (sort !== 'asc' && sort !== 'desc') return badRequest(`invalid sort: ${sort}`)
  const choice = checkChoices(context, kind)
  if (choice !== null) return choice
  const asked: DataQuery = {
    assets,
    start: start ?? Math.floor(state.time / DAY_US) * DAY_US,
    end: Math.min(end ?? state.time, state.time),
    limit,
    isDescending: sort === 'desc',
    pageToken: query.get('page_token') || null,
  }
  if (end != null && asked.start > end) return badRequest('end should not be before start')
  return asked
}

function checkChoices({ query }: RestContext, kind: AssetClass): Reply | null {
  if (kind === 'crypto') return null
  const feed = query.get('feed')
  if (feed && !feeds.includes(feed.toLowerCase())) return badRequest(`invalid feed: ${feed}`)
  for (const each of query.get('adjustment')?.split(',').filter(Boolean) ?? []) {
    if (!adjustments.includes(each)) return badRequest(`invalid adjustment: ${each}`)
  }
  return null
}

/** One page of several series. */
export interface Page<Item> {
  readonly bySymbol: ReadonlyMap<string, readonly Item[]>
  readonly nextToken: string | null
}

/** Takes a page: symbol after symbol, each by time; `itemsOf` is in order of time. */
export function takePage<Item extends object>(
  asked: DataQuery,
  series: {
    itemsOf(asset: Asset): readonly Item[]
    timeOf(item: Item): TimeUs
    /** What the token says between symbol and place. */
    readonly label: string
  },
): Page<Item> | Reply {
  const from = asked.pageToken === null ? null : readToken(asked.pageToken)
  if (asked.pageToken !== null && from === null) return badRequest('invalid page token')
  const bySymbol = new Map<string, readonly Item[]>()
  let left = asked.limit
  for (const asset of asked.assets) {
    if (from !== null && asset.symbol < from.symbol) continue
    const { start, end } = asked
    const inRange = series.itemsOf(asset).filter((item) => {
      const time = series.timeOf(item)
      return time >= start && time <= end
    })
    if (asked.isDescending) inRange.reverse()
    const skipped = from?.symbol === asset.symbol ? from.place : 0
    const page = inRange.slice(skipped, skipped + left)
    if (page.length > 0) bySymbol.set(asset.symbol, page)
    left -= page.length
    const isMore = skipped + page.length < inRange.length || asset !== asked.assets.at(-1)
    if (left === 0 && isMore) {
      return { bySymbol, nextToken: writeToken(asset.symbol, series.label, skipped + page.length) }
    }
  }
  return { bySymbol, nextToken: null }
}

const writeToken = (symbol: string, label: string, place: number): string =>
  Buffer.from(`${symbol}|${label}|${place}`).toString('base64')

function readToken(token: string): { readonly symbol: string; readonly place: number } | null {
  const [symbol, label, place] = Buffer.from(token, 'base64').toString('utf8').split('|')
  if (!symbol || label === undefined || !/^\d+$/.test(place ?? '')) return null
  return { symbol, place: Number(place) }
}

/** True for refusals among results. */
export const isRefusal = (value: object): value is Reply => 'status' in value && 'body' in value

/** The listing's state of an asset. */
export const dataOf = (state: VenueState, asset: Asset) => state.data[asset.index]!
