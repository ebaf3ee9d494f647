import type { BarFields, TimeUs } from '../../../core/mod.ts'

/** Length of the candles that are kept. */
export const MINUTE_US = 60_000_000

/** A candle as the market keeps it; trades counts prints. `openTime` + interval is its close. */
export interface MarketCandle extends BarFields {
  readonly trades: number
}

/** Candles of one instrument as plain data: finished ones, oldest first, and the running one. */
export interface CandleState {
  readonly finished: MarketCandle[]
  running: MarketCandle
}

/** Starts a history at a minute with a first price. */
export const startCandles = (time: TimeUs, price: number): CandleState => ({
  finished: [],
  running: flat(Math.floor(time / MINUTE_US) * MINUTE_US, price),
})

const flat = (openTime: TimeUs, price: number): MarketCandle => ({
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  openTime,
  trades: 0,
})

/** Adds a trade to the running candle; its first trade sets the open. */
export function addTrade(state: CandleState, price: number, lots: number): void {
  const { running } = state
  const first = running.trades === 0
  state.running = {
    openTime: running.openTime,
    open: first ? price : running.open,
    high: first ? price : Math.max(running.high, price),
    low: first ? price : Math.min(running.low, price),
    close: price,
    volume: running.volume + lots,
    trades: running.trades + 1,
  }
}

/** Finishes candles that end at or before `time`; minutes without trades repeat the last close. */
export function rollCandles(state: CandleState, time: TimeUs, keep: number): void {
  while (state.running.openTime + MINUTE_US <= time) {
    state.finished.push(state.running)
    if (state.finished.length > 2 * keep) state.finished.splice(0, state.finished.length - keep)
    state.running = flat(state.running.openTime + MINUTE_US, state.running.close)
  }
}

/** The last `count` candles of `intervalUs` (a multiple of a minute), the running one last. */
export function lastCandles(state: CandleState, count: number, intervalUs: number): MarketCandle[] {
  const merged: MarketCandle[] = []
  const all = [...state.finished, state.running]
  for (let i = all.length - 1; i >= 0; i--) {
    const candle = all[i]!
    const openTime = Math.floor(candle.openTime / intervalUs) * intervalUs
    const last = merged.at(-1)
    if (last?.openTime === openTime) merged[merged.length - 1] = prepend(candle, last)
    else if (merged.length === count) break
    else merged.push({ ...candle, openTime })
  }
  return merged.reverse()
}

/** Joins an earlier candle to a later one of the same interval. Flat parts move nothing. */
function prepend(earlier: MarketCandle, later: MarketCandle): MarketCandle {
  const blank = later.trades === 0
  return {
    openTime: later.openTime,
    open: earlier.open,
    high: blank ? earlier.high : Math.max(earlier.high, later.high),
    low: blank ? earlier.low : Math.min(earlier.low, later.low),
    close: later.close,
    volume: earlier.volume + later.volume,
    trades: earlier.trades + later.trades,
  }
}
