import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AdapterError, InputError } from '../errors.ts'
import type { FileOperations } from './file-operations.ts'
import { systemFiles } from './file-operations.ts'
import { createJournal, openJournal, verifyJournal } from './open.ts'
import { readJournal } from './read.ts'
import { alert, executed, genesis, heartbeat, market } from './testing/kit.ts'
import { traceOf, traceOfItem, workload } from './testing/workload.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faults-'))
  path = join(directory, 'journal.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: write`), { code, syscall: 'write', errno: -1 })

function failureOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('no failure')
}

const traces = (): string[] => {
  const words: string[] = []
  for (const item of readJournal(path)) words.push(...traceOfItem(item))
  return words
}

describe('a journal whose disk refuses', () => {
  it.each([
    ['ENOSPC', 'JOURNAL_DISK_FULL'],
    ['EDQUOT', 'JOURNAL_DISK_FULL'],
    ['EIO', 'JOURNAL_WRITE_FAILED'],
  ])('stops for good when a segment answers %s, with nothing half-written', (code, expected) => {
    let isFull = false
    const files: FileOperations = {
      ...systemFiles,
      write(fd, bytes, offset, length, position) {
        if (!isFull) return systemFiles.write(fd, bytes, offset, length, position)
        systemFiles.write(fd, bytes, offset, Math.floor(length / 2), position)
        throw systemError(code)
      },
    }
    const journal = createJournal(path, genesis, { files })
    journal.appendMarket(market({ start: 1, count: 3 }))
    journal.appendEvent(heartbeat(4))
    isFull = true
    journal.appendMarket(market({ start: 5, count: 3 }))
    const failure = failureOf(() => journal.appendEffects([alert('never')], 8))
    expect(failure).toBeInstanceOf(AdapterError)
    expect(failure).toMatchObject({ code: expected, disposition: 'fatal' })
    isFull = false
    expect(failureOf(() => journal.appendEvent(heartbeat(9)))).toBe(failure)
    expect(failureOf(() => journal.appendMarket(market({ start: 9, count: 1 })))).toBe(failure)
    journal.close()
    const again = openJournal(path)
    expect(again.journal.head.seq).toBe(2)
    again.journal.close()
    expect(traces()).toEqual(['market 1', 'market 2', 'market 3', 'event heartbeat 4'])
  })

  it('stops for good when a sync fails, and never tries that sync again', () => {
    let syncs = 0
    let isBroken = false
    const files: FileOperations = {
      ...systemFiles,
      sync(fd) {
        if (isBroken) {
          syncs++
          throw systemError('EIO')
        }
        systemFiles.sync(fd)
      },
    }
    const journal = createJournal(path, genesis, { files, maximumUnsyncedBytes: 0 })
    journal.appendMarket(market({ start: 1, count: 1 }))
    isBroken = true
    const failure = failureOf(() => journal.appendEffects([alert('never')], 2))
    expect(failure).toMatchObject({ code: 'JOURNAL_WRITE_FAILED', disposition: 'fatal' })
    expect(failureOf(() => journal.flush())).toBe(failure)
    journal.close()
    expect(syncs).toBe(1)
    expect(traces()).toEqual([])
    expect(verifyJournal(path)).toMatchObject({ ok: true, entries: 1 })
  })

  it('stops for good when the database is full, without a part of the transaction', () => {
    let isFull = false
    const crashPoint = (point: string): void => {
      if (!isFull || point !== 'commit.inside') return
      const full = { code: 'ERR_SQLITE_ERROR', errcode: 13 }
      throw Object.assign(new Error('database or disk is full'), full)
    }
    const journal = createJournal(path, genesis, { crashPoint })
    journal.appendEvent(executed(1, 'a'))
    isFull = true
    const failure = failureOf(() => journal.appendEvent(executed(2, 'b')))
    expect(failure).toMatchObject({ code: 'JOURNAL_DISK_FULL', disposition: 'fatal' })
    journal.close()
    const again = openJournal(path).journal
    expect(again.head.seq).toBe(1)
    expect([again.hasExecution('a'), again.hasExecution('b')]).toEqual([true, false])
    again.close()
  })

  it.skipIf(process.platform === 'win32')(
    'keeps what it acknowledged when the system refuses to let files grow',
    () => {
      const child = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))
      const command = `trap '' XFSZ; ulimit -f 300; exec "$0" "$@"`
      const args = ['-c', command, process.execPath, child, path, '3', '2000', 'none', '1']
      const result = spawnSync('sh', args, { encoding: 'utf8' })
      expect(result.stderr).toMatch(/AdapterError: (disk full while writing|cannot write)/)
      const acknowledged = Number(result.stdout.trim().split('\n').at(-1))
      expect(acknowledged).toBeGreaterThan(50)
      const stored = traces()
      expect(stored.length).toBeGreaterThanOrEqual(acknowledged)
      expect(stored).toEqual(workload(3, 2000).flatMap(traceOf).slice(0, stored.length))
      openJournal(path).journal.close()
    },
  )
})

