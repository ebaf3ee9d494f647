import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import { barAt, barCount, firstDecisionAfter, hourGrid, hourGridOfSessions } from './hour-grid.ts'

const us = (iso: string): number => Date.parse(iso) * 1000
const iso = (time: number): string => new Date(time / 1000).toISOString().slice(0, 16)
const day = (y: number, m: number, d: number): number => dayNumber(y, m, d)

describe('the hours of a panel', () => {
  it('begin at full hours of the clock after a first half hour, or each hour from the open', () => {
    const of = (anchor: 'clockHour' | 'sessionOpen'): string[] => {
      const grid = hourGrid({ anchor, firstDay: day(2018, 2, 16), endDay: day(2018, 2, 17) })
      return [...grid.openTime].map(
        (time, k) => `${iso(time)}-${iso(grid.closeTime[k]!).slice(11)}`,
      )
    }
    expect(of('clockHour')).toEqual([
      '2018-02-16T14:30-15:00',
      '2018-02-16T15:00-16:00',
      '2018-02-16T16:00-17:00',
      '2018-02-16T17:00-18:00',
      '2018-02-16T18:00-19:00',
      '2018-02-16T19:00-20:00',
      '2018-02-16T20:00-21:00',
    ])
    expect(of('sessionOpen')).toEqual([
      '2018-02-16T14:30-15:30',
      '2018-02-16T15:30-16:30',
      '2018-02-16T16:30-17:30',
      '2018-02-16T17:30-18:30',
      '2018-02-16T18:30-19:30',
      '2018-02-16T19:30-20:30',
      '2018-02-16T20:30-21:00',
    ])
  })

  it('end at 13:00 in New York on a short day and follow its change of clocks', () => {
    const short = hourGrid({
      anchor: 'clockHour',
      firstDay: day(2018, 11, 23),
      endDay: day(2018, 11, 24),
    })
    expect([...short.closeTime].map(iso).at(-1)).toBe('2018-11-23T18:00')
    expect(barCount(short)).toBe(4)
    const march = hourGrid({
      anchor: 'clockHour',
      firstDay: day(2018, 3, 9),
      endDay: day(2018, 3, 13),
    })
    const firsts = [...march.openTime].filter((_, k) => march.barOfSession[k] === 0)
    expect(firsts.map(iso)).toEqual(['2018-03-09T14:30', '2018-03-12T13:30'])
  })

  it('leave out weekends, holidays and unscheduled closures', () => {
    const grid = hourGrid({
      anchor: 'session',
      firstDay: day(2018, 12, 1),
      endDay: day(2018, 12, 7),
    })
    expect([...grid.sessionDay].map((d) => iso(d * 86_400_000_000).slice(5, 10))).toEqual([
      '12-03',
      '12-04',
      '12-06',
    ])
    expect([...grid.barOfSession]).toEqual([0, 0, 0])
  })

  it('are decided on after their close', () => {
    const options = { anchor: 'clockHour', firstDay: day(2018, 2, 16), sessions: 3 } as const
    const grid = hourGridOfSessions({ ...options, decisionDelayUs: 1_000_000 })
    expect(barCount(grid)).toBe(21)
    expect([...grid.decisionTime]).toEqual([...grid.closeTime].map((time) => time + 1e6))
    expect(() => hourGridOfSessions({ ...options, decisionDelayUs: 0 })).toThrow(/after the close/)
  })

  it('find the bar of an instant and the first decision that may use what is known then', () => {
    const grid = hourGridOfSessions({
      anchor: 'clockHour',
      firstDay: day(2018, 2, 16),
      sessions: 2,
    })
    expect(barAt(grid, us('2018-02-16T14:29:59Z'))).toBe(-1)
    expect(barAt(grid, us('2018-02-16T14:30:00Z'))).toBe(0)
    expect(barAt(grid, us('2018-02-16T14:59:59Z'))).toBe(0)
    expect(barAt(grid, us('2018-02-16T15:00:00Z'))).toBe(1)
    expect(barAt(grid, us('2018-02-16T21:00:00Z'))).toBe(-1)
    expect(barAt(grid, us('2018-02-20T14:30:00Z'))).toBe(7)
    // What is known at the very instant of a decision is not known before it.
    expect(firstDecisionAfter(grid, grid.decisionTime[3]! - 1)).toBe(3)
    expect(firstDecisionAfter(grid, grid.decisionTime[3]!)).toBe(4)
    expect(firstDecisionAfter(grid, 0)).toBe(0)
    expect(firstDecisionAfter(grid, grid.decisionTime[13]!)).toBe(14)
  })
})
