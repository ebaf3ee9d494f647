import { describe, expect, it } from 'vitest'
import type { SweepTrial } from '../../../core/mod.ts'
import { compareTiers, countReasons, survivors, tierLine } from './confirm.ts'

const trial = (netReturn: number | null, failure: string | null = null): SweepTrial => ({
  parameters: {},
  runId: null,
  metrics: { netReturn, costBps: netReturn },
  returns: Float64Array.of(0.01, -0.01, netReturn ?? 0),
  failure,
})

describe('survivors', () => {
  const trials = [trial(1), trial(3), trial(null), trial(2), trial(3, 'broken'), trial(4)]
  const tiers = ['columns', 'columns', 'columns', 'columns', 'columns', 'events'] as const

  it('are the best that ran as columns; what ran on events needs no confirmation', () => {
    expect(survivors(trials, tiers, 'netReturn', 3)).toEqual([1, 3])
    expect(survivors(trials, tiers, 'netReturn', 0)).toEqual([])
    expect(survivors(trials, tiers, 'netReturn', 99)).toEqual([1, 3, 0])
  })

  it('cost least where the metric is a cost', () => {
    expect(survivors(trials, tiers, 'costBps', 1)).toEqual([0])
  })
})

describe('compareTiers', () => {
  it('agrees within the rounding of sums', () => {
    const columns = trial(0.1)
    expect(compareTiers(columns, trial(0.1 + 1e-12), 'netReturn')).toMatchObject({ agrees: true })
  })

  it('says what differs, and by how much', () => {
    expect(compareTiers(trial(0.5), trial(0.25), 'netReturn')).toMatchObject({
      agrees: false,
      value: { columns: 0.5, events: 0.25, difference: -0.25 },
    })
    const broken = { ...trial(null, 'no room'), metrics: {}, returns: new Float64Array(0) }
    expect(compareTiers(trial(0.5), broken, 'netReturn')).toMatchObject({
      agrees: false,
      failure: 'no room',
      value: { events: null, difference: null },
    })
  })
})

it('names the tier, and every reason for the event tier once', () => {
  const reasons = countReasons([['a', 'b'], ['b'], []])
  expect(reasons).toEqual([
    { reason: 'b', trials: 2 },
    { reason: 'a', trials: 1 },
  ])
  expect(tierLine({ byTrial: ['columns'], reasons: [] })).toBe('tier: columns')
  expect(tierLine({ byTrial: ['events', 'events'], reasons })).toBe('tier: events, because b; a')
  expect(tierLine({ byTrial: ['columns', 'events'], reasons })).toBe(
    'tier: columns for 1 of 2 trials; 1 on events, because b; a',
  )
})
