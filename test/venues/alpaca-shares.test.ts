import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AlpacaAdapter,
  createAlpacaAdapter,
  createNodeEnvironment,
} from '../../src/adapters/mod.ts'
import {
  createRecordingSink,
  type RecordingSink,
} from '../../src/adapters/venues/recording-sink.ts'
import { DEMO_KEY, DEMO_SECRET, readRunOptions } from '../../src/app/simulators/alpaca/options.ts'
import { type RunningVenue, runVenue } from '../../src/app/simulators/alpaca/run.ts'
import {
  type Instrument,
  type NewOrder,
  quantity,
  roundPrice,
  type Side,
} from '../../src/core/mod.ts'
import { approve } from '../support/hyperliquid-stage.ts'

let running: RunningVenue
let adapter: AlpacaAdapter
let sink: RecordingSink
let instruments: readonly Instrument[]
let orders = 0

/** Opens a venue at an instant and an adapter of a share and a coin before it. */
async function open(time: string): Promise<void> {
  const flags = { port: '0', seed: '1', crypto: 'BTC', stocks: 'AAPL,SPY', time }
  running = await runVenue(readRunOptions(flags), (error) => {
    throw error
  })
  const { port } = running.server
  adapter = createAlpacaAdapter({
    // Both live at the same instant: replies are told apart from history by it.
    environment: { ...createNodeEnvironment(), now: () => running.venue.state.time },
    tradingUrl: `http://127.0.0.1:${port}`,
    dataUrl: `http://127.0.0.1:${port}`,
    accountStreamUrl: `ws://127.0.0.1:${port}/stream`,
    dataStreamUrl: `ws://127.0.0.1:${port}/v1beta3/crypto/us`,
    stockStreamUrl: `ws://127.0.0.1:${port}/v2/iex`,
    keyId: DEMO_KEY,
    secret: DEMO_SECRET,
    trades: true,
  })
  sink = createRecordingSink()
  instruments = await adapter.loadInstruments(['AAPL', 'BTC/USD'])
  await adapter.start(sink)
}
afterEach(async () => {
  await adapter.stop()
  await running.stop()
})

const patience = { timeout: 8_000, interval: 20 }
const book = () => sink.books.findLast(({ instrument }) => instrument === 0)

/** Sends an order in the share that takes what it finds, 2 % through the market. */
function send(side: Side, lots: number, changes: Partial<NewOrder> = {}): string {
  const { bids, asks } = book()!
  const price = side === 'buy' ? asks[0]![0] * 1.02 : bids[0]![0] * 0.98
  const clientOrderId = (++orders).toString(16).padStart(32, '0')
  adapter.submit(
    approve({
      clientOrderId,
      intentId: 'intent',
      instrument: 0,
      side,
      price: roundPrice(instruments[0]!, price, 'down'),
      quantity: quantity(lots),
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
      arrivalPrice: null,
      ...changes,
    }),
  )
  return clientOrderId
}

const held = (): number =>
  sink
    .of('executed')
    .filter(({ execution }) => execution.instrument === 0)
    .reduce(
      (sum, { execution: { side, quantity: lots } }) => sum + (side === 'buy' ? lots : -lots),
      0,
    )

describe('shares while the market is open', () => {
  beforeEach(() => open('2026-11-20T14:40:00Z'))

  it('shows the best prices as a book of one level, beside a coin’s of twenty', async () => {
    await expect.poll(() => book()?.bids.length, patience).toBe(1)
    await expect
      .poll(() => sink.books.findLast((each) => each.instrument === 1)?.bids.length, patience)
      .toBe(20)
    expect(book()!.bids[0]![0]).toBeLessThan(book()!.asks[0]![0])
    expect(book()!.bids[0]![0] % 100).toBe(0)
    expect(adapter.capabilities.bookLevels).toBe(1)
  })

  it('buys whole shares, goes short, and never reduces more than is held', async () => {
    await expect.poll(() => book()?.asks.length, patience).toBe(1)
    send('buy', 10)
    await expect.poll(held, patience).toBe(10)
    const tooMuch = send('sell', 11, { reduceOnly: true })
    expect(sink.evidence(tooMuch)).toEqual(['rejected:reduceOnlyWouldIncrease'])
    send('sell', 10, { reduceOnly: true })
    await expect.poll(held, patience).toBe(0)
    send('sell', 7)
    await expect.poll(held, patience).toBe(-7)
    adapter.queryAccount(0)
    await expect.poll(() => sink.of('accountReported').length, patience).toBe(1)
    const { account } = sink.of('accountReported')[0]!
    expect(account.positions).toMatchObject([{ instrument: 0, quantity: -7 }])
    expect(account.executions).toEqual(sink.of('executed').map(({ execution }) => execution))
    send('buy', 7, { reduceOnly: true })
    await expect.poll(held, patience).toBe(0)
  })

  it('reads daily and minute bars of shares, finished ones and the one that forms', async () => {
    const days = await adapter.loadBars(instruments[0]!, 86_400_000_000, 60)
    expect(days.length).toBeGreaterThanOrEqual(60)
    const minutes = await adapter.loadBars(instruments[0]!, 60_000_000, 5)
    expect(minutes.length).toBeGreaterThanOrEqual(5)
  })
})

describe('shares while the market is closed', () => {
  beforeEach(() => open('2026-11-21T17:00:00Z'))

  it('has an order wait for the next session, and takes it back', async () => {
    const clientOrderId = '7'.padStart(32, '0')
    adapter.submit(
      approve({
        clientOrderId,
        intentId: 'intent',
        instrument: 0,
        side: 'buy',
        price: roundPrice(instruments[0]!, 1_000_000, 'down'),
        quantity: quantity(1),
        timeInForce: 'gtc',
        postOnly: false,
        reduceOnly: false,
        arrivalPrice: null,
      }),
    )
    await expect.poll(() => sink.evidence(clientOrderId)[0], patience).toBe('accepted')
    adapter.cancel(approve({ clientOrderId, instrument: 0, venueOrderId: null }))
    await expect.poll(() => sink.evidence(clientOrderId).at(-1), patience).toBe('canceled')
  })
})
