import { privateKeyToAddress } from 'viem/accounts'
import {
  AdapterError,
  createHyperliquidAdapter,
  createNodeEnvironment,
  type NonceFile,
  openNonceFile,
} from '../../adapters/mod.ts'
import type { Strategy } from '../../core/mod.ts'
import { leverageOf } from '../config/leverage.ts'
import { codeHash } from '../package.ts'
import type { Projection } from '../server/projection.ts'
import { environmentOnly } from './credentials.ts'
import { watch } from './dashboard.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { startLiveSession } from './live-session.ts'
import { requireUsable } from './require-usable.ts'
import { type ServedSession, type ServeOptions, serveSession } from './serve-session.ts'
import { hyperliquidOf, venueOf } from './venue-of.ts'
import { rehearsalKey, startVenueProcess, type VenueProcess } from './venue-process.ts'

/** A payment of the last full hour may have been on its way; what was counted is not counted again. */
const RESUME_OVERLAP_US = 7_200_000_000

/** A rehearsal and everything that belongs to it. */
export interface Rehearsal extends ServedSession {
  readonly venue: VenueProcess
}

/** What a rehearsal is started with. */
export interface RehearsalOptions extends ServeOptions {
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  /** "generated" or the file of a recording. */
  readonly market: string
}

/** Simulated venue in its own process, real protocol on loopback, live adapter, real time. */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { loaded, paths } = options
  const { config } = loaded
  venueOf(loaded, 'a rehearsal')
  const section = hyperliquidOf(loaded, 'a rehearsal')!
  const { instruments, bookStream } = section
  const environment = createNodeEnvironment()
  const privateKey = rehearsalKey(config.seed)
  const userAddress = privateKeyToAddress(privateKey as `0x${string}`).toLowerCase()
  requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  options.log?.open(paths)
  const fate = watchVenue(options.failed)
  const calendar = await sessionCalendar(config, environmentOnly(), options.notice)
  const venue = await startVenueProcess({
    stateDirectory: paths.venue,
    seed: config.seed,
    market: options.market,
    model: config.market.model,
    user: userAddress,
    deposit: config.balance,
    instruments,
    died: fate.died,
  })
  for (const text of venue.rows) options.notice(`⚠ ${text}`)
  let nonces: NonceFile | null = null
  try {
    nonces = openNonceFile(`${paths.directory}/nonce`)
    let since = environment.now()
    const adapter = createHyperliquidAdapter({
      environment,
      restUrl: venue.restUrl,
      socketUrl: venue.socketUrl,
      isTestnet: false,
      userAddress,
      privateKey,
      bookStream,
      trades: true,
      rates: true,
      nonceStore: nonces,
      leverage: leverageOf(section, config),
      // Known when the journal was read, which is before the streams start.
      get fillsSince() {
        return since
      },
      notice: ({ code, text }) => options.notice(`${code}: ${text}`),
    })
    let projection: Projection | null = null
    const live = await startLiveSession({
      mode: 'rehearse',
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
        const account = `${userAddress.slice(0, 10)}… at the simulated Hyperliquid`
        const watched = watch(engineConfig, { config, mode: 'rehearse', account })
        projection = watched.projection
        return options.log?.over(watched.tap) ?? watched.tap
      },
      failed: options.failed,
      resumedFrom: (time) => {
        if (time > 0) since = time - RESUME_OVERLAP_US
      },
      abandoned: options.abandoned === undefined ? [fate.ended] : [fate.ended, options.abandoned],
    })
    fate.isUp = true
    const served = await serveSession(live, {
      ...{ mode: 'rehearse', config, paths, projection, port: options.dashboardPort },
      ...{ now: environment.now, notice: options.notice },
    })
    const opened = nonces
    return {
      ...served,
      venue,
      warnings: venue.rows,
      async stop(reason) {
        try {
          return await served.stop(reason)
        } finally {
          opened.close()
          await venue.stop()
        }
      },
    }
  } catch (error) {
    nonces?.close()
    await venue.stop()
    throw error
  }
}

/** What the venue's end means: it ends the start, and later the session. */
function watchVenue(failed: (error: unknown) => void) {
  let giveUp: (error: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Also when it ends while nobody waits for it.
  ended.catch(() => {})
  const fate = {
    ended,
    isUp: false,
    died(text: string) {
      const error = new AdapterError('VENUE_ENDED', text, 'unknown')
      if (fate.isUp) failed(error)
      else giveUp(error)
    },
  }
  return fate
}
