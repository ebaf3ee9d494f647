import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFileCalendar, joinReadings, readCalendarFile } from './calendar-file.ts'
import type { CalendarReading } from './port.ts'

const folder = mkdtempSync(join(tmpdir(), 'calendar-'))
let files = 0
const file = (content: string | Uint8Array, name = 'calendar.csv'): string => {
  const path = join(folder, `${files++}-${name}`)
  writeFileSync(path, content)
  return path
}
const us = (iso: string): number => Date.parse(iso) * 1000
const iso = (time: number): string => new Date(time / 1000).toISOString().slice(0, 16)
const count = ({ events }: CalendarReading): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const shared = new URL('../../../../shared/data/macro/', import.meta.url).pathname
const isThere = existsSync(shared) || process.env['CI'] !== undefined
const note = isThere ? '' : ' (skipped: no ../shared/data)'

describe.runIf(isThere)(`the calendar of 2022${note}`, () => {
  const reading = (): CalendarReading =>
    readCalendarFile(join(shared, 'us_economic_calendar_2022.csv.gz'))

  it('has the releases of a year', () => {
    // The file leaves out the CPI of May and the claims before Thanksgiving.
    expect(count(reading())).toEqual({
      ...{ CPI: 11, NFP: 12, FOMC: 8, PCE: 12, PPI: 12, GDP: 12 },
      ...{ retailSales: 12, joblessClaims: 51, JOLTS: 12 },
    })
  })

  it('is written by a clock four hours behind UTC all year, whatever its heading says', () => {
    const of = (kind: string) => reading().events.filter((event) => event.kind === kind)
    expect(of('CPI').map(({ time }) => iso(time))).toEqual([
      ...['2022-01-12T13:30', '2022-02-10T13:30', '2022-03-10T13:30', '2022-04-12T12:30'],
      ...['2022-06-10T12:30', '2022-07-13T12:30', '2022-08-10T12:30', '2022-09-13T12:30'],
      ...['2022-10-13T12:30', '2022-11-10T13:30', '2022-12-13T13:30'],
    ])
    expect(of('FOMC').map(({ time }) => iso(time))).toEqual([
      ...['2022-01-26T19:00', '2022-03-16T18:00', '2022-05-04T18:00', '2022-06-15T18:00'],
      ...['2022-07-27T18:00', '2022-09-21T18:00', '2022-11-02T18:00', '2022-12-14T19:00'],
    ])
  })

  it('says what is odd about it', () => {
    const notes = reading().notes.join('\n')
    expect(notes).toContain('UTC-4 all year, not New York')
    expect(notes).toContain('Initial Jobless Claims of 2022-09-23')
    expect(notes).toContain('2022 has 11 events of CPI, 12 are usual: one may be missing')
  })

  it('agrees with the days of rate decisions', () => {
    const decisions = readCalendarFile(join(shared, 'fomc_dates.csv'))
    const of2022 = decisions.events.filter(({ time }) => iso(time).startsWith('2022'))
    expect(of2022).toEqual(reading().events.filter(({ kind }) => kind === 'FOMC'))
    expect(decisions.notes[0]).toContain('not scheduled are left out: 2001-01-03')
    expect(Object.keys(decisions.coverage)).toEqual(['FOMC'])
  })

  it('covers the year to the day, holidays at its ends included', () => {
    const { from, until } = reading().coverage.CPI!
    expect([iso(from), iso(until)]).toEqual(['2022-01-01T05:00', '2023-01-03T05:00'])
  })
})

describe('a calendar of our own', () => {
  it('names instants and kinds; comments and further columns are for people', () => {
    const path = file(
      'time,kind,note\n# planned\n2026-12-10T08:30:00-05:00,CPI,"November, first"\n\n' +
        '2026-12-09T19:00Z,fomc,\n2026-12-16T13:30:00Z,Retail Sales,\n',
    )
    const { events, coverage } = readCalendarFile(path)
    expect(events).toEqual([
      { kind: 'FOMC', time: us('2026-12-09T19:00Z') },
      { kind: 'CPI', time: us('2026-12-10T13:30Z') },
      { kind: 'retailSales', time: us('2026-12-16T13:30Z') },
    ])
    expect(Object.keys(coverage)).toEqual(['CPI', 'FOMC', 'retailSales'])
  })

  it('may say what it covers, of all kinds', () => {
    const text = '# covers 2026-12-01 to 2026-12-31\ntime,kind\n2026-12-10T13:30Z,CPI\n'
    const { coverage } = readCalendarFile(file(gzipSync(text), 'zipped.csv.gz'))
    expect(Object.keys(coverage)).toHaveLength(9)
    expect(coverage.JOLTS).toEqual({
      from: us('2026-12-01T05:00Z'),
      until: us('2027-01-01T05:00Z'),
    })
  })

  it('is one with others, and read by span', async () => {
    const a = file('time,kind\n2026-12-10T13:30Z,CPI\n')
    const b = file('time,kind\n2026-12-10T13:30Z,CPI\n2026-12-17T13:30Z,CPI\n')
    const whole = joinReadings([a, b].map(readCalendarFile))
    expect(whole.events).toHaveLength(2)
    const calendar = createFileCalendar([a, b])
    const span = { from: us('2026-12-11T00:00Z'), until: us('2026-12-17T13:30Z') }
    expect((await calendar.read(span)).events).toEqual([])
    expect((await calendar.read({ ...span, until: span.until + 1 })).events).toHaveLength(1)
  })
})

describe('a file that is no calendar', () => {
  it.each([
    ['when,what\n1,2\n', ':1 ', 'the columns are when, what'],
    ['', ':1 ', 'the columns are none'],
    ['date\n', ':1 ', 'it has no rows'],
    ['time,kind\n2026-12-10,CPI\n', ':2 ', 'time is "2026-12-10"'],
    ['time,kind\n2026-12-10T13:30Z,CPI\n2026-12-10T13:30Z,CPX\n', ':3 ', 'kind is "CPX"'],
    ['date\n2022-02-30\n', ':2 ', 'the date is "2022-02-30"'],
    ['# covers December\ntime,kind\n2026-12-10T13:30Z,CPI\n', ':1 ', 'what is covered'],
  ])('is refused with its line: %j', (content, line, what) => {
    const path = file(content)
    expect(() => readCalendarFile(path)).toThrow(`${path}${line}`)
    expect(() => readCalendarFile(path)).toThrow(what)
  })

  it('is refused when it cannot be read', () => {
    expect(() => readCalendarFile(join(folder, 'none.csv'))).toThrow('cannot be read')
    const broken = file(gzipSync('date\n2022-01-26\n').subarray(0, 12), 'broken.csv.gz')
    expect(() => readCalendarFile(broken)).toThrow('cannot be read')
  })
})
