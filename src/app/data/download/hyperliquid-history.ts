import { requestJson, unexpectedReply } from './environment.ts'
import { commonIntervals, type HistorySource, intervalName, type PageInput } from './pages.ts'

/** Candles the venue gives for one request, and keeps at all. */
const PAGE_CANDLES = 5_000
/** Rates the venue gives for one request. */
const PAGE_RATES = 500

/** Candles and funding rates of perpetuals over the public info endpoint. */
export const hyperliquidHistory: HistorySource = {
  baseUrl: 'https://api.hyperliquid.xyz',
  kinds: ['bars', 'funding'],
  intervals: commonIntervals,
  weightPerMinute: 1_200,
  pages: (input) => (input.header.kind === 'funding' ? ratePages(input) : candlePages(input)),
}

interface Candle {
  readonly t: number
  readonly T: number
}

async function* candlePages(input: PageInput): AsyncGenerator<readonly unknown[]> {
  const { header } = input
  const interval = header.intervalUs / 1000
  const end = header.to / 1000
  let from = input.last === null ? header.from / 1000 : (input.last as Candle).t + interval
  while (from < end) {
    const until = Math.min(end, from + PAGE_CANDLES * interval)
    const req = {
      coin: header.symbol,
      interval: intervalName(hyperliquidHistory, header.intervalUs),
      startTime: from,
      endTime: until - 1,
    }
    const candles = await ask(input, { type: 'candleSnapshot', req }, 20 + PAGE_CANDLES / 60)
    const finished = (candles as Candle[]).filter(
      (candle) => candle.t >= from && candle.t < until && candle.T * 1000 < input.environment.now(),
    )
    if (finished.length > 0) yield finished
    from = until
  }
}

interface Rate {
  readonly time: number
}

async function* ratePages(input: PageInput): AsyncGenerator<readonly unknown[]> {
  const { header } = input
  const end = header.to / 1000
  let from = input.last === null ? header.from / 1000 : (input.last as Rate).time + 1
  while (from < end) {
    const body = {
      type: 'fundingHistory',
      coin: header.symbol,
      startTime: from,
      endTime: end - 1,
    }
    const rates = (await ask(input, body, 20 + PAGE_RATES / 20)) as Rate[]
    const wanted = rates.filter((rate) => rate.time >= from && rate.time < end)
    if (wanted.length > 0) yield wanted
    if (wanted.length === 0 || rates.length < PAGE_RATES) return
    from = wanted.at(-1)!.time + 1
  }
}

async function ask(input: PageInput, body: object, weight: number): Promise<unknown[]> {
  await input.pace(weight)
  const url = `${input.baseUrl}/info`
  const { value } = await requestJson(input.environment, {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!Array.isArray(value)) throw unexpectedReply(url, value)
  return value
}
