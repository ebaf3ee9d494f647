import { createRandom, type TimeUs } from '../../../../core/mod.ts'
import { medianLots, touchAround } from '../../market/book.ts'
import { type MarketModelKind, MODEL, pathScales } from '../../market/parameters.ts'
import type { SimulatedInstrument } from '../../market/universe.ts'
import { type Candle, startOf } from './candles.ts'

/** Ten days: what screens by four-hour candles of a week look back on. */
const HOURS = 240
const HOUR_US = 3_600_000_000

/**
 * Hourly candles before a generated market's own minutes, oldest first: a walk from its first price
 * backwards, with the market's volatility and trading. The last ends at `until`, within its hour.
 */
export function olderHours(
  simulated: SimulatedInstrument,
  options: { readonly seed: number; readonly model: MarketModelKind; readonly until: TimeUs },
): readonly Candle[] {
  const { instrument, startPrice, tradesPerSecond } = simulated
  const random = createRandom((options.seed ^ 0x01de5) + instrument.id)
  const scales = pathScales(options.model, simulated)
  const walkPerHour = scales.walk * Math.sqrt(HOUR_US / MODEL.sliceUs)
  const startQuanta = startPrice * 10 ** instrument.priceDecimals
  const price = (log: number): number => touchAround(simulated, startQuanta * Math.exp(log)).bid
  const hours: Candle[] = []
  let walk = 0
  let close = 0
  for (let openTime = startOf(options.until - 1, 60); hours.length < HOURS; openTime -= HOUR_US) {
    walk -= walkPerHour * random.normal()
    const open = walk + scales.dislocation * random.normal()
    const reach = (): number => Math.abs((walkPerHour + scales.dislocation) * random.normal()) / 2
    const share = Math.min(1, (options.until - openTime) / HOUR_US)
    const trades = Math.round(tradesPerSecond * 3600 * share)
    const meanSize = MODEL.tradeSizeMedian * Math.exp(MODEL.tradeSizeNoise ** 2 / 2)
    const volume = Math.round(trades * meanSize * medianLots(simulated, price(close)))
    hours.push({
      openTime,
      open: price(open),
      high: price(Math.max(open, close) + reach()),
      low: price(Math.min(open, close) - reach()),
      close: price(close),
      volume,
      trades,
      turnover: volume * price(close),
      isHour: true,
    })
    close = open
  }
  return hours.reverse()
}
