import {
  type Instrument,
  type InstrumentId,
  type Money,
  notional,
  type Price,
  type Quantity,
  roundPrice,
  type Side,
  type TimeUs,
} from '../../../../core/mod.ts'
import { wireMoney, wireQuantity } from '../wire/numbers.ts'

/** Time between two slices. */
export const SLICE_US = 30_000_000
const MINUTE_US = 60_000_000
const SLICES_PER_MINUTE = MINUTE_US / SLICE_US
/** Farthest price of a slice from the mark. */
const SLIPPAGE = 0.03
/** A slice that makes up for earlier ones is at most this many times as large as planned. */
const CATCH_UP_MAX = 3
/** How much a randomised slice differs from the plan. */
const RANDOM_SHARE = 0.2

/** How a TWAP's life goes on or ended. */
export type TwapStatus = 'activated' | 'finished' | 'terminated' | 'error'

/** One order that is worked off in slices. Plain data. */
export interface Twap {
  readonly id: number
  readonly user: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly lots: number
  readonly minutes: number
  readonly reduceOnly: boolean
  readonly randomize: boolean
  readonly startTime: TimeUs
  /** When the next slice is due. */
  nextTime: TimeUs
  slices: number
  executedLots: number
  executedNotional: Money
}

/** All TWAPs of a venue as plain data. */
export interface TwapBook {
  readonly running: Map<number, Twap>
  /** What happened to the TWAPs of each user, oldest first. */
  readonly records: Map<string, WireTwapRecord[]>
  lastId: number
}

/** A book without TWAPs. */
export const createTwapBook = (): TwapBook => ({
  running: new Map(),
  records: new Map(),
  lastId: 0,
})

/** A TWAP in the venue's words. */
export interface WireTwap {
  readonly coin: string
  readonly user: string
  readonly side: 'B' | 'A'
  readonly sz: string
  readonly executedSz: string
  readonly executedNtl: string
  readonly minutes: number
  readonly reduceOnly: boolean
  readonly randomize: boolean
  readonly timestamp: number
}

/** A change of a TWAP's life in the venue's words; `time` in seconds. */
export interface WireTwapRecord {
  readonly time: number
  readonly state: WireTwap
  readonly status:
    | { readonly status: Exclude<TwapStatus, 'error'> }
    | { readonly status: 'error'; readonly description: string }
  readonly twapId: number
}

/** The venue's words for a TWAP as it stands. */
export const wireTwap = (instrument: Instrument, twap: Twap): WireTwap => ({
  coin: instrument.symbol,
  user: twap.user,
  side: twap.side === 'buy' ? 'B' : 'A',
  sz: wireQuantity(instrument, twap.lots),
  executedSz: wireQuantity(instrument, twap.executedLots),
  executedNtl: wireMoney(twap.executedNotional),
  minutes: twap.minutes,
  reduceOnly: twap.reduceOnly,
  randomize: twap.randomize,
  timestamp: Math.floor(twap.startTime / 1000),
})

const sliceCount = (twap: Twap): number => twap.minutes * SLICES_PER_MINUTE

/** True when no slice is left. */
export const isOver = (twap: Twap): boolean =>
  twap.slices >= sliceCount(twap) || twap.executedLots >= twap.lots

/**
 * Lots of the slice that is due: what the plan lacks by now, at most three planned slices, and
 * nothing as long as it would be below the smallest order; the last one takes the rest.
 */
export function sliceLots(twap: Twap, instrument: Instrument, mark: Price): Quantity {
  const count = sliceCount(twap)
  const planned = twap.lots / count
  const isLast = twap.slices + 1 >= count
  const left = twap.lots - twap.executedLots
  const goal = isLast ? twap.lots : Math.round(planned * (twap.slices + 1 + wobble(twap)))
  const wanted = Math.min(left, Math.ceil(planned * CATCH_UP_MAX), goal - twap.executedLots)
  if (wanted <= 0) return 0 as Quantity
  const isSmall = (lots: number): boolean =>
    !twap.reduceOnly && notional(instrument, mark, lots as Quantity) < instrument.minimumNotional
  if (isSmall(wanted)) return 0 as Quantity
  return (left > wanted && isSmall(left - wanted) ? left : wanted) as Quantity
}

/** Share of a planned slice that a randomised one is early or late: a mix of its number. */
function wobble(twap: Twap): number {
  if (!twap.randomize) return 0
  const mixed = Math.imul(twap.id * 31 + twap.slices + 1, 0x9e3779b1) >>> 0
  return (mixed / 0x100000000 - 0.5) * 2 * RANDOM_SHARE
}

/** Limit price of a slice: 3 % beyond the mark, on the price grid. */
export function slicePrice(twap: Twap, instrument: Instrument, mark: number): Price {
  return twap.side === 'buy'
    ? roundPrice(instrument, mark * (1 + SLIPPAGE), 'down')
    : roundPrice(instrument, mark * (1 - SLIPPAGE), 'up')
}
