import type { AdapterEnvironment, Journal, VenueAdapter, VenueSink } from '../../adapters/mod.ts'
import type { ClientOrderId, Engine } from '../../core/mod.ts'
import type { Session } from './session.ts'
import type { SessionSummary } from './summary.ts'

const CANCEL_WAIT_MS = 5_000
const LOOK_AGAIN_MS = 50

/** The sink of a session that also notes which cancels are answered when nothing is stepped. */
export interface Answers {
  readonly sink: VenueSink
  /** Orders whose cancel was sent after a failure and not answered yet. */
  readonly awaited: Set<ClientOrderId>
}

/** Stands between the venue and the session. */
export function watchAnswers(session: Session): Answers {
  const awaited = new Set<ClientOrderId>()
  return {
    awaited,
    sink: {
      market: (batch) => session.market(batch),
      event(event) {
        if (event.kind === 'orderReported') awaited.delete(event.report.clientOrderId)
        session.event(event)
      },
    },
  }
}

interface Stoppable {
  readonly session: Session
  readonly engine: Engine
  readonly journal: Journal
  readonly adapter: VenueAdapter
  readonly environment: AdapterEnvironment
  readonly answers: Answers
  readonly stopHeartbeat: () => void
  readonly summary: () => SessionSummary
}

/**
 * Ends a session once, however often it is called: cancels what rests, waits for the answers, that
 * of a comparison under way too, stores a snapshot, closes. After a failure nothing can be
 * journaled any more; what rests is canceled all the same, and the next start finds it canceled
 * when it reconciles.
 */
export function createStop(running: Stoppable): (reason: string) => Promise<SessionSummary> {
  let done: Promise<SessionSummary> | null = null
  return (reason) => {
    done ??= stop(running, reason)
    return done
  }
}

async function stop(running: Stoppable, reason: string): Promise<SessionSummary> {
  const { session, journal, adapter, environment } = running
  const hadFailed = session.isStopped
  try {
    if (!session.isStopped) {
      session.event({ kind: 'sessionStopping', receivedTime: environment.now(), reason })
      await waitWhile(environment, () => !session.isStopped && isUnsettled(running.engine))
    }
    // Not an alternative: the session may have failed while it was being stopped.
    if (session.isStopped) await cancelUnrecorded(running)
    running.stopHeartbeat()
    await adapter.stop()
    if (!session.isStopped) session.snapshot()
    session.stop()
    if (!hadFailed && session.failure !== null) throw session.failure.error
    return running.summary()
  } finally {
    running.stopHeartbeat()
    journal.close()
  }
}

/**
 * Ends a session that did not come up. Where `cancels` is set, what rests is canceled as far as the
 * venue answers; the failure of the start stays the news.
 */
export async function abandon(
  running: Omit<Stoppable, 'stopHeartbeat' | 'summary'>,
  cancels: boolean,
): Promise<void> {
  const { session, engine, journal, adapter, environment } = running
  try {
    if (!cancels || !hasActiveOrders(engine)) return
    if (!session.isStopped) {
      const reason = 'start abandoned'
      session.event({ kind: 'sessionStopping', receivedTime: environment.now(), reason })
      await waitWhile(environment, () => !session.isStopped && hasActiveOrders(engine))
    }
    if (session.isStopped) await cancelUnrecorded(running)
  } finally {
    session.stop()
    await adapter.stop()
    journal.close()
  }
}

async function cancelUnrecorded({
  adapter,
  engine,
  environment,
  answers,
}: Pick<Stoppable, 'adapter' | 'engine' | 'environment' | 'answers'>): Promise<void> {
  for (const cancel of engine.emergencyCancels()) {
    answers.awaited.add(cancel.clientOrderId)
    adapter.cancel(cancel)
  }
  await waitWhile(environment, () => answers.awaited.size > 0)
}

/** Waits until the condition no longer holds, for a bounded time. */
async function waitWhile(environment: AdapterEnvironment, condition: () => boolean): Promise<void> {
  const deadline = environment.now() + CANCEL_WAIT_MS * 1000
  while (condition() && environment.now() < deadline) {
    await new Promise<void>((resolve) => {
      environment.setTimer(resolve, LOOK_AGAIN_MS)
    })
  }
}

/** Orders without an end, or a comparison with the venue whose answer is on its way. */
const isUnsettled = (engine: Engine): boolean =>
  engine.world.reconcile.queryInFlight || hasActiveOrders(engine)

const hasActiveOrders = (engine: Engine): boolean => {
  for (const _ of engine.world.orders.allActive()) return true
  return false
}
