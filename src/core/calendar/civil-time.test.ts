import { expect, test } from 'vitest'
import {
  civilDate,
  civilTime,
  DAY_US,
  formatUtcClock,
  formatUtcDate,
  formatUtcIso,
} from '../calendar/civil-time.ts'

test('dates agree with the platform for every day from 1960 to 2110', () => {
  for (let day = -3653; day < 51_134; day += 1) {
    const expected = new Date(day * 86_400_000).toISOString().slice(0, 10)
    expect(formatUtcDate(day * DAY_US)).toBe(expected)
    const { year, month, day: d } = civilDate(day * DAY_US + DAY_US - 1)
    expect(civilTime(year, month, d)).toBe(day * DAY_US)
  }
})

test('a clock cuts, never rounds into the next second', () => {
  const time = civilTime(2025, 9, 4) + 71_216_999_999
  expect(formatUtcClock(time)).toBe('19:46:56')
  expect(formatUtcClock(time, 3)).toBe('19:46:56.999')
  expect(formatUtcIso(time)).toBe('2025-09-04T19:46:56.999999Z')
})

test('times before 1970 have a clock too', () => {
  expect(formatUtcIso(-1)).toBe('1969-12-31T23:59:59.999999Z')
})
