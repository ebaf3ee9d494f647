import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requireOutputFolder } from './output-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a folder that is there, and one that can be made below it, are passed', () => {
  requireOutputFolder(folder)
  requireOutputFolder(join(folder, 'a', 'b'))
})

test('a file, and what would lie below one, are refused by name', () => {
  const file = join(folder, 'file.yaml')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'a', 'b')]) {
    expect(() => requireOutputFolder(path)).toThrow(`${file} is not a folder`)
  }
})
