import { randomBytes } from 'node:crypto'
import {
  type AdapterEnvironment,
  createJournal,
  InputError,
  type Journal,
  type JournalOptions,
  openJournal,
  type SessionPaths,
  type VenueAdapter,
  withCopyAside,
} from '../../adapters/mod.ts'
import {
  Engine,
  type EngineConfig,
  type Instrument,
  type Mode,
  SNAPSHOT_VERSION,
  type Strategy,
  type TimeUs,
} from '../../core/mod.ts'
import { isConfigured, sessionEngineConfig } from '../config/build.ts'
import { requireCompanionInstruments, requireFreshWhitelist } from '../config/companions.ts'
import { requireEntrySizes } from '../config/entry-sizes.ts'
import { requireNamedInstruments } from '../config/risk.ts'
import type { Config } from '../config/schema.ts'
import { withFees } from './backtest.ts'
import { calibrate } from './calibrate.ts'
import { type CalendarWatch, type SessionCalendar, watchCalendar } from './economic-calendar.ts'
import {
  journalEngineConfig,
  replay,
  requireSameConfiguration,
  requireSameInstruments,
} from './recover.ts'
import { Session, type SessionTap } from './session.ts'
import { countSent, createStart, isInterruption, type Start, withTraces } from './start-session.ts'
import { abandon, createStop, watchAnswers } from './stop-session.ts'
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
  /**
   * Made when the instruments are known, fed with every entry, history of a resumed session first.
   */
  readonly tap: (engine: EngineConfig) => SessionTap
  readonly failed: (error: unknown) => void
  /** Told how far a start is that takes its time. */
  readonly notice?: (text: string) => void
  /** How the journal is written; drills need no syncs, tests break it. */
  readonly journalOptions?: JournalOptions
  /** Inputs between two snapshots (20,000). */
  readonly snapshotEvery?: number
  /**
   * Told, before the streams start, when a resumed session last heard the whole account: what was
   * paid or executed since is not history.
   */
  readonly resumedFrom?: (time: TimeUs) => void
  /** Told, before the streams start, what the session consists of. */
  readonly opened?: (session: OpenedSession) => void
  /** Where halts ahead are learned from; none but those of the configuration when absent. */
  readonly calendar?: SessionCalendar
  /** Each rejects when starting makes no sense any more: its venue ended, a person gave up. */
  readonly abandoned?: readonly Promise<never>[]
}

