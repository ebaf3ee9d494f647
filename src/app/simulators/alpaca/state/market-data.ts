import type { Session, TimeUs } from '../../../../core/mod.ts'
import type { Asset } from '../listing.ts'
import { priceOf, quantityOf } from '../listing.ts'
import { type Bar, barOf, flatBar, joinBars, minuteOf } from '../market/bars.ts'
import type { History } from '../market/feed.ts'
import { midnightOf } from '../market/history.ts'
import type { Nano } from '../wire/nano.ts'
import { DAY_US, MINUTE_US } from '../wire/times.ts'
import type { Levels, PublicQuote, PublicTrade } from './notices.ts'
import { tradingDay } from './sessions.ts'

/** Trades and quotes kept for queries, and minutes: about ten days of a coin. */
const PRINTS_KEPT = 5_000
const MINUTES_KEPT = 15_000
/** Every so many trades near the end of a minute are told late: their bars are corrected. */
const LATE_EVERY = 9
const LATE_FROM_US = 50_000_000
/** Condition of a trade that is a closing auction. */
const CLOSING = '6'

/** What the venue knows of one asset's market. Mutable plain data. */
export interface AssetData {
  bids: Levels
  asks: Levels
  bookTime: TimeUs
  /** Lots that users' orders took of displayed levels, by price. */
  readonly taken: { readonly bids: Map<number, number>; readonly asks: Map<number, number> }
  quote: PublicQuote | null
  lastTrade: PublicTrade | null
  lastTradeId: number
  readonly trades: PublicTrade[]
  readonly quotes: PublicQuote[]
  readonly minutes: Bar[]
  running: Bar | null
  readonly late: PublicTrade[]
  readonly days: Bar[]
  day: Bar | null
  halted: boolean
  /** Last day of New York on which short sales must be above the best bid (Rule 201); 0 for none. */
  priceTestDay: number
}

/** An asset's market at the start, with what there was before. */
export function createAssetData(history: History): AssetData {
  const last = history.days.at(-1) ?? null
  return {
    bids: [],
    asks: [],
    bookTime: 0,
    taken: { bids: new Map(), asks: new Map() },
    quote: null,
    lastTrade: null,
    lastTradeId: 0,
    trades: [],
    quotes: [],
    minutes: [...history.minutes],
    running: null,
    late: [],
    days: history.days.slice(0, -1),
    day: last,
    halted: false,
    priceTestDay: 0,
  }
}

/** The stamp of the daily bar an instant belongs to; null between sessions of shares. */
export function dayStamp(
  asset: Asset,
  time: TimeUs,
  session: Session | null = tradingDay(time),
): TimeUs | null {
  if (asset.class === 'crypto') return Math.floor(time / DAY_US) * DAY_US
  if (session === null || time < session.openTime || time > session.closeTime) return null
  return midnightOf(session)
}

function keep<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > 2 * most) list.splice(0, list.length - most)
}

/**
 * Adds a public trade to prints and bars; `session` is its trading day's, if it has one. A closing
 * auction belongs to its day though it comes after the bell.
 */
export function addTrade(
  data: AssetData,
  asset: Asset,
  trade: PublicTrade,
  at: { readonly session: Session | null; readonly tellsLate: boolean },
): void {
  keep(data.trades, trade, PRINTS_KEPT)
  data.lastTrade = trade
  data.lastTradeId = Math.max(data.lastTradeId, trade.id)
  const minute = minuteOf(trade.time)
  const isLate = trade.id % LATE_EVERY === 0 && trade.time - minute > LATE_FROM_US
  if (at.tellsLate && isLate) data.late.push(trade)
  else {
    const bar = barOf(minute, trade.price, trade.lots)
    data.running = data.running === null ? bar : joinBars(data.running, bar)
  }
  const { session } = at
  const isClosing = session !== null && trade.conditions.includes(CLOSING)
  const stamp = isClosing ? midnightOf(session) : dayStamp(asset, trade.time, session)
  if (stamp === null) return
  rollDay(data, stamp)
  const bar = barOf(stamp, trade.price, trade.lots)
  data.day = data.day === null ? bar : joinBars(data.day, bar)
}

/** Puts the running day behind when another one has begun. */
export function rollDay(data: AssetData, stamp: TimeUs): void {
  if (data.day === null || data.day.openTime >= stamp) return
  data.days.push(data.day)
  data.day = null
}

/**
 * Ends the minute before `time`: its bar, null when there is none. Coins have one each minute, at
 * the middle of the book when nothing traded.
 */
