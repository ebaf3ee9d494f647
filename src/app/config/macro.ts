import { dirname, resolve } from 'node:path'
import { type CalendarReading, joinReadings, readCalendarFile } from '../../adapters/mod.ts'
import {
  type CalendarCoverage,
  type EconomicEvent,
  economicKinds,
  FAR_TIME,
  type HaltWindow,
  type MacroPolicy,
  macroWindows,
  type TimeUs,
} from '../../core/mod.ts'
import type { Config } from './schema.ts'

type Macro = NonNullable<Config['risk']['macro']>

/** What the kill switch does, in core's terms. */
export function macroPolicy({ before, after, kinds, onMissing }: Macro): MacroPolicy {
  const windows = Object.fromEntries(
    economicKinds.map((kind) => {
      const own = kinds[kind]
      if (own === null) return [kind, null]
      return [kind, { beforeUs: own?.before ?? before, afterUs: own?.after ?? after }]
    }),
  ) as MacroPolicy['windows']
  return { windows, onMissing }
}

/** Events that the configuration holds, its files' included. */
export const configuredEvents = ({ events = {} }: Macro): readonly EconomicEvent[] =>
  economicKinds.flatMap((kind) => (events[kind] ?? []).map((at) => ({ kind, time: timeOf(at) })))

/** What they cover: what is said, else everything where there are events, else nothing. */
export function configuredCoverage({ events, coverage }: Macro): CalendarCoverage {
  if (events === undefined) return {}
  const spans = economicKinds.flatMap((kind) => {
    if (coverage === undefined) return [[kind, { from: 0, until: FAR_TIME }]]
    const span = coverage[kind]
    if (span === undefined) return []
    return [[kind, { from: timeOf(span.from), until: timeOf(span.until) }]]
  })
  return Object.fromEntries(spans)
}

const timeOf = (iso: string): TimeUs => Date.parse(iso) * 1000

/** The kill switch in a line, for example "900s before to 900s after 142 events of a.csv". */
export function macroText(macro: Macro): string {
  const { calendar, before, after, kinds, onMissing } = macro
  const around = (from: TimeUs, to: TimeUs): string => `${from / 1e6}s before to ${to / 1e6}s after`
  const count = configuredEvents(macro).length
  const events = `${count} ${count === 1 ? 'event' : 'events'}`
  const what =
    calendar === undefined
      ? events
      : calendar === 'fmp'
        ? `events of Financial Modeling Prep${count === 0 ? '' : ` and ${events}`}`
        : `${events} of ${calendar.join(' and ')}`
  const others = economicKinds.flatMap((kind) => {
    const own = kinds[kind]
    if (own === undefined) return []
    const times = own === null ? 'off' : around(own.before ?? before, own.after ?? after)
    return [`${kind} ${times}`]
  })
  return [`${around(before, after)} ${what}`, ...others, `onMissing ${onMissing}`].join('; ')
}

/** Halts that a configuration knows ahead; of a calendar that is asked, none yet. */
export function macroHalts({ risk: { macro } }: Config): readonly HaltWindow[] {
  if (macro === undefined) return []
  const policy = macroPolicy(macro)
  // What it does not know the calendar may; a session is told while it runs.
  const own = macro.calendar === 'fmp' ? { ...policy, onMissing: 'warn' as const } : policy
  return macroWindows(configuredEvents(macro), configuredCoverage(macro), own)
}

/**
 * Puts the events of a configuration's calendar files beside their names, so that its hash covers
 * them and a journal holds them. `path` is the configuration's. Throws InputError (4).
 */
export function withCalendarFiles(values: unknown, path: string): unknown {
  const { risk } = (values ?? {}) as { risk?: { macro?: Record<string, unknown> } }
  const calendar = risk?.macro?.['calendar']
  const isFiles = Array.isArray(calendar) && calendar.every((file) => typeof file === 'string')
  // A configuration that was loaded before holds what they said.
  if (!isFiles || risk?.macro?.['coverage'] !== undefined) return values
  const read = joinReadings(calendar.map((file) => readCalendarFile(resolve(dirname(path), file))))
  const macro = { ...risk?.macro, ...asConfigured(read, risk?.macro?.['events']) }
  return { ...(values as object), risk: { ...risk, macro } }
}

function asConfigured({ events, coverage }: CalendarReading, own: unknown) {
  const written = (own ?? {}) as Readonly<Record<string, unknown>>
  const iso = (time: TimeUs): string => new Date(time / 1000).toISOString().replace('.000Z', 'Z')
  const byKind = economicKinds.flatMap((kind) => {
    const times = events.filter((event) => event.kind === kind).map(({ time }) => iso(time))
    const mine = written[kind]
    // What is no list is left to be refused with its line.
    if (mine !== undefined && !Array.isArray(mine)) return [[kind, mine]]
    const all = [...new Set([...times, ...(mine ?? [])])].sort()
    return all.length === 0 ? [] : [[kind, all]]
  })
  const spans = Object.entries(coverage).map(([kind, { from, until }]) => [
    kind,
    { from: iso(from), until: iso(until) },
  ])
  return {
    events: { ...written, ...Object.fromEntries(byKind) },
    coverage: Object.fromEntries(spans),
  }
}
