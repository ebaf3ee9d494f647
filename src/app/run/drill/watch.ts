import { type Instrument, isOpen, type TimeUs } from '../../../core/mod.ts'
import { macroHalts } from '../../config/macro.ts'
import type { Config } from '../../config/schema.ts'
import type { SessionTap } from '../session.ts'
import type { PlannedHalt } from './days.ts'

const CALENDAR = 'us-equities'
/** What a halt finds on its way still trades, or is refused, so long after it. */
const UNDERWAY_US = 1_000_000

/** What a session does, held to what a day allows while it runs. */
export interface DayWatch extends SessionTap {
  readonly violations: readonly string[]
  /** The universe, known when the session is up. */
  instruments: readonly Instrument[]
}

/** Watches over all lives of a session; history that a resumed one shows again counts once. */
export function watchDay(config: Config, halts: readonly PlannedHalt[]): DayWatch {
  const releases = macroHalts(config)
  const violations = new Set<string>()
  const symbolOf = (id: number): string => watch.instruments[id]?.symbol ?? `${id}`
  const told = (time: TimeUs): string => new Date(time / 1000).toISOString()
  const watch: DayWatch = {
    get violations() {
      return [...violations]
    },
    instruments: [],
    event(event) {
      if (event.kind !== 'executed') return
      const { instrument, venueTime, executionId } = event.execution
      if (watch.instruments[instrument]?.kind !== 'equity') return
      const what = `${symbolOf(instrument)} traded at ${told(venueTime)} (${executionId})`
      if (!isOpen(CALENDAR, venueTime)) violations.add(`session closed: ${what}`)
      for (const { symbol, fromTime, untilTime } of halts) {
        if (symbol !== symbolOf(instrument)) continue
        if (venueTime > fromTime && venueTime < untilTime) violations.add(`halted: ${what}`)
      }
    },
    market() {},
    effects(effects, _, time) {
      for (const effect of effects) {
        if (effect.kind !== 'submitOrder') continue
        const { order } = effect
        const what = `an order of ${symbolOf(order.instrument)} was sent at ${told(time)}`
        const isShare = watch.instruments[order.instrument]?.kind === 'equity'
        if (isShare && !isOpen(CALENDAR, time)) violations.add(`session closed: ${what}`)
        const isHalted = releases.some(
          ({ fromTime, untilTime }) => time >= fromTime + UNDERWAY_US && time < untilTime,
        )
        if (isHalted && !order.reduceOnly) violations.add(`macro halt: ${what}`)
      }
    },
    committed() {},
  }
  return watch
}
