import {
  type CalendarCoverage,
  type EconomicEvent,
  type EconomicKind,
  economicKinds,
  economicTitles,
} from '../calendar/economic-event.ts'
import type { HaltWindow } from '../domain/event.ts'
import type { TimeUs } from '../domain/units.ts'
import { mergeHalts } from './halts.ts'

/** How long before and after an event of a kind no new risk is taken, both ends included. */
export interface MacroWindow {
  readonly beforeUs: TimeUs
  readonly afterUs: TimeUs
}

/** What the macro kill switch does. */
export interface MacroPolicy {
  /** By kind; null: events of that kind halt nothing. */
  readonly windows: Readonly<Record<EconomicKind, MacroWindow | null>>
  /** Whether times that the calendar does not know are a halt. */
  readonly onMissing: 'halt' | 'warn'
}

/** An end that no session reaches; safe in JSON. */
export const FAR_TIME: TimeUs = Number.MAX_SAFE_INTEGER

/** A time that the calendar does not know, with the kinds of which it does not. */
export interface MissingSpan {
  readonly kinds: readonly EconomicKind[]
  readonly from: TimeUs
  readonly until: TimeUs
}

/**
 * Times in which no new risk is taken: around every event, and with `onMissing` halt where the
 * calendar knows nothing. Ascending, merged where they overlap.
 */
export function macroWindows(
  events: readonly EconomicEvent[],
  coverage: CalendarCoverage,
  { windows, onMissing }: MacroPolicy,
): readonly HaltWindow[] {
  const halts = events.flatMap(({ kind, time }): HaltWindow[] => {
    const window = windows[kind]
    if (window === null) return []
    const fromTime = time - window.beforeUs
    // The end is included: the halt is over an instant later.
    return [{ name: economicTitles[kind], fromTime, untilTime: time + window.afterUs + 1 }]
  })
  if (onMissing === 'halt') {
    for (const { kinds, from, until } of joined(missingSpans(coverage, windows))) {
      const titles = kinds.map((kind) => economicTitles[kind]).join(', ')
      halts.push({ name: `no economic calendar of ${titles}`, fromTime: from, untilTime: until })
    }
  }
  return mergeHalts(halts)
}

/** Times of which a calendar does not know the events that matter; none when it knows them all. */
export function missingSpans(
  coverage: CalendarCoverage,
  windows: MacroPolicy['windows'],
): readonly MissingSpan[] {
  const watched = economicKinds.filter((kind) => windows[kind] !== null)
  const edges = new Set<TimeUs>([0, FAR_TIME])
  for (const kind of watched) {
    const span = coverage[kind]
    if (span !== undefined) edges.add(span.from).add(span.until)
  }
  const times = [...edges].sort((a, b) => a - b)
  const missing: MissingSpan[] = []
  for (let i = 0; i + 1 < times.length; i++) {
    const [from, until] = [times[i]!, times[i + 1]!]
    const kinds = watched.filter((kind) => {
      const span = coverage[kind]
      return span === undefined || from < span.from || from >= span.until
    })
    if (kinds.length > 0) missing.push({ kinds, from, until })
  }
  return missing
}

/** Spans that follow one another as one, of all their kinds. */
function joined(spans: readonly MissingSpan[]): readonly MissingSpan[] {
  const result: MissingSpan[] = []
  for (const span of spans) {
    const last = result.at(-1)
    if (last?.until !== span.from) {
      result.push(span)
      continue
    }
    const kinds = economicKinds.filter((k) => last.kinds.includes(k) || span.kinds.includes(k))
    result[result.length - 1] = { kinds, from: last.from, until: span.until }
  }
  return result
}
