import { requestJson, unexpectedReply } from './environment.ts'
import { commonIntervals, type HistorySource, intervalName, type PageInput } from './pages.ts'

/** Items the venue gives for one request. */
const PAGE_ITEMS = 1_000

/** Bars and aggregate trades of spot pairs over the public market-data endpoints. */
export const binanceHistory: HistorySource = {
  baseUrl: 'https://api.binance.com',
  kinds: ['bars', 'trades'],
  intervals: commonIntervals,
  weightPerMinute: 6_000,
  pages: (input) => (input.header.kind === 'trades' ? tradePages(input) : barPages(input)),
}

type Bar = readonly [openTime: number, ...rest: unknown[]]

async function* barPages(input: PageInput): AsyncGenerator<readonly unknown[]> {
  const { header } = input
  const interval = header.intervalUs / 1000
  const end = header.to / 1000
  let from = input.last === null ? header.from / 1000 : (input.last as Bar)[0] + interval
  while (from < end) {
    const bars = (await ask(input, 'klines', 2, {
      symbol: header.symbol,
      interval: intervalName(binanceHistory, header.intervalUs),
      startTime: String(from),
      endTime: String(end - 1),
      limit: String(PAGE_ITEMS),
    })) as Bar[]
    const finished = bars.filter(
      (bar) =>
        bar[0] >= from && bar[0] < end && (bar[0] + interval) * 1000 <= input.environment.now(),
    )
    if (finished.length > 0) yield finished
    if (finished.length < bars.length || bars.length < PAGE_ITEMS) return
    from = finished.at(-1)![0] + interval
  }
}

interface Trade {
  /** Aggregate id, consecutive. */
  readonly a: number
  readonly T: number
}

async function* tradePages(input: PageInput): AsyncGenerator<readonly unknown[]> {
  const { header } = input
  const end = header.to / 1000
  const common = { symbol: header.symbol, limit: String(PAGE_ITEMS) }
  let next = input.last === null ? null : (input.last as Trade).a + 1
  for (;;) {
    const from: Record<string, string> =
      next === null ? { startTime: String(header.from / 1000) } : { fromId: String(next) }
    const trades = (await ask(input, 'aggTrades', 4, { ...common, ...from })) as Trade[]
    const wanted = trades.filter((trade) => trade.T < end && trade.T >= header.from / 1000)
    if (wanted.length > 0) yield wanted
    if (wanted.length < trades.length || trades.length < PAGE_ITEMS) return
    next = trades.at(-1)!.a + 1
  }
}

async function ask(
  input: PageInput,
  endpoint: string,
  weight: number,
  query: Readonly<Record<string, string>>,
): Promise<unknown[]> {
  await input.pace(weight)
  const url = `${input.baseUrl}/api/v3/${endpoint}?${new URLSearchParams(query).toString()}`
  const { value, headers } = await requestJson(input.environment, { url })
  if (!Array.isArray(value)) throw unexpectedReply(url, value)
  // Others behind the same address spend from the same allowance.
  const used = Number(headers.get('x-mbx-used-weight-1m'))
  if (used > 0.9 * binanceHistory.weightPerMinute) await input.environment.sleep(60_000)
  return value
}
