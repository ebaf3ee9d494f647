import { dirname, resolve } from 'node:path'
import {
  type CalendarReading,
  createNodeEnvironment,
  InputError,
  joinReadings,
  readCalendarFile,
  requireKind,
} from '../../../adapters/mod.ts'
import {
  type CalendarSpan,
  type EconomicKind,
  economicKinds,
  economicTitles,
  FAR_TIME,
  formatUtcClock,
  formatUtcDate,
  formatUtcIso,
  fromNewYork,
  type MacroPolicy,
  macroWindows,
  missingSpans,
  newYorkDay,
  type TimeUs,
  toNewYork,
} from '../../../core/mod.ts'
import { loadConfig, parseConfig } from '../../config/load.ts'
import { configuredCoverage, configuredEvents, macroPolicy } from '../../config/macro.ts'
import type { Config } from '../../config/schema.ts'
import { textTable } from '../../data/text-table.ts'
import type { CredentialSources } from '../../run/credentials.ts'
import { FMP_KEY_VARIABLE, openCalendar } from '../../run/economic-calendar.ts'
import { dayFlag } from '../day-flag.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein calendar`. */
export interface CalendarFlags {
  readonly file?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly kind?: readonly string[]
  readonly json?: boolean
}

const DAY_US = 86_400_000_000
const AHEAD_DAYS = 14

/** Lists events and the windows around them: of files, a configuration, or the provider. */
export async function calendarCommand(
  path: string | undefined,
  flags: CalendarFlags,
  credentials: CredentialSources,
): Promise<CommandResult> {
  const kinds = kindsOf(flags.kind)
  const days = daysOf(flags)
  const { config, source, read } = sourceOf(path, flags, credentials)
  const { reading, span } = await read(days)
  const policy = only(macroPolicy(config.risk.macro!), kinds)
  const events = reading.events.filter(
    ({ kind, time }) => kinds.includes(kind) && time >= span.from && time < span.until,
  )
  const windows = macroWindows(events, {}, { ...policy, onMissing: 'warn' })
  const missing = missingSpans(reading.coverage, policy.windows)
    .map((each) => ({
      ...each,
      from: Math.max(each.from, span.from),
      until: Math.min(each.until, span.until),
    }))
    .filter(({ from, until }) => from < until)
  const rows = events.map(({ kind, time }) => {
    const window = policy.windows[kind]
    const around =
      window === null ? 'off' : clockSpan(time - window.beforeUs, time + window.afterUs)
    return [`${text(toNewYork(time))}`, text(time), economicTitles[kind], around]
  })
  const counts = kinds.map((kind) => [kind, events.filter((e) => e.kind === kind).length] as const)
  return {
    data: {
      source,
      ...iso(span),
      events: events.map(({ kind, time }) => ({
        ...{ kind, title: economicTitles[kind], time: formatUtcIso(time) },
      })),
      counts: Object.fromEntries(counts),
      windows: windows.map(({ name, fromTime, untilTime }) => ({
        ...{ name, from: formatUtcIso(fromTime), through: formatUtcIso(untilTime - 1) },
      })),
      missing: missing.map(({ kinds: of, ...times }) => ({ kinds: of, ...iso(times) })),
      staleSeconds: reading.staleUs === null ? null : Math.round(reading.staleUs / 1e6),
    },
    text: [
      textTable(['New York', 'UTC', 'event', 'no new risk, UTC'], rows),
      '',
      `${events.length} events, ${windows.length} windows, of ${source}`,
      counts.map(([kind, count]) => `${economicTitles[kind]} ${count}`).join(', '),
    ].join('\n'),
    warnings: [
      ...reading.notes,
      ...missing.map(({ kinds: of, from, until }) => {
        const titles = of.map((kind) => economicTitles[kind]).join(', ')
        return `nothing is known of ${titles} ${between(from, until)}`
      }),
    ],
  }
}

function kindsOf(names: readonly string[] | undefined): readonly EconomicKind[] {
  if (names === undefined) return economicKinds
  const wanted = names.map((name) =>
    requireKind(name, (details) => {
      const message = `--kind ${name} is no kind of event`
      return new InputError({ code: 'ORN-CAL-004', exitCode: 2, message, details })
    }),
  )
  return economicKinds.filter((kind) => wanted.includes(kind))
}

interface Days {
  readonly from: number | null
  readonly to: number | null
}

function daysOf({ from, to }: CalendarFlags): Days {
  const days = {
    from: from === undefined ? null : dayFlag('--from', from),
    to: to === undefined ? null : dayFlag('--to', to),
  }
  if (days.from === null || days.to === null || days.from <= days.to) return days
  throw new InputError({
    code: 'ORN-USAGE-008',
    exitCode: 2,
    message: `--from ${from} is after --to ${to}`,
  })
}

