import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unreadable } from './database.ts'
import { createJournal } from './open.ts'
import { readJournal } from './read.ts'
import { genesis, heartbeat } from './testing/kit.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ornstein-permissions-'))
  path = join(folder, 'journal.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true }))

it('a closed journal is read where nothing can be written beside it', () => {
  const journal = createJournal(path, genesis)
  journal.appendEvent(heartbeat(1))
  journal.close()
  // What a folder without write permission does to SQLite, for the superuser too.
  mkdirSync(`${path}-wal`)
  expect([...readJournal(path)].map(({ kind }) => kind)).toEqual(['genesis', 'event'])
})

it('one that cannot be opened for want of permission is not called damaged', () => {
  const refused = Object.assign(new Error('attempt to write a readonly database'), { errcode: 8 })
  expect(unreadable(path, refused)).toMatchObject({
    code: 'ORN-JOURNAL-009',
    exitCode: 2,
    details: [refused.message, expect.stringContaining('writable')],
  })
})
