import { expect, test } from 'vitest'
import { civilTime, DAY_US } from '../calendar/civil-time.ts'
import { growthPath } from './growth.ts'
import { periodReturns } from './period-returns.ts'

/** One row a day at 00:00 UTC; `level` of the day's number. */
function daily(from: number, days: number, level: (day: number) => number) {
  const time = Float64Array.from({ length: days + 1 }, (_, i) => from + i * DAY_US)
  return growthPath(100, { time, value: Float64Array.from(time, (_, i) => 100 * level(i)) })
}

test('periods are anchored in the calendar, not in a number of days', () => {
  // 2024-01-01 to 2025-03-15 00:00: the last day that counts is 2025-03-14.
  const days = (civilTime(2025, 3, 15) - civilTime(2024, 1, 1)) / DAY_US
  const path = daily(civilTime(2024, 1, 1), days, (day) => 1 + day / 1000)
  const at = (year: number, month: number, day: number): number =>
    1 + (civilTime(year, month, day) - civilTime(2024, 1, 1)) / DAY_US / 1000
  const end = at(2025, 3, 15)
  const returns = periodReturns(path)
  expect(returns.monthToDate.value).toBeCloseTo(end / at(2025, 3, 1) - 1, 12)
  expect(returns.yearToDate.value).toBeCloseTo(end / at(2025, 1, 1) - 1, 12)
  expect(returns.threeMonths.value).toBeCloseTo(end / at(2024, 12, 15) - 1, 12)
  expect(returns.oneYear.value).toBeCloseTo(end / at(2024, 3, 15) - 1, 12)
  expect(returns.threeYearsAnnual).toEqual({ value: null, reason: 'history is shorter' })
  expect(returns.bestMonth.value).toBeCloseTo(at(2024, 2, 1) / at(2024, 1, 1) - 1, 12)
  expect(returns.bestYear.value).toBeCloseTo(at(2025, 1, 1) / at(2024, 1, 1) - 1, 12)
  expect(returns.shareOfWeeksPositive.value).toBe(1)
})

test('parts of months, weeks and years are never called best or worst', () => {
  const path = daily(civilTime(2024, 5, 20), 20, (day) => 1 + day / 100)
  const returns = periodReturns(path)
  expect(returns.bestMonth.reason).toBe('no whole month')
  expect(returns.worstYear.reason).toBe('no whole year')
  expect(returns.yearToDate.reason).toBe('history is shorter')
  expect(returns.monthToDate.value).toBeCloseTo(1.2 / 1.12 - 1, 12)
  expect(returns.shareOfWeeksPositive.value).toBe(1)
})

test('three years are compounded to one, and an end of February meets its shorter month', () => {
  const days = (civilTime(2027, 3, 1) - civilTime(2023, 12, 1)) / DAY_US
  const path = daily(civilTime(2023, 12, 1), days, (day) => 1.1 ** (day / 365.25))
  expect(periodReturns(path).threeYearsAnnual.value).toBeCloseTo(0.1, 3)
  const march = daily(civilTime(2024, 1, 1), 91, () => 1)
  expect(periodReturns(march).monthToDate.value).toBe(0)
  expect(
    periodReturns(growthPath(100, { time: new Float64Array(0), value: new Float64Array(0) }))
      .oneYear.value,
  ).toBeNull()
})

test('a first row some minutes into a month still has the whole month', () => {
  const path = daily(civilTime(2024, 5, 1) + 60e6, 31, (day) => 1 + day / 100)
  expect(periodReturns(path).bestMonth.value).toBeCloseTo(0.3, 12)
})