export function endMinute(data: AssetData, asset: Asset, time: TimeUs): Bar | null {
  const { running } = data
  data.running = null
  const quiet = asset.class === 'crypto' ? middleOf(data) : null
  const bar = running ?? (quiet === null ? null : flatBar(time - MINUTE_US, quiet))
  if (bar !== null) keep(data.minutes, bar, MINUTES_KEPT)
  return bar
}

/** Corrects the last minute by what was told late; null when there is nothing to correct. */
export function correctMinute(data: AssetData, openTime: TimeUs): Bar | null {
  const late = data.late.splice(0).filter((trade) => minuteOf(trade.time) === openTime)
  if (late.length === 0) return null
  const at = data.minutes.findLastIndex((bar) => bar.openTime <= openTime)
  const known = data.minutes[at]
  let bar = known?.openTime === openTime ? known : null
  for (const trade of late) {
    const more = barOf(openTime, trade.price, trade.lots)
    bar = bar === null ? more : joinBars(bar, more)
  }
  if (bar === null) return null
  if (known?.openTime === openTime) data.minutes[at] = bar
  else data.minutes.splice(at + 1, 0, bar)
  return bar
}

/** Takes a whole book. True when the best prices or their sizes changed. */
export function setBook(
  data: AssetData,
  asset: number,
  book: { readonly time: TimeUs; readonly bids: Levels; readonly asks: Levels },
): boolean {
  forget(data.taken.bids, data.bids, book.bids)
  forget(data.taken.asks, data.asks, book.asks)
  data.bids = book.bids
  data.asks = book.asks
  data.bookTime = book.time
  const [bid, bidLots] = book.bids
  const [ask, askLots] = book.asks
  if (bid === undefined || ask === undefined) return false
  const last = data.quote
  const isSame =
    last?.bid === bid && last.ask === ask && last.bidLots === bidLots && last.askLots === askLots
  if (isSame) return false
  data.quote = { asset, time: book.time, bid, bidLots: bidLots!, ask, askLots: askLots! }
  keep(data.quotes, data.quote, PRINTS_KEPT)
  return true
}

/** What was taken of a level stays gone until the level is shown with another quantity. */
function forget(taken: Map<number, number>, before: Levels, after: Levels): void {
  if (taken.size === 0) return
  for (const price of taken.keys()) {
    if (lotsAt(before, price) !== lotsAt(after, price)) taken.delete(price)
  }
}

/** Lots shown at a price, 0 for none. */
export function lotsAt(levels: Levels, price: number): number {
  for (let i = 0; i < levels.length; i += 2) if (levels[i] === price) return levels[i + 1]!
  return 0
}

/** Middle of the best prices in quanta, null without a book. */
export const middleOf = (data: AssetData): number | null =>
  data.quote === null ? null : Math.round((data.quote.bid + data.quote.ask) / 2)

/** What the venue values an asset at: its last trade, before one the book's middle. */
export function markOf(data: AssetData, asset: Asset): Nano {
  const quanta = data.lastTrade?.price ?? middleOf(data) ?? data.day?.close ?? 0
  return priceOf(asset, quanta)
}

/** The close before the running day, for changes of today. */
export function lastDayPrice(data: AssetData, asset: Asset, time: TimeUs): Nano {
  const stamp = dayStamp(asset, time)
  const isToday = stamp !== null && data.day?.openTime === stamp
  const bar = isToday ? data.days.at(-1) : (data.day ?? data.days.at(-1))
  return bar === undefined || bar === null ? markOf(data, asset) : priceOf(asset, bar.close)
}

/** Best prices as the venue counts; null without a book. */
export function touchOf(
  data: AssetData,
  asset: Asset,
): { readonly bid: Nano; readonly ask: Nano } | null {
  const { quote } = data
  return quote === null ? null : { bid: priceOf(asset, quote.bid), ask: priceOf(asset, quote.ask) }
}

/** Levels that are still to be had on a side, best first, as the venue counts. */
export function* availableLevels(
  data: AssetData,
  asset: Asset,
  side: 'bids' | 'asks',
): Generator<{ readonly quanta: number; readonly price: Nano; readonly qty: Nano }> {
  const levels = data[side]
  const taken = data.taken[side]
  for (let i = 0; i < levels.length; i += 2) {
    const quanta = levels[i]!
    const lots = levels[i + 1]! - (taken.get(quanta) ?? 0)
    if (lots > 0) yield { quanta, price: priceOf(asset, quanta), qty: quantityOf(asset, lots) }
  }
}
