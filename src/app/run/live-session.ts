import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  type AdapterEnvironment,
  AdapterError,
  createJournal,
  InputError,
  type Journal,
  openJournal,
  type SessionPaths,
  type VenueAdapter,
} from '../../adapters/mod.ts'
import {
  Engine,
  type EngineConfig,
  type Instrument,
  type Mode,
  type Strategy,
} from '../../core/mod.ts'
import { isConfigured, sessionEngineConfig } from '../config/build.ts'
import type { Config } from '../config/schema.ts'
import { withFees } from './backtest.ts'
import { replay, requireSameConfiguration, requireSameStrategy } from './recover.ts'
import { Session, type SessionTap } from './session.ts'
import { type SessionSummary, summarise } from './summary.ts'

/** What a session in real (or virtual) time is composed of. A mode is a choice of these. */
export interface LiveParts {
  readonly mode: Mode
  readonly config: Config
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  readonly configurationHash: string
  readonly codeHash: string
  readonly paths: SessionPaths
  readonly resume: boolean
  readonly adapter: VenueAdapter
  readonly environment: AdapterEnvironment
  /** Made when the instruments are known, fed with every entry, history of a resumed session first. */
  readonly tap: (engine: EngineConfig) => SessionTap
  readonly failed: (error: unknown) => void
  readonly journalDurability?: 'full' | 'none'
}

/** A running session. */
export interface LiveSession {
  readonly session: Session
  readonly engine: Engine
  readonly journal: Journal
  readonly summary: () => SessionSummary
  /** Cancels what rests, waits for answers, stores a snapshot, closes. Safe to call twice. */
  readonly stop: (reason: string) => Promise<SessionSummary>
}

const LAG_MAX_US = 2_000_000
const SNAPSHOT_EVERY = 20_000
const CANCEL_WAIT_MS = 5_000

/** Starts or resumes a session: journal first, then the venue's history, streams, reconciliation. */
export async function startLiveSession(parts: LiveParts): Promise<LiveSession> {
  const { config, adapter, environment, mode } = parts
  const venueConfig = config.venue
  const symbols = venueConfig?.instruments ?? []
  const loaded = await retrying(environment, () => adapter.loadInstruments(symbols))
  const instruments = withFees(config, loaded)
  const engineConfig = sessionEngineConfig(mode, config, instruments, parts.strategy)
  const tap = parts.tap(engineConfig)
  const opened = openSession(parts, engineConfig, tap)
  const { journal, engine, resumed } = opened
  const session = new Session({
    engine,
    journal,
    router: adapter,
    tap,
    now: environment.now,
    lagMaxUs: LAG_MAX_US,
    snapshotEvery: SNAPSHOT_EVERY,
    failed: parts.failed,
  })
  session.event({
    kind: 'sessionStarted',
    receivedTime: environment.now(),
    mode,
    sessionId: opened.sessionId,
    seed: config.seed,
    resumed,
    configurationHash: parts.configurationHash,
    dataHash: '',
    codeHash: parts.codeHash,
  })
  await seedBars(session, adapter, { instruments, config, environment })
  await retrying(environment, () => adapter.start(session))
  const stopHeartbeat = startHeartbeat(session, environment, config.heartbeat)
  return {
    session,
    engine,
    journal,
    summary: () => summaryOf(engine, journal, { mode, seed: config.seed }),
    stop: stopper(parts, { session, engine, journal, stopHeartbeat }),
  }
}

/** Drills need the same session id for the same seed; real sessions must never share one. */
const newSessionId = (seed: number, mode: Mode): string =>
  mode === 'drill' ? seed.toString(16).padStart(16, '0') : randomBytes(8).toString('hex')

function openSession(parts: LiveParts, engineConfig: EngineConfig, tap: SessionTap) {
  const { paths, config, mode } = parts
  const durability = parts.journalDurability ?? 'full'
  if (!parts.resume) {
    const sessionId = newSessionId(config.seed, mode)
    const journal = createJournal(
      paths.journal,
      {
        configurationHash: parts.configurationHash,
        dataHash: '',
        codeHash: parts.codeHash,
        mode,
        seed: config.seed,
        sessionId,
        configuration: config,
        instruments: engineConfig.instruments,
        ...(isConfigured(engineConfig, config) ? {} : { strategy: engineConfig.strategy.id }),
      },
      { durability },
    )
    return { journal, engine: new Engine(engineConfig), resumed: false, sessionId }
  }
  requireJournal(paths.journal)
  const { journal, genesis } = openJournal(paths.journal, { durability })
  try {
    requireSameConfiguration(genesis, parts.configurationHash, paths.journal)
    requireSameStrategy(genesis, paths.journal, parts.strategy)
    refold(paths.journal, engineConfig, tap)
    const snapshot = journal.loadLatestSnapshot()
    const from = snapshot === null ? {} : { from: snapshot }
    const result = replay(paths.journal, engineConfig, from)
    if (result.divergence !== null) throw diverged(paths.journal, result.divergence.seq)
    if (result.unrecorded.length > 0) {
      // A crash came between an input and its effects: they become entries, but are not executed;
      // their orders are unknown from here on and are asked for.
      journal.appendEffects(result.unrecorded, result.engine.world.now)
    }
    return { journal, engine: result.engine, resumed: true, sessionId: genesis.sessionId }
  } catch (error) {
    journal.close()
    throw error
  }
}

