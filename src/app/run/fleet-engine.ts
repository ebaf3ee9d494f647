import { existsSync } from 'node:fs'
import { type SessionPaths, sessionPaths } from '../../adapters/mod.ts'
import type { LoadedEngine, LoadedFleet } from '../config/load-fleet.ts'
import type { CredentialSources } from './credentials.ts'
import { sessionCalendar } from './economic-calendar.ts'
import type { FleetMode, OpenAccount } from './fleet-account.ts'
import type { ServedSession } from './serve-session.ts'
import type { SessionLog } from './session-log.ts'
import { startMode } from './start-mode.ts'
import type { TradedPlace } from './venues/port.ts'

/** What several engines are started with. */
export interface FleetOptions {
  readonly mode: FleetMode
  readonly fleet: LoadedFleet
  /** Name of the session; each engine's is this, a dot and its own name. */
  readonly name: string
  readonly resume: boolean
  readonly market: string
  readonly faults: string
  readonly credentials: CredentialSources
  /** Live: by the account's name. */
  readonly traded?: ReadonlyMap<string, TradedPlace>
  readonly lastsMs: number | null
  /** Of an engine, or of what all share where that is null. */
  readonly notice: (engine: string | null, text: string) => void
  /** Told what stops an engine's trading and what lets it go on. */
  readonly told?: (engine: string, text: string) => void
  readonly logOf: (engine: string) => SessionLog
  /** Null: no dashboard. */
  readonly dashboardPort: number | null
  /** What none of them can go on after. */
  readonly failed: (error: unknown) => void
  /** Told of an engine that ended and left the others alone. */
  readonly lost: (engine: string, error: unknown) => void
  readonly abandoned?: Promise<never>
}

/** An engine that runs, or did. */
export interface RunningEngine {
  readonly name: string
  readonly account: OpenAccount
  readonly paths: SessionPaths
  readonly served: ServedSession
  /** What ended it before the others. */
  failure: { readonly error: unknown } | null
}

/** Where an engine of a session keeps what it writes. */
export const enginePaths = (name: string, engine: string): SessionPaths =>
  sessionPaths(`${name}.${engine}`)

/** Starts or resumes one engine on its account. */
export async function startEngine(
  { name, loaded }: LoadedEngine,
  account: OpenAccount,
  options: FleetOptions,
  failed: (error: unknown) => void,
): Promise<RunningEngine> {
  const { mode, credentials } = options
  const paths = enginePaths(options.name, name)
  const notice = (text: string): void => options.notice(name, text)
  const view = account.viewOf(name)
  const log = options.logOf(name)
  const calendar = await sessionCalendar(loaded.config, credentials, notice)
  log.open(paths)
  const served = await startMode({
    mode,
    options: {
      ...{ loaded, paths, notice, log },
      told: (text) => options.told?.(name, text),
      resume: options.resume && existsSync(paths.journal),
      dashboardPort: null,
      failed,
    },
    environment: account.environment,
    calendar,
    name: account.place,
    connect({ fillsSince }) {
      account.needs(fillsSince)
      return { adapter: view, release: () => {} }
    },
    opened: ({ session, engine, sessionId }) =>
      view.open({
        sessionId,
        ledger: () => engine.world.ledger,
        hasBegun: () => engine.world.reconcile.compared,
        knows: (executionId) => engine.world.seen.has(`x:${executionId}`),
        isStopped: () => session.isStopped,
      }),
    abandoned: [
      ...account.abandoned,
      ...(options.abandoned === undefined ? [] : [options.abandoned]),
    ],
    settle: (starting) => starting,
  })
  return { name, account, paths, served, failure: null }
}
