import type { Strategy } from '../../core/mod.ts'
import { environmentOnly } from './credentials.ts'
import { sessionCalendar } from './economic-calendar.ts'
import { requireUsable } from './require-usable.ts'
import type { ServedSession, ServeOptions } from './serve-session.ts'
import type { SimulatorProcess } from './simulator-process.ts'
import { startMode } from './start-mode.ts'
import { watchVenue } from './venue-fate.ts'
import { venueKindOf } from './venues/table.ts'

/** A rehearsal and everything that belongs to it. */
export interface Rehearsal extends ServedSession {
  readonly venue: SimulatorProcess
}

/** What a rehearsal is started with. */
export interface RehearsalOptions extends ServeOptions {
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  /** "generated" or the file of a recording. */
  readonly market: string
  /** Rates of the venue's faults as JSON, or "none" (the default). */
  readonly faults?: string
}

/** Simulated venue in its own process, real protocol on loopback, live adapter, real time. */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { loaded, paths, notice } = options
  const kind = venueKindOf(loaded, 'a rehearsal')
  const notBefore = requireUsable(paths, { resume: options.resume, configurationHash: loaded.hash })
  options.log?.open(paths)
  const fate = watchVenue(options.failed)
  const calendar = await sessionCalendar(loaded.config, environmentOnly(), notice)
  const place = await kind.simulate(loaded, {
    stateDirectory: paths.venue,
    market: options.market,
    faults: options.faults ?? 'none',
    notBefore,
    died: fate.died,
  })
  for (const text of place.notices) notice(text)
  for (const text of place.warnings) notice(`⚠ ${text}`)
  const { process, environment, name, connect } = place
  try {
    const served = await startMode({
      mode: 'rehearse',
      options,
      ...{ environment, calendar, name, connect },
      abandoned: options.abandoned === undefined ? [fate.ended] : [fate.ended, options.abandoned],
      async settle(start) {
        const live = await start
        fate.isUp = true
        return live
      },
    })
    return {
      ...served,
      venue: process,
      warnings: place.warnings,
      stop: (reason) => served.stop(reason).finally(() => process.stop()),
    }
  } catch (error) {
    await process.stop()
    throw error
  }
}
