import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createRandom,
  Engine,
  type Instrument,
  type MarketBatch,
  MarketWriter,
  moneyFromNumber,
  quantity,
  type Random,
  SimulatedExchange,
  type Strategy,
} from '../../core/mod.ts'
import { parseConfig } from '../config/load.ts'
import { backtestParts } from './backtest.ts'
import { driveBacktest } from './drive-backtest.ts'

const HOUR_US = 3_600_000_000
const START = 1_700_000_000_000_000 - (1_700_000_000_000_000 % HOUR_US) + HOUR_US - 40_000_000

const instruments: readonly Instrument[] = [0, 1, 2].map((id) => ({
  id,
  venue: 'sim',
  symbol: `C${id}`,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: `C${id}`,
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 50,
}))

interface Case {
  readonly seed: number
  readonly records: number
  readonly lag: 'none' | 'even' | 'jittering'
  readonly source: 'mid' | 'trade'
  readonly heartbeat: string
  readonly latency: string
  readonly queueModel: string
  /** How often the strategy acts when it is asked. */
  readonly appetite: number
  /** How often feeds do what they seldom do. */
  readonly oddity: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer(),
  records: fc.integer({ min: 1, max: 2500 }),
  lag: fc.constantFrom('none', 'even', 'jittering'),
  source: fc.constantFrom('mid', 'mid', 'trade'),
  heartbeat: fc.constantFrom('1s', '700ms', '5s'),
  latency: fc.constantFrom('0ms', '20ms', '300ms'),
  queueModel: fc.constantFrom('conservative', 'proRata', 'optimistic'),
  appetite: fc.constantFrom(0.4, 0.02),
  oddity: fc.constantFrom(1, 0.05),
})

const configurationOf = ({ source, heartbeat, latency, queueModel }: Case) =>
  parseConfig(
    `
name: runs
balance: 1000000
heartbeat: ${heartbeat}
signal: { source: ${source}, interval: 1s, window: 5, maxGap: 3, trendWindow: 0, imbalanceLevels: 4 }
strategy: { trendGate: false, revertGate: off, costGate: off }
execution: { makerLifetime: 3s, exitEscalation: 2s }
risk: { orderNotionalMax: 100000, positionNotionalMax: 200000, grossNotionalMax: 1000000 }
fills: { queueModel: ${queueModel}, entryLatency: ${latency}, responseLatency: ${latency} }
`,
    'runs.yaml',
  )

/** Draws what it wants from what it sees. */
const restless = ({ seed, appetite }: Case): Strategy<unknown> => ({
  id: 'restless',
  init: () => ({ random: createRandom(seed).state() }),
  on(trigger, view, state, output) {
    const own = state as { random: ReturnType<Random['state']> }
    const random = createRandom(own.random)
    for (const { id } of instruments) {
      if (trigger.kind === 'barClosed' && trigger.instrument !== id) continue
      const seen = (view.imbalance(id) ?? 0) + (view.bar(id)?.close ?? 0) / 1e6
      output.evaluated(id, `${seen}`, [])
      if (random.next() > appetite) continue
      const urgency = random.next() < 0.7 ? 'passive' : 'aggressive'
      const side = random.next() < 0.5 ? 'buy' : 'sell'
      const how = { instrument: id, urgency, reason: 'restless' } as const
      if (view.position(id) !== 0) output.intent({ kind: 'exit', ...how })
      else output.intent({ kind: 'enter', side, quantity: quantity(1 + random.integer(9)), ...how })
    }
    own.random = random.state()
  },
})

