import { describe, expect, it } from 'vitest'
import {
  ageBudgetUs,
  ageUs,
  createStreamAge,
  isFresh,
  loseStream,
  observeAge,
  staleTime,
  touchStream,
} from './staleness.ts'

describe('stream age', () => {
  it('budgets one interval more than the misses allowed', () => {
    expect(ageBudgetUs({ cadenceUs: 5_400_000, allowedMisses: 2 })).toBe(16_200_000)
    expect(ageBudgetUs({ cadenceUs: 540_000, allowedMisses: 1.5 })).toBe(1_350_000)
    expect(() => ageBudgetUs({ cadenceUs: 0, allowedMisses: 2 })).toThrow(/cadence 0 us/)
    expect(() => ageBudgetUs({ cadenceUs: 1, allowedMisses: 0 })).toThrow(/at least 1/)
  })

  it('is infinite and stale before the first update', () => {
    const age = createStreamAge(1000)
    expect(ageUs(age, 5)).toBe(Number.POSITIVE_INFINITY)
    expect(isFresh(age, 5)).toBe(false)
    expect(observeAge(age, 5)).toBe('unchanged')
  })

  it('is fresh up to and including the budget and stale one microsecond later', () => {
    const age = createStreamAge(1000)
    touchStream(age, 10_000)
    expect(ageUs(age, 10_400)).toBe(400)
    expect(isFresh(age, 11_000)).toBe(true)
    expect(isFresh(age, 11_001)).toBe(false)
    expect(staleTime(age)).toBe(11_001)
  })

  it('reports each crossing of the budget once', () => {
    const age = createStreamAge(1000)
    touchStream(age, 10_000)
    expect(observeAge(age, 10_000)).toBe('turnedFresh')
    expect(observeAge(age, 11_000)).toBe('unchanged')
    expect(observeAge(age, 11_001)).toBe('turnedStale')
    expect(observeAge(age, 99_000)).toBe('unchanged')
    touchStream(age, 99_500)
    expect(observeAge(age, 99_500)).toBe('turnedFresh')
    loseStream(age)
    expect(observeAge(age, 99_500)).toBe('turnedStale')
  })
})
