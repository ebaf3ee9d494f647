import { join } from 'node:path'
import {
  type AdapterEnvironment,
  AdapterError,
  createFmpCalendar,
  createNodeEnvironment,
  type EconomicCalendar,
  InputError,
} from '../../adapters/mod.ts'
import {
  type CalendarSpan,
  economicTitles,
  FAR_TIME,
  formatUtcDate,
  type MacroPolicy,
  macroWindows,
  missingSpans,
  type OperatorCommand,
  type TimeUs,
} from '../../core/mod.ts'
import { configuredCoverage, configuredEvents, macroPolicy } from '../config/macro.ts'
import type { Config } from '../config/schema.ts'
import { type CredentialSources, readSecret } from './credentials.ts'

/** File of the provider's last answer and of the day's requests, shared by all sessions. */
export const FMP_STATE_PATH = join('.ornstein', 'economic-calendar', 'fmp.json')
/** Variable that holds the key where the configuration names no other place. */
export const FMP_KEY_VARIABLE = 'FMP_API_KEY'

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
const BEHIND_US = DAY_US
const AHEAD_US = 14 * DAY_US
const REFRESH_US = 6 * HOUR_US
const RETRY_US = HOUR_US / 4

/** The calendar that a session asks while it runs; null where its files say everything. */
export async function openCalendar(
  { risk: { macro } }: Config,
  environment: Pick<AdapterEnvironment, 'fetch' | 'now'>,
  from: CredentialSources,
): Promise<EconomicCalendar | null> {
  if (macro?.calendar !== 'fmp') return null
  const reference = macro.key ?? { env: FMP_KEY_VARIABLE }
  const key = await readSecret('risk.macro.key', reference, from)
  const url = macro.url === undefined ? {} : { url: macro.url.replace(/\/+$/, '') }
  return createFmpCalendar({ environment, key, statePath: FMP_STATE_PATH, ...url })
}

/** Refuses a calendar that is asked where time is virtual. Throws InputError (3). */
export function requireKnownCalendar({ risk: { macro } }: Config): void {
  if (macro?.calendar !== 'fmp') return
  throw new InputError({
    code: 'ORN-CAL-005',
    exitCode: 3,
    message:
      'risk.macro.calendar fmp is asked while a session runs; this run has a time of its own',
    fix: 'name files of events: risk.macro.calendar: [FILE]',
  })
}

/** The calendar of a session, null where it asks none, and where it says what a person should know. */
export interface SessionCalendar {
  readonly source: EconomicCalendar | null
  readonly notice: (text: string) => void
}

/** The calendar of a session in real time. Throws InputError when its key is missing. */
export async function sessionCalendar(
  config: Config,
  credentials: CredentialSources,
  notice: (text: string) => void,
): Promise<SessionCalendar> {
  return { source: await openCalendar(config, createNodeEnvironment(), credentials), notice }
}

/** What keeps a session told of the halts ahead. */
export interface CalendarWatch {
  /** Asks for the first time; afterwards the session knows its halts. */
  start(): Promise<void>
  stop(): void
}

/** A session as the watch sees it. */
export interface CalendarWatchParts extends SessionCalendar {
  readonly config: Config
  readonly environment: Pick<AdapterEnvironment, 'now' | 'setTimer' | 'clearTimer'>
  /** Journals a command and steps it. */
  readonly operator: (
    command: OperatorCommand,
    by: { readonly actor: string; readonly reason: string },
  ) => void
}

/**
 * Asks the calendar when a session begins and every 6 hours, after a failure every 15 minutes, and
 * tells the core its windows as a journaled command where they changed.
 */
export function watchCalendar(parts: CalendarWatchParts): CalendarWatch {
  const { source, config, environment, notice } = parts
  const { macro } = config.risk
  if (macro === undefined || source === null) return ofFiles(parts)
  const policy = macroPolicy(macro)
  let told = ''
  let isStopped = false
  let timer: ReturnType<AdapterEnvironment['setTimer']> | null = null
  const tell = (windows: ReturnType<typeof macroWindows>, reason: string): void => {
    const text = JSON.stringify(windows)
    if (isStopped || text === told) return
    told = text
    const by = { actor: 'economic calendar', reason }
    parts.operator({ kind: 'setHaltWindows', windows }, by)
  }
  const refresh = async (): Promise<TimeUs> => {
    const span = spanAt(environment.now())
    try {
      const { events, coverage, notes, staleUs } = await source.read(span)
      for (const note of notes) notice(note)
      const until = Math.max(...Object.values(coverage).map((known) => known.until))
      const windows = macroWindows(events, coverage, policy)
      // What lies behind is known no more, and halts nothing.
      const ahead = windows.filter(({ untilTime }) => untilTime > span.from)
      tell(ahead, `${events.length} events to ${formatUtcDate(until)} of ${source.name}`)
      return staleUs === null ? REFRESH_US : RETRY_US
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      notice(`no economic calendar: ${error.message}${consequence(policy)}`)
      const own = configuredEvents(macro)
      tell(macroWindows(own, {}, policy), `no answer from ${source.name}`)
      return RETRY_US
    }
  }
  const beat = async (): Promise<void> => {
    const pauseUs = await refresh()
    if (isStopped) return
    timer = environment.setTimer(() => void beat(), pauseUs / 1000)
  }
  return {
    start: beat,
    stop() {
      isStopped = true
      if (timer !== null) environment.clearTimer(timer)
    },
  }
}

/** Windows of files are known from the configuration; what they do not know of the next days is said. */
const ofFiles = ({ config, environment, notice }: CalendarWatchParts): CalendarWatch => ({
  async start() {
    const now = environment.now()
    const ahead = { firstTime: now, lastTime: now + AHEAD_US }
    for (const text of missingTexts(config, ahead)) notice(text)
  },
  stop() {},
})

const spanAt = (now: TimeUs): CalendarSpan => {
  const day = Math.floor(now / DAY_US) * DAY_US
  return { from: day - BEHIND_US, until: day + AHEAD_US }
}

const consequence = ({ onMissing }: MacroPolicy): string =>
  onMissing === 'halt' ? '; no new risk until it answers' : '; nothing halts around its events'

/** What a configuration's own calendar does not know of a span, in sentences. */
export function missingTexts(
  config: Config,
  span: { readonly firstTime: TimeUs; readonly lastTime: TimeUs },
): readonly string[] {
  const { macro } = config.risk
  if (macro === undefined || macro.calendar === 'fmp') return []
  const policy = macroPolicy(macro)
  const missing = missingSpans(configuredCoverage(macro), policy.windows)
  return missing
    .filter(({ from, until }) => from <= span.lastTime && until > span.firstTime)
    .map(({ kinds, from, until }) => {
      const titles = kinds.map((kind) => economicTitles[kind]).join(', ')
      const since = from === 0 ? '' : ` from ${formatUtcDate(from)}`
      const to = until === FAR_TIME ? '' : ` to ${formatUtcDate(until)}`
      const does = policy.onMissing === 'halt' ? 'no new risk is taken' : 'nothing halts'
      return `The economic calendar knows no ${titles}${since}${to}: ${does} there.`
    })
}
