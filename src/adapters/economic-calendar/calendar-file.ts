import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  type CalendarCoverage,
  type CalendarSpan,
  type DayNumber,
  dateParts,
  dayNumber,
  distinctEvents,
  type EconomicEvent,
  type EconomicKind,
  economicKinds,
  economicTitles,
  formatDay,
  fromNewYork,
  US_EQUITY_YEARS,
  usEquityClosure,
} from '../../core/mod.ts'
import { nearest } from '../catalog/nearest.ts'
import { InputError } from '../errors.ts'
import { classifyRelease } from './classify.ts'
import { type CsvRow, csvRows } from './csv-rows.ts'
import { fomcStatementTime, isUnscheduled } from './fomc-time.ts'
import type { CalendarReading, EconomicCalendar } from './port.ts'
import { fromClock, judgeClock, type WrittenTime } from './release-clock.ts'

const DAY_US = 86_400_000_000

/** Events of a usual year; fewer in a whole year are worth a note. */
const USUAL_A_YEAR: Readonly<Record<EconomicKind, number>> = {
  ...{ CPI: 12, NFP: 12, FOMC: 8, PCE: 12, PPI: 12, GDP: 12 },
  ...{ retailSales: 12, joblessClaims: 52, JOLTS: 12 },
}

/** Files as a calendar, each read once. Throws InputError (4) for what cannot be read. */
export function createFileCalendar(paths: readonly string[]): EconomicCalendar {
  const whole = joinReadings(paths.map(readCalendarFile))
  return {
    name: paths.join(', '),
    async read({ from, until }) {
      const events = whole.events.filter(({ time }) => time >= from && time < until)
      return { ...whole, events }
    },
  }
}

/** Several calendars as one: what one of them knows is known. */
export function joinReadings(readings: readonly CalendarReading[]): CalendarReading {
  const coverage: Partial<Record<EconomicKind, { from: number; until: number }>> = {}
  for (const { coverage: own } of readings) {
    for (const kind of economicKinds) {
      const span = own[kind]
      if (span === undefined) continue
      const { from, until } = coverage[kind] ?? span
      coverage[kind] = { from: Math.min(from, span.from), until: Math.max(until, span.until) }
    }
  }
  const stale = readings.map(({ staleUs }) => staleUs ?? -1)
  return {
    events: distinctEvents(readings.flatMap(({ events }) => events)),
    coverage,
    notes: readings.flatMap(({ notes }) => notes),
    staleUs: Math.max(-1, ...stale) < 0 ? null : Math.max(...stale),
  }
}

/**
 * Reads a calendar, plain or gzipped CSV of one of three shapes: `time,kind` (ours), `date` (days
 * of rate decisions), or `Date,Time (ET),Country,Event` (Investing.com). A file covers the kinds it
 * names from its first day to its last, or every kind over the days of a line "# covers 2026-01-01
 * to 2026-12-31". Throws InputError (4).
 */
export function readCalendarFile(path: string): CalendarReading {
  const text = readText(path)
  const { header, rows } = csvRows(text)
  const has = (...names: readonly string[]): boolean => names.every((n) => header.includes(n))
  const read = has('time', 'kind')
    ? readOwn
    : has('Date', 'Time (ET)', 'Country', 'Event')
      ? readReleases
      : has('date')
        ? readDecisions
        : null
  if (read === null) {
    throw malformed(path, 1, `the columns are ${header.join(', ') || 'none'}`, [
      'allowed: time,kind   or   date   or   Date,Time (ET),Country,Event',
    ])
  }
  if (rows.length === 0) throw malformed(path, 1, 'it has no rows', [])
  const { events, notes, firstDay, lastDay } = read(path, rows)
  const declared = declaredSpan(path, text)
  const span = declared ?? {
    from: fromNewYork(quietFrom(firstDay, -1) * DAY_US),
    until: fromNewYork((quietFrom(lastDay, 1) + 1) * DAY_US),
  }
  const named = economicKinds.filter((kind) => events.some((event) => event.kind === kind))
  const covered = declared === null ? named : economicKinds
  const coverage: CalendarCoverage = Object.fromEntries(covered.map((kind) => [kind, span]))
  const distinct = distinctEvents(events)
  const short = shortYears(distinct, firstDay, lastDay)
  return { events: distinct, coverage, notes: [...notes, ...short], staleUs: null }
}

