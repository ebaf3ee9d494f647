import {
  type Instrument,
  newYorkDay,
  type SeedBar,
  sessionOn,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { ask, type Send } from './http.ts'
import { barsReply } from './wire.ts'

const MINUTE_US = 60_000_000
const timeframes: ReadonlyMap<TimeUs, string> = new Map([
  ...[1, 5, 15, 30].map((each) => [each * MINUTE_US, `${each}Min`] as const),
  ...[1, 2, 4, 8, 12].map((each) => [each * 60 * MINUTE_US, `${each}Hour`] as const),
  [1440 * MINUTE_US, '1Day'],
])
const DAY_US = 1440 * MINUTE_US
const WEEK_US = 7 * DAY_US
/** Length of the bars of coins that the venue tells of as each ends. */
export const COIN_BAR_US = MINUTE_US
/** Length of bars that span a session of shares, early closes included. */
export const SESSION_BAR_US = 390 * MINUTE_US
const PAGE_LIMIT = 1_000
const PAGES_MAX = 50

/**
 * The last `count` finished bars at `now` and the one that forms, oldest first; fewer when there
 * are fewer. Bars of 390 minutes of shares are those of a session: the venue's daily ones, with the
 * span of their session in place of its midnight. Throws AdapterError: VENUE_UNSUPPORTED for an
 * interval the venue does not offer.
 */
export async function loadBars(input: {
  readonly send: Send
  readonly instrument: Instrument
  /** Which exchanges count in the history of shares. */
  readonly feed: 'iex' | 'sip'
  readonly intervalUs: TimeUs
  readonly count: number
  readonly now: TimeUs
}): Promise<readonly SeedBar[]> {
  const { send, instrument, feed, intervalUs, count, now } = input
  const isSession = instrument.kind === 'equity' && intervalUs === SESSION_BAR_US
  const timeframe = isSession ? '1Day' : timeframes.get(intervalUs)
  if (timeframe === undefined) {
    const offered = [...timeframes.values()].join(', ')
    const text = `no bars of ${intervalUs / 1_000_000} s; offered are ${offered}, and of shares 390Min: a session`
    throw new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')
  }
  // Shares trade less than a fifth of all minutes, and not on every day.
  const reach = instrument.kind === 'spot' ? count : 6 * count + WEEK_US / intervalUs
  const start = isSession
    ? new Date((now - (count * 7 * DAY_US) / 5 - 2 * WEEK_US) / 1000)
    : new Date((Math.floor(now / intervalUs) - Math.ceil(reach)) * (intervalUs / 1000))
  const asked = { symbols: instrument.symbol, timeframe, start, limit: PAGE_LIMIT }
  const bars: SeedBar[] = []
  let pageToken: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const token: string | null = pageToken
    const body = await ask(send, {
      what: `bars of ${instrument.symbol}`,
      requestClass: 'history',
      waitMs: 90_000,
      operation: ({ crypto, stocks }) => {
        const page = { ...asked, ...(token === null ? {} : { pageToken: token }) }
        return instrument.kind === 'spot'
          ? crypto.cryptoBarsRaw({ ...page, loc: 'us' })
          : stocks.stockBarsRaw({ ...page, feed, adjustment: 'split' })
      },
    })
    const reply = barsReply.safeParse(body)
    if (!reply.success) throw unreadable(`bars of ${instrument.symbol}`)
    for (const bar of reply.data.bars[instrument.symbol] ?? []) {
      const span = isSession ? sessionOf(bar.t) : { openTime: bar.t, closeTime: bar.t + intervalUs }
      if (span !== null) bars.push(readBar(instrument, bar, span))
    }
    pageToken = reply.data.next_page_token ?? null
    if (pageToken === null) break
  }
  const isFinished = (bar: SeedBar): boolean => bar.closeTime <= now
  const finished = count === 0 ? [] : bars.filter(isFinished).slice(-count)
  return [...finished, ...bars.filter((bar) => !isFinished(bar))]
}

interface PlainBar {
  readonly t: TimeUs
  readonly o: number
  readonly h: number
  readonly l: number
  readonly c: number
  readonly v: number
}

/** The session whose day a daily bar is stamped with; null for a day without one. */
const sessionOf = (midnight: TimeUs) => sessionOn('us-equities', newYorkDay(midnight))

/** Prices to the nearest quantum, volume down to the lot. Throws AdapterError when it is unsound. */
export function readBar(
  instrument: Instrument,
  bar: PlainBar,
  { openTime, closeTime }: Pick<SeedBar, 'openTime' | 'closeTime'>,
): SeedBar {
  const unit = 10 ** instrument.priceDecimals
  const [open, high, low, close] = [bar.o, bar.h, bar.l, bar.c].map((each) =>
    Math.round(each * unit),
  ) as [number, number, number, number]
  const volume = Math.floor(bar.v * 10 ** instrument.quantityDecimals + 1e-6)
  const isSound =
    low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close) && volume >= 0
  if (!isSound || !Number.isSafeInteger(volume)) throw unreadable(`bars of ${instrument.symbol}`)
  return { open, high, low, close, volume, openTime, closeTime }
}
