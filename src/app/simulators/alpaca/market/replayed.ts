import type { Recording } from '../../../../adapters/mod.ts'
import {
  createRandom,
  MarketCursor,
  type MarketWriter,
  RecordKind,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { Asset } from '../listing.ts'
import { tradingDay } from '../state/sessions.ts'
import { DAY_US, MINUTE_US, SECOND_US } from '../wire/times.ts'
import { type Bar, joinBars, minuteOf } from './bars.ts'
import { type FeedPart, type MarketFeed, type MergedState, mergeParts } from './feed.ts'
import { midnightOf } from './history.ts'

/** Real bars that are played again at their own times. */
export interface ReplayOptions {
  /** Assets in the order of the listing, each with its bars, oldest first. */
  readonly series: readonly { readonly asset: Asset; readonly bars: readonly Bar[] }[]
  readonly startTime: TimeUs
  /** Of the sizes shown in books. */
  readonly seed: number
  readonly resume?: MergedState
}

/** Bars of a recording by instrument id, oldest first. */
export function barsOf(recording: Recording): readonly (readonly Bar[])[] {
  const bars: Bar[][] = recording.instruments.map(() => [])
  const cursor = new MarketCursor()
  for (let i = 0; i < recording.batch.count; i++) {
    cursor.load(recording.batch, i)
    if (cursor.kind !== RecordKind.bar) continue
    const [open, high, low, close, volume, openTime] = cursor.pool.subarray(
      cursor.aux,
      cursor.aux + 6,
    )
    bars[cursor.instrument]!.push({
      openTime: openTime!,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
      turnover: (volume! * (open! + high! + low! + close!)) / 4,
      trades: volume! > 0 ? TURNS : 0,
    })
  }
  return bars
}

/** Prices a bar goes through: its open, both extremes, its close. */
const TURNS = 4
const STEP_US = 100_000
/** A book is shown this often within a minute, at the price on the way between two turns. */
const BOOK_EVERY_US = 5 * SECOND_US
const FIRST_US = 500_000
const LAST_US = 59_400_000
const LEVELS = 10
/** Distance of the best prices, parts of the price. */
const SPREAD = { crypto: 3e-4, us_equity: 1e-4 } as const
/** A level's size against the minute's volume. */
const LEVEL_SHARE = 0.05

interface Happening {
  readonly time: TimeUs
  readonly asset: Asset
  readonly price: number
  /** Lots traded; null for a book. */
  readonly lots: number | null
  readonly volume: number
  readonly rises: boolean
}

/** Makes the market that plays the bars again. */
export function createReplayFeed(options: ReplayOptions): MarketFeed {
  const { series, startTime, resume } = options
  const part = replayPart(options, resume?.parts[0]?.part as TimeUs | undefined)
  const ends = series.map(({ bars }) => (bars.at(-1)?.openTime ?? startTime) + MINUTE_US)
  return mergeParts(
    [part],
    {
      endTime: Math.max(...ends),
      history(index) {
        const { asset, bars } = series[index]!
        const minutes = bars.filter((bar) => bar.openTime + MINUTE_US <= startTime)
        return { minutes, days: daysOf(asset, minutes) }
      },
    },
    resume,
  )
}

/** Days out of minutes: of shares what lies in the session, with the auction after it. */
function daysOf(asset: Asset, minutes: readonly Bar[]): Bar[] {
  const days: Bar[] = []
  for (const minute of minutes) {
    const openTime = dayOf(asset, minute.openTime)
    if (openTime === null) continue
    const last = days.at(-1)
    if (last?.openTime === openTime) days[days.length - 1] = joinBars(last, minute)
    else days.push({ ...minute, openTime })
  }
  return days
}

function dayOf(asset: Asset, time: TimeUs): TimeUs | null {
  if (asset.class === 'crypto') return Math.floor(time / DAY_US) * DAY_US
  const session = tradingDay(time)
  if (session === null || time < session.openTime || time > session.closeTime) return null
  return midnightOf(session)
}

function replayPart(options: ReplayOptions, stored: TimeUs | undefined): FeedPart {
  const byMinute = new Map<TimeUs, { asset: Asset; bar: Bar }[]>()
  for (const { asset, bars } of options.series) {
    for (const bar of bars) {
      const minute = minuteOf(bar.openTime)
      const known = byMinute.get(minute)
      if (known === undefined) byMinute.set(minute, [{ asset, bar }])
      else known.push({ asset, bar })
    }
  }
  let now = stored ?? Math.floor(options.startTime / STEP_US) * STEP_US
  let cached: { readonly minute: TimeUs; readonly happenings: readonly Happening[] } | null = null
  const happeningsOf = (minute: TimeUs): readonly Happening[] => {
    if (cached?.minute === minute) return cached.happenings
    const bars = byMinute.get(minute) ?? []
    const happenings = bars
      .flatMap(({ asset, bar }) => wayOf(asset, bar))
      .sort((a, b) => a.time - b.time || a.asset.index - b.asset.index)
    cached = { minute, happenings }
    return happenings
  }
  return {
    offset: 0,
    get now() {
      return now
    },
    write(toTime, writer) {
      const until = Math.floor(toTime / STEP_US) * STEP_US
      for (let minute = minuteOf(now); minute <= until; minute += MINUTE_US) {
        for (const each of happeningsOf(minute)) {
          if (each.time > now && each.time <= until) put(writer, each, options.seed)
        }
      }
      now = Math.max(now, until)
    },
    // What was recorded goes on: time that passed is passed over.
    skip(toTime) {
      now = Math.max(now, Math.floor(toTime / STEP_US) * STEP_US)
    },
    state: () => now,
  }
}

/** The way through a bar: at its turns trades of all its volume, between them books. */
function wayOf(asset: Asset, bar: Bar): Happening[] {
  const { open, high, low, close, openTime, volume } = bar
  const turns = close >= open ? [open, low, high, close] : [open, high, low, close]
  const gap = (LAST_US - FIRST_US) / (TURNS - 1)
  const happenings: Happening[] = []
  const rest = Math.max(0, volume - (TURNS - 1) * Math.floor(volume / TURNS))
  for (const [i, price] of turns.entries()) {
    const time = openTime + FIRST_US + Math.round(i * gap)
    const rises = price >= (turns[i - 1] ?? price)
    const common = { asset, price, volume, rises }
    happenings.push({ ...common, time: time - 1, lots: null })
    if (volume <= 0) continue
    const share = i === TURNS - 1 ? rest : Math.floor(volume / TURNS)
    // Prices must be reached even where there are fewer lots than turns.
    happenings.push({ ...common, time, lots: Math.max(1, share) })
  }
  for (let at = BOOK_EVERY_US; at < LAST_US; at += BOOK_EVERY_US) {
    const turn = Math.min(TURNS - 2, Math.floor(Math.max(0, at - FIRST_US) / gap))
    const along = Math.min(1, Math.max(0, (at - FIRST_US - turn * gap) / gap))
    const price = turns[turn]! + (turns[turn + 1]! - turns[turn]!) * along
    happenings.push({ time: openTime + at, asset, price, lots: null, volume, rises: true })
  }
  return happenings
}

function put(writer: MarketWriter, happening: Happening, seed: number): void {
  const { time, asset, price, lots, rises } = happening
  const head = { venueTime: time, receivedTime: time, instrument: asset.index }
  if (lots !== null) {
    writer.trade(head, rises ? 'buy' : 'sell', price, lots, Math.floor(time / 1000))
    return
  }
  const random = createRandom(((seed + asset.index) * 0x9e3779b1) ^ Math.floor(time / STEP_US))
  const tick = asset.class === 'us_equity' ? 100 : 1
  const half = (price * SPREAD[asset.class]) / 2
  const best = {
    bid: Math.max(tick, Math.floor((price - half) / tick) * tick),
    ask: Math.ceil((price + half) / tick) * tick,
  }
  const median = Math.max(1, happening.volume * LEVEL_SHARE)
  const bids: number[] = []
  const asks: number[] = []
  for (let level = 0; level < LEVELS; level++) {
    const size = (): number =>
      Math.max(1, Math.round(median * (1 + level / 4) * Math.exp(0.6 * random.normal())))
    if (best.bid > level * tick) bids.push(best.bid - level * tick, size())
    asks.push(Math.max(best.ask, best.bid + tick) + level * tick, size())
  }
  writer.snapshot(head, bids, asks)
}
