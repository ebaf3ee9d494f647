import type { TimeUs } from '../../core/mod.ts'

interface Item {
  readonly time: TimeUs
  readonly run: () => void
}

/** Callbacks to run at venue times, in order of time and then of scheduling. */
export interface Agenda {
  /** Time of the next item; Infinity when there is none. */
  readonly nextTime: TimeUs
  at(time: TimeUs, run: () => void): void
  /** Runs what is due at or before a time, also what that schedules for by then. */
  runDue(time: TimeUs): void
}

/** An empty agenda. */
export function createAgenda(): Agenda {
  const items: Item[] = []
  return {
    get nextTime() {
      return items[0]?.time ?? Number.POSITIVE_INFINITY
    },
    at(time, run) {
      let low = 0
      let high = items.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (items[middle]!.time <= time) low = middle + 1
        else high = middle
      }
      items.splice(low, 0, { time, run })
    },
    runDue(time) {
      while (items.length > 0 && items[0]!.time <= time) items.shift()!.run()
    },
  }
}
