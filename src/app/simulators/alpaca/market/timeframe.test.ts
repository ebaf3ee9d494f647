import { expect, test } from 'vitest'
import { readTime, timeText } from '../wire/times.ts'
import { barOf, flatBar, joinBars } from './bars.ts'
import { bucketOf, mergeBars, readTimeframe } from './timeframe.ts'

const at = (text: string): number => readTime(text)!
const frame = (text: string) => readTimeframe(text)!

test.each([
  '1Min',
  '59T',
  '1Hour',
  '23H',
  '1Day',
  '1D',
  '1Week',
  '12Month',
])('%s is a length', (text) => {
  expect(readTimeframe(text)).not.toBeNull()
})

test.each([
  '',
  '0Min',
  '60Min',
  '24Hour',
  '2Day',
  '5Month',
  '1Sec',
  'Min',
])('%s is none', (text) => {
  expect(readTimeframe(text)).toBeNull()
})

test.each([
  ['15Min', '2026-11-20T15:22:00Z', false, '2026-11-20T15:15:00Z'],
  ['4Hour', '2026-11-20T15:22:00Z', false, '2026-11-20T12:00:00Z'],
  // 10:22 in New York.
  ['4Hour', '2026-11-20T15:22:00Z', true, '2026-11-20T13:00:00Z'],
  ['1Day', '2026-07-01T02:00:00Z', true, '2026-06-30T04:00:00Z'],
  ['1Week', '2026-11-20T15:22:00Z', false, '2026-11-16T00:00:00Z'],
  ['3Month', '2026-11-20T15:22:00Z', false, '2026-10-01T00:00:00Z'],
] as const)('%s of %s (shares: %s) begins at %s', (text, time, isShare, start) => {
  expect(timeText(bucketOf(frame(text), at(time), isShare))).toBe(start)
})

test('longer bars are the sums of shorter ones; quiet minutes move nothing', () => {
  const start = at('2026-11-20T15:00:00Z')
  const minute = 60_000_000
  const bars = [
    joinBars(barOf(start, 100, 5), barOf(start, 103, 1)),
    flatBar(start + minute, 90),
    barOf(start + 2 * minute, 99, 2),
    barOf(start + 5 * minute, 101, 1),
  ]
  expect(mergeBars(bars, frame('5Min'), false)).toEqual([
    {
      openTime: start,
      open: 100,
      high: 103,
      low: 99,
      close: 99,
      volume: 8,
      turnover: 801,
      trades: 3,
    },
    barOf(start + 5 * minute, 101, 1),
  ])
})
