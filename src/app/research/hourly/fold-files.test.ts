import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type FoldForecast, foldFiles, keepFold, keptFold } from './fold-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'folds-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const forecast: FoldForecast = {
  implementation: 'momentum/1',
  computes: 'plain, one thread',
  rows: Int32Array.of(3, 7),
  excessReturn: Float64Array.of(0.1, Number.NaN),
  excessReturnBps: Float64Array.of(-0, 12.5),
  downsideProbability: null,
}
const files = foldFiles(folder, 'route', 0)
const fold = { key: 'k', name: 'expanding 1' }
const keep = () => keepFold(files, { ...fold, model: { slope: 1.25 } }, forecast)

it('comes back to the bit, under its own key and name only', () => {
  keep()
  expect(keptFold(files, fold)).toEqual(forecast)
  expect(keptFold(files, { ...fold, key: 'other' })).toBeNull()
  expect(keptFold(files, { ...fold, name: 'expanding 2' })).toBeNull()
  const next = foldFiles(folder, 'route', 1)
  for (const kind of ['forecast', 'model'] as const) cpSync(files[kind], next[kind])
  expect(keptFold(next, { ...fold, name: 'expanding 2' })).toBeNull()
})

it('is not taken where a byte of its forecasts or its model is another one, or is missing', () => {
  keep()
  for (const file of [files.forecast, files.model]) {
    const text = readFileSync(file, 'utf8')
    // What stands within quotes or is a digit: all of it would still be read.
    for (let at = 0; at < text.length; at += 3) {
      const other = text[at] === 'A' || text[at] === '1' ? '2' : 'A'
      writeFileSync(file, text.slice(0, at) + other + text.slice(at + 1))
      expect(keptFold(files, fold)).toBeNull()
    }
    writeFileSync(file, text.slice(0, -5))
    expect(keptFold(files, fold)).toBeNull()
    writeFileSync(file, text)
    expect(keptFold(files, fold)).toEqual(forecast)
  }
  rmSync(files.model)
  expect(keptFold(files, fold)).toBeNull()
})
