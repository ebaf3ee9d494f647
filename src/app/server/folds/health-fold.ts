import type { Instrument, StreamName } from '../../../core/mod.ts'
import { instantOrNull } from '../text.ts'
import type { Freshness, StreamView } from '../views.ts'
import type { InstrumentMarket } from './market-fold.ts'

/** Ages of one kind of stream at which it is called delayed and stale, us. */
export interface AgeBudget {
  readonly warnUs: number
  readonly staleUs: number
}

/** Age budgets by stream, from the cadences that the venue declares. */
export type AgeBudgets = Readonly<Record<StreamName, AgeBudget>>

/** Span over which message rates are averaged: longer than the slowest book's cadence. */
const RATE_SPAN_US = 12_000_000

interface Stream {
  status: 'unknown' | 'connected' | 'disconnected' | 'gap'
  gaps: number
  disconnects: number
  /** Messages counted at the start of the running span, and the rate of the last one. */
  countedMessages: number
  countedTime: number
  rate: number | null
}

const freshStream = (): Stream => ({
  status: 'unknown',
  gaps: 0,
  disconnects: 0,
  countedMessages: 0,
  countedTime: 0,
  rate: null,
})

/** Connection state and age of every stream. */
export class HealthFold {
  lagUs = 0
  heartbeatTime: number | null = null
  accountQueryFailures = 0
  readonly #budgets: AgeBudgets
  readonly #books: readonly Stream[]
  readonly #trades: readonly Stream[]
  readonly #account = freshStream()

  constructor(instruments: readonly Instrument[], budgets: AgeBudgets) {
    this.#budgets = budgets
    this.#books = instruments.map(freshStream)
    this.#trades = instruments.map(freshStream)
  }

  onStatus(
    stream: StreamName,
    instrument: number | null,
    status: 'connected' | 'disconnected' | 'gap',
  ): void {
    const all = stream === 'account' ? [this.#account] : this.#streams(stream)
    const touched = stream === 'account' || instrument === null ? all : [all[instrument]]
    for (const one of touched) {
      if (one === undefined) continue
      if (status === 'gap') one.gaps++
      if (status === 'disconnected') one.disconnects++
      one.status = status
    }
  }

  /** Notes the time and, at the end of a span, the message rates over it. */
  onHeartbeat(time: number, markets: readonly InstrumentMarket[], accountReports: number): void {
    this.heartbeatTime = time
    for (const { instrument, bookMessages, tradeMessages } of markets) {
      countRate(this.#books[instrument.id]!, bookMessages, time)
      countRate(this.#trades[instrument.id]!, tradeMessages, time)
    }
    countRate(this.#account, accountReports, time)
  }

  bookFreshness(market: InstrumentMarket, now: number): Freshness {
    const { status } = market.book
    const stream = this.#books[market.instrument.id]!
    if (stream.status === 'disconnected') return 'down'
    if (status === 'gapped') return 'gap'
    if (market.receivedTime === null) return stream.status === 'connected' ? 'warming' : 'stale'
    return judge(now - market.receivedTime, this.#budgets.book)
  }

  get bookStaleSeconds(): number {
    return this.#budgets.book.staleUs / 1e6
  }

  accountFreshness(reportedTime: number | null, now: number): Freshness {
    if (this.#account.status === 'disconnected') return 'down'
    if (reportedTime === null) return 'warming'
    return judge(now - reportedTime, this.#budgets.account)
  }

  streamViews(
    markets: readonly InstrumentMarket[],
    account: { readonly reportedTime: number | null; readonly reports: number },
    now: number,
  ): readonly StreamView[] {
    const views: StreamView[] = []
    for (const market of markets) {
      const { id, symbol } = market.instrument
      const book = this.#books[id]!
      views.push({
        stream: 'book',
        instrument: id,
        symbol,
        freshness: this.bookFreshness(market, now),
        lastTime: instantOrNull(market.receivedTime),
        ...describe(book, this.#budgets.book, market.bookMessages),
      })
      const trades = this.#trades[id]!
      if (trades.status === 'unknown' && market.tradeMessages === 0) continue
      const last = market.lastTrade?.receivedTime ?? null
      views.push({
        stream: 'trades',
        instrument: id,
        symbol,
        freshness: tradeFreshness(trades, last, this.#budgets.trades, now),
        lastTime: instantOrNull(last),
        ...describe(trades, this.#budgets.trades, market.tradeMessages),
      })
    }
    views.push({
      stream: 'account',
      instrument: null,
      symbol: null,
      freshness: this.accountFreshness(account.reportedTime, now),
      lastTime: instantOrNull(account.reportedTime),
      ...describe(this.#account, this.#budgets.account, account.reports),
    })
    return views
  }

  #streams(stream: 'book' | 'trades'): readonly Stream[] {
    return stream === 'book' ? this.#books : this.#trades
  }
}

function countRate(stream: Stream, messages: number, time: number): void {
  const spanUs = time - stream.countedTime
  if (spanUs < RATE_SPAN_US) return
  if (stream.countedTime > 0) stream.rate = ((messages - stream.countedMessages) * 1e6) / spanUs
  stream.countedTime = time
  stream.countedMessages = messages
}

function judge(ageUs: number, budget: AgeBudget): Freshness {
  return ageUs > budget.staleUs ? 'stale' : ageUs > budget.warnUs ? 'delayed' : 'live'
}

function tradeFreshness(
  stream: Stream,
  last: number | null,
  budget: AgeBudget,
  now: number,
): Freshness {
  if (stream.status === 'disconnected') return 'down'
  return last === null ? 'warming' : judge(now - last, budget)
}

function describe(stream: Stream, budget: AgeBudget, messages: number) {
  return {
    warnSeconds: budget.warnUs / 1e6,
    staleSeconds: budget.staleUs / 1e6,
    messages,
    messagesPerSecond: stream.rate,
    gaps: stream.gaps,
    disconnects: stream.disconnects,
  }
}
