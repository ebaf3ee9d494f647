import { expect, it } from 'vitest'
import { type RandomBars, randomBars } from '../../../../test/support/random-bars.ts'
import { MarketWriter } from '../../../core/mod.ts'
import { parseObject } from '../../config/load.ts'
import { readBarMarket } from './bar-market.ts'
import { columnObstacles } from './choose-tier.ts'

const options: RandomBars = {
  seed: 1,
  rows: 20,
  instruments: 2,
  barUs: 60_000_000,
  gaps: 0,
  early: 0,
  jump: 5,
  kind: 'perpetual',
}
const recording = randomBars(options)
const market = readBarMarket(recording)

type Section = Readonly<Record<string, unknown>>

const configOf = (change: Readonly<Record<string, Section | string>> = {}) =>
  parseObject(
    {
      name: 'bars',
      ...change,
      signal: { source: 'bar', interval: '1m', ...(change['signal'] as Section | undefined) },
    },
    'bars.yaml',
  ).config

it('takes the defaults on bars: every gate and stop is known to the columns', () => {
  expect(columnObstacles(configOf(), market)).toEqual([])
})

it.each<[string, Parameters<typeof configOf>[0], RegExp]>([
  ['a recorded book', { signal: { source: 'mid' } }, /recorded book/],
  ['a longer interval', { signal: { interval: '5m' } }, /signal\.interval 300 s/],
  ['heartbeats without bars', { signal: { interval: '100ms' }, heartbeat: '100ms' }, /heartbeats/],
  ['resting entries', { strategy: { entry: 'passive' } }, /strategy\.entry/],
  ['resting exits', { strategy: { exit: 'passive' } }, /strategy\.exit/],
  ['a time stop by the clock', { strategy: { timeStopStockHours: '30m' } }, /timeStopStockHours/],
  ['notionals of their own', { strategy: { notionals: { T0: 100 } } }, /notionals/],
  ['a small notional', { strategy: { notional: 0.005 } }, /too small for T0/],
  ['an order limit', { risk: { orderNotionalMax: 250 } }, /orderNotionalMax/],
  ['a position limit', { risk: { positionNotionalMax: 250 } }, /positionNotionalMax/],
  ['a gross limit', { risk: { grossNotionalMax: 500 } }, /grossNotionalMax/],
  ['a net limit', { risk: { netNotionalMax: 500 } }, /netNotionalMax/],
  ['fewer positions than instruments', { risk: { positionsMax: 1 } }, /positionsMax/],
  ['a narrow price band', { risk: { priceBandMax: '10bp' } }, /priceBandMax/],
  ['an age of the account', { risk: { accountAgeMax: '3m' } }, /accountAgeMax/],
  ['fewer orders than bars', { risk: { ordersPerMinuteMax: 2 } }, /ordersPerMinuteMax/],
  ['late answers', { fills: { responseLatency: '61s' } }, /responseLatency/],
  ['a long pause', { execution: { retryPause: '61s' } }, /retryPause/],
])('refuses %s with its key', (_name, change, reason) => {
  const reasons = columnObstacles(configOf(change), market)
  expect(reasons.join('; ')).toMatch(reason)
})

it('refuses data that are not finished bars known at their close', () => {
  expect(columnObstacles(configOf(), null)).toEqual(['the data are no finished bars'])
  const late = { ...recording, batch: { ...recording.batch, f64: recording.batch.f64.slice() } }
  late.batch.f64[0]! += 1
  expect(columnObstacles(configOf(), readBarMarket(late))[0]).toMatch(/later/)
  const writer = new MarketWriter(4)
  writer.trade({ venueTime: 1, receivedTime: 1, instrument: 0 }, 'buy', 10, 1, 1)
  const mixed = readBarMarket({ ...recording, batch: writer.batch() })
  expect(columnObstacles(configOf(), mixed)[0]).toMatch(/more than finished bars/)
})

it('refuses data with funding rates: columns pay none', () => {
  const funded = { ...market, facts: { ...market.facts, hasFunding: true } }
  expect(columnObstacles(configOf(), funded)).toEqual([expect.stringMatching(/funding/)])
  expect(columnObstacles(configOf({ strategy: { costGate: 'off' } }), funded)).toHaveLength(1)
})
