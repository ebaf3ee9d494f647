import type { Asset, AssetClass } from '../listing.ts'
import type { Bar } from '../market/bars.ts'
import { mergeBars, readTimeframe, type Timeframe, unitLetter } from '../market/timeframe.ts'
import { wireBar, wireBook, wireQuote, wireTrade } from '../socket/messages.ts'
import type { AssetData } from '../state/market-data.ts'
import { WireTime } from '../wire/codec.ts'
import { dataOf, isRefusal, type Page, readDataQuery, readSymbols, takePage } from './data-query.ts'
import { badRequest, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

/** Which assets' endpoint it is, and the one symbol of its path if it has one. */
interface Scope {
  readonly kind: AssetClass
  readonly single: string | null
}

/** A page under its name; of one symbol, without the symbols. */
function shown<Item>(
  name: string,
  { single }: Scope,
  page: Page<Item>,
  wire: (symbol: string, item: Item) => unknown,
): Reply {
  const rows = [...page.bySymbol].map(
    ([symbol, items]) => [symbol, items.map((item) => wire(symbol, item))] as const,
  )
  const next_page_token = page.nextToken
  if (single === null) return ok({ [name]: Object.fromEntries(rows), next_page_token })
  return ok({ [name]: rows[0]?.[1] ?? [], symbol: single, next_page_token })
}

function barsIn(data: AssetData, frame: Timeframe, asset: Asset): readonly Bar[] {
  const isIntraday = frame.unit === 'minute' || frame.unit === 'hour'
  if (isIntraday) return mergeBars(data.minutes, frame, asset.class === 'us_equity')
  const days = data.day === null ? data.days : [...data.days, data.day]
  return mergeBars(days, frame, asset.class === 'us_equity')
}

function getBars(context: RestContext, scope: Scope): Reply {
  const { state, query } = context
  const text = query.get('timeframe')
  if (text === null || text === '') return badRequest('timeframe is required')
  const frame = readTimeframe(text)
  if (frame === null) return badRequest(`invalid timeframe: ${text}`)
  const asked = readDataQuery(context, scope.kind, scope.single)
  if (isRefusal(asked)) return asked
  const page = takePage(asked, {
    itemsOf: (asset) => barsIn(dataOf(state, asset), frame, asset),
    timeOf: ({ openTime }) => openTime,
    label: unitLetter(frame),
  })
  if (isRefusal(page)) return page
  return shown('bars', scope, page, (symbol, bar) => wireBar(state.listing.find(symbol)!, bar))
}

function getTrades(context: RestContext, scope: Scope): Reply {
  const asked = readDataQuery(context, scope.kind, scope.single)
  if (isRefusal(asked)) return asked
  const { state } = context
  const page = takePage(asked, {
    itemsOf: (asset) => dataOf(state, asset).trades,
    timeOf: ({ time }) => time,
    label: 'T',
  })
  if (isRefusal(page)) return page
  return shown('trades', scope, page, (symbol, trade) =>
    wireTrade(state.listing.find(symbol)!, trade),
  )
}

function getQuotes(context: RestContext, scope: Scope): Reply {
  const asked = readDataQuery(context, scope.kind, scope.single)
  if (isRefusal(asked)) return asked
  const { state } = context
  const page = takePage(asked, {
    itemsOf: (asset) => dataOf(state, asset).quotes,
    timeOf: ({ time }) => time,
    label: 'Q',
  })
  if (isRefusal(page)) return page
  return shown('quotes', scope, page, (symbol, quote) =>
    wireQuote(state.listing.find(symbol)!, quote),
  )
}

type Latest = (data: AssetData, asset: Asset) => Record<string, unknown> | null

const latest: Readonly<Record<'bar' | 'trade' | 'quote' | 'orderbook', Latest>> = {
  bar: ({ minutes }, asset) => (minutes.length === 0 ? null : wireBar(asset, minutes.at(-1)!)),
  trade: ({ lastTrade }, asset) => (lastTrade === null ? null : wireTrade(asset, lastTrade)),
  quote: ({ quote }, asset) => (quote === null ? null : wireQuote(asset, quote)),
  orderbook: ({ bids, asks, bookTime }, asset) =>
    bids.length === 0 ? null : { t: new WireTime(bookTime), ...wireBook(asset, bids, asks) },
}

function getLatest(context: RestContext, scope: Scope, what: keyof typeof latest): Reply {
  const assets = readSymbols(context, scope.kind, scope.single)
  if (isRefusal(assets)) return assets as Reply
  const found: Record<string, unknown> = {}
  for (const asset of assets as readonly Asset[]) {
    const value = latest[what](dataOf(context.state, asset), asset)
    if (value !== null) found[asset.symbol] = value
  }
  if (scope.single === null) return ok({ [`${what}s`]: found })
  return ok({ symbol: scope.single, [what]: found[scope.single] ?? null })
}

function snapshotOf(data: AssetData, asset: Asset): Record<string, unknown> {
  const previous = data.days.at(-1)
  return {
    latestTrade: latest.trade(data, asset),
    latestQuote: latest.quote(data, asset),
    minuteBar: latest.bar(data, asset),
    dailyBar: data.day === null ? null : wireBar(asset, data.day),
    prevDailyBar: previous === undefined ? null : wireBar(asset, previous),
  }
}

function getSnapshots(context: RestContext, scope: Scope): Reply {
  const assets = readSymbols(context, scope.kind, scope.single)
  if (isRefusal(assets)) return assets as Reply
  const rows = (assets as readonly Asset[]).map(
    (asset) => [asset.symbol, snapshotOf(dataOf(context.state, asset), asset)] as const,
  )
  if (scope.single !== null) return ok({ symbol: scope.single, ...rows[0]?.[1] })
  const snapshots = Object.fromEntries(rows)
  return ok(scope.kind === 'crypto' ? { snapshots } : snapshots)
}

type Answer = (context: RestContext, scope: Scope) => Reply

const ofShares = (path: string, answer: Answer): Route => ({
  method: 'GET',
  path: at(`/v2/stocks${path}`),
  run: (context) =>
    answer(context, {
      kind: 'us_equity',
      single: path.startsWith('/{}') ? context.params[0]!.toUpperCase() : null,
    }),
})

const ofCoins = (path: string, answer: Answer): Route => ({
  method: 'GET',
  path: at(`/v1beta3/crypto/{}${path}`),
  isPublic: true,
  run: (context) =>
    ['us', 'us-1', 'eu-1'].includes(context.params[0]!)
      ? answer(context, { kind: 'crypto', single: null })
      : badRequest(`invalid location: ${context.params[0]!}`),
})

const latestOf =
  (what: keyof typeof latest): Answer =>
  (context, scope) =>
    getLatest(context, scope, what)

const exchanges: Route = {
  method: 'GET',
  path: at('/v2/stocks/meta/exchanges'),
  run: () =>
    ok({
      A: 'NYSE American (AMEX)',
      N: 'New York Stock Exchange',
      P: 'NYSE Arca',
      Q: 'NASDAQ OMX',
      V: 'IEX',
    }),
}

/** Bars, trades, quotes, books and snapshots. */
export const marketDataRoutes: readonly Route[] = [
  exchanges,
  ofShares('/bars', getBars),
  ofShares('/trades', getTrades),
  ofShares('/quotes', getQuotes),
  ofShares('/snapshots', getSnapshots),
  ofShares('/bars/latest', latestOf('bar')),
  ofShares('/trades/latest', latestOf('trade')),
  ofShares('/quotes/latest', latestOf('quote')),
  ofShares('/{}/bars', getBars),
  ofShares('/{}/trades', getTrades),
  ofShares('/{}/quotes', getQuotes),
  ofShares('/{}/snapshot', getSnapshots),
  ofShares('/{}/bars/latest', latestOf('bar')),
  ofShares('/{}/trades/latest', latestOf('trade')),
  ofShares('/{}/quotes/latest', latestOf('quote')),
  ofCoins('/bars', getBars),
  ofCoins('/trades', getTrades),
  ofCoins('/quotes', getQuotes),
  ofCoins('/snapshots', getSnapshots),
  ofCoins('/latest/bars', latestOf('bar')),
  ofCoins('/latest/trades', latestOf('trade')),
  ofCoins('/latest/quotes', latestOf('quote')),
  ofCoins('/latest/orderbooks', latestOf('orderbook')),
]
