import { type DayNumber, dateParts, dayNumber } from '../calendar/civil-day.ts'
import { assert } from '../lib/assert.ts'

/** What holds from a day on, with where that is written. */
export interface DatedRow<Value> {
  readonly from: DayNumber
  readonly value: Value
  readonly source: string
}

/** A rule that changes with the date. Days are those of New York. */
export interface DatedRule<Value> {
  readonly name: string
  /** Oldest first; the first row's day is the first that is known. */
  readonly rows: readonly DatedRow<Value>[]
  /** Last day that is known. */
  readonly until: DayNumber
}

/** What holds on a day, or that it is not known. */
export type Ruling<Value> =
  | {
      readonly kind: 'known'
      readonly value: Value
      readonly source: string
      /** First and last day on which it is known to hold. */
      readonly from: DayNumber
      readonly until: DayNumber
    }
  /** First and last day that are known at all. */
  | { readonly kind: 'unknown'; readonly from: DayNumber; readonly until: DayNumber }

/** Last day up to which the rules here were looked up: later ones may have changed. */
export const RULES_UNTIL: DayNumber = dayNumber(2026, 12, 31)

/** A table from texts such as "2018-05-22"; fails unless its rows ascend. */
export function datedRule<Value>(
  name: string,
  rows: readonly (readonly [from: string, value: Value, source: string])[],
  until: DayNumber = RULES_UNTIL,
): DatedRule<Value> {
  const dated = rows.map(([from, value, source]) => ({ from: parseDay(from), value, source }))
  dated.forEach(({ from }, i) => {
    assert(from < (dated[i + 1]?.from ?? until + 1), `${name}: days must ascend`)
  })
  return { name, rows: dated, until }
}

/** What a rule says on a day; `unknown` outside the days that were looked up, never a guess. */
export function rulingOn<Value>(rule: DatedRule<Value>, day: DayNumber): Ruling<Value> {
  const { rows, until } = rule
  const from = rows[0]!.from
  if (day < from || day > until) return { kind: 'unknown', from, until }
  let at = rows.length - 1
  while (rows[at]!.from > day) at--
  const row = rows[at]!
  return { kind: 'known', ...row, until: (rows[at + 1]?.from ?? until + 1) - 1 }
}

/** The value that holds on a day. Fails outside the days that are known: check them before. */
export function valueOn<Value>(rule: DatedRule<Value>, day: DayNumber): Value {
  const ruling = rulingOn(rule, day)
  if (ruling.kind === 'known') return ruling.value
  const known = `${formatDay(ruling.from)} to ${formatDay(ruling.until)}`
  assert(false, `${rule.name} on ${formatDay(day)} is not known, only from ${known}`)
}

/**
 * The value that holds on a day, of days outside those that are known the nearest known one: for
 * rules that a session must go by although nobody has looked them up again.
 */
export function nearestRule<Value>(rule: DatedRule<Value>, day: DayNumber): Value {
  return valueOn(rule, Math.min(rule.until, Math.max(rule.rows[0]!.from, day)))
}

/** Day of a text "2018-05-22". Fails unless it is a date of the calendar. */
export function parseDay(text: string): DayNumber {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  assert(match !== null, `${text} is no day`)
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const number = dayNumber(year, month, day)
  assert(formatDay(number) === text, `${text} is no day of the calendar`)
  return number
}

/** "2018-05-22". */
export function formatDay(number: DayNumber): string {
  const { year, month, day } = dateParts(number)
  const two = (value: number): string => value.toString().padStart(2, '0')
  return `${year.toString().padStart(4, '0')}-${two(month)}-${two(day)}`
}
