import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultUniverse } from '../simulators/market/universe.ts'
import { asWritten } from './as-written.ts'
import { parseConfig, parseObject } from './load.ts'
import { macroHalts } from './macro.ts'
import { riskLimits } from './risk.ts'
import { renderConfig } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'macro-'))
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const parse = (risk: string) => parseConfig(`{ name: x, risk: ${risk} }`, join(folder, 'x.yaml'))
const halts = (risk: string) =>
  macroHalts(parse(risk).config).map(({ name, fromTime, untilTime }) => [
    name,
    iso(fromTime),
    iso(untilTime),
  ])
const iso = (time: number): string => {
  if (time === 0) return 'ever'
  if (time === Number.MAX_SAFE_INTEGER) return 'for ever'
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 16)
}

write('december.csv', '# covers 2026-12-01 to 2026-12-31\ntime,kind\n2026-12-10T13:30Z,CPI\n')
write('january.csv', '# covers 2027-01-01 to 2027-01-31\ntime,kind\n2027-01-12T13:30Z,CPI\n')

describe('risk.macro', () => {
  it('halts around the events of its files, and where they know nothing', () => {
    expect(halts('{ macro: { calendar: [december.csv, january.csv] } }')).toEqual([
      [
        expect.stringMatching(/^no economic calendar of CPI, NFP, FOMC/),
        'ever',
        '2026-12-01T05:00',
      ],
      ['CPI', '2026-12-10T13:15', '2026-12-10T13:45'],
      ['CPI', '2027-01-12T13:15', '2027-01-12T13:45'],
      [expect.stringMatching(/^no economic calendar of/), '2027-02-01T05:00', 'for ever'],
    ])
  })

  it('has times for all kinds and for one, kinds that are off, and warnings instead of halts', () => {
    const own = `events: { CPI: ['2026-12-10T13:30:00Z'], GDP: ['2026-12-22T13:30:00Z'] }`
    expect(
      halts(`{ macro: { ${own}, before: 5m, kinds: { CPI: { after: 1h }, GDP: off } } }`),
    ).toEqual([['CPI', '2026-12-10T13:25', '2026-12-10T14:30']])
    const both = `calendar: [december.csv], onMissing: warn, ${own}`
    expect(halts(`{ macro: { ${both} } }`).map(([name]) => name)).toEqual(['CPI', 'GDP'])
  })

  it('without any calendar halts for ever, or not at all', () => {
    const [only] = halts('{ macro: {} }')
    expect([only?.[1], only?.[2]]).toEqual(['ever', 'for ever'])
    expect(halts('{ macro: { onMissing: warn } }')).toEqual([])
    expect(halts('{}')).toEqual([])
  })

  it('of a calendar that is asked halts nothing before it has answered', () => {
    expect(halts('{ macro: { calendar: fmp } }')).toEqual([])
  })

  it('is told in a line', () => {
    const told = (macro: string) =>
      renderConfig(parse(`{ macro: ${macro} }`))
        .split('\n')
        .find((line) => line.includes('risk.macro'))
        ?.trim()
    expect(told('{ calendar: [january.csv], kinds: { FOMC: { after: 75m }, GDP: off } }')).toBe(
      'risk.macro                 900s before to 900s after 1 event of january.csv; ' +
        'FOMC 900s before to 4500s after; GDP off; onMissing halt (file)',
    )
    expect(told('{ calendar: fmp, onMissing: warn }')).toContain(
      'events of Financial Modeling Prep;',
    )
    expect(told('{ events: { CPI: [] } }')).toContain('after 0 events;')
  })

  it('merges with halt times into windows that do not overlap', () => {
    const { config } = parse(
      `{ macro: { events: { CPI: ['2026-12-10T13:30:00Z'] } },
         haltTimes: [{ name: mine, at: '2026-12-10T13:50:00Z' }] }`,
    )
    const { haltWindows } = riskLimits(config, [defaultUniverse()[0]!.instrument])
    expect(haltWindows).toMatchObject([{ name: 'CPI + mine' }])
  })

  it('holds what its files say: the hash covers it, and reading it again needs no file', () => {
    const a = parse('{ macro: { calendar: [december.csv] } }')
    const again = parseObject({ name: 'x', ...asWritten(a.config, 'risk') }, '/elsewhere/x.yaml')
    expect(again.hash).toBe(a.hash)
    expect(again.config.risk.macro).toEqual(a.config.risk.macro)
    write('december.csv', '# covers 2026-12-01 to 2026-12-31\ntime,kind\n2026-12-11T13:30Z,CPI\n')
    expect(parse('{ macro: { calendar: [december.csv] } }').hash).not.toBe(a.hash)
  })

  it.each([
    ['{ macro: { kinds: { CPX: off } } }', 'did you mean "CPI"?'],
    ['{ macro: { kinds: { CPI: { before: 15 } } } }', 'a time with its unit'],
    ['{ macro: { events: { CPI: [tomorrow] } } }', 'risk.macro.events.CPI.0'],
    ['{ macro: { events: { CPI: tomorrow } } }', 'risk.macro.events.CPI'],
    ['{ macro: { calendar: [] } }', 'risk.macro.calendar'],
    ['{ macro: { onMissing: stop } }', 'allowed: halt, warn'],
  ])('refuses %s', (risk, told) => {
    expect(() => parse(risk)).toThrow(
      expect.objectContaining({ details: [expect.stringContaining(told)] }),
    )
  })

  it('refuses files that are no calendars', () => {
    expect(() => parse('{ macro: { calendar: [none.csv] } }')).toThrow('cannot be read')
  })

  it('refuses a key that is written out', () => {
    const key = `key: { env: ${'0x'}${'ab'.repeat(32)} }`
    expect(() => parse(`{ macro: { calendar: fmp, ${key} } }`)).toThrow()
  })
})