/** A session whose journal is open and whose venue was not asked anything yet. */
export interface OpenedSession {
  readonly session: Session
  readonly engine: Engine
  /** The first half of its client order ids. */
  readonly sessionId: string
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
/** A person hears so often how far the history is. */
const PROGRESS_US = 5_000_000

/**
 * Starts or resumes a session: journal first, then the venue's history, streams, reconciliation.
 */
export async function startLiveSession(parts: LiveParts): Promise<LiveSession> {
  const { config, adapter, environment, mode } = parts
  if (parts.strategy === undefined && !parts.resume) {
    requireCompanionInstruments(config, config.venue?.instruments ?? [])
    requireNamedInstruments(config, config.venue?.instruments ?? [])
    requireFreshWhitelist(config, environment.now())
  }
  const start = createStart(parts)
  const symbols = config.venue?.instruments ?? []
  const { journal, engine, tap, resumed, sessionId } = await start
    .race(() => start.retrying(() => adapter.loadInstruments(symbols)))
    .then((loaded) => {
      if (parts.strategy === undefined && !parts.resume) requireEntrySizes(config, loaded)
      return openSession(parts, withFees(config, loaded))
    })
    .catch(async (error: unknown) => {
      await adapter.stop()
      throw error
    })
  if (resumed) parts.resumedFrom?.(engine.world.reconcile.lastReportTime)
  const sent = countSent(adapter)
  const session = new Session({
    engine,
    journal,
    router: sent.router,
    tap,
    now: environment.now,
    lagMaxUs: LAG_MAX_US,
    heartbeatUs: config.heartbeat,
    snapshotEvery: parts.snapshotEvery ?? SNAPSHOT_EVERY,
    failed: start.failed,
  })
  parts.opened?.({ session, engine, sessionId })
  const answers = watchAnswers(session)
  const calendar = watchHalts(parts, session)
  const bringUp = async (): Promise<void> => {
    session.event({
      kind: 'sessionStarted',
      receivedTime: environment.now(),
      mode,
      sessionId,
      seed: config.seed,
      resumed,
      configurationHash: parts.configurationHash,
      dataHash: '',
      codeHash: parts.codeHash,
    })
    await calendar.start()
    await seedBars(session, start, parts, engine.world.config)
    await start.retrying(() => adapter.start(answers.sink))
  }
  try {
    await start.race(bringUp)
  } catch (error) {
    calendar.stop()
    // What this start sent is canceled; so is what rests when a person gives up.
    const cancels = sent.orders > 0 || isInterruption(error)
    await abandon({ session, engine, journal, adapter, environment, answers }, cancels)
    throw withTraces(error, sent, [...engine.world.orders.allActive()].length)
  }
  const endHeartbeat = startHeartbeat(session, environment, config.heartbeat)
  const stopHeartbeat = () => {
    endHeartbeat()
    calendar.stop()
  }
  const summary = () => summaryOf(engine, journal, { mode, seed: config.seed })
  return {
    session,
    engine,
    journal,
    summary,
    stop: createStop({
      ...{ session, engine, journal, adapter, environment, answers, stopHeartbeat, summary },
    }),
  }
}

/** Drills need the same session id for the same seed; real sessions must never share one. */
const newSessionId = (seed: number, mode: Mode): string =>
  mode === 'drill' ? seed.toString(16).padStart(16, '0') : randomBytes(8).toString('hex')

function openSession(parts: LiveParts, instruments: readonly Instrument[]) {
  const { paths, config, mode } = parts
  const options = parts.journalOptions ?? {}
  if (!parts.resume) {
    const engineConfig = sessionEngineConfig(mode, config, instruments, parts.strategy)
    const tap = parts.tap(engineConfig)
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
      options,
    )
    return { journal, engine: new Engine(engineConfig), tap, resumed: false, sessionId }
  }
  const { journal, genesis } = openJournal(paths.journal, options)
  try {
    requireSameConfiguration(genesis, parts.configurationHash, paths.journal)
    requireSameInstruments(genesis, instruments, paths.journal)
    const engineConfig = journalEngineConfig(genesis, paths.journal, parts.strategy)
    const tap = parts.tap(engineConfig)
    refold(paths.journal, engineConfig, tap)
    const snapshot = journal.loadLatestSnapshot()
    // The state of another version of the code is of no use; its inputs are.
    const from = snapshot !== null && isOwnSnapshot(snapshot.state) ? { from: snapshot } : {}
    const result = replay(paths.journal, engineConfig, from)
    if (result.divergence !== null) throw diverged(paths.journal, result.divergence.seq)
    if (result.unrecorded.length > 0) {
      // A crash came between an input and its effects: they become entries, but are not executed;
      // their orders are unknown from here on and are asked for.
      journal.appendEffects(result.unrecorded, result.engine.world.now)
    }
    const { sessionId } = genesis
    return { journal, engine: result.engine, tap, resumed: true, sessionId }
  } catch (error) {
    journal.close()
    throw withCopyAside(paths.journal, error)
  }
}

const isOwnSnapshot = (state: string): boolean =>
  (JSON.parse(state) as { readonly version: unknown }).version === SNAPSHOT_VERSION

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

/** Halts that the calendar knows reach the session as commands while it runs. */
function watchHalts(parts: LiveParts, session: Session): CalendarWatch {
  const { config, environment, calendar = { source: null, notice: () => {} } } = parts
  return watchCalendar({
    ...{ ...calendar, config, environment },
    operator(command, by) {
      if (!session.isStopped) session.operator(command, by)
    },
  })
}

/** History of every instrument, then the thresholds that follow from it in a new session. */
async function seedBars(
  session: Session,
  start: Start,
  { adapter, config, environment, resume, notice }: LiveParts,
  engine: EngineConfig,
): Promise<void> {
  const said = { time: environment.now() }
  const count = config.signal.source === 'mid' ? 0 : (config.venue?.preseedBars ?? 0)
  for (const [i, instrument] of engine.instruments.entries()) {
    const bars =
      count === 0
        ? []
        : await start.retrying(() => adapter.loadBars(instrument, config.signal.interval, count))
    if (environment.now() - said.time >= PROGRESS_US) {
      said.time = environment.now()
      notice?.(`history of ${i + 1} of ${engine.instruments.length} instruments is loaded`)
    }
    if (bars.length > 0) {
      const receivedTime = environment.now()
      session.event({ kind: 'barsSeeded', receivedTime, instrument: instrument.id, bars })
    }
    // A session that goes on keeps what it had, with what operators changed since.
    const found = resume ? null : calibrate({ config, engine }, instrument, bars)
    for (const change of found?.changes ?? []) {
      const by = { actor: 'calibration', reason: found!.reason }
      session.operator({ kind: 'setParameter', ...change }, by)
    }
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
