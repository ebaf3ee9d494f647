import { describe, expect, it } from 'vitest'
import { dateParts, dayNumber, easterSunday, nthWeekday } from './civil-day.ts'
import { fromNewYork, newYorkOffsetUs, toNewYork } from './new-york.ts'
import {
  barsBetween,
  barsInSession,
  isOpen,
  nextSession,
  previousSession,
  sessionAt,
  sessionOn,
  sessionsBetween,
  sessionsClosed,
} from './sessions.ts'
import { usEquityClosure } from './us-equity-days.ts'

const HOUR = 3_600_000_000
const MINUTE = 60_000_000
const DAY = 24 * HOUR
const us = (iso: string): number => Date.parse(iso) * 1000

describe('civil days', () => {
  it('agree with the platform from 1600 to 2400, both ways', () => {
    for (let day = dayNumber(1600, 1, 1); day < dayNumber(2400, 1, 1); day += 17) {
      const date = new Date(day * 86_400_000)
      const parts = dateParts(day)
      const { year, month } = parts
      expect([year, month, parts.day, parts.weekday]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCDay(),
      ])
      expect(dayNumber(year, month, parts.day)).toBe(day)
    }
  })

  it('find the n-th weekday of a month from either end', () => {
    expect(nthWeekday(2026, 11, 4, 4)).toBe(dayNumber(2026, 11, 26))
    expect(nthWeekday(2026, 5, 1, -1)).toBe(dayNumber(2026, 5, 25))
    expect(nthWeekday(2026, 12, 4, -1)).toBe(dayNumber(2026, 12, 31))
    expect(nthWeekday(2026, 3, 0, 1)).toBe(dayNumber(2026, 3, 1))
  })

  it('find Easter', () => {
    const known = [
      [1818, 3, 22],
      [1943, 4, 25],
      [2000, 4, 23],
      [2024, 3, 31],
      [2026, 4, 5],
      [2038, 4, 25],
    ] as const
    for (const [year, month, day] of known) {
      expect(easterSunday(year)).toBe(dayNumber(year, month, day))
    }
  })
})

describe('New York time', () => {
  const platform = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    timeZoneName: 'longOffset',
  })
  const platformOffset = (time: number): number => {
    const parts = platform.formatToParts(new Date(time / 1000))
    const text = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
    return Number(text.slice(3, 6)) * HOUR
  }

  it('has the offset the platform knows, every 7 hours from 1990 to 2037', () => {
    for (let time = us('1990-01-01T00:00Z'); time < us('2037-01-01T00:00Z'); time += 7 * HOUR) {
      if (newYorkOffsetUs(time) !== platformOffset(time)) {
        expect(newYorkOffsetUs(time), `${time}`).toBe(platformOffset(time))
      }
    }
  }, 20_000)

  it('changes at 2:00 local, to the microsecond', () => {
    for (const [iso, before, after] of [
      ['2018-03-11T07:00:00Z', -5, -4],
      ['2018-11-04T06:00:00Z', -4, -5],
      ['2006-04-02T07:00:00Z', -5, -4],
      ['2006-10-29T06:00:00Z', -4, -5],
    ] as const) {
      expect(newYorkOffsetUs(us(iso) - 1)).toBe(before * HOUR)
      expect(newYorkOffsetUs(us(iso))).toBe(after * HOUR)
    }
  })

  it('is undone by its inverse outside the hour that occurs twice', () => {
    for (let time = us('2018-01-01T00:30Z'); time < us('2019-01-01T00:00Z'); time += HOUR) {
      const twice = time >= us('2018-11-04T06:00Z') && time < us('2018-11-04T07:00Z')
      expect(fromNewYork(toNewYork(time))).toBe(twice ? time - HOUR : time)
    }
    expect(fromNewYork(us('2018-03-11T02:30Z'))).toBe(us('2018-03-11T07:30Z'))
  })
})

