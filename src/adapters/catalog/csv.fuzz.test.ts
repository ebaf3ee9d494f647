import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseNumber, splitCsv } from './csv.ts'

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const cell = fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text))

describe('splitCsv', () => {
  test('reads back what was quoted', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (cells) => {
        expect(splitCsv(cells.map(quoted).join(','))).toEqual(cells)
      }),
    )
  })

  test('gives cells or null for any line, never an exception', () => {
    fc.assert(
      fc.property(cell, (line) => {
        const cells = splitCsv(line)
        expect(cells === null || cells.length >= 1).toBe(true)
      }),
    )
    expect(splitCsv('a,"b')).toBeNull()
  })
})

describe('parseNumber', () => {
  test('reads every finite number back from its text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(String(value)) + 0).toBe(value + 0)
      }),
    )
  })

  test('does not guess at what is no number', () => {
    for (const text of ['', ' ', '1,5', '0x10', 'Infinity', 'NaN', '1e', '--1', '1 2', null, {}]) {
      expect(parseNumber(text)).toBeNaN()
    }
  })
})
