import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  barsInSession,
  dateParts,
  dayNumber,
  type Session,
  sessionOn,
  sessionsBetween,
} from '../../src/core/mod.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { at } from './columns.ts'

const MINUTE = 60_000_000
const DAY = 86_400_000_000
const yearStart = (year: number): number => dayNumber(year, 1, 1) * DAY
const isoDate = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
const isoTime = (time: number): string => new Date(time / 1000).toISOString().replace('.000Z', 'Z')

describe.skipIf(!hasSharedData)(`US equity sessions${sharedDataNote}`, () => {
  it('are those of an independent calendar, 1990 to January 2023, to the minute', () => {
    const file = sharedData('calendars/xnys_sessions_1990_2023_exchange_calendars.csv.gz')
    const [, ...rows] = gunzipSync(readFileSync(file)).toString().trim().split(/\r?\n/)
    const last = dayNumber(2023, 1, 13)
    const ours = sessionsBetween('us-equities', yearStart(1990), (last + 1) * DAY)
    expect(
      ours.map((s) => [isoDate(s.day), isoTime(s.openTime), isoTime(s.closeTime)].join()),
    ).toEqual(rows)
  })

  it('have the holidays and early closes of a second calendar, 2010 to 2028', () => {
    const file = sharedData('calendars/us_equity_holidays_early_closes_2010_2028_lean.csv')
    const [, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
    const listed = new Map(rows.map((row) => [row.split(',')[0]!, row.split(',')[1]!]))
    for (let day = dayNumber(2010, 1, 1); day < dayNumber(2029, 1, 1); day++) {
      const { weekday } = dateParts(day)
      if (weekday === 0 || weekday === 6) continue
      const session = sessionOn('us-equities', day)
      const ours = session === null ? 'holiday' : session.closesEarly ? 'early_close' : undefined
      expect(ours, isoDate(day)).toBe(listed.get(isoDate(day)))
    }
  })

  it('add up to the independent counts of every year', () => {
    const oracle = at(readOracle<unknown>('calendar_xnys')) as Record<string, unknown>
    for (const year of Object.keys(oracle)) {
      const sessions = sessionsBetween('us-equities', yearStart(+year), yearStart(+year + 1))
      const minutes = (s: Session): number => (s.closeTime - s.openTime) / MINUTE
      const opensAt = (clock: string): number =>
        sessions.filter((s) => isoTime(s.openTime).includes(clock)).length
      const early = sessions.filter((s) => s.closesEarly)
      const total = sessions.reduce((sum, s) => sum + minutes(s), 0)
      expect({
        sessions: sessions.length,
        early_closes: early.length,
        other_lengths: sessions.filter((s) => minutes(s) !== 390 && minutes(s) !== 210).length,
        minutes: total,
        hours: total / 60,
        hourly_bars_0930_anchored: sessions.reduce((n, s) => n + barsInSession(s, 60 * MINUTE), 0),
        sessions_open_1330utc: opensAt('T13:30:00Z'),
        sessions_open_1430utc: opensAt('T14:30:00Z'),
        early_close_dates: early.map((s) => isoDate(s.day)),
      }).toEqual(oracle[year])
    }
  })
})