/** The last day, going that way, up to which nothing is released: weekends and holidays. */
function quietFrom(day: DayNumber, step: 1 | -1): DayNumber {
  let edge = day
  const { first, last } = US_EQUITY_YEARS
  for (let next = day + step; ; next += step) {
    const { year } = dateParts(next)
    if (year < first || year > last || usEquityClosure(next) === null) return edge
    edge = next
  }
}

/** The days that a line "# covers 2026-01-01 to 2026-12-31" declares; null without one. */
function declaredSpan(path: string, text: string): CalendarSpan | null {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => /^#\s*covers\b/i.test(line))
  if (at < 0) return null
  const match = /^#\s*covers\s+(\S+)\s+to\s+(\S+)\s*$/i.exec(lines[at]!.trim())
  if (match === null) {
    const allowed = 'allowed: # covers 2026-01-01 to 2026-12-31'
    throw malformed(path, at + 1, 'it does not say what is covered', [allowed])
  }
  const [first, last] = match.slice(1).map((day) => requireDay(path, at + 1, day)) as [
    DayNumber,
    DayNumber,
  ]
  return { from: fromNewYork(first * DAY_US), until: fromNewYork((last + 1) * DAY_US) }
}

/** What a shape's reader hands back. */
interface Read {
  readonly events: readonly EconomicEvent[]
  readonly notes: readonly string[]
  readonly firstDay: DayNumber
  readonly lastDay: DayNumber
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
    return (isZipped ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new InputError({
      code: 'ORN-CAL-001',
      exitCode: 4,
      message: `The economic calendar ${path} cannot be read`,
      details: [cause instanceof Error ? cause.message : String(cause)],
      cause,
    })
  }
}

const malformed = (
  path: string,
  line: number,
  what: string,
  details: readonly string[],
): InputError =>
  new InputError({
    code: 'ORN-CAL-002',
    exitCode: 4,
    message: `${path}:${line} is no line of an economic calendar: ${what}`,
    details,
  })

/** Ours: `time` with its offset, `kind`; further columns are for people. */
function readOwn(path: string, rows: readonly CsvRow[]): Read {
  const events = rows.map(({ line, cells }) => {
    const { time = '', kind = '' } = cells
    const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(time)
      ? Date.parse(time)
      : Number.NaN
    if (Number.isNaN(ms)) {
      throw malformed(path, line, `time is "${time}"`, [
        'allowed: ISO 8601 with Z or an offset, for example 2026-12-10T08:30:00-05:00',
      ])
    }
    return {
      kind: requireKind(kind, (details) => malformed(path, line, `kind is "${kind}"`, details)),
      time: ms * 1000,
    }
  })
  const days = events.map(({ time }) => Math.floor(time / DAY_US))
  return { events, notes: [], ...firstAndLast(days) }
}

/** A kind by its key or its title, whatever the case. Throws what `refuse` makes of the hints. */
export function requireKind(
  text: string,
  refuse: (details: readonly string[]) => Error,
): EconomicKind {
  const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
  const found = economicKinds.find((kind) => plain(kind) === plain(text))
  if (found !== undefined) return found
  const titles = economicKinds.map((kind) => economicTitles[kind])
  const guess = nearest(text, titles)
  throw refuse([...(guess === null ? [] : [`nearest: ${guess}`]), `allowed: ${titles.join(', ')}`])
}

/** Days of rate decisions. */
function readDecisions(path: string, rows: readonly CsvRow[]): Read {
  const days = rows.map(({ line, cells }) => requireDay(path, line, cells['date'] ?? ''))
  const known = days.filter((day) => !isUnscheduled(day))
  const left = days.filter(isUnscheduled).map(formatDay)
  return {
    events: known.map((day) => ({ kind: 'FOMC', time: fomcStatementTime(day) })),
    notes:
      left.length === 0
        ? []
        : [`${path}: meetings that were not scheduled are left out: ${left.join(', ')}`],
    ...firstAndLast(days),
  }
}

