import { createRandom, isOpen, type Random, type TimeUs } from '../../../../core/mod.ts'
import { medianLots, touchAround } from '../../market/book.ts'
import { MODEL } from '../../market/parameters.ts'
import type { SimulatedInstrument } from '../../market/universe.ts'
import { sessionBefore, tradingDay } from '../state/sessions.ts'
import { DAY_US, MINUTE_US } from '../wire/times.ts'
import { type Bar, joinBars, minuteOf } from './bars.ts'
import type { History } from './feed.ts'

/** How far back bars go. */
export interface HistoryOptions {
  readonly seed: number
  /** The last bar ends here at the latest. */
  readonly until: TimeUs
  readonly minutes: number
  readonly days: number
}

const SESSION_MINUTES = 390
/** Share of a day's variance that lies between two sessions. */
const OVERNIGHT_MINUTES = 150

/**
 * Bars from before a generated market's start: a walk from its first price backwards, minutes and
 * then days, with the market's own volatility. The days on which there are minutes are their sums.
 */
export function createHistory(simulated: SimulatedInstrument, options: HistoryOptions): History {
  const isShare = simulated.instrument.kind === 'equity'
  const random = createRandom((options.seed ^ 0x1dea) | 0)
  const deviation = simulated.volatilityPerMinuteBp * 1e-4
  const back = { walk: 0, random, simulated, deviation }
  const minutes: Bar[] = []
  let openTime = minuteOf(options.until) - MINUTE_US
  while (minutes.length < options.minutes) {
    if (isShare && !isOpen('us-equities', openTime)) {
      openTime = sessionBefore(openTime).closeTime - MINUTE_US
      back.walk -= deviation * Math.sqrt(OVERNIGHT_MINUTES) * random.normal()
    }
    minutes.push(stepBack(back, openTime, 1))
    openTime -= MINUTE_US
  }
  minutes.reverse()
  return { minutes, days: daysOf(back, minutes, options, isShare) }
}

interface Backwards {
  /** Log distance from the first price. */
  walk: number
  readonly random: Random
  readonly simulated: SimulatedInstrument
  /** Of the log price over one minute. */
  readonly deviation: number
}

/** The bar of some minutes that ends where the walk stands; the walk then stands at its open. */
function stepBack(back: Backwards, openTime: TimeUs, minutes: number): Bar {
  const { random, simulated, deviation } = back
  const { instrument, startPrice, tradesPerSecond } = simulated
  const start = startPrice * 10 ** instrument.priceDecimals
  const price = (log: number): number => touchAround(simulated, start * Math.exp(log)).bid
  const scale = deviation * Math.sqrt(minutes)
  const closeLog = back.walk
  back.walk -= scale * random.normal()
  const reach = (): number => Math.abs(scale * random.normal()) / 2
  const open = price(back.walk)
  const close = price(closeLog)
  const trades = Math.max(
    1,
    Math.round(tradesPerSecond * 60 * minutes * (0.6 + 0.8 * random.next())),
  )
  const meanSize = MODEL.tradeSizeMedian * Math.exp(MODEL.tradeSizeNoise ** 2 / 2)
  const volume = Math.max(1, Math.round(trades * meanSize * medianLots(simulated, close)))
  return {
    openTime,
    open,
    high: price(Math.max(back.walk, closeLog) + reach()),
    low: price(Math.min(back.walk, closeLog) - reach()),
    close,
    volume,
    turnover: volume * ((open + close) / 2),
    trades,
  }
}

/** Midnight of the day a bar belongs to: UTC for coins, New York's for shares. */
const dayOf = (time: TimeUs, isShare: boolean): TimeUs => {
  if (!isShare) return Math.floor(time / DAY_US) * DAY_US
  const session = tradingDay(time)
  return session === null ? Math.floor(time / DAY_US) * DAY_US : midnightOf(session)
}

/** New York's midnight of a session's day: the stamp of its daily bar. */
export const midnightOf = (session: { readonly openTime: TimeUs }): TimeUs =>
  session.openTime - (9 * 60 + 30) * MINUTE_US

function daysOf(
  back: Backwards,
  minutes: readonly Bar[],
  options: HistoryOptions,
  isShare: boolean,
): Bar[] {
  const days: Bar[] = []
  for (const minute of minutes) {
    const openTime = dayOf(minute.openTime, isShare)
    const last = days.at(-1)
    if (last?.openTime === openTime) days[days.length - 1] = joinBars(last, minute)
    else days.push({ ...minute, openTime })
  }
  const older: Bar[] = []
  let before = days[0]?.openTime ?? dayOf(options.until, isShare)
  while (days.length + older.length < options.days) {
    if (isShare) {
      const session = sessionBefore(before)
      before = midnightOf(session)
      back.walk -= back.deviation * Math.sqrt(OVERNIGHT_MINUTES) * back.random.normal()
      older.push(stepBack(back, before, SESSION_MINUTES))
    } else {
      before -= DAY_US
      older.push(stepBack(back, before, DAY_US / MINUTE_US))
    }
  }
  return [...older.reverse(), ...days]
}