describe('sessions', () => {
  it('of a market always open are the days of UTC', () => {
    const time = us('2026-11-21T13:45Z')
    expect(sessionAt('always', time)).toEqual({
      day: dayNumber(2026, 11, 21),
      openTime: us('2026-11-21T00:00Z'),
      closeTime: us('2026-11-22T00:00Z'),
      closesEarly: false,
    })
    expect(isOpen('always', time)).toBe(true)
    expect(nextSession('always', time)?.openTime).toBe(us('2026-11-22T00:00Z'))
    expect(previousSession('always', time)?.closeTime).toBe(us('2026-11-21T00:00Z'))
  })

  it('of US equities hold the open and not the close', () => {
    const open = us('2026-11-20T14:30Z')
    const close = us('2026-11-20T21:00Z')
    expect([open - 1, open, close - 1, close].map((t) => isOpen('us-equities', t))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('follow each other over weekends and holidays', () => {
    const wednesdayClose = us('2026-11-25T21:00Z')
    const friday = nextSession('us-equities', wednesdayClose)
    expect(friday).toEqual({
      day: dayNumber(2026, 11, 27),
      openTime: us('2026-11-27T14:30Z'),
      closeTime: us('2026-11-27T18:00Z'),
      closesEarly: true,
    })
    expect(nextSession('us-equities', friday!.openTime)).toEqual(friday)
    expect(nextSession('us-equities', friday!.openTime + 1)?.day).toBe(dayNumber(2026, 11, 30))
    expect(previousSession('us-equities', friday!.openTime)?.closeTime).toBe(wednesdayClose)
    expect(previousSession('us-equities', friday!.closeTime)).toEqual(friday)
    expect(nextSession('us-equities', us('2001-09-11T12:00Z'))?.day).toBe(dayNumber(2001, 9, 17))
  })

  it('end where the known years end', () => {
    expect(nextSession('us-equities', us('2050-12-31T00:00Z'))).toBeNull()
    expect(previousSession('us-equities', us('1990-01-01T00:00Z'))).toBeNull()
    expect(() => sessionOn('us-equities', dayNumber(2051, 1, 3))).toThrow(/2051 are not known/)
    expect(() => usEquityClosure(dayNumber(1989, 12, 29))).toThrow(/only 1990 to 2050/)
  })

  it('are listed by their open, and count their bars', () => {
    const week = sessionsBetween('us-equities', us('2026-11-23T14:30Z'), us('2026-11-27T14:30Z'))
    expect(week.map((s) => dateParts(s.day).day)).toEqual([23, 24, 25])
    expect(barsInSession(week[0]!, HOUR)).toBe(7)
    expect(barsInSession(week[0]!, MINUTE)).toBe(390)
    expect(barsInSession(sessionOn('us-equities', dayNumber(2026, 11, 27))!, HOUR)).toBe(4)
    expect(sessionsBetween('always', 0, 3 * DAY)).toHaveLength(3)
  })

  it('say why a day has none', () => {
    expect(usEquityClosure(dayNumber(2026, 4, 3))).toBe('Good Friday')
    expect(usEquityClosure(dayNumber(2026, 7, 3))).toBe('Independence Day')
    expect(usEquityClosure(dayNumber(2026, 11, 21))).toBe('weekend')
    expect(usEquityClosure(dayNumber(2025, 1, 9))).toBe('funeral of Jimmy Carter')
    expect(usEquityClosure(dayNumber(2021, 12, 31))).toBeNull()
    expect(usEquityClosure(dayNumber(2026, 11, 20))).toBeNull()
  })
})

describe('what a market misses', () => {
  const thanksgivingEve = us('2026-11-25T21:00:00Z')
  const mondayOpen = us('2026-11-30T14:30:00Z')

  it('is whole bars of its sessions: none overnight or on weekends, one on an early close', () => {
    const daily = 390 * MINUTE
    expect(
      barsBetween('us-equities', us('2026-06-12T20:00:00Z'), us('2026-06-15T13:30:00Z'), daily),
    ).toBe(0)
    expect(barsBetween('us-equities', thanksgivingEve, mondayOpen, daily)).toBe(1)
    expect(barsBetween('us-equities', thanksgivingEve, mondayOpen, HOUR)).toBe(4)
    expect(barsBetween('always', thanksgivingEve, mondayOpen, DAY)).toBe(4)
  })

  it('counts a part of a session by whole bars, its last one by being over', () => {
    const open = us('2026-06-10T13:30:00Z')
    const count = (from: number, to: number) =>
      barsBetween('us-equities', open + from * MINUTE, open + to * MINUTE, 60 * MINUTE)
    expect([count(0, 59), count(0, 60), count(60, 389), count(60, 390), count(360, 390)]).toEqual([
      0, 1, 5, 6, 1,
    ])
  })

  it('closes once a session', () => {
    const closed = (after: number, until: number) => sessionsClosed('us-equities', after, until)
    expect(closed(thanksgivingEve, mondayOpen)).toBe(1)
    expect(closed(thanksgivingEve - 1, thanksgivingEve)).toBe(1)
    expect(closed(thanksgivingEve, thanksgivingEve)).toBe(0)
    expect(closed(us('2026-01-01T00:00:00Z'), us('2027-01-01T00:00:00Z'))).toBe(251)
  })
})
