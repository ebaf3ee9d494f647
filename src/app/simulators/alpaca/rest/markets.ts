import { type Session, sessionOn, toNewYork } from '../../../../core/mod.ts'
import { settlesOn } from '../state/regulatory.ts'
import {
  extendedClose,
  extendedOpen,
  type Phase,
  phaseAt,
  sessionAfter,
  sessionInOrAfter,
  tradingDay,
} from '../state/sessions.ts'
import { DAY_US, dateText, newYorkText, readDate } from '../wire/times.ts'
import { badRequest, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

/** Markets of US shares: they keep one calendar. */
const markets = {
  NYSE: { acronym: 'NYSE', mic: 'XNYS', bic: 'XNYSUS33', name: 'New York Stock Exchange' },
  NASDAQ: { acronym: 'NASDAQ', mic: 'XNAS', bic: 'XNASUS33', name: 'NASDAQ' },
  IEX: { acronym: 'IEX', mic: 'IEXG', bic: 'IEXGUS33', name: 'Investors Exchange' },
} as const
const timezone = 'America/New_York'

const marketOf = (name: string) => {
  const found = Object.values(markets).find(({ acronym, mic }) => acronym === name || mic === name)
  return found === undefined ? null : { ...found, timezone }
}

const phases: Readonly<Record<Phase, string>> = {
  closed: 'closed',
  pre: 'pre',
  regular: 'core',
  after: 'post',
}

function phaseEnd(time: number): number {
  const today = tradingDay(time)
  const bounds = (session: Session): number[] => [
    extendedOpen(session),
    session.openTime,
    session.closeTime,
    extendedClose(session),
  ]
  const next = bounds(sessionAfter(time))
  return [...(today === null ? [] : bounds(today)), ...next].find((bound) => bound > time)!
}

function getClocks({ state, query }: RestContext): Reply {
  const { time } = state
  const names = (query.get('markets') || 'NYSE').split(',')
  const clocks: unknown[] = []
  for (const name of names) {
    const market = marketOf(name)
    if (market === null) return badRequest(`invalid market: ${name}`)
    clocks.push({
      market,
      timestamp: newYorkText(time),
      is_market_day: tradingDay(time) !== null,
      next_market_open: newYorkText(sessionAfter(time).openTime),
      next_market_close: newYorkText(sessionInOrAfter(time).closeTime),
      phase: phases[phaseAt(time)],
      phase_until: newYorkText(phaseEnd(time)),
    })
  }
  return ok({ clocks })
}

const DAYS_MAX = 3_700

function getCalendar({ state, query, params }: RestContext): Reply {
  const market = marketOf(params[0]!)
  if (market === null) return badRequest(`invalid market: ${params[0]!}`)
  const today = Math.floor(toNewYork(state.time) / DAY_US)
  const [start, end] = ['start', 'end'].map((name, i) => {
    const text = query.get(name)
    return text === null || text === '' ? today + 7 * i : readDate(text.slice(0, 10))
  })
  if (start == null || end == null || end - start > DAYS_MAX)
    return badRequest('invalid date range')
  const calendar: unknown[] = []
  for (let day = start; day <= end; day++) {
    const session = knownSession(day)
    if (session === null) continue
    calendar.push({
      date: dateText(day),
      pre_start: newYorkText(extendedOpen(session)),
      pre_end: newYorkText(session.openTime),
      core_start: newYorkText(session.openTime),
      core_end: newYorkText(session.closeTime),
      post_start: newYorkText(session.closeTime),
      post_end: newYorkText(extendedClose(session)),
      settlement_date: dateText(settlesOn(day)),
    })
  }
  return ok({ market, calendar })
}

/** Days of the years whose sessions are known: 1990 to 2049. */
const knownSession = (day: number): Session | null =>
  day < 7_305 || day > 29_219 ? null : sessionOn('us-equities', day)

/** What this venue has none of, answered as the venue answers accounts without any. */
const nothing = (path: string, body: unknown): Route => ({
  method: 'GET',
  path: at(path),
  run: () => ok(body),
})

/** Clock and calendar of the third version, and lists that are empty here. */
export const marketRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v3/clock'), run: getClocks },
  { method: 'GET', path: at('/v3/calendar/{}'), run: getCalendar },
  nothing('/v2/corporate_actions/announcements', []),
  nothing('/v2/options/contracts', { option_contracts: [], next_page_token: null }),
  nothing('/v2/wallets', []),
  nothing('/v2/wallets/transfers', []),
  nothing('/v1/corporate-actions', { corporate_actions: {}, next_page_token: null }),
  nothing('/v1beta1/news', { news: [], next_page_token: null }),
]