/** Whole days of New York, `first` to `last`. */
const spanOf = (first: number, last: number): CalendarSpan => ({
  from: fromNewYork(first * DAY_US),
  until: fromNewYork((last + 1) * DAY_US),
})

interface Source {
  readonly config: Config
  readonly source: string
  readonly read: (days: Days) => Promise<{ reading: CalendarReading; span: CalendarSpan }>
}

function sourceOf(
  path: string | undefined,
  { file }: CalendarFlags,
  credentials: CredentialSources,
): Source {
  if (file !== undefined) {
    const source = file.join(', ')
    const config = parseConfig('{ name: calendar, risk: { macro: {} } }', 'calendar').config
    return ofReading(config, source, () => joinReadings(file.map(readCalendarFile)))
  }
  if (path !== undefined) {
    const { config } = loadConfig(path)
    const { macro } = config.risk
    if (macro === undefined) throw noCalendar(`${path} has no risk.macro`)
    if (macro.calendar === 'fmp') return ofProvider(config, credentials)
    return ofReading(config, path, () => configuredReading(config, path))
  }
  if ((credentials.environment[FMP_KEY_VARIABLE] ?? '') === '') {
    throw noCalendar('No economic calendar is named')
  }
  const text = '{ name: calendar, risk: { macro: { calendar: fmp } } }'
  return ofProvider(parseConfig(text, 'calendar').config, credentials)
}

const noCalendar = (message: string): InputError =>
  new InputError({
    code: 'ORN-CAL-003',
    exitCode: 2,
    message,
    fix: `ornstein calendar --file FILE, a configuration with risk.macro, or ${FMP_KEY_VARIABLE} in the environment`,
  })

/** What a configuration holds, with what is odd about its files. */
function configuredReading(config: Config, path: string): CalendarReading {
  const macro = config.risk.macro!
  const files = Array.isArray(macro.calendar) ? macro.calendar : []
  const paths = files.map((file) => resolve(dirname(path), file))
  return {
    events: configuredEvents(macro).toSorted((a, b) => a.time - b.time),
    coverage: configuredCoverage(macro),
    notes: paths.flatMap((each) => readCalendarFile(each).notes),
    staleUs: null,
  }
}

/** Everything at once: from what is known first to what is known last, unless days are given. */
function ofReading(config: Config, source: string, open: () => CalendarReading): Source {
  return {
    config,
    source,
    async read({ from, to }) {
      const reading = open()
      const known = Object.values(reading.coverage)
      const isNone = known.length === 0
      const first = isNone ? 0 : Math.min(...known.map((span) => span.from))
      const last = isNone ? FAR_TIME : Math.max(...known.map((span) => span.until))
      const span = {
        from: from === null ? first : spanOf(from, from).from,
        until: to === null ? last : spanOf(to, to).until,
      }
      return { reading, span }
    },
  }
}

/** Two weeks from today on, unless days are given. */
function ofProvider(config: Config, credentials: CredentialSources): Source {
  const environment = createNodeEnvironment()
  return {
    config,
    source: 'Financial Modeling Prep',
    async read({ from, to }) {
      const first = from ?? Math.min(newYorkDay(environment.now()), to ?? Number.MAX_SAFE_INTEGER)
      const span = spanOf(first, to ?? first + AHEAD_DAYS)
      const calendar = await openCalendar(config, environment, credentials)
      return { reading: await calendar!.read(span), span }
    },
  }
}

/** The policy with every other kind off. */
const only = (policy: MacroPolicy, kinds: readonly EconomicKind[]): MacroPolicy => ({
  ...policy,
  windows: Object.fromEntries(
    economicKinds.map((kind) => [kind, kinds.includes(kind) ? policy.windows[kind] : null]),
  ) as MacroPolicy['windows'],
})

/** "2026-12-10 13:30" of whatever clock the time is by. */
const text = (time: TimeUs): string => `${formatUtcDate(time)} ${formatUtcClock(time).slice(0, 5)}`

const clockSpan = (from: TimeUs, until: TimeUs): string =>
  `${formatUtcClock(from).slice(0, 5)} to ${formatUtcClock(until).slice(0, 5)}`

/** Instants as the envelope shows them; an end that is none is null. */
const iso = ({ from, until }: CalendarSpan) => ({
  from: from === 0 ? null : formatUtcIso(from),
  until: until === FAR_TIME ? null : formatUtcIso(until),
})

const between = (from: TimeUs, until: TimeUs): string =>
  from === 0 && until === FAR_TIME
    ? 'at all'
    : `from ${formatUtcDate(from)} to ${formatUtcDate(until)}`