function requireDay(path: string, line: number, text: string): DayNumber {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match !== null) {
    const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
    const number = dayNumber(year, month, day)
    if (formatDay(number) === text) return number
  }
  throw malformed(path, line, `the date is "${text}"`, ['allowed: for example 2022-05-11'])
}

/** Lines of all countries and weights; times by a clock that is judged, not believed. */
function readReleases(path: string, rows: readonly CsvRow[]): Read {
  const written: WrittenTime[] = []
  const notes: string[] = []
  const days: DayNumber[] = []
  const seen = new Map<string, DayNumber>()
  const repeats: string[] = []
  const untimed: string[] = []
  for (const { line, cells } of rows) {
    const day = requireDay(path, line, cells['Date'] ?? '')
    days.push(day)
    const name = cells['Event'] ?? ''
    const kind = classifyRelease(cells['Country'] ?? '', name)
    if (kind === null) continue
    const clock = /^(\d{1,2}):(\d{2})$/.exec(cells['Time (ET)'] ?? '')
    if (clock === null) {
      untimed.push(`${name} of ${formatDay(day)}`)
      continue
    }
    const figures = [name, cells['Actual'], cells['Consensus'], cells['Previous']].join('|')
    const before = seen.get(figures)
    // A feed that files a release again on the next day: the figures give it away.
    if (
      before !== undefined &&
      day > before &&
      day - before <= 2 &&
      /\d/.test(cells['Actual'] ?? '')
    ) {
      repeats.push(`${name} of ${formatDay(day)}`)
      continue
    }
    seen.set(figures, day)
    const minutes = Number(clock[1]) * 60 + Number(clock[2])
    written.push({ kind, local: day * DAY_US + minutes * 60_000_000 })
  }
  const { clock, agreeing, telling } = judgeClock(written, 'New York')
  if (clock !== 'New York') {
    notes.push(
      `${path}: its times are those of ${clock} all year, not New York's: ${agreeing} of ` +
        `${telling} releases of 8:30 agree`,
    )
  }
  if (repeats.length > 0)
    notes.push(`${path}: listed twice, the second left out: ${repeats.join(', ')}`)
  if (untimed.length > 0) notes.push(`${path}: without a time, left out: ${untimed.join(', ')}`)
  const events = written.map(({ kind, local }) => ({ kind, time: fromClock(clock, local) }))
  return { events, notes, ...firstAndLast(days) }
}

function firstAndLast(days: readonly DayNumber[]): { firstDay: DayNumber; lastDay: DayNumber } {
  let [firstDay, lastDay] = [days[0]!, days[0]!]
  for (const day of days) {
    firstDay = Math.min(firstDay, day)
    lastDay = Math.max(lastDay, day)
  }
  return { firstDay, lastDay }
}

/** Notes on whole years with fewer events of a kind than usual: some may be missing. */
function shortYears(
  events: readonly EconomicEvent[],
  firstDay: DayNumber,
  lastDay: DayNumber,
): readonly string[] {
  const notes: string[] = []
  for (let { year } = dateParts(firstDay); year <= dateParts(lastDay).year; year++) {
    // A year counts as whole when only its first and last days may be missing.
    if (firstDay > dayNumber(year, 1, 7) || lastDay < dayNumber(year, 12, 24)) continue
    for (const kind of economicKinds) {
      const count = events.filter(
        (e) => e.kind === kind && dateParts(Math.floor(e.time / DAY_US)).year === year,
      ).length
      const usual = USUAL_A_YEAR[kind]
      if (count === 0 || count >= usual) continue
      notes.push(
        `${year} has ${count} events of ${economicTitles[kind]}, ${usual} are usual: ` +
          `${usual - count === 1 ? 'one' : usual - count} may be missing, and nothing halts there`,
      )
    }
  }
  return notes
}
