import { expect, it } from 'vitest'
import { topDecileReturns } from './score-returns.ts'

/** Two sessions of two bars, one of none, one of two: 20 names with scores 1 to 20. */
const names = 20
const sessionDay = Int32Array.of(7, 7, 8, 8, 9, 9)
const bars = sessionDay.length
const at = (of: (name: number, bar: number) => number): Float64Array =>
  Float64Array.from({ length: names * bars }, (_, row) => of(Math.floor(row / bars), row % bars))
const hours = { sessionDay, barOfSession: Uint8Array.of(0, 1, 0, 1, 0, 1), horizonBars: 5 }

it('books a share of the horizon of what the top two of twenty bring over the mean', () => {
  const scores = at((name, bar) => (sessionDay[bar] === 8 ? Number.NaN : name))
  const labels = at((name, bar) => (name >= 18 ? 0.1 * (bar + 1) : 0))
  const { day, returns } = topDecileReturns({ names, bars, scores, labels }, hours)
  expect([...day]).toEqual([7, 8, 9])
  const perBar = (bar: number): number => (0.9 * 0.1 * (bar + 1)) / 5
  expect(returns[0]).toBeCloseTo(perBar(0) + perBar(1), 12)
  expect(returns[1]).toBe(0)
  expect(returns[2]).toBeCloseTo(perBar(4) + perBar(5), 12)
})

it('brings nothing where scores cannot rank, and has no session without scores', () => {
  const labels = at((name) => name)
  const flat = topDecileReturns({ names, bars, scores: at(() => 1), labels }, hours)
  expect([...flat.returns]).toEqual([0, 0, 0])
  const none = topDecileReturns({ names, bars, scores: at(() => Number.NaN), labels }, hours)
  expect(none.day).toHaveLength(0)
})
