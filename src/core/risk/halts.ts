import type { Halt } from '../domain/effect.ts'
import type { HaltWindow } from '../domain/event.ts'
import type { TimeUs } from '../domain/units.ts'
import type { RiskLimits, RiskState } from './limits.ts'

const OPERATOR = 'halt of an operator'

/** The halt that holds at an instant, of several the one that lasts longest; null when none. */
export function haltAt(
  { haltedUntil, announcedHalts }: Pick<RiskState, 'haltedUntil' | 'announcedHalts'>,
  { haltWindows = [] }: Pick<RiskLimits, 'haltWindows'>,
  now: TimeUs,
): Halt | null {
  let halt: Halt | null = windowAt(haltWindows, now)
  const announced = windowAt(announcedHalts, now)
  if (announced !== null && announced.untilTime > (halt?.untilTime ?? 0)) halt = announced
  if (haltedUntil > now && haltedUntil > (halt?.untilTime ?? 0)) {
    return { name: OPERATOR, untilTime: haltedUntil }
  }
  return halt
}

/** The window an instant lies in. Windows ascend and do not overlap. */
function windowAt(windows: readonly HaltWindow[], now: TimeUs): HaltWindow | null {
  let low = 0
  let high = windows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (windows[middle]!.untilTime > now) high = middle
    else low = middle + 1
  }
  const found = windows[low]
  return found !== undefined && found.fromTime <= now ? found : null
}

/** Windows by time; those that meet or overlap become one that names them all. */
export function mergeHalts(windows: readonly HaltWindow[]): readonly HaltWindow[] {
  const merged: { names: string[]; fromTime: TimeUs; untilTime: TimeUs }[] = []
  for (const { name, fromTime, untilTime } of windows.toSorted((a, b) => a.fromTime - b.fromTime)) {
    const last = merged.at(-1)
    if (last === undefined || fromTime > last.untilTime) {
      merged.push({ names: [name], fromTime, untilTime })
      continue
    }
    if (!last.names.includes(name)) last.names.push(name)
    last.untilTime = Math.max(last.untilTime, untilTime)
  }
  return merged.map(({ names, ...times }) => ({ name: names.join(' + '), ...times }))
}
