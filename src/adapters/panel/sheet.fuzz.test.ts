import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textSheet, withSheet } from './sheet.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sheet-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sheetOf = (texts: readonly string[]) =>
  textSheet(
    'rows.csv',
    ['x'],
    texts.map((text) => [text]),
    Int32Array.from(texts, (_, k) => k + 2),
  )
const instants = fc.array(
  fc.integer({
    min: Date.parse('1990-01-01T00:00:00Z'),
    max: Date.parse('2049-12-31T00:00:00Z'),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('times of a sheet', () => {
  it('are none where the offset is none', async () => {
    for (const zone of ['+99:00', '-05:60', '+15:00']) {
      const sheet = textSheet('x.csv', ['t'], [[`2018-01-02T09:30:00${zone}`]], Int32Array.of(2))
      await expect(sheet.times('t', 'inText')).rejects.toMatchObject({ code: 'ORN-PANEL-003' })
    }
  })

  it('are the instants that the platform reads from the same texts, at any offset', async () => {
    const offset = fc.constantFrom('Z', '+00:00', '-05:00', '-04:00', '+05:30', '+13:45')
    await fc.assert(
      fc.asyncProperty(instants, offset, async (list, zone) => {
        const texts = list.map((ms) => new Date(ms).toISOString().replace('Z', zone))
        const times = await sheetOf(texts).times('x', 'inText')
        expect([...times]).toEqual(texts.map((text) => Date.parse(text) * 1000))
      }),
    )
  })

  it('of New York are the instants at which its clocks show them', async () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    await fc.assert(
      fc.asyncProperty(instants, async (list) => {
        const whole = list.map((ms) => Math.floor(ms / 1000) * 1000)
        const texts = whole.map((ms) => format.format(ms))
        const times = await sheetOf(texts).times('x', 'newYork')
        // The hour that comes twice in autumn has one text: it is read as its first occurrence.
        expect([...times].map((time) => format.format(time / 1000))).toEqual(texts)
      }),
    )
  })

  it('are refused where they are naive, and where no calendar has them', async () => {
    const wrong = ['2018-02-16T09:30:00', '2018-02-30T09:30:00Z', '2018-13-01T00:00:00Z']
    const more = [
      '1518772200',
      '2018-02-16T24:00:00Z',
      '2018-02-16',
      'soon',
      '2018-02-16T09:60:00Z',
    ]
    for (const text of [...wrong, ...more]) {
      const read = sheetOf(['2018-02-16T09:30:00Z', text]).times('x', 'inText')
      await expect(read).rejects.toMatchObject({
        code: 'ORN-PANEL-003',
        details: [`row 3: found "${text}"`],
      })
    }
  })
})

describe('cells of a sheet', () => {
  it('come back as they were written, quotes and commas among them', async () => {
    const cell = fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n\0]/g, '').trim())
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    let count = 0
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const path = join(folder, `${count++}.csv`)
        const lines = rows.map(([a, b]) => `${quoted(a)},${quoted(b)}`)
        writeFileSync(path, ['a,b', ...lines].join('\n'))
        await withSheet(path, async (sheet) => {
          expect(await sheet.texts('a')).toEqual(rows.map(([a]) => a))
          expect(await sheet.texts('b')).toEqual(rows.map(([, b]) => b))
          expect([...sheet.row]).toEqual(rows.map((_, k) => k + 2))
        })
      }),
      { numRuns: 40 },
    )
  })
})
