import { join } from 'node:path'
import {
  createHyperliquidAdapter,
  createNodeEnvironment,
  type VenueAdapter,
} from '../../adapters/mod.ts'
import type { Strategy } from '../../core/mod.ts'
import { codeHash } from '../package.ts'
import type { Projection } from '../server/projection.ts'
import { exchangeOptions, withFees } from './backtest.ts'
import { type CredentialSources, environmentOnly, readAccount } from './credentials.ts'
import { watch } from './dashboard.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { addresses } from './live-account.ts'
import { startLiveSession } from './live-session.ts'
import { createPaperVenue } from './paper-venue.ts'
import { watchReach } from './reach.ts'
import { requireUsable } from './require-usable.ts'
import { type ServedSession, type ServeOptions, serveSession } from './serve-session.ts'
import { createShadowVenue } from './shadow-venue.ts'
import { hyperliquidOf, venueOf } from './venue-of.ts'

/** Modes in which a real market is observed and nothing leaves for it. */
export type ObservingMode = 'paper' | 'shadow'

/** What a paper or shadow session is started with. */
export interface ObserveOptions extends ServeOptions {
  readonly mode: ObservingMode
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  /** Where `venue.key` is looked up; the environment alone when absent. */
  readonly credentials?: CredentialSources
  /** The time it is to last, ms: it ends a start that takes as long. */
  readonly lastsMs?: number | null
}

/**
 * Real market data; orders meet a matching engine in process (paper) or are only journaled
 * (shadow).
 */
export async function startObservation(options: ObserveOptions): Promise<ServedSession> {
  const { loaded, paths, mode } = options
  const { config } = loaded
  venueOf(loaded, mode)
  const venue = hyperliquidOf(loaded, mode)!
  requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  const asked = readAccount(config, options.credentials ?? environmentOnly())
  const account = await Promise.race([asked, ...(options.abandoned ? [options.abandoned] : [])])
  const { lastsMs = null, notice } = options
  const calendar = await sessionCalendar(config, options.credentials ?? environmentOnly(), notice)
  options.log?.open(paths)
  const reach = watchReach(createNodeEnvironment(), { lastsMs, notice })
  const { environment } = reach
  const data = createHyperliquidAdapter({
    environment,
    restUrl: venue.restUrl ?? addresses[venue.network].rest,
    socketUrl: venue.socketUrl ?? addresses[venue.network].socket,
    isTestnet: venue.network === 'testnet',
    userAddress: null,
    privateKey: null,
    feeAddress: account,
    bookStream: venue.bookStream,
    trades: true,
    rates: true,
    nonceStore: { last: () => 0, save: () => {} },
    notice: ({ code, text }) => notice(`${code}: ${text}`),
  })
  const adapter: VenueAdapter =
    mode === 'shadow'
      ? createShadowVenue(data, environment, { currency: 'USDC', balance: config.balance })
      : createPaperVenue({
          data,
          environment,
          exchange: (instruments) => exchangeOptions(config, withFees(config, instruments)),
          balance: config.balance,
          statePath: join(paths.venue, 'paper.json'),
        })
  let projection: Projection | null = null
  const live = await reach.settle(
    startLiveSession({
      mode,
      config,
      ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
      configurationHash: loaded.hash,
      codeHash: codeHash(),
      paths,
      resume: options.resume,
      adapter,
      environment,
      calendar,
      tap: (engineConfig) => {
        const name = `${mode} account on Hyperliquid ${venue.network} data`
        const watched = watch(engineConfig, { config, mode, account: name })
        projection = watched.projection
        return options.log?.over(watched.tap) ?? watched.tap
      },
      failed: options.failed,
      abandoned: [reach.ended, ...(options.abandoned ? [options.abandoned] : [])],
    }),
  )
  return serveSession(live, {
    ...{ mode, config, paths, projection, port: options.dashboardPort },
    ...{ now: environment.now, notice },
  })
}
