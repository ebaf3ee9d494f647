import type { TimeUs } from '../../../../core/mod.ts'
import { MINUTE_US } from '../wire/times.ts'

/** A bar in the market's own counts: prices in quanta, volume in lots. */
export interface Bar {
  readonly openTime: TimeUs
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  /** Sum of price times volume. */
  readonly turnover: number
  readonly trades: number
}

/** A bar that begins with one trade. */
export const barOf = (openTime: TimeUs, price: number, lots: number): Bar => ({
  openTime,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: lots,
  turnover: price * lots,
  trades: 1,
})

/** A bar in which nothing traded. */
export const flatBar = (openTime: TimeUs, price: number): Bar => ({
  ...barOf(openTime, price, 0),
  trades: 0,
})

/** The bar of two, the first being earlier. Bars without trades move nothing. */
export function joinBars(earlier: Bar, later: Bar): Bar {
  if (later.trades === 0) return earlier
  if (earlier.trades === 0) return { ...later, openTime: earlier.openTime }
  return {
    openTime: earlier.openTime,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    volume: earlier.volume + later.volume,
    turnover: earlier.turnover + later.turnover,
    trades: earlier.trades + later.trades,
  }
}

/** Mean price by volume, in quanta; the close when nothing traded. */
export const vwapOf = (bar: Bar): number =>
  bar.volume === 0 ? bar.close : bar.turnover / bar.volume

/** The minute an instant lies in. */
export const minuteOf = (time: TimeUs): TimeUs => Math.floor(time / MINUTE_US) * MINUTE_US
