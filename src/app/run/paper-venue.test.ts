import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  type AdapterEnvironment,
  hyperliquidPerpetual,
  type VenueAdapter,
  type VenueSink,
} from '../../adapters/mod.ts'
import { type Event, MarketWriter } from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { exchangeOptions } from './backtest.ts'
import { createPaperVenue } from './paper-venue.ts'

const SECOND = 1_000_000
const START = 1_000_000 * SECOND

it('does not call an order canceled whose fill is still on its way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paper-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  let now = START
  let feed: VenueSink | null = null
  const { config } = parseConfig('{ name: paper }', 'paper.yaml')
  const data = {
    venue: 'hyperliquid',
    capabilities: {},
    loadInstruments: async () => [hyperliquidPerpetual({ id: 0, symbol: 'BTC', szDecimals: 5 })],
    start: async (sink: VenueSink) => {
      feed = sink
    },
    stop: async () => {},
  } as unknown as VenueAdapter
  const environment = {
    now: () => now,
    setTimer: () => ({}),
    clearTimer: () => {},
  } as unknown as AdapterEnvironment
  const venue = createPaperVenue({
    data,
    environment,
    exchange: (instruments) => exchangeOptions(config, instruments),
    balance: 10_000,
    statePath: join(folder, 'state.json'),
  })
  await venue.loadInstruments(['BTC'])
  const events: Event[] = []
  await venue.start({
    event: (event) => {
      events.push(event)
    },
    market: () => {},
  })
  const book = (): void => {
    const writer = new MarketWriter()
    const head = { receivedTime: now, venueTime: now, instrument: 0 }
    writer.snapshot(head, [640_000, 1e5], [640_010, 1e5])
    feed!.market(writer.batch())
  }
  book()
  venue.submit({
    clientOrderId: 'a',
    intentId: 'a',
    instrument: 0,
    side: 'buy',
    price: 640_100,
    quantity: 100,
    timeInForce: 'ioc',
    postOnly: false,
    reduceOnly: false,
    arrivalPrice: 640_010,
  } as never)
  now += SECOND
  book()
  venue.queryOrder('a' as never)
  const told = () => events.flatMap((e) => (e.kind === 'orderReported' ? [e.report.evidence] : []))
  expect(told()).not.toContain('canceled')
  expect(events.filter((event) => event.kind === 'executed')).toHaveLength(0)
  now += SECOND
  book()
  expect(events.filter((event) => event.kind === 'executed')).toHaveLength(1)
  expect(told()).not.toContain('canceled')
})
