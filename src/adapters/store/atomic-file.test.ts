import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeFileAtomically } from './atomic-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('makes the folder, replaces the file whole and leaves nothing beside it', () => {
  const path = join(folder, 'a', 'b.json')
  writeFileAtomically(path, 'first, and longer')
  writeFileAtomically(path, new TextEncoder().encode('second'))
  expect(readFileSync(path, 'utf8')).toBe('second')
  expect(readdirSync(join(folder, 'a'))).toEqual(['b.json'])
})

it.skipIf(process.platform === 'win32')('is for its owner only unless told otherwise', () => {
  writeFileAtomically(join(folder, 'own'), '')
  writeFileAtomically(join(folder, 'all'), '', { mode: 0o644 })
  expect(statSync(join(folder, 'own')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'all')).mode & 0o077).not.toBe(0)
})

it('keeps what is there when it may not replace it, or cannot', () => {
  const path = join(folder, 'kept')
  writeFileSync(path, 'old')
  expect(() => writeFileAtomically(path, 'new', { replaces: false })).toThrow(/EEXIST/)
  expect(readFileSync(path, 'utf8')).toBe('old')
  mkdirSync(join(folder, 'taken'))
  expect(() => writeFileAtomically(join(folder, 'taken'), 'new')).toThrow()
  expect(readdirSync(folder).sort()).toEqual(['kept', 'taken'])
})
