import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CalendarFlags, calendarCommand } from './calendar-list.ts'

const folder = mkdtempSync(join(tmpdir(), 'calendar-command-'))
const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const rows =
  '2026-12-10T08:30:00-05:00,CPI\n2026-12-10T13:30Z,jobless claims\n2026-12-09T19:00Z,FOMC\n'
const file = write('december.csv', `# covers 2026-12-01 to 2026-12-31\ntime,kind\n${rows}`)
const nobody = { environment: {}, askPassword: null }

interface Data {
  readonly events: readonly { readonly kind: string; readonly time: string }[]
  readonly windows: readonly unknown[]
  readonly missing: readonly unknown[]
  readonly counts: Readonly<Record<string, number>>
}

const list = async (flags: CalendarFlags, path?: string) => {
  const result = await calendarCommand(path, flags, nobody)
  return { ...result, data: result.data as Data }
}

describe('ornstein calendar', () => {
  it('lists events in two clocks and the windows around them', async () => {
    const { data, text, warnings } = await list({ file: [file] })
    expect(data.windows).toEqual([
      { name: 'FOMC', from: '2026-12-09T18:45:00.000000Z', through: '2026-12-09T19:15:00.000000Z' },
      {
        name: 'CPI + Jobless Claims',
        from: '2026-12-10T13:15:00.000000Z',
        through: '2026-12-10T13:45:00.000000Z',
      },
    ])
    expect(text).toContain('2026-12-10 08:30  2026-12-10 13:30  CPI             13:15 to 13:45')
    expect(text).toContain('3 events, 2 windows')
    expect([warnings, data.missing]).toEqual([[], []])
  })

  it('lists some kinds, some days', async () => {
    const fomc = await list({ file: [file], kind: ['fomc'] })
    expect(fomc.data.counts).toEqual({ FOMC: 1 })
    const { data } = await list({ file: [file], from: '2026-12-10', to: '2026-12-10' })
    expect(data.events.map(({ kind }) => kind)).toEqual(['CPI', 'joblessClaims'])
  })

  it('says what is not known', async () => {
    const { warnings } = await list({ file: [file], kind: ['CPI'], to: '2027-01-01' })
    expect(warnings).toEqual(['nothing is known of CPI from 2027-01-01 to 2027-01-02'])
  })

  it('lists what a configuration halts for', async () => {
    const macro = 'macro: { calendar: [december.csv], kinds: { CPI: { after: 1h }, FOMC: off } }'
    const path = write('config.yaml', `{ name: x, risk: { ${macro} } }`)
    const { data, text } = await list({}, path)
    expect(data.windows).toEqual([
      {
        name: 'CPI + Jobless Claims',
        from: '2026-12-10T13:15:00.000000Z',
        through: '2026-12-10T14:30:00.000000Z',
      },
    ])
    expect(text).toContain('FOMC            off')
    const empty = await list({}, write('empty.yaml', '{ name: x, risk: { macro: {} } }'))
    expect(empty.warnings?.[0]).toMatch(/^nothing is known of CPI, NFP, .* at all$/)
  })

  it('needs a calendar, and refuses flags that say nothing', async () => {
    await expect(list({})).rejects.toMatchObject({ code: 'ORN-CAL-003', exitCode: 2 })
    const plain = write('plain.yaml', '{ name: x }')
    await expect(list({}, plain)).rejects.toMatchObject({ code: 'ORN-CAL-003' })
    await expect(list({ file: [file], kind: ['CPY'] })).rejects.toMatchObject({
      code: 'ORN-CAL-004',
      details: ['nearest: CPI', expect.stringContaining('allowed: CPI, NFP')],
    })
    const turned = { file: [file], from: '2026-12-02', to: '2026-12-01' }
    await expect(list(turned)).rejects.toMatchObject({ code: 'ORN-USAGE-008', exitCode: 2 })
  })
})
