import { describe, expect, it } from 'vitest'
import { formatDay, parseDay } from '../../core/mod.ts'
import { fomcStatementTime, isUnscheduled } from './fomc-time.ts'
import { fromClock, judgeClock, type WrittenTime } from './release-clock.ts'

const iso = (us: number): string => new Date(us / 1000).toISOString()
const local = (text: string): number => Date.parse(`${text}:00Z`) * 1000
const claims = (...texts: readonly string[]): WrittenTime[] =>
  texts.map((text) => ({ kind: 'joblessClaims', local: local(text) }))

describe('the clock of a calendar', () => {
  it('is judged by the releases of 8:30', () => {
    const newYork = claims('2022-01-06T08:30', '2022-06-02T08:30', '2022-12-01T08:30')
    expect(judgeClock(newYork, 'New York')).toEqual({ clock: 'New York', agreeing: 3, telling: 3 })
    const fixed = claims('2022-01-06T09:30', '2022-06-02T08:30', '2022-12-01T09:30')
    expect(judgeClock(fixed, 'New York')).toEqual({ clock: 'UTC-4', agreeing: 3, telling: 3 })
    const utc = claims('2022-01-06T13:30', '2022-06-02T12:30', '2022-12-01T13:30')
    expect(judgeClock(utc, 'New York').clock).toBe('UTC')
  })

  it('is what it is said to be where nothing tells', () => {
    const summer = claims('2022-06-02T08:30')
    expect(judgeClock(summer, 'New York').clock).toBe('New York')
    expect(judgeClock([{ kind: 'GDP', local: 0 }], 'UTC')).toMatchObject({
      clock: 'UTC',
      telling: 0,
    })
  })

  it('turns what it shows into an instant, on either side of daylight time', () => {
    expect(iso(fromClock('New York', local('2022-03-10T08:30')))).toBe('2022-03-10T13:30:00.000Z')
    expect(iso(fromClock('New York', local('2022-03-17T08:30')))).toBe('2022-03-17T12:30:00.000Z')
    expect(iso(fromClock('UTC-4', local('2022-03-10T09:30')))).toBe('2022-03-10T13:30:00.000Z')
    expect(iso(fromClock('UTC-5', local('2022-03-10T08:30')))).toBe('2022-03-10T13:30:00.000Z')
    expect(iso(fromClock('UTC', local('2022-03-10T13:30')))).toBe('2022-03-10T13:30:00.000Z')
  })
})

describe('a statement of the FOMC', () => {
  it.each([
    ['2010-04-28', '18:15'],
    ['2011-04-27', '16:30'],
    ['2011-12-13', '19:15'],
    ['2012-12-12', '17:30'],
    ['2013-01-30', '19:15'],
    ['2013-03-20', '18:00'],
    ['2026-12-09', '19:00'],
  ])('of %s came at %s UTC', (day, clock) => {
    expect(iso(fomcStatementTime(parseDay(day))).slice(11, 16)).toBe(clock)
  })

  it('of an emergency was not in any calendar', () => {
    expect(
      ['2020-03-03', '2020-03-15', '2020-04-29'].map((day) => isUnscheduled(parseDay(day))),
    ).toEqual([true, true, false])
    expect(formatDay(parseDay('2020-03-03'))).toBe('2020-03-03')
  })
})
