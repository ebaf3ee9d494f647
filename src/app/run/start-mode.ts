import type { AdapterEnvironment } from '../../adapters/mod.ts'
import type { Mode, Strategy } from '../../core/mod.ts'
import { codeHash } from '../package.ts'
import type { Projection } from '../server/projection.ts'
import { watch } from './dashboard.ts'
import type { SessionCalendar } from './economic-calendar.ts'
import { type LiveParts, type LiveSession, startLiveSession } from './live-session.ts'
import { closedNotice } from './market-hours.ts'
import { type ServedSession, type ServeOptions, serveSession } from './serve-session.ts'
import { sayOnce, tellNews } from './told.ts'
import type { Place } from './venues/port.ts'

/** A payment of the last full hour may have been on its way; what was counted is not counted again. */
const RESUME_OVERLAP_US = 7_200_000_000

/** What a session of any mode is put together from. */
export interface ModeParts extends Pick<Place, 'name' | 'connect'> {
  readonly mode: Mode
  readonly options: ServeOptions & { readonly strategy?: Strategy<unknown> }
  readonly environment: AdapterEnvironment
  readonly calendar: SessionCalendar
  /** Each rejects when starting makes no sense any more. */
  readonly abandoned: readonly Promise<never>[]
  readonly opened?: LiveParts['opened']
  /** Watches over the start, from outside. */
  readonly settle: (start: Promise<LiveSession>) => Promise<LiveSession>
  /** Told what the connection says beside its owner. */
  readonly heard?: (text: string) => void
}

/**
 * Connects, starts or resumes a session and serves it; what its connection holds is given back when
 * it stops, and when it does not come up.
 */
export async function startMode(parts: ModeParts): Promise<ServedSession> {
  const { mode, options, environment, calendar, name } = parts
  const { loaded, paths, notice } = options
  const { config } = loaded
  const started = environment.now()
  let since = started
  const say = sayOnce(environment.now, notice)
  const connection = parts.connect({
    environment,
    // Known when the journal was read, which is before the streams start.
    fillsSince: () => since,
    notice({ code, text }) {
      parts.heard?.(`${code}: ${text}`)
      say(`${code}: ${text}`)
    },
  })
  let projection: Projection | null = null
  try {
    const live = await parts.settle(
      startLiveSession({
        mode,
        config,
        ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
        ...(parts.opened === undefined ? {} : { opened: parts.opened }),
        configurationHash: loaded.hash,
        codeHash: codeHash(),
        paths,
        resume: options.resume,
        adapter: connection.adapter,
        environment,
        calendar,
        tap: (engineConfig) => {
          const watched = watch(engineConfig, { config, mode, account: name })
          projection = watched.projection
          const { told = () => {} } = options
          const telling = tellNews(
            watched.tap,
            { from: started, instruments: engineConfig.instruments },
            told,
          )
          return options.log?.over(telling) ?? telling
        },
        failed: options.failed,
        notice,
        resumedFrom: (time) => {
          if (time > 0) since = time - RESUME_OVERLAP_US
        },
        abandoned: parts.abandoned,
      }),
    )
    const served = await serveSession(live, {
      ...{ mode, config, paths, projection, port: options.dashboardPort },
      ...{ now: environment.now, notice },
    })
    const closed = closedNotice(live.engine.world.config.instruments, environment.now())
    if (closed !== null) notice(closed)
    return {
      ...served,
      account: name,
      stop: (reason) => served.stop(reason).finally(connection.release),
    }
  } catch (error) {
    connection.release()
    throw error
  }
}
