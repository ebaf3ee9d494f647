import {
  type DayNumber,
  dateParts,
  dayNumber,
  fromNewYork,
  type Session,
  sessionOn,
} from '../../../core/mod.ts'

/** The instant at which New York's clock shows a time of a day, us. */
export const atNewYork = (day: DayNumber, hour: number, minute = 0): number =>
  fromNewYork((day * 1440 + hour * 60 + minute) * 60_000_000)

/** The first session's day after a day. */
export function nextSessionDay(day: DayNumber): DayNumber {
  let next = day + 1
  while (sessionOn('us-equities', next) === null) next++
  return next
}

/** The first day of the month that follows a day's month by a number of months. */
export function monthAfter(day: DayNumber, months: number): DayNumber {
  const { year, month } = dateParts(day)
  const count = year * 12 + month - 1 + months
  return dayNumber(Math.floor(count / 12), (count % 12) + 1, 1)
}

/** The session of a day as {@link sessionOn} gives it, remembered: files name a day many times. */
export function sessionsByDay(): (day: DayNumber) => Session | null {
  const known = new Map<DayNumber, Session | null>()
  return (day) => {
    let session = known.get(day)
    if (session === undefined) {
      session = sessionOn('us-equities', day)
      known.set(day, session)
    }
    return session
  }
}
