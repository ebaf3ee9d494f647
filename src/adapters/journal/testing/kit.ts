import {
  type Effect,
  type Event,
  type Instrument,
  type MarketBatch,
  MarketWriter,
  price,
  quantity,
} from '../../../core/mod.ts'
import type { Genesis } from '../types.ts'

/** Material for the tests of this folder. */
export const btc: Instrument = {
  id: 0,
  venue: 'hyperliquid',
  symbol: 'BTC',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'BTC',
  priceDecimals: 1,
  quantityDecimals: 5,
  priceRule: { kind: 'significant-figures', figures: 5 },
  minimumNotional: 1_000_000_000n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 40,
}

export const genesis: Genesis = {
  configurationHash: 'c'.repeat(64),
  dataHash: 'd'.repeat(64),
  codeHash: 'e'.repeat(40),
  mode: 'rehearse',
  seed: 7,
  sessionId: '0123456789abcdef',
  configuration: { strategy: { id: 'reversion', window: 60 } },
  instruments: [btc],
}

export const heartbeat = (receivedTime: number): Event => ({ kind: 'heartbeat', receivedTime })

export const executed = (receivedTime: number, executionId: string): Event => ({
  kind: 'executed',
  receivedTime,
  venueTime: receivedTime - 1,
  execution: {
    executionId,
    clientOrderId: 'f'.repeat(32),
    venueOrderId: '77',
    instrument: 0,
    side: 'buy',
    price: price(1_100_000),
    quantity: quantity(5),
    liquidity: 'maker',
    fee: -123n,
    venueTime: receivedTime - 1,
  },
})

export const alert = (text: string): Effect => ({
  kind: 'alert',
  level: 'info',
  code: 'TEST',
  text,
})

/** Snapshots, trades and bars in turn, received at start, start + 1, ... */
export function market(options: { readonly start: number; readonly count: number }): MarketBatch {
  const writer = new MarketWriter(options.count)
  for (let i = 0; i < options.count; i++) {
    const time = options.start + i
    const head = { receivedTime: time, venueTime: time - 1, instrument: 0 }
    if (i % 3 === 0) writer.snapshot(head, [100 + time, 3, 99, 4], [101 + time, 2])
    else if (i % 3 === 1) writer.trade(head, 'buy', 100 + time, 2, time)
    else writer.bar(head, { open: 1, high: 3, low: 1, close: 2, volume: 9, openTime: time - 60 })
  }
  return writer.batch()
}
