import {
  type Instrument,
  isValidPrice,
  openFillPrice,
  price,
  roundPrice,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { exchangeOptions } from '../../run/backtest.ts'
import { type BarMarket, sharedColumn } from './bar-market.ts'

/** Where orders meet the bars, over all rows; rows count within their instrument. */
export interface OrderColumns {
  readonly fillRows: Int32Array
  readonly openBuy: Float64Array
  readonly openSell: Float64Array
  readonly limitBuy: Float64Array
  readonly limitSell: Float64Array
  /** A limit that the venue would not accept; null: all are accepted. */
  readonly defect: string | null
}

/** Makes order columns, each part once for every distinct setting it depends on. */
export class OrderColumnMaker {
  readonly #market: BarMarket
  readonly #made = new Map<string, unknown>()

  constructor(market: BarMarket) {
    this.#market = market
  }

  /** The columns of a configuration. */
  of(config: Config): OrderColumns {
    const { fills, execution } = config
    const costs = exchangeOptions(config, this.#market.instruments).bars!
    const slippage = execution.takerSlippageMax
    return {
      fillRows: this.#once(`rows ${fills.entryLatency}`, () => this.#fillRows(fills.entryLatency)),
      ...this.#once(`opens ${JSON.stringify(costs)}`, () => {
        const priceOf = (instrument: Instrument, side: 'buy' | 'sell') => (row: number) =>
          openFillPrice(instrument, side, this.#market.opens[row]!, costs)
        const openBuy = this.#column((instrument) => priceOf(instrument, 'buy'))
        return { openBuy, openSell: this.#column((instrument) => priceOf(instrument, 'sell')) }
      }),
      ...this.#once(`limits ${slippage}`, () => this.#limits(slippage)),
    }
  }

  #once<Value>(key: string, make: () => Value): Value {
    if (!this.#made.has(key)) this.#made.set(key, make())
    return this.#made.get(key) as Value
  }

  #fillRows(latencyUs: number): Int32Array {
    const { offsets, openTimes, closeTimes } = this.#market
    const out = new Int32Array(new SharedArrayBuffer(4 * openTimes.length))
    for (let id = 0; id + 1 < offsets.length; id++) {
      const [from, to] = [offsets[id]!, offsets[id + 1]!]
      let next = from
      for (let row = from; row < to; row++) {
        const arrival = closeTimes[row]! + latencyUs
        while (next < to && openTimes[next]! < arrival) next++
        out[row] = next - from
      }
    }
    return out
  }

  #column(of: (instrument: Instrument) => (row: number) => number): Float64Array {
    const { instruments, offsets, opens } = this.#market
    const out = sharedColumn(opens.length)
    instruments.forEach((instrument, id) => {
      const value = of(instrument)
      for (let row = offsets[id]!; row < offsets[id + 1]!; row++) out[row] = value(row)
    })
    return out
  }

  /** As the executor prices a taker: beyond the last close by the slippage, at least the close. */
  #limits(slippage: number) {
    const { closes } = this.#market
    let defect: string | null = null
    const checked = (instrument: Instrument, limit: number): number => {
      if (limit <= 0 || !isValidPrice(instrument, price(limit))) {
        defect ??= `the venue would refuse a limit of ${instrument.symbol} (execution.takerSlippageMax)`
      }
      return limit
    }
    const limitBuy = this.#column((instrument) => (row) => {
      const close = closes[row]!
      const rounded = roundPrice(instrument, close * (1 + slippage), 'down')
      return checked(instrument, Math.max(rounded, close))
    })
    const limitSell = this.#column((instrument) => (row) => {
      const close = closes[row]!
      const rounded = roundPrice(instrument, close * (1 - slippage), 'up')
      return checked(instrument, Math.min(rounded, close))
    })
    return { limitBuy, limitSell, defect }
  }
}
