import { createNodeEnvironment } from '../../adapters/mod.ts'
import { holdAccount } from './account-lock.ts'
import { type CredentialSources, environmentOnly } from './credentials.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { watchReach } from './reach.ts'
import { requireUsable } from './require-usable.ts'
import type { ServedSession, ServeOptions } from './serve-session.ts'
import { startMode } from './start-mode.ts'
import type { TradedPlace } from './venues/port.ts'

/** What a live session is started with. */
export interface LiveOptions extends ServeOptions {
  readonly account: TradedPlace
  /** Where `risk.macro.key` is looked up; the environment alone when absent. */
  readonly credentials?: CredentialSources
  /** The time it is to last, ms: it ends a start that takes as long. */
  readonly lastsMs?: number | null
}

/**
 * The venue's own market, orders sent to it. Throws InputError (6) when another session trades the
 * account.
 */
export async function startLive(options: LiveOptions): Promise<ServedSession> {
  const hold = holdAccount(options.account)
  try {
    const served = await startHeld(options)
    return { ...served, stop: (reason) => served.stop(reason).finally(hold.release) }
  } catch (error) {
    hold.release()
    throw error
  }
}

async function startHeld(options: LiveOptions): Promise<ServedSession> {
  const { loaded, paths, account, lastsMs = null, notice } = options
  requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  const credentials = options.credentials ?? environmentOnly()
  const calendar = await sessionCalendar(loaded.config, credentials, notice)
  options.log?.open(paths)
  const reach = watchReach(createNodeEnvironment(), { lastsMs, notice })
  return startMode({
    mode: 'live',
    options,
    environment: reach.environment,
    calendar,
    name: account.name,
    connect: account.connect,
    abandoned: [reach.ended, ...(options.abandoned ? [options.abandoned] : [])],
    settle: reach.settle,
    heard: reach.heard,
  })
}
