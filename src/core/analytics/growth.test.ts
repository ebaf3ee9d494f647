import { expect, test } from 'vitest'
import { civilTime, DAY_US } from '../calendar/civil-time.ts'
import { drawdowns, underwater } from './drawdown.ts'
import { dailySeries, growthPath } from './growth.ts'
import { monthlyReturns } from './monthly.ts'

const start = civilTime(2024, 1, 30)
const hour = 3_600_000_000
const equity = (rows: readonly (readonly [number, number])[]) => ({
  time: Float64Array.from(rows, ([hours]) => start + hours * hour),
  value: Float64Array.from(rows, ([, value]) => value),
})
const path = (rows: readonly (readonly [number, number])[]) => growthPath(100, equity(rows))

test('growth removes deposits and withdrawals', () => {
  const transfers = [
    { time: start + 5 * hour, amount: 100n * 100_000_000n },
    { time: start + 30 * hour, amount: -50n * 100_000_000n },
  ]
  const rows = equity([
    [0, 100],
    [10, 210],
    [40, 168],
  ])
  const { index } = growthPath(100, rows, transfers)
  // 100 -> 210 holds 100 deposited: +10 %; 210 -> 168 holds 50 taken out: (168 + 50) / 210.
  expect(index[1]).toBeCloseTo(1.1, 12)
  expect(index[2]).toBeCloseTo(1.1 * (218 / 210), 12)
})

test('equity at or below zero is ruin: the index stays at zero', () => {
  const ruined = path([
    [0, 100],
    [1, -5],
    [2, 50],
  ])
  expect([...ruined.index]).toEqual([1, 0, 0])
  expect(ruined.ruinTime).toBe(start + hour)
})

test('days end at midnight and incomplete first and last days are left out', () => {
  const daily = dailySeries(
    path([
      [7, 100],
      [20, 110],
      [30, 121],
      [47.9, 133.1],
      [60, 120],
    ]),
    { kind: 'continuous' },
  )
  expect(daily.stubs).toBe(2)
  expect([...daily.time]).toEqual([start + 2 * DAY_US])
  expect(daily.returns[0]).toBeCloseTo(0.21, 12)
})

test('a day short by a few minutes is a day', () => {
  const rows: [number, number][] = [
    [0.1, 100],
    [23, 105],
    [47.8, 100],
  ]
  const daily = dailySeries(path(rows), { kind: 'continuous' })
  expect(daily.stubs).toBe(0)
  expect(daily.returns.length).toBe(2)
})

test('session calendars end days at the closes', () => {
  const closes = Float64Array.from([21, 45, 69], (hours) => start + hours * hour)
  const daily = dailySeries(
    path([
      [21, 100],
      [45, 102],
      [69, 101],
    ]),
    { kind: 'sessions', exchange: 'XNYS', closes, perYear: 252 },
  )
  expect([...daily.returns].map((value) => value.toFixed(6))).toEqual(['0.020000', '-0.009804'])
})

test('a path without rows has no day, no month and no drawdown', () => {
  const none = path([])
  expect(dailySeries(none, { kind: 'continuous' }).returns.length).toBe(0)
  expect(monthlyReturns(none)).toEqual([])
  expect(drawdowns(none)).toMatchObject({ deepest: null, count: 0, averageDepth: null })
})

test('months compound to the total return and the month of a final midnight is not opened', () => {
  const years = monthlyReturns(
    path([
      [0, 100],
      [47, 110],
      [100, 99],
      [24 * 31, 120],
    ]),
  )
  expect(years).toHaveLength(1)
  const { months, total } = years[0]!
  expect(months.filter((month) => month !== null)).toHaveLength(2)
  expect(months[0]).toBeCloseTo(0.1, 12)
  expect(months[1]).toBeCloseTo(120 / 110 - 1, 12)
  expect(total).toBeCloseTo(0.2, 12)
  const closed = monthlyReturns(
    growthPath(100, {
      time: Float64Array.of(start, start + 2 * DAY_US),
      value: Float64Array.of(100, 105),
    }),
  )
  expect(closed[0]!.months.filter((month) => month !== null)).toHaveLength(1)
})

test('drawdowns have a peak, a trough and a recovery, or are ongoing', () => {
  const summary = drawdowns(
    path([
      [0, 100],
      [24, 120],
      [48, 90],
      [72, 108],
      [96, 120],
      [120, 126],
      [144, 113.4],
    ]),
  )
  const [deep, second] = summary.worst
  expect(deep!.depth).toBeCloseTo(-0.25, 12)
  expect(deep).toMatchObject({
    peakTime: start + 24 * hour,
    troughTime: start + 48 * hour,
    recoveryTime: start + 96 * hour,
    days: 3,
  })
  expect(second!.depth).toBeCloseTo(-0.1, 12)
  expect(second).toMatchObject({ recoveryTime: null, days: 1 })
  expect(summary.count).toBe(2)
  expect(summary.shareUnderWater).toBeCloseTo(2 / 6, 12)
})

test('a loss from the first moment is a drawdown from the start equity', () => {
  const summary = drawdowns(
    path([
      [0, 95],
      [24, 90],
    ]),
  )
  expect(summary.deepest).toMatchObject({ peakTime: start, recoveryTime: null })
  expect(summary.deepest!.depth).toBeCloseTo(-0.1, 12)
  expect([...underwater(Float64Array.of(0.95, 0.9))].map((v) => v.toFixed(2))).toEqual([
    '-0.05',
    '-0.10',
  ])
})
