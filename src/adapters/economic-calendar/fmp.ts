import { z } from 'zod'
import {
  type CalendarSpan,
  distinctEvents,
  type EconomicEvent,
  economicKinds,
  formatDay,
  formatSpan,
  type TimeUs,
} from '../../core/mod.ts'
import { AdapterError } from '../errors.ts'
import type { Secret } from '../keystore/secret.ts'
import type { AdapterEnvironment } from '../venues/port.ts'
import { classifyRelease } from './classify.ts'
import { type CachedCalendar, FmpStore } from './fmp-store.ts'
import type { CalendarReading, EconomicCalendar } from './port.ts'
import { fromClock, judgeClock, type WrittenTime } from './release-clock.ts'

/** Where Financial Modeling Prep answers. */
export const FMP_URL = 'https://financialmodelingprep.com'

/** What the provider is made of; limits in parentheses. */
export interface FmpOptions {
  readonly environment: Pick<AdapterEnvironment, 'fetch' | 'now'>
  readonly key: Secret
  /** Another address ({@link FMP_URL}). */
  readonly url?: string
  /** File of the cache and the day's requests. */
  readonly statePath: string
  /** How old an answer is used without asking anew, us (6 h). */
  readonly cacheMaxUs?: TimeUs
  /** Requests a day of UTC, over all sessions that share the file (250). */
  readonly requestsPerDayMax?: number
  /** After which a request is given up, ms (10 s). */
  readonly timeoutMs?: number
}

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
/** The longest span that is answered at once. */
const DAYS_MAX = 90
/** Claims come out every week: a longer span without any event is no answer. */
const QUIET_DAYS_MAX = 8

const rowsSchema = z.array(
  z.looseObject({
    /** "2026-12-10 13:30:00", UTC. */
    date: z.string(),
    country: z.string().nullish(),
    event: z.string().nullish(),
  }),
)

/**
 * The economic calendar of Financial Modeling Prep (`/stable/economic-calendar`), asked at most so
 * often a day, kept on disk. When it cannot be asked, an older answer is used and said to be old.
 * `read` throws AdapterError when there is no answer at all; no message holds the key.
 */
export function createFmpCalendar(options: FmpOptions): EconomicCalendar {
  const { environment, statePath, url = FMP_URL, cacheMaxUs = 6 * HOUR_US } = options
  const store = new FmpStore(statePath)
  return {
    name: `Financial Modeling Prep (${url})`,
    async read(span) {
      const asked = wholeDays(span)
      const cached = store.cache(url)
      const now = environment.now()
      if (cached !== null && now - cached.fetchedTime < cacheMaxUs && covers(cached, asked)) {
        return reading(cached, span, null, [])
      }
      try {
        const notes: string[] = []
        const events = await ask(options, store, asked, notes)
        const fresh: CachedCalendar = { url, fetchedTime: now, ...asked, events: [...events] }
        store.keep(fresh)
        if (store.isDamaged) notes.push(`${statePath} could not be read and was made anew`)
        return reading(fresh, span, null, notes)
      } catch (error) {
        if (!(error instanceof AdapterError)) throw unusable(reasonOf(error))
        if (cached === null || cached.until <= span.from) throw error
        const staleUs = now - cached.fetchedTime
        const note = `the economic calendar is ${formatSpan(staleUs)} old: ${error.message}`
        return reading(cached, span, staleUs, [note])
      }
    },
  }
}

/** The span in whole days of UTC, as it is asked for. */
const wholeDays = ({ from, until }: CalendarSpan): CalendarSpan => ({
  from: Math.floor(from / DAY_US) * DAY_US,
  until: Math.ceil(until / DAY_US) * DAY_US,
})

const covers = (cached: CalendarSpan, { from, until }: CalendarSpan): boolean =>
  cached.from <= from && cached.until >= until

function reading(
  { from, until, events }: CachedCalendar,
  span: CalendarSpan,
  staleUs: TimeUs | null,
  notes: readonly string[],
): CalendarReading {
  return {
    events: events.filter(({ time }) => time >= span.from && time < span.until),
    coverage: Object.fromEntries(economicKinds.map((kind) => [kind, { from, until }])),
    notes,
    staleUs,
  }
}