function requireJournal(path: string): void {
  if (existsSync(path)) return
  throw new InputError({
    code: 'ORN-JOURNAL-021',
    exitCode: 4,
    message: `There is no session to resume at ${path}`,
    fix: 'Start without --resume, or name the session with --session NAME',
  })
}

function diverged(path: string, seq: number): InputError {
  return new InputError({
    code: 'ORN-JOURNAL-022',
    exitCode: 10,
    message: `Stepping ${path} again gives another effect at entry ${seq}`,
    details: ['The code or the configuration differs from what wrote the journal.'],
    fix: `ornstein replay ${path} shows both; resume under the version that wrote it`,
  })
}

/** Shows a resumed session's past to the tap, so that dashboards begin where they ended. */
function refold(path: string, engineConfig: EngineConfig, tap: SessionTap): void {
  replay(path, engineConfig, {
    tap: {
      item(item) {
        if (item.kind === 'event') tap.event(item.payload, item.seq)
        else if (item.kind === 'market') tap.market(item.batch)
        else if (item.kind === 'effect') tap.effects([item.payload], item.seq, item.time)
      },
    },
  })
}

async function seedBars(
  session: Session,
  adapter: VenueAdapter,
  needs: {
    readonly instruments: readonly Instrument[]
    readonly config: Config
    readonly environment: AdapterEnvironment
  },
): Promise<void> {
  const { instruments, config, environment } = needs
  const count = config.venue?.preseedBars ?? 0
  if (count === 0 || config.signal.source === 'mid') return
  for (const instrument of instruments) {
    const bars = await retrying(environment, () =>
      adapter.loadBars(instrument, config.signal.interval, count),
    )
    if (bars.length === 0) continue
    const receivedTime = environment.now()
    session.event({ kind: 'barsSeeded', receivedTime, instrument: instrument.id, bars })
  }
}

const START_ATTEMPTS = 6

/** Tries again, with growing pauses, what a venue's hiccup at the start made fail. */
async function retrying<T>(environment: AdapterEnvironment, body: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await body()
    } catch (error) {
      const mayRetry = error instanceof AdapterError && error.disposition !== 'fatal'
      if (!mayRetry || attempt === START_ATTEMPTS) throw error
    }
    await new Promise<void>((resolve) => {
      environment.setTimer(resolve, 250 * 2 ** attempt)
    })
  }
}

/** Beats at whole multiples of the interval by the environment's clock. */
function startHeartbeat(
  session: Session,
  environment: AdapterEnvironment,
  intervalUs: number,
): () => void {
  let stopped = false
  const schedule = () => {
    const now = environment.now()
    const next = (Math.floor(now / intervalUs) + 1) * intervalUs
    environment.setTimer(
      () => {
        if (stopped) return
        session.heartbeat()
        schedule()
      },
      Math.max(1, Math.ceil((next - now) / 1000)),
    )
  }
  schedule()
  return () => {
    stopped = true
  }
}

function summaryOf(
  engine: Engine,
  journal: Journal,
  facts: { readonly mode: Mode; readonly seed: number },
): SessionSummary {
  const { head, path } = journal
  return summarise(engine, { ...facts, journal: { path, entries: head.seq + 1, head: head.hash } })
}

interface Stoppable {
  readonly session: Session
  readonly engine: Engine
  readonly journal: Journal
  readonly stopHeartbeat: () => void
}

function stopper(parts: LiveParts, running: Stoppable): LiveSession['stop'] {
  const { environment, adapter } = parts
  const { session, engine, journal } = running
  let done: Promise<SessionSummary> | null = null
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      environment.setTimer(resolve, ms)
    })
  const run = async (reason: string): Promise<SessionSummary> => {
    const facts = { mode: parts.mode, seed: parts.config.seed }
    if (!session.isStopped) {
      session.event({ kind: 'sessionStopping', receivedTime: environment.now(), reason })
      const deadline = environment.now() + CANCEL_WAIT_MS * 1000
      while (hasActiveOrders(engine) && environment.now() < deadline) await wait(50)
    }
    running.stopHeartbeat()
    await adapter.stop()
    if (!session.isStopped) session.snapshot()
    session.stop()
    const summary = summaryOf(engine, journal, facts)
    journal.close()
    return summary
  }
  return (reason) => {
    done ??= run(reason)
    return done
  }
}

const hasActiveOrders = (engine: Engine): boolean => {
  for (const _ of engine.world.orders.allActive()) return true
  return false
}
