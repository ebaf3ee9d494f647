import { type DayNumber, dateParts } from '../calendar/civil-day.ts'
import { usEquityClosure } from '../calendar/us-equity-days.ts'
import { type DatedRule, datedRule, nearestRule } from './dated-rule.ts'

/** Business days from trade to settlement of US shares (Exchange Act Rule 15c6-1(a)). */
export const settlementRule: DatedRule<1 | 2 | 3> = datedRule('settlement of shares', [
  ['1995-06-07', 3, 'SEC release 34-33023: Rule 15c6-1, T+3'],
  ['2017-09-05', 2, 'SEC release 34-80295: T+2'],
  ['2024-05-28', 1, 'SEC release 34-96930: T+1'],
])

const MONDAY = 1
const SATURDAY = 6

/**
 * The day on which a trade settles: so many business days later. A business day is one on which
 * stock exchanges and banks are open: Columbus Day and Veterans Day trade but do not settle. Days
 * that are not known count as the nearest that are.
 */
export function settlementDay(tradeDay: DayNumber): DayNumber {
  let left: number = nearestRule(settlementRule, tradeDay)
  let day = tradeDay
  while (left > 0) {
    day++
    if (usEquityClosure(day) === null && !isBankHoliday(day)) left--
  }
  return day
}

/** Holidays of the Federal Reserve on which exchanges trade; none is moved to a Friday. */
function isBankHoliday(number: DayNumber): boolean {
  const { month, day, weekday } = dateParts(number)
  if (month === 10) return weekday === MONDAY && day >= 8 && day <= 14
  if (month !== 11 || weekday === 0 || weekday === SATURDAY) return false
  return day === 11 || (day === 12 && weekday === MONDAY)
}