async function ask(
  options: FmpOptions,
  store: FmpStore,
  { from, until }: CalendarSpan,
  notes: string[],
): Promise<readonly EconomicEvent[]> {
  const written: WrittenTime[] = []
  for (let start = from; start < until; start += DAYS_MAX * DAY_US) {
    const last = Math.min(until, start + DAYS_MAX * DAY_US) / DAY_US - 1
    const body = await request(options, store, formatDay(start / DAY_US), formatDay(last))
    written.push(...readRows(body, notes))
  }
  const { clock, agreeing, telling } = judgeClock(written, 'UTC')
  if (clock !== 'UTC') {
    const of = `${agreeing} of ${telling} releases of 8:30 agree`
    notes.push(`the calendar's times are those of ${clock}, not UTC: ${of}`)
  }
  if (written.length === 0 && until - from >= QUIET_DAYS_MAX * DAY_US) {
    throw unusable('the answer names no US release in more than a week')
  }
  return distinctEvents(written.map(({ kind, local }) => ({ kind, time: fromClock(clock, local) })))
}

async function request(
  { environment, key, url = FMP_URL, requestsPerDayMax = 250, timeoutMs = 10_000 }: FmpOptions,
  store: FmpStore,
  from: string,
  to: string,
): Promise<string> {
  const now = environment.now()
  if (store.requestsOn(now) >= requestsPerDayMax) {
    throw unusable(`the ${requestsPerDayMax} requests of the day are used up until 00:00 UTC`)
  }
  const encoded = encodeURIComponent(key.reveal())
  const hide = (text: string): string =>
    text.replaceAll(key.reveal(), '[secret]').replaceAll(encoded, '[secret]')
  const query = `from=${from}&to=${to}&apikey=${encoded}`
  try {
    store.countRequest(now)
  } catch (error) {
    throw unusable(`the requests of the day cannot be counted: ${reasonOf(error)}`)
  }
  let response: Awaited<ReturnType<AdapterEnvironment['fetch']>>
  try {
    response = await environment.fetch(`${url}/stable/economic-calendar?${query}`, {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: null,
      timeoutMs,
    })
  } catch (error) {
    // Its cause may show the address, and with it the key.
    throw unusable(hide(`no answer from ${url}: ${reasonOf(error)}`))
  }
  if (response.status === 200) return hide(response.body)
  throw unusable(
    hide(`HTTP ${response.status}${meaningOf(response.status)}: ${told(response.body)}`),
  )
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'it took too long'
  const { cause } = error
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}

function meaningOf(status: number): string {
  if (status === 401 || status === 403) return ', the key is refused'
  if (status === 402) return ', the plan does not include the economic calendar'
  return status === 429 ? ', too many requests' : ''
}

/** What a refusal says, cut: `{ "Error Message": "..." }`, or the text as it is. */
function told(body: string): string {
  const match = /"Error Message"\s*:\s*"([^"]*)"/.exec(body)
  return (match?.[1] ?? body).slice(0, 200)
}

/** Our kinds out of an answer; lines that cannot be read are counted in a note. */
function readRows(body: string, notes: string[]): readonly WrittenTime[] {
  let parsed: z.infer<typeof rowsSchema>
  try {
    parsed = rowsSchema.parse(JSON.parse(body))
  } catch {
    throw unusable(`the answer is no list of events: ${told(body)}`)
  }
  const written: WrittenTime[] = []
  let unreadable = 0
  for (const { date, country, event } of parsed) {
    const kind = classifyRelease(country ?? '', event ?? '')
    if (kind === null) continue
    const ms = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(date)
      ? Date.parse(`${date.replace(' ', 'T')}Z`)
      : Number.NaN
    if (Number.isNaN(ms)) unreadable++
    else written.push({ kind, local: ms * 1000 })
  }
  if (unreadable > 0) notes.push(`${unreadable} events of the calendar have no readable time`)
  return written
}

const unusable = (message: string): AdapterError =>
  new AdapterError('CALENDAR_UNAVAILABLE', message, 'retry')
