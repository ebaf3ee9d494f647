import type { Genesis, Recording } from '../../../adapters/mod.ts'
import { createJournal } from '../../../adapters/mod.ts'
import {
  Engine,
  type EngineConfig,
  type Event,
  type ExchangeOptions,
  type Instrument,
  moneyFromNumber,
  SimulatedExchange,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { type BacktestRequest, backtestParts } from '../../run/backtest.ts'
import { driveBacktest } from '../../run/drive-backtest.ts'

/** What a planted session does otherwise than the backtest of its configuration. */
export interface Planted {
  readonly exchange?: Partial<ExchangeOptions>
  readonly engine?: (own: EngineConfig) => EngineConfig
  /** What the journal says it was configured with, when that is not what ran. */
  readonly claims?: Config
  /** What the journal says it traded, when that is not what ran. */
  readonly lists?: readonly Instrument[]
  /** What it is told before the first record, beside the backtest's own opening. */
  readonly opening?: readonly Event[]
}

/**
 * Writes the journal of a session in virtual time whose venue is a simulated exchange: with nothing
 * planted a backtest of it must come out the same to the unit.
 */
export function recordSession(request: BacktestRequest, path: string, planted: Planted = {}): void {
  const { config, configurationHash, codeHash, recording } = request
  const parts = backtestParts(request)
  const engineConfig = planted.engine?.(parts.engine) ?? parts.engine
  const engine = new Engine(engineConfig)
  const exchange = new SimulatedExchange({ ...parts.exchange, ...planted.exchange })
  exchange.addAccount(moneyFromNumber(config.balance))
  const journal = createJournal(path, genesisOf(request, planted), { durability: 'none' })
  let index = 0
  let stored = 0
  const flush = (): void => {
    if (stored < index) journal.appendMarket(recording.batch, stored, index)
    stored = index
  }
  driveBacktest({
    engine,
    exchange,
    batch: recording.batch,
    opening: [...parts.opening(recording), ...(planted.opening ?? [])],
    heartbeatUs: parts.heartbeatUs,
    observer: {
      event: (event) => {
        flush()
        journal.appendEvent(event)
      },
      markets: (_, from, to) => {
        index += to - from
      },
      heartbeat: () => {},
      effects: (effects, now) => {
        flush()
        journal.appendEffects(effects, now)
      },
    },
  })
  flush()
  journal.close()

  function genesisOf({ recording: { instruments } }: { recording: Recording }, own: Planted) {
    return {
      configurationHash,
      dataHash: '',
      codeHash,
      mode: 'backtest',
      seed: config.seed,
      sessionId: '0123456789abcdef',
      configuration: own.claims ?? config,
      instruments: own.lists ?? instruments,
    } satisfies Genesis
  }
}
