import { usageError } from '../usage-error.ts'
import { requestJson, unexpectedReply } from './environment.ts'
import { commonIntervals, type HistorySource, type PageInput } from './pages.ts'
import { isPlainObject } from './plain-object.ts'

/** Bars the venue gives for one request at most. */
const PAGE_BARS = 10_000

const timeframes: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries({ '1m': '1Min', '5m': '5Min', '15m': '15Min', '1h': '1Hour', '1d': '1Day' }).map(
    ([name, timeframe]) => [commonIntervals[name]!, timeframe],
  ),
)

/** Raw bars of US stocks (IEX feed) and of crypto pairs such as BTC/USD. */
export const alpacaHistory: HistorySource = {
  baseUrl: 'https://data.alpaca.markets',
  kinds: ['bars'],
  intervals: commonIntervals,
  weightPerMinute: 200,
  pages: barPages,
}

interface Bar {
  readonly t: string
}

async function* barPages(input: PageInput): AsyncGenerator<readonly unknown[]> {
  const { header, environment } = input
  const headers = keysOf(input)
  const isCrypto = header.symbol.includes('/')
  const last = input.last === null ? null : Date.parse((input.last as Bar).t) * 1000
  const from = last === null ? header.from : last + header.intervalUs
  let page: string | null = null
  do {
    const query = new URLSearchParams({
      symbols: header.symbol,
      timeframe: timeframes[header.intervalUs]!,
      start: new Date(from / 1000).toISOString(),
      end: new Date((header.to - 1000) / 1000).toISOString(),
      limit: String(PAGE_BARS),
      sort: 'asc',
      ...(isCrypto ? {} : { adjustment: 'raw', feed: 'iex' }),
      ...(page === null ? {} : { page_token: page }),
    })
    const path = isCrypto ? '/v1beta3/crypto/us/bars' : '/v2/stocks/bars'
    const url = `${input.baseUrl}${path}?${query.toString()}`
    await input.pace(1)
    const { value } = await requestJson(environment, { url, headers })
    if (!isPlainObject(value)) throw unexpectedReply(url, value)
    const found = isPlainObject(value['bars']) ? (value['bars'][header.symbol] ?? []) : []
    if (!Array.isArray(found)) throw unexpectedReply(url, value)
    const bars = (found as Bar[]).filter((bar) => {
      const open = Date.parse(bar.t) * 1000
      return open >= from && open < header.to && open + header.intervalUs <= environment.now()
    })
    if (bars.length > 0) yield bars
    const token = value['next_page_token']
    page = typeof token === 'string' && token !== '' ? token : null
  } while (page !== null)
}

/** Stocks need keys; crypto bars are public, keys are sent when they are there. */
function keysOf(input: PageInput): Record<string, string> {
  const { APCA_API_KEY_ID: id, APCA_API_SECRET_KEY: secret } = input.environment.variables
  if (id !== undefined && secret !== undefined) {
    return { 'APCA-API-KEY-ID': id, 'APCA-API-SECRET-KEY': secret }
  }
  if (input.header.symbol.includes('/')) return {}
  throw usageError('Bars of stocks need keys of Alpaca', [
    'environment: APCA_API_KEY_ID and APCA_API_SECRET_KEY are not both set',
    'crypto pairs such as BTC/USD need none',
  ])
}
