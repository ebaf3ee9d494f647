import { readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../../test/data/folder.ts'
import { openPart } from './part-file.ts'

const folder = makeFolder()
afterAll(folder.remove)

const header = {
  ornsteinDownload: 1,
  venue: 'binance',
  kind: 'bars',
  symbol: 'BTCUSDT',
  intervalUs: 60_000_000,
  from: 1_000_000,
  to: 9_000_000,
} as const

describe('openPart', () => {
  test('keeps every whole item whatever byte an interruption tore the file at', () => {
    let run = 0
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (items, share) => {
          const path = join(folder.path, `${run++}.part`)
          const part = openPart(path, header)
          part.append(items)
          part.close()
          const bytes = readFileSync(path)
          const cut = Math.floor(bytes.length * share)
          truncateSync(path, cut)
          const whole = bytes.subarray(0, cut).toString().split('\n').length - 2
          const again = openPart(path, { ...header, to: 10_000_000 })
          expect(again.items).toEqual(items.slice(0, Math.max(0, whole)))
          again.append(['next'])
          again.close()
          const lines = readFileSync(path, 'utf8').trim().split('\n')
          expect(JSON.parse(lines[0]!)).toMatchObject({ symbol: 'BTCUSDT' })
          expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual([...again.items, 'next'])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('begins again when something else was asked for', () => {
    const path = join(folder.path, 'other.part')
    const part = openPart(path, header)
    part.append([1, 2, 3])
    part.close()
    const other = openPart(path, { ...header, from: 2_000_000 })
    expect(other.items).toEqual([])
    other.close()
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1)
  })
})
