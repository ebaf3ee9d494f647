import { expect, it } from 'vitest'
import { coverageRuns } from './coverage-runs.ts'

it('joins sessions that lack the same members, and loses none', () => {
  const day = (at: number, missing: readonly string[], members = 5) => ({
    ...{ day: at, members, withBars: members - missing.length, missing },
  })
  const days = [day(1, ['A']), day(2, ['A']), day(5, ['A', 'B']), day(6, ['A']), day(7, ['A'], 6)]
  expect(coverageRuns(days)).toEqual([
    { ...day(1, ['A']), untilDay: 2 },
    { ...day(5, ['A', 'B']), untilDay: 5 },
    { ...day(6, ['A']), untilDay: 6 },
    { ...day(7, ['A'], 6), untilDay: 7 },
  ])
  expect(coverageRuns([])).toEqual([])
})