describe('a journal after a power cut', () => {
  it('restores market data that were committed but not yet in their synced segment', () => {
    const journal = createJournal(path, genesis)
    for (let i = 0; i < 5; i++) {
      journal.appendMarket(market({ start: 1 + 4 * i, count: 4 }))
      journal.appendEffects([alert(`${i}`)], 4 + 4 * i)
    }
    const before = traces()
    const copy = mkdtempSync(join(tmpdir(), 'faults-'))
    try {
      cpSync(directory, copy, { recursive: true })
      journal.close()
      const segment = join(copy, 'segments', '000001.seg')
      const lost = readdirSync(join(copy, 'segments'))
      expect(lost).toEqual(['000001.seg'])
      truncateSync(segment, 800)
      path = join(copy, 'journal.sqlite')
      expect(verifyJournal(path)).toMatchObject({ ok: true })
      expect(traces()).toEqual(before)
      openJournal(path).journal.close()
      const database = new DatabaseSync(path)
      expect(database.prepare('SELECT count(*) AS n FROM unsynced_frame').get()?.['n']).toBe(0)
      database.close()
      expect(traces()).toEqual(before)
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  })
})

describe('opening what is not a usable journal', () => {
  const codeOf = (work: () => unknown): unknown => {
    const failure = failureOf(work)
    expect(failure).toBeInstanceOf(InputError)
    const { code, exitCode } = failure as InputError
    return [code, exitCode]
  }

  it('says that there is none', () => {
    expect(codeOf(() => openJournal(path))).toEqual(['ORN-JOURNAL-002', 4])
    expect(codeOf(() => verifyJournal(path))).toEqual(['ORN-JOURNAL-002', 4])
    expect(codeOf(() => readJournal(path).next())).toEqual(['ORN-JOURNAL-002', 4])
    expect(readdirSync(directory)).toEqual([])
  })

  it('says that it is a directory', () => {
    expect(codeOf(() => openJournal(directory))).toEqual(['ORN-JOURNAL-003', 2])
    expect(codeOf(() => createJournal(directory, genesis))).toEqual(['ORN-JOURNAL-003', 2])
  })

  it('says that it is another kind of file', () => {
    writeFileSync(path, 'a,b\n1,2\n'.repeat(500))
    expect(codeOf(() => openJournal(path))).toEqual(['ORN-JOURNAL-004', 4])
    rmSync(path)
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE t (a)')
    database.close()
    expect(codeOf(() => openJournal(path))).toEqual(['ORN-JOURNAL-004', 4])
  })

  it('says which version it has', () => {
    createJournal(path, genesis).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 9')
    database.close()
    const failure = failureOf(() => openJournal(path)) as InputError
    expect([failure.code, failure.exitCode]).toEqual(['ORN-JOURNAL-005', 4])
    expect(failure.message).toContain('is a journal of version 9')
  })

  it('does not overwrite one that exists', () => {
    createJournal(path, genesis).close()
    expect(codeOf(() => createJournal(path, genesis))).toEqual(['ORN-JOURNAL-008', 2])
    expect(verifyJournal(path)).toMatchObject({ ok: true, entries: 1 })
  })

  it('refuses entries that are changed behind its back', () => {
    createJournal(path, genesis).close()
    const database = new DatabaseSync(path)
    expect(() => database.exec("UPDATE entry SET payload = '{}'")).toThrow('append-only')
    expect(() => database.exec('DELETE FROM entry')).toThrow('append-only')
    database.close()
  })
})
