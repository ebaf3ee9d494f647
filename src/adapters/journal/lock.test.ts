import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import { noCrash } from './crash-points.ts'
import { acquireLock, lockPath } from './lock.ts'
import { createJournal, openJournal } from './open.ts'
import { readJournal } from './read.ts'
import { genesis, heartbeat } from './testing/kit.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(directory, 'journal.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function failureOf(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('no failure')
}

describe('the lock of a journal', () => {
  it('is given to one writer and given back', () => {
    const lock = acquireLock(path, noCrash)
    expect(() => acquireLock(path, noCrash)).toThrow(InputError)
    lock.release()
    lock.release()
    acquireLock(path, noCrash).release()
  })

  it('refuses a second writer, names the first and disturbs it not', () => {
    const journal = createJournal(path, genesis)
    const failure = failureOf(() => openJournal(path))
    expect(failure).toMatchObject({
      code: 'ORN-JOURNAL-001',
      exitCode: 2,
      message: `another process is writing the journal ${path}`,
    })
    expect(failure.details[0]).toBe(`held by process ${process.pid}`)
    journal.appendEvent(heartbeat(1))
    expect([...readJournal(path)]).toHaveLength(2)
    journal.close()
    openJournal(path).journal.close()
  })

  it('ends with the process that holds it, however it ends', async () => {
    const child = fileURLToPath(new URL('./testing/lock-child.ts', import.meta.url))
    const holder = spawn(process.execPath, [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise<void>((resolve) => holder.stdout.once('data', () => resolve()))
    const failure = failureOf(() => openJournal(path))
    expect(failure.details[0]).toBe(`held by process ${holder.pid}`)
    const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()))
    holder.kill('SIGKILL')
    await ended
    openJournal(path).journal.close()
  })

  it('says how to mend a damaged lock file', () => {
    createJournal(path, genesis).close()
    writeFileSync(lockPath(path), 'x'.repeat(5000))
    const failure = failureOf(() => openJournal(path))
    expect(failure.message).toBe(`the lock file ${lockPath(path)} is damaged`)
    expect(failure.fix).toContain(`remove ${lockPath(path)}`)
  })

  it('leaves nothing behind when the directory cannot be written', () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    const failure = failureOf(() => createJournal(join(file, 'journal.sqlite'), genesis))
    expect(failure).toMatchObject({ code: 'ORN-JOURNAL-009', exitCode: 2 })
    expect(existsSync(path)).toBe(false)
  })
})
