import { join } from 'node:path'
import { createNodeEnvironment } from '../../adapters/mod.ts'
import type { Strategy } from '../../core/mod.ts'
import type { Config } from '../config/schema.ts'
import { exchangeOptions, withFees } from './backtest.ts'
import { type CredentialSources, environmentOnly } from './credentials.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { createPaperVenue } from './paper-venue.ts'
import { watchReach } from './reach.ts'
import { requireUsable } from './require-usable.ts'
import type { ServedSession, ServeOptions } from './serve-session.ts'
import { createShadowVenue } from './shadow-venue.ts'
import { startMode } from './start-mode.ts'
import type { Connection, ConnectOptions, ObservedPlace } from './venues/port.ts'
import { venueKindOf } from './venues/table.ts'

/** Modes in which a real market is observed and nothing leaves for it. */
export type ObservingMode = 'paper' | 'shadow'

/** What a paper or shadow session is started with. */
export interface ObserveOptions extends ServeOptions {
  readonly mode: ObservingMode
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  /** Where the venue's keys are looked up; the environment alone when absent. */
  readonly credentials?: CredentialSources
  /** The time it is to last, ms: it ends a start that takes as long. */
  readonly lastsMs?: number | null
}

/**
 * Real market data; orders meet a matching engine in process (paper) or are only journaled
 * (shadow).
 */
export async function startObservation(options: ObserveOptions): Promise<ServedSession> {
  const { loaded, paths, mode, lastsMs = null, notice } = options
  const { config } = loaded
  const credentials = options.credentials ?? environmentOnly()
  const kind = venueKindOf(loaded, mode)
  requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  const abandoned = options.abandoned === undefined ? [] : [options.abandoned]
  const place = await Promise.race([kind.observe(loaded, credentials), ...abandoned])
  const calendar = await sessionCalendar(config, credentials, notice)
  options.log?.open(paths)
  const reach = watchReach(createNodeEnvironment(), { lastsMs, notice })
  const statePath = join(paths.venue, 'paper.json')
  const connect = (how: ConnectOptions): Connection =>
    connectObserved(place, how, { mode, config, statePath })
  return startMode({
    mode,
    options,
    environment: reach.environment,
    calendar,
    name: `${mode} account on ${place.name} data`,
    connect,
    abandoned: [reach.ended, ...abandoned],
    settle: reach.settle,
    heard: reach.heard,
  })
}

/** A market that is observed, with an account in process beside it. */
export function connectObserved(
  place: ObservedPlace,
  how: ConnectOptions,
  account: {
    readonly mode: ObservingMode
    readonly config: Config
    /** File of a paper account. */
    readonly statePath: string
  },
): Connection {
  const { mode, config, statePath } = account
  const { adapter: data, release } = place.connect(how)
  const { environment } = how
  const { currency } = place
  const adapter =
    mode === 'shadow'
      ? createShadowVenue(data, environment, { currency, balance: config.balance })
      : createPaperVenue({
          data,
          environment,
          exchange: (instruments) => exchangeOptions(config, withFees(config, instruments)),
          balance: config.balance,
          statePath,
        })
  return { adapter, release }
}
