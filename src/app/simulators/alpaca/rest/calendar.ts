import { dayNumber, sessionOn, toNewYork, US_EQUITY_YEARS } from '../../../../core/mod.ts'
import { settlesOn } from '../state/regulatory.ts'
import {
  EXTENDED_OPEN_MINUTE,
  extendedClose,
  phaseAt,
  sessionAfter,
  sessionInOrAfter,
} from '../state/sessions.ts'
import { DAY_US, dateText, MINUTE_US, minuteText, newYorkText, readDate } from '../wire/times.ts'
import { invalid, ok, type Reply } from './reply.ts'
import { at, type RestContext, type Route } from './route.ts'

function getClock({ state }: RestContext): Reply {
  const { time } = state
  return ok({
    timestamp: newYorkText(time),
    is_open: phaseAt(time) === 'regular',
    next_open: newYorkText(sessionAfter(time).openTime),
    next_close: newYorkText(sessionInOrAfter(time).closeTime),
  })
}

const clockMinute = (time: number): number => Math.floor((toNewYork(time) % DAY_US) / MINUTE_US)

const FIRST_DAY = dayNumber(US_EQUITY_YEARS.first, 1, 1)
const LAST_DAY = dayNumber(US_EQUITY_YEARS.last, 12, 1)

function getCalendar({ query }: RestContext): Reply {
  const [start, end] = ['start', 'end'].map((name) => {
    const text = query.get(name)
    return text === null || text === '' ? null : readDate(text.slice(0, 10))
  })
  if ((query.get('start') && start === null) || (query.get('end') && end === null)) {
    return invalid('invalid date format')
  }
  const days: unknown[] = []
  const last = Math.min(LAST_DAY, end ?? LAST_DAY)
  for (let day = Math.max(FIRST_DAY, start ?? dayNumber(2016, 1, 1)); day <= last; day++) {
    const session = sessionOn('us-equities', day)
    if (session === null) continue
    days.push({
      date: dateText(day),
      open: minuteText(clockMinute(session.openTime)),
      close: minuteText(clockMinute(session.closeTime)),
      session_open: minuteText(EXTENDED_OPEN_MINUTE, ''),
      session_close: minuteText(clockMinute(extendedClose(session)), ''),
      settlement_date: dateText(settlesOn(day)),
    })
  }
  return ok(days)
}

/** When there is trading. */
export const calendarRoutes: readonly Route[] = [
  { method: 'GET', path: at('/v2/clock'), run: getClock },
  { method: 'GET', path: at('/v2/calendar'), run: getCalendar },
]
