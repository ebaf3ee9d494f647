import { expect, it } from 'vitest'
import { MarketWriter } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { feedsOf } from './feeds.ts'
import { loadMarket } from './load-market.ts'

it('tells levels, cadence and trades of every instrument from the data', async () => {
  const text = 'name: feeds\ndata: { kind: generated, instruments: [BTC, ETH], duration: 5m }'
  const { batch, info } = await loadMarket(parseConfig(text, 'feeds.yaml').config, '.')
  const { levels, cadenceUs } = info
  const book = { kind: 'snapshots', levels, cadenceUs, hasTrades: true, hasFunding: false }
  expect(feedsOf(batch)).toEqual([
    { instrument: 0, ...book },
    { instrument: 1, ...book },
  ])
})

it('takes the changes of one message for one, and knows bars and lone trades', () => {
  const writer = new MarketWriter()
  const at = (instrument: number, seconds: number) => {
    const time = seconds * 1_000_000
    return { receivedTime: time, venueTime: time, instrument }
  }
  writer.snapshot(at(0, 0), [100, 1, 99, 1], [101, 1])
  for (const second of [1, 2, 3]) {
    writer.delta(at(0, second), 'bid', 100, second)
    writer.delta(at(0, second), 'ask', 101, second)
  }
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, openTime: 0 }
  writer.bar(at(1, 60), prices)
  writer.bar(at(1, 120), prices)
  writer.trade(at(2, 1), 'buy', 100, 1, 1)
  const alone = { levels: null, hasTrades: false, hasFunding: false }
  expect(feedsOf(writer.batch())).toEqual([
    { instrument: 0, kind: 'changes', cadenceUs: 1_000_000, ...alone },
    { instrument: 1, kind: 'bars', cadenceUs: 60_000_000, ...alone },
  ])
})
