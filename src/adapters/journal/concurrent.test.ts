import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJournal, verifyJournal } from './open.ts'
import { readJournal } from './read.ts'
import { genesis, heartbeat, market } from './testing/kit.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concurrent-'))
  path = join(folder, 'journal.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a journal that is being written', () => {
  it('reads as it was when reading began, whatever is written meanwhile', () => {
    const journal = createJournal(path, genesis)
    let time = 1
    const write = (): void => {
      journal.appendMarket(market({ start: time, count: 5 }))
      time += 5
      journal.appendEvent(heartbeat(time))
    }
    // More than a page of entries, so that the database is asked again while reading.
    for (let i = 0; i < 200; i++) write()
    const entries = journal.head.seq + 1
    let read = 0
    for (const item of readJournal(path)) {
      read++
      expect(item.seq).toBe(read - 1)
      if (read % 10 === 0) write()
    }
    expect(read).toBe(entries)
    journal.close()
  })

  it('is found whole by every look another process takes at it', async () => {
    const child = fileURLToPath(new URL('./testing/writing-child.ts', import.meta.url))
    const writer = spawn(process.execPath, [child, path, '150'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let isDone = false
    const exited = once(writer, 'exit').then(([code]) => {
      isDone = true
      return code as number
    })
    await once(writer.stdout!, 'data')
    let looks = 0
    while (!isDone) {
      expect(verifyJournal(path)).toMatchObject({ ok: true })
      for (const _ of readJournal(path));
      looks++
      await nextTurn()
    }
    expect(await exited).toBe(0)
    expect(looks).toBeGreaterThan(2)
    expect(verifyJournal(path)).toMatchObject({ ok: true })
  })
})