/** A market with everything feeds do: see the draws. */
function makeMarket({ seed, records, lag, oddity }: Case): MarketBatch {
  const random = createRandom(seed)
  const writer = new MarketWriter()
  const mids = instruments.map(() => 100 + random.integer(60_000))
  let received = START
  let venue = START
  let tradeId = 0
  const flat = (side: -1 | 1, mid: number, depth: number): number[] => {
    const pairs: number[] = []
    let price = mid
    for (let i = 0; i < depth; i++) {
      price += side * (1 + random.integer(2))
      if (price > 0) pairs.push(price, 1 + random.integer(50))
    }
    return pairs
  }
  while (writer.count < records) {
    const pause = random.next()
    received +=
      pause < 0.1
        ? 0
        : pause < 0.985
          ? random.integer(40_000)
          : random.integer(pause < 0.998 ? 3e6 : 9e7)
    const late = lag === 'none' ? 0 : lag === 'even' ? 20_000 : random.integer(60_000)
    venue = received - late
    const instrument = random.integer(instruments.length)
    if (random.next() < 0.03) mids[instrument]! += random.integer(9) - 4
    const mid = Math.max(40, mids[instrument]!)
    const head = { receivedTime: received, venueTime: venue, instrument }
    const draw = random.next()
    const isOdd = (share: number): boolean => random.next() < share * oddity
    if (draw < 0.02) {
      const depth = isOdd(0.1) ? 150 : random.integer(12)
      const bids = flat(-1, mid, depth)
      if (isOdd(0.03)) bids.push(mid, 1)
      writer.snapshot(head, bids, flat(1, mid, isOdd(0.1) ? 0 : depth))
    } else if (draw < 0.8) {
      const isBid = random.next() < 0.5
      const far = random.next() / oddity
      const distance =
        far < 0.004
          ? 5000
          : far < 0.03
            ? -random.integer(4)
            : 1 + random.integer(far < 0.1 ? 60 : 9)
      const lots = random.next() < 0.4 ? 0 : 1 + random.integer(50)
      const spoilt = isOdd(0.002) ? 0.5 : 0
      const price = Math.max(0, isBid ? mid - distance : mid + distance)
      writer.delta(head, isBid ? 'bid' : 'ask', price, lots + spoilt)
    } else if (draw < 0.98) {
      const id = random.next() < 0.05 ? random.integer(tradeId + 1) : ++tradeId
      const isOld = lag === 'jittering' && random.next() < 0.03
      const at = isOld ? { ...head, venueTime: venue - 50_000 } : head
      const side = random.next() < 0.5 ? 'buy' : 'sell'
      writer.trade(at, side, mid + random.integer(7) - 3, 1 + random.integer(30), id)
    } else if (draw < 0.99) writer.funding(head, random.integer(20_000) - 10_000)
    else writer.mark(head, mid, mid)
  }
  return writer.batch()
}

/** Everything that a backtest says and leaves behind, as text. */
function story(
  given: Case,
  batch: MarketBatch,
  how: 'singly' | 'in runs' | 'by the kernel',
): string {
  const { config, hash } = configurationOf(given)
  const recording = { instruments, batch, info: null as never }
  const strategy = restless(given)
  const request = { config, configurationHash: hash, codeHash: '', recording, strategy }
  const parts = backtestParts(request)
  const { bookKernel: ofEngine, ...engineConfig } = parts.engine
  const { bookKernel: ofVenue, ...exchangeOptions } = parts.exchange
  const isCompiled = how === 'by the kernel'
  expect(ofEngine).toBe(ofVenue)
  const engine = new Engine(isCompiled ? parts.engine : engineConfig)
  const exchange = new SimulatedExchange(isCompiled ? parts.exchange : exchangeOptions)
  if (how === 'singly') engine.quietUntil = () => Number.NEGATIVE_INFINITY
  exchange.addAccount(moneyFromNumber(parts.balance))
  const told: unknown[] = []
  const at = { receivedTime: START - 60_000_000 }
  const halves: number[] = []
  const end = driveBacktest({
    engine,
    exchange,
    batch,
    opening: [
      {
        ...at,
        kind: 'sessionStarted',
        mode: 'backtest',
        sessionId: '0123456789abcdef',
        seed: 1,
        resumed: false,
        configurationHash: hash,
        dataHash: '',
        codeHash: '',
      },
      { ...at, kind: 'streamStatus', stream: 'book', instrument: null, status: 'connected' },
      { ...at, kind: 'streamStatus', stream: 'account', instrument: null, status: 'connected' },
    ],
    heartbeatUs: parts.heartbeatUs,
    observer: {
      event: (event) => told.push(halves.length, event),
      markets: (_, from, to, halfMids) => {
        for (let i = from; i < to; i++) halves.push(halfMids[i - from]!)
      },
      heartbeat: (now) => told.push(now, engine.world.equity),
      effects: (effects, now) => told.push(halves.length, now, ...effects),
    },
  })
  const left = [engine.snapshot(), exchange.snapshot()]
  return asText([told, halves, end, left, engine.world.books.map(({ refused }) => refused)])
}

const asText = (value: unknown): string =>
  JSON.stringify(
    value,
    (_key, item) => {
      if (typeof item === 'bigint') return `${item}n`
      return typeof item === 'number' && !Number.isFinite(item) ? `${item}` : item
    },
    1,
  )

describe('a backtest of arbitrary records', () => {
  it('says and leaves the same whether they are stepped singly, in runs or by the kernel', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const batch = makeMarket(given)
        const singly = story(given, batch, 'singly')
        expect(story(given, batch, 'in runs')).toBe(singly)
        expect(story(given, batch, 'by the kernel')).toBe(singly)
      }),
      { numRuns: 20 },
    )
  })
})
