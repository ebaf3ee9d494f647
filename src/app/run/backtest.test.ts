import { describe, expect, it } from 'vitest'
import type { Recording } from '../../adapters/mod.ts'
import {
  type Effect,
  Engine,
  type Event,
  MarketCursor,
  MarketWriter,
  moneyFromNumber,
  moneyToNumber,
  notional,
  quantity,
  SimulatedExchange,
  type Strategy,
} from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { type BacktestRequest, backtestParts, runBacktest } from './backtest.ts'
import { driveBacktest } from './drive-backtest.ts'
import { loadMarket } from './load-market.ts'

const BALANCE = 10_000

const requestOf = async (text: string): Promise<BacktestRequest> => {
  const { config, hash } = parseConfig(text, 'backtest.yaml')
  const recording = await loadMarket(config, '.')
  return { config, configurationHash: hash, codeHash: '', recording }
}

/** Trades often, and holds positions over full hours, where funding is paid. */
const busy = `
name: busy
seed: 7
balance: ${BALANCE}
data: { kind: generated, model: plantedEdge, instruments: [BTC, DOGE], duration: 150m }
signal: { interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy:
  trendGate: false
  imbalanceThreshold: off
  revertGate: { hold: 10m, favourableBp: -1000 }
  costGate: off
  stopLoss: off
  notional: 1500
  entry: passive
`

const shared = requestOf(busy)
const sharedResult = shared.then(runBacktest)

/** Records of one run: everything stepped and everything decided, in order. */
function trace(request: BacktestRequest) {
  const parts = backtestParts(request)
  const engine = new Engine(parts.engine)
  const exchange = new SimulatedExchange(parts.exchange)
  exchange.addAccount(moneyFromNumber(parts.balance))
  const events: Event[] = []
  const effects: { readonly now: number; readonly effect: Effect }[] = []
  const end = driveBacktest({
    engine,
    exchange,
    batch: request.recording.batch,
    opening: parts.opening(request.recording),
    heartbeatUs: parts.heartbeatUs,
    observer: {
      event: (event) => events.push(event),
      markets: () => {},
      heartbeat: () => {},
      effects: (list, now) => {
        for (const effect of list) effects.push({ now, effect })
      },
    },
  })
  return { engine, exchange, events, effects, end }
}

const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}n` : item))

describe('a backtest of a generated market', () => {
  it('ends with the ledger and the venue agreeing to the last unit of money', async () => {
    const { engine, exchange, collected } = await sharedResult
    const { ledger } = engine.world
    const totals = ledger.totals()
    expect(collected.fills.length).toBeGreaterThan(20)
    expect(ledger.cash('USDC')).toBe(exchange.balance(0))
    expect(totals.realised).toBe(exchange.realisedPnl(0))
    expect(totals.fees).toBe(exchange.fees(0))
    expect(totals.funding).toBe(exchange.funding(0))
    expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
    for (const { id } of engine.world.config.instruments) {
      expect(ledger.position(id).quantity).toBe(exchange.position(0, id))
      expect(ledger.averageEntryPrice(id)).toBe(exchange.averageEntryPrice(0, id))
    }
    const { realised, fees, funding } = totals
    expect(ledger.cash('USDC')).toBe(moneyFromNumber(BALANCE) + realised - fees + funding)
  })

  it('pays funding at full hours and collects every payment and fee for the report', async () => {
    const { engine, collected } = await sharedResult
    const totals = engine.world.ledger.totals()
    expect(collected.funding.length).toBeGreaterThan(0)
    for (const { time } of collected.funding) expect(time % 3_600_000_000).toBe(0)
    expect(collected.funding.reduce((sum, { amount }) => sum + amount, 0n)).toBe(totals.funding)
    expect(collected.fills.reduce((sum, { fee }) => sum + fee, 0n)).toBe(totals.fees)
  })

  it('begins its equity with the balance and ends it with the equity of the ledger', async () => {
    const { engine, collected } = await sharedResult
    const { time, value } = collected.equity
    expect(value[0]).toBe(BALANCE)
    expect(value.at(-1)).toBe(engine.world.equity)
    for (let i = 1; i < time.length; i++) expect(time[i]).toBeGreaterThan(time[i - 1]!)
  })

  it('is the same to the bit when it is run again', async () => {
    const request = await shared
    const first = trace(request)
    const second = trace(request)
    expect(first.effects.length).toBeGreaterThan(100)
    expect(asText(second.effects)).toBe(asText(first.effects))
    expect(asText(second.events)).toBe(asText(first.events))
    expect(asText(second.engine.snapshot())).toBe(asText(first.engine.snapshot()))
    expect(asText(second.exchange.snapshot())).toBe(asText(first.exchange.snapshot()))
    const { collected } = await sharedResult
    expect(asText(runBacktest(request).collected)).toBe(asText(collected))
  })

  it('fills nothing before its order can have arrived, and reports nothing early', async () => {
    const request = await shared
    const { entryLatency, responseLatency } = request.config.fills
    const { events, effects } = trace(request)
    const sent = new Map<string, number>()
    for (const { now, effect } of effects) {
      if (effect.kind === 'submitOrder') sent.set(effect.order.clientOrderId, now)
    }
    let now = 0
    let fills = 0
    for (const event of events) {
      expect(event.receivedTime).toBeGreaterThanOrEqual(now)
      now = event.receivedTime
      if (event.kind !== 'executed') continue
      fills++
      const { clientOrderId, venueTime } = event.execution
      expect(venueTime).toBeGreaterThanOrEqual(sent.get(clientOrderId!)! + entryLatency)
      expect(now).toBeGreaterThanOrEqual(venueTime + responseLatency)
    }
    expect(fills).toBeGreaterThan(20)
  })

  it('meets its first resting order no later under the optimistic queue model', async () => {
    const request = await shared
    const firstMaker = (queueModel: 'conservative' | 'optimistic'): number =>
      runBacktest({ ...request, queueModel }).collected.fills.find(
        (fill) => fill.liquidity === 'maker',
      )!.time
    expect(firstMaker('optimistic')).toBeLessThanOrEqual(firstMaker('conservative'))
  })
})

const MINUTE = 60_000_000

/** Buys on its first bar and holds. */
const buyer: Strategy<unknown> = {
  id: 'buyer',
  init: () => ({ bought: false }),
  on(trigger, _view, state, output) {
    const memory = state as { bought: boolean }
    if (trigger.kind !== 'barClosed' || memory.bought) return
    memory.bought = true
    output.intent({
      kind: 'enter',
      instrument: 0,
      side: 'buy',
      quantity: quantity(1000),
      urgency: 'aggressive',
      reason: 'test',
    })
  },
}

/** One-minute bars of BTC, each known at its close; the price rises by 10 a bar. */
async function barRecording(count: number): Promise<BacktestRequest> {
  const request = await requestOf(`
