import { createRandom, type MarketWriter, type TimeUs } from '../../../../core/mod.ts'
import {
  createMarketModel,
  type MarketModel,
  type MarketModelKind,
  type MarketModelState,
} from '../../market/generator.ts'
import type { SimulatedInstrument } from '../../market/universe.ts'
import { extendedClose, extendedOpen, sessionAfter, tradingDay } from '../state/sessions.ts'
import type { FeedPart, MarketFeed, MergedState } from './feed.ts'
import { mergeParts } from './feed.ts'
import { createHistory } from './history.ts'

/** A generated market of coins and shares, by seed and start. */
export interface GeneratedOptions {
  /** Ids count on from 0 in each of the two lists; shares follow the coins in the listing. */
  readonly coins: readonly SimulatedInstrument[]
  readonly shares: readonly SimulatedInstrument[]
  readonly seed: number
  readonly model: MarketModelKind
  readonly startTime: TimeUs
  readonly coinBookUs: number
  readonly shareBookUs: number
  /** Levels of a book's side: the venue shows this many of coins, one of shares. */
  readonly coinLevels: number
  /** Minutes and days of bars that exist at the start. */
  readonly historyMinutes: number
  readonly historyDays: number
  readonly resume?: MergedState
}

const SHARE_LEVELS = 6
const STEP_US = 100_000
/** Prices move overnight as much as in this many minutes of a session. */
const GAP_MINUTES = 150

/** Makes the market at its start, or where it stood. */
export function createGeneratedFeed(options: GeneratedOptions): MarketFeed {
  const { coins, shares, resume, seed } = options
  const parts = [
    ...(coins.length === 0 ? [] : [coinPart(options, resume?.parts[0]?.part)]),
    ...(shares.length === 0 ? [] : [sharePart(options, resume?.parts.at(-1)?.part)]),
  ]
  const all = [...coins, ...shares]
  const feed = mergeParts(
    parts,
    {
      endTime: Number.POSITIVE_INFINITY,
      history: (asset) =>
        createHistory(all[asset]!, {
          seed: seed + asset,
          until: options.startTime,
          minutes: options.historyMinutes,
          days: options.historyDays,
        }),
    },
    resume,
  )
  return feed
}

function modelOf(
  options: GeneratedOptions,
  of: {
    readonly instruments: readonly SimulatedInstrument[]
    readonly salt: number
    readonly bookUs: number
    readonly levels: number
  },
  resume: MarketModelState | undefined,
): MarketModel {
  return createMarketModel({
    instruments: of.instruments,
    seed: options.seed ^ of.salt,
    model: options.model,
    startTime: options.startTime,
    bookCadenceUs: of.bookUs,
    levels: of.levels,
    historyMinutes: 1,
    candlesKept: 2,
    ...(resume === undefined ? {} : { resume }),
  })
}

const stepBefore = (time: TimeUs): TimeUs => Math.floor(time / STEP_US) * STEP_US

function coinPart(options: GeneratedOptions, stored: unknown): FeedPart {
  const of = {
    instruments: options.coins,
    salt: 0,
    bookUs: options.coinBookUs,
    levels: options.coinLevels,
  }
  let model = modelOf(options, of, stored as MarketModelState | undefined)
  return {
    offset: 0,
    get now() {
      return model.now
    },
    write: (toTime, writer) => model.advance(toTime, writer),
    skip(toTime) {
      const now = stepBefore(toTime)
      if (now > model.now) model = modelOf(options, of, { ...model.state(), now })
    },
    state: () => model.state(),
  }
}

/** Shares trade in extended hours only; what is between two days is one jump. */
function sharePart(options: GeneratedOptions, stored: unknown): FeedPart {
  const { shares, seed } = options
  const of = {
    instruments: shares.map((each, id) => ({ ...each, instrument: { ...each.instrument, id } })),
    salt: 0x5a17,
    bookUs: options.shareBookUs,
    levels: SHARE_LEVELS,
  }
  const known = stored as { readonly model: MarketModelState; readonly now: TimeUs } | undefined
  let model = modelOf(options, of, known?.model)
  let now = known?.now ?? model.now
  const jumpTo = (time: TimeUs, day: number): void => {
    const random = createRandom((seed ^ 0x9a9) + day)
    const state = model.state()
    const instruments = state.instruments.map((each, i) => {
      const deviation = shares[i]!.volatilityPerMinuteBp * 1e-4 * Math.sqrt(GAP_MINUTES)
      return { ...each, walk: each.walk + deviation * random.normal() }
    })
    model = modelOf(options, of, { ...state, now: time, instruments })
  }
  const write = (toTime: TimeUs, writer: MarketWriter): void => {
    const until = stepBefore(toTime)
    while (now < until) {
      const today = tradingDay(now)
      if (today !== null && now >= extendedOpen(today) && now < extendedClose(today)) {
        const stop = Math.min(until, extendedClose(today))
        model.advance(stop, writer)
        now = stop
        continue
      }
      const next = today !== null && now < extendedOpen(today) ? today : sessionAfter(now)
      const opens = extendedOpen(next)
      if (opens <= until) jumpTo(opens, next.day)
      now = Math.min(opens, until)
    }
  }
  return {
    offset: options.coins.length,
    get now() {
      return now
    },
    write,
    skip(toTime) {
      now = Math.max(now, stepBefore(toTime))
      model = modelOf(options, of, { ...model.state(), now })
    },
    state: () => ({ model: model.state(), now }),
  }
}
