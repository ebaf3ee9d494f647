import { createHash } from 'node:crypto'
import { makeBookKernel, type Recording } from '../../adapters/mod.ts'
import {
  type CorporateAction,
  Engine,
  type Event,
  type ExchangeOptions,
  type Instrument,
  isPricedByBars,
  moneyFromNumber,
  type QueueModel,
  SimulatedExchange,
  type Strategy,
} from '../../core/mod.ts'
import { sessionEngineConfig } from '../config/build.ts'
import type { Config } from '../config/schema.ts'
import { shareCosts } from '../config/shares.ts'
import { withCoinRules } from './coin-rules.ts'
import { type Collected, Collector } from './collect.ts'
import { type BacktestEnd, driveBacktest } from './drive-backtest.ts'
import { hasSellFees } from './sell-fees.ts'

/** What one backtest needs. */
export interface BacktestRequest {
  readonly config: Config
  readonly configurationHash: string
  readonly codeHash: string
  readonly recording: Recording
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  /** Overrides the configuration's queue model, for the companion run. */
  readonly queueModel?: QueueModel
  readonly progress?: (index: number, now: number) => boolean
}

/** A finished backtest: the engine as it ended, and what was collected on the way. */
export interface BacktestResult {
  readonly engine: Engine
  readonly exchange: SimulatedExchange
  readonly instruments: readonly Instrument[]
  readonly queueModel: QueueModel
  readonly collected: Collected
  readonly end: BacktestEnd
}

/** Runs a configuration over a recording in virtual time. Deterministic. */
export function runBacktest(request: BacktestRequest): BacktestResult {
  const { config, recording } = request
  const parts = backtestParts(request)
  const { instruments } = parts.engine
  const engine = new Engine(parts.engine)
  const exchange = new SimulatedExchange(parts.exchange)
  exchange.addAccount(moneyFromNumber(parts.balance))
  const span = recording.info.lastTime - recording.info.firstTime
  const collector = new Collector(engine, { sampleUs: Math.max(1, span / 20_000) })
  const end = driveBacktest({
    engine,
    exchange,
    batch: recording.batch,
    opening: parts.opening(recording),
    heartbeatUs: parts.heartbeatUs,
    observer: collector,
    ...(request.progress === undefined ? {} : { progress: request.progress }),
  })
  const queueModel = request.queueModel ?? config.fills.queueModel
  return { engine, exchange, instruments, queueModel, collected: collector.finish(end.now), end }
}

/** What a backtest is made of, without its recording: for checks that run it on altered data. */
export function backtestParts(request: BacktestRequest) {
  const { config, recording } = request
  const instruments = withFees(config, recording.instruments)
  // Where only bars are fed there are no runs of book records.
  const kernel = isPricedByBars(config.signal) ? {} : { bookKernel: makeBookKernel }
  return {
    engine: {
      ...sessionEngineConfig('backtest', config, instruments, request.strategy),
      ...kernel,
    },
    exchange: {
      ...exchangeOptions(config, instruments, request.queueModel, recording.actions),
      ...kernel,
    },
    balance: config.balance,
    heartbeatUs: heartbeatUs(config),
    opening: (data: Recording) => openingEvents({ ...request, recording: data }),
  }
}

/** Heartbeats between bars only cost time where nothing but bars is fed. */
const heartbeatUs = (config: Config): number =>
  isPricedByBars(config.signal)
    ? Math.max(config.heartbeat, config.signal.interval)
    : config.heartbeat

/** Instruments with the configuration's fees and rules of coins where it sets them. */
export function withFees(config: Config, instruments: readonly Instrument[]): Instrument[] {
  const { makerFee, takerFee } = config.fills
  const e9 = (value: number | null, own: number) => (value === null ? own : Math.round(value * 1e9))
  return instruments.map((given) => {
    const instrument = withCoinRules(config, given)
    const { makerE9, takerE9 } = instrument.fees
    return {
      ...instrument,
      fees: { makerE9: e9(makerFee, makerE9), takerE9: e9(takerFee, takerE9) },
    }
  })
}

/** The simulated venue of a configuration; `actions` are what its data say of ex-dates. */
export function exchangeOptions(
  config: Config,
  instruments: readonly Instrument[],
  queueModel: QueueModel = config.fills.queueModel,
  actions: readonly CorporateAction[] = [],
): ExchangeOptions {
  const { fills, signal } = config
  const costs = shareCosts(config, instruments, actions)
  const isPerpetual = instruments.some((i) => i.kind === 'perpetual')
  return {
    instruments,
    queueModel,
    entryLatencyUs: fills.entryLatency,
    responseLatencyUs: fills.responseLatency,
    arrivalMatch: 'next',
    fundingIntervalUs: isPerpetual ? 3_600_000_000 : 0,
    bars: isPricedByBars(signal)
      ? {
          halfSpreadE9: Math.round(fills.barHalfSpread * 1e9),
          impactE9: Math.round(fills.barImpact * 1e9),
        }
      : null,
    moneyDecimals: 6,
    ...(hasSellFees(config, instruments) ? { hasSellFees: true } : {}),
    ...(costs === undefined ? {} : { shareCosts: costs }),
  }
}

function openingEvents(request: BacktestRequest): Event[] {
  const { config, recording } = request
  const { batch } = recording
  const start = batch.count > 0 ? Math.min(batch.f64[0]!, batch.f64[1]!) : 0
  return [
    {
      kind: 'sessionStarted',
      receivedTime: start,
      mode: 'backtest',
      sessionId: sessionIdOf(request.configurationHash, config.seed),
      seed: config.seed,
      resumed: false,
      configurationHash: request.configurationHash,
      dataHash: dataHash(recording),
      codeHash: request.codeHash,
    },
    ...(['book', 'account'] as const).map(
      (stream): Event => ({
        kind: 'streamStatus',
        receivedTime: start,
        stream,
        instrument: null,
        status: 'connected',
      }),
    ),
  ]
}

/** Sixteen hex digits out of what a deterministic session is made of. */
export const sessionIdOf = (hash: string, seed: number): string =>
  createHash('sha256').update(`${hash}:${seed}`).digest('hex').slice(0, 16)

/** Trials of a sweep share a recording: it is hashed once. */
const hashes = new WeakMap<Recording, string>()

/**
 * Hash of the data a run read: the files' own hashes, or the packed records when there are none.
 */
export function dataHash(recording: Recording): string {
  const known = hashes.get(recording)
  if (known !== undefined) return known
  const hash = createHash('sha256')
  if (recording.info.files.length > 0) {
    for (const file of recording.info.files) hash.update(file.sha256)
  } else {
    const { batch } = recording
    hash.update(batch.u8.subarray(0, batch.count * 40))
    hash.update(new Uint8Array(batch.pool.buffer, batch.pool.byteOffset, batch.pool.byteLength))
  }
  const digest = hash.digest('hex')
  hashes.set(recording, digest)
  return digest
}
