import { parseConfig } from '../src/app/config/load.ts'
import { backtestParts } from '../src/app/run/backtest.ts'
import { type BacktestObserver, driveBacktest } from '../src/app/run/drive-backtest.ts'
import { Engine, type MarketBatch, moneyFromNumber, SimulatedExchange } from '../src/core/mod.ts'
import { INSTRUMENTS, mixInstruments } from './book-market.ts'

/**
 * The shipped rules with resting orders on every instrument; limits are checked but wide, because
 * a session that denies everything is too easy.
 */
const configuration = `
name: bench
balance: 1000000
signal: { source: mid, interval: 1s, window: 60, maxGap: 60, trendWindow: 0, imbalanceLevels: 20 }
strategy:
  direction: both
  imbalanceThreshold: 0
  trendGate: false
  revertGate: off
  stopLoss: 1%
  timeStop: 10m
  costGate: off
  notional: 5000
  entry: passive
  exit: passive
execution: { makerLifetime: 30s, exitEscalation: 30s }
risk:
  orderNotionalMax: 10000
  positionNotionalMax: 20000
  grossNotionalMax: 1000000
  netNotionalMax: 1000000
  positionsMax: ${INSTRUMENTS}
  leverageMax: 10
  ordersPerMinuteMax: 100000
  dailyLossMax: 900000
  dailyDrawdownMax: 90%
fills: { queueModel: proRata, entryLatency: 20ms, responseLatency: 20ms }
`

const { config, hash } = parseConfig(configuration, 'bench.yaml')

/** Sees everything, keeps nothing. */
const silent: BacktestObserver = { event() {}, markets() {}, heartbeat() {}, effects() {} }

/** What a run did. */
export interface EngineRun {
  readonly records: number
  readonly bars: number
  readonly signals: number
  readonly orders: number
  readonly fills: number
  /** Quote units. */
  readonly equity: number
  readonly denials: number
  /** Sum of the best prices in the venue's books at the end. */
  readonly bestPrices: number
}

/** One backtest of the market by the real driver, venue, engine, strategy, ledger and risk gate. */
export function runEngine(
  batch: MarketBatch,
  observe: (engine: Engine) => BacktestObserver = () => silent,
): EngineRun {
  const parts = backtestParts({
    config,
    configurationHash: hash,
    codeHash: '',
    recording: { instruments: mixInstruments, batch, info: null as never },
  })
  const engine = new Engine(parts.engine)
  const exchange = new SimulatedExchange(parts.exchange)
  exchange.addAccount(moneyFromNumber(parts.balance))
  const start = batch.f64[1]!
  const at = { receivedTime: start }
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
    observer: observe(engine),
  })
  const { counters, equity } = engine.world
  const { bars, signals, orders, fills } = counters
  const denials = Object.values(counters.denials).reduce((sum, n) => sum + n, 0)
  let bestPrices = 0
  for (const { id } of mixInstruments) {
    const book = exchange.book(id)
    bestPrices += Math.max(0, book.bestBid()) + Math.max(0, book.bestAsk())
  }
  return { records: end.records, bars, signals, orders, fills, equity, denials, bestPrices }
}