name: bars
data: { kind: generated, model: zeroEdge, instruments: [BTC], duration: 1s }
signal: { source: bar, interval: 1m, window: 2, trendWindow: 0 }
strategy: { trendGate: false }
fills: { takerFee: 0%, makerFee: 0%, barHalfSpread: 0bp, barImpact: 0bp }
risk: { priceBandMax: off }
`)
  const writer = new MarketWriter()
  for (let i = 0; i < count; i++) {
    const open = 640_000 + 100 * i
    const close = open + 100
    const closeTime = 1_000_000 * MINUTE + (i + 1) * MINUTE
    writer.bar(
      { receivedTime: closeTime, venueTime: closeTime, instrument: 0 },
      { open, high: close, low: open, close, volume: 1000, openTime: closeTime - MINUTE },
    )
  }
  const first = 1_000_001 * MINUTE
  const info = { ...request.recording.info, firstTime: first, lastTime: first + count * MINUTE }
  const recording: Recording = { ...request.recording, batch: writer.batch(), info }
  return { ...request, recording, strategy: buyer }
}

describe('the mids of a report', () => {
  it('are those after the last record of an instant', async () => {
    const request = await barRecording(1)
    const { config } = parseConfig('{ name: mids, data: { kind: generated } }', 'mids.yaml')
    const writer = new MarketWriter()
    const first = 1_000_000 * MINUTE
    const at = (time: number) => ({ receivedTime: time, venueTime: time, instrument: 0 })
    writer.snapshot(at(first), [640_000, 10], [640_010, 10])
    writer.delta(at(first + 1), 'bid', 640_005, 10)
    writer.delta(at(first + 1), 'ask', 640_009, 10)
    const info = { ...request.recording.info, firstTime: first, lastTime: first + 1 }
    const recording = { ...request.recording, batch: writer.batch(), info }
    const { collected } = runBacktest({ ...request, config, recording })
    expect([...collected.mids[0]!.time]).toEqual([first, first + 1])
    expect([...collected.mids[0]!.halfMid]).toEqual([1_280_010, 1_280_014])
  })
})

describe('a backtest of bars', () => {
  it('ends its equity with what the last bar made of it', async () => {
    const { engine, collected } = runBacktest(await barRecording(6))
    expect(collected.fills).toHaveLength(1)
    const { world } = engine
    expect(world.equity).toBe(
      moneyToNumber(world.ledger.cash('USDC')) +
        moneyToNumber(world.ledger.unrealised(0, 2 * 640_600)),
    )
    expect(world.equity).toBeGreaterThan(BALANCE)
    expect(collected.equity.value.at(-1)).toBe(world.equity)
  })

  it('pays the funding of data that hold rates', async () => {
    const request = await barRecording(70)
    const writer = new MarketWriter()
    const hour = Math.ceil(1_000_001 / 60) * 60 * MINUTE
    const head = { receivedTime: hour, venueTime: hour, instrument: 0 }
    const { batch } = request.recording
    const cursor = new MarketCursor()
    for (let i = 0; i < batch.count; i++) {
      writer.copy(batch, i, cursor)
      if (cursor.venueTime === hour) writer.funding(head, 100_000)
    }
    const recording = { ...request.recording, batch: writer.batch() }
    const { engine, collected } = runBacktest({ ...request, recording })
    const { price, quantity: lots } = collected.fills[0]!
    const mark = 640_000 + (hour / MINUTE - 1_000_000) * 100
    expect(price).toBeLessThan(mark)
    const value = moneyToNumber(notional(request.recording.instruments[0]!, mark, lots))
    const [paid] = collected.funding
    expect(moneyToNumber(paid!.amount)).toBeCloseTo(-value * 0.0001, 6)
    expect(paid!.time).toBe(hour)
    expect(engine.world.ledger.totals().funding).toBe(paid!.amount)
  })

  it('fills at the open of the first bar that opens after the order arrived', async () => {
    const { collected } = runBacktest(await barRecording(6))
    // Decided at the close of bar 0, on its way while bar 1 opens: filled at the open of bar 2.
    expect(collected.fills[0]).toMatchObject({ price: 640_200, liquidity: 'taker' })
  })
})
