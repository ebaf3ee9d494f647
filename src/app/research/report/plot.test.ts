import { expect, test } from 'vitest'
import { civilTime, DAY_US } from '../../../core/mod.ts'
import {
  formatBps,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  joined,
} from './format.ts'
import {
  areaPath,
  extent,
  gapBands,
  linearScale,
  linePath,
  niceTicks,
  padded,
  timeTicks,
} from './plot.ts'

const points = (path: string): number => (path.match(/[ML]/g) ?? []).length

test('a long series keeps at most two points a pixel and its extremes', () => {
  const n = 200_000
  const time = Float64Array.from({ length: n }, (_, i) => i)
  const value = Float64Array.from({ length: n }, (_, i) => Math.sin(i * 1.7))
  value[123_456] = 7
  const x = linearScale(0, n - 1, 0, 500)
  const y = linearScale(-10, 10, 200, 0)
  const path = linePath(time, value, x, y)
  expect(points(path)).toBeLessThanOrEqual(1005)
  expect(path).toContain(` ${Math.round(y(7) * 10) / 10}`)
  expect(path.match(/M/g)).toHaveLength(1)
})

test('unknown values and gaps break the line instead of being bridged', () => {
  const time = [0, 10, 20, 30, 40, 50]
  const x = linearScale(0, 50, 0, 500)
  const y = linearScale(0, 1, 100, 0)
  const broken = linePath(time, [0, 1, Number.NaN, 1, 0, 1], x, y)
  expect(broken.match(/M/g)).toHaveLength(2)
  const gap = linePath(time, [0, 1, 0, 1, 0, 1], x, y, [{ from: 30, to: 40 }])
  expect(gap.match(/M/g)).toHaveLength(2)
  expect(areaPath(gap, 100).match(/Z/g)).toHaveLength(2)
})

test('ticks are round and lie inside the range', () => {
  expect(niceTicks(0, 1, 5)).toEqual({
    values: [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1],
    digits: 1,
  })
  expect(niceTicks(9934, 10_021, 4).values).toEqual([9950, 9975, 10_000])
  expect(niceTicks(3, 3, 4).values).toEqual([3])
  expect(niceTicks(-0.0004, 0.0001, 4).digits).toBe(4)
})

test('time ticks suit the span, from seconds to years', () => {
  const start = civilTime(2024, 2, 28)
  const labels = (span: number) => timeTicks(start, start + span, 9).map((tick) => tick.label)
  expect(labels(30e6)[1]).toBe('00:00:05')
  expect(labels(35 * 60e6)).toContain('00:05')
  expect(labels(6 * DAY_US)).toContain('02-29')
  expect(labels(400 * DAY_US)).toContain('2024-05')
  expect(labels(3000 * DAY_US).every((label) => label.endsWith('-01'))).toBe(true)
  for (const span of [1e6, 1e9, 1e12, 1e14, 4e15]) expect(labels(span).length).toBeLessThan(12)
})

test('touching gaps become one band', () => {
  const x = linearScale(0, 1000, 0, 100)
  const bands = gapBands(
    Array.from({ length: 500 }, (_, i) => ({ from: i, to: i + 0.5 })),
    x,
    0,
    10,
  ).markup
  expect(bands.match(/<rect/g)).toHaveLength(1)
})

test('ranges of nothing and of one value are drawable', () => {
  expect(extent([])).toBeNull()
  expect(extent([Number.NaN])).toBeNull()
  const [low, high] = padded(5, 5)
  expect(high).toBeGreaterThan(low)
  expect(linearScale(1, 1, 0, 100)(1)).toBe(50)
})

test('numbers have real minus signs, grouped thousands and no negative zero', () => {
  expect(formatNumber(-1234567.891, 2)).toBe('\u22121\u202f234\u202f567.89')
  expect(formatNumber(-0.001, 2, true)).toBe('0.00')
  expect(formatNumber(5, 1, true)).toBe('+5.0')
  expect(formatPercent(-0.0123)).toBe('\u22121.23\u00a0%')
  expect(formatBps(2.5)).toBe('+2.50\u00a0bps')
  expect(formatMoney(-4_710_000n, 'USDC')).toBe('\u22120.0471 USDC')
  expect(formatDuration(340_000)).toBe('340 ms')
  expect(joined('71.0 % of 12 d')).toBe('71.0\u00a0% of 12\u00a0d')
})
