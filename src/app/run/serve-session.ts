import type { SessionPaths } from '../../adapters/mod.ts'
import { assert, type Mode } from '../../core/mod.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { ControlServer } from '../control/server.ts'
import type { DashboardServer } from '../server/dashboard-server.ts'
import type { Projection } from '../server/projection.ts'
import { serveSessionControl } from './control.ts'
import { serveDashboard } from './dashboard.ts'
import type { LiveSession } from './live-session.ts'
import type { SessionLog } from './session-log.ts'
import type { SessionSummary } from './summary.ts'

/** What every session that is served is started with. */
export interface ServeOptions {
  readonly loaded: LoadedConfig
  readonly paths: SessionPaths
  readonly resume: boolean
  /** Null: no dashboard. */
  readonly dashboardPort: number | null
  readonly failed: (error: unknown) => void
  readonly notice: (text: string) => void
  /** Told what stops trading and what lets it go on; the log has it already. */
  readonly told?: (text: string) => void
  readonly log?: SessionLog
  /** Rejects when the start is given up. */
  readonly abandoned?: Promise<never>
}

/** A running session that can be looked at and commanded. */
export interface ServedSession {
  readonly live: LiveSession
  readonly dashboard: DashboardServer | null
  /** What dashboards show of it. */
  readonly projection: Projection
  /** Whose account where, for people. */
  readonly account?: string
  /** What must be known beside the result, of its market for example. */
  readonly warnings?: readonly string[]
  /** Stops the session, then what serves it. */
  readonly stop: (reason: string) => Promise<SessionSummary>
}

/**
 * Serves a running session's dashboard (none where `port` is null) and its control socket. When
 * that fails, the session is stopped in order (what rests is canceled, the journal is closed)
 * before the failure is thrown: nothing runs on that nobody holds.
 */
export async function serveSession(
  live: LiveSession,
  facts: {
    readonly mode: Mode
    readonly config: Config
    readonly paths: SessionPaths
    /** Made by the session's tap. */
    readonly projection: Projection | null
    readonly port: number | null
    readonly now: () => number
    readonly notice: (text: string) => void
  },
): Promise<ServedSession> {
  const { projection, port, now } = facts
  let dashboard: DashboardServer | null = null
  let control: ControlServer | null = null
  const stop = async (reason: string): Promise<SessionSummary> => {
    try {
      return await live.stop(reason)
    } finally {
      try {
        await control?.close()
      } finally {
        await dashboard?.close()
      }
    }
  }
  try {
    assert(projection !== null, 'the tap is made before a session is up')
    if (port !== null) dashboard = await serveDashboard(projection, live.session, { port, now })
    control = await serveSessionControl(projection, live, facts)
  } catch (error) {
    // What failed first is the news; that stopping failed as well would follow from it.
    await stop('start failed').catch(() => {})
    throw error
  }
  return { live, dashboard, projection, stop }
}
