import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { InputError } from '../errors.ts'
import { createJournal, openJournal, verifyJournal } from './open.ts'
import { readJournal } from './read.ts'
import { alert, genesis, market } from './testing/kit.ts'
import { apply, traceOfItem, workload } from './testing/workload.ts'

/** A closed session, and one whose process died: both are copied and damaged. */
let root: string
let copy: string
let path: string
let segment: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'damage-'))
  const journal = createJournal(join(root, 'live', 'journal.sqlite'), genesis)
  for (const operation of workload(5, 60)) apply(journal, operation, 0)
  journal.appendMarket(market({ start: 9_000, count: 9 }))
  journal.appendEffects([alert('last')], 9_009)
  cpSync(join(root, 'live'), join(root, 'died'), { recursive: true })
  journal.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => use('live'))

function use(which: 'live' | 'died'): void {
  copy = join(root, 'copy')
  rmSync(copy, { recursive: true, force: true })
  cpSync(join(root, which), copy, { recursive: true })
  path = join(copy, 'journal.sqlite')
  segment = join(copy, 'segments', '000001.seg')
}

const contentOf = (): string => {
  const words: string[] = []
  for (const item of readJournal(path)) words.push(`${item.seq} ${item.hash}`, ...traceOfItem(item))
  return words.join('\n')
}

function flip(file: string, bit: number): void {
  const bytes = readFileSync(file)
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  writeFileSync(file, bytes)
}

function refusal(): InputError {
  try {
    openJournal(path).journal.close()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('the journal was opened')
}

/** Changes a row as somebody with a database editor would. */
function tamper(sql: string): void {
  const database = new DatabaseSync(path)
  database.exec('DROP TRIGGER entry_never_changes; DROP TRIGGER entry_never_leaves')
  database.exec(sql)
  database.close()
}

describe('a damaged journal', () => {
  it('is found out or reads as before, whichever bit is flipped', () => {
    const whole = contentOf()
    const random = createRandom(20)
    for (let i = 0; i < 120; i++) {
      use('live')
      const file = i % 3 === 0 ? segment : path
      const bit = random.integer(statSync(file).size * 8)
      flip(file, bit)
      const what = `bit ${bit} of ${file}`
      let isFound = false
      try {
        isFound = !verifyJournal(path).ok
      } catch (error) {
        expect(error, what).toBeInstanceOf(InputError)
        isFound = true
      }
      if (isFound) expect(() => openJournal(path).journal.close(), what).not.toThrow(TypeError)
      else expect(contentOf(), what).toBe(whole)
    }
  })

  it('is found out when commits vanish with a damaged write-ahead log', () => {
    use('died')
    const whole = verifyJournal(path)
    const wal = `${path}-wal`
    flip(wal, (statSync(wal).size - 2000) * 8)
    expect(verifyJournal(path)).toMatchObject({ ok: false })
    const failure = refusal()
    expect(failure.message).toMatch(/it ends at entry \d+, but entry \d+ was committed/)
    expect(whole.ok).toBe(true)
    expect(existsSync(wal)).toBe(true)
    expect(refusal().message).toBe(failure.message)
  })

  it('is found out when the write-ahead log is cut off or gone', () => {
    use('died')
    truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - 5000)
    expect(refusal().exitCode).toBe(4)
    use('died')
    unlinkSync(`${path}-wal`)
    expect(refusal().exitCode).toBe(4)
  })

  it('is found out wherever the file is cut off, except in a page that is not in use', () => {
    const whole = contentOf()
    const size = statSync(path).size
    let found = 0
    for (let cut = 0; cut < size; cut += 3001) {
      use('live')
      truncateSync(path, cut)
      try {
        openJournal(path).journal.close()
        expect(contentOf(), `cut at ${cut}`).toBe(whole)
      } catch (error) {
        expect(error, `cut at ${cut}`).toMatchObject({ exitCode: 4 })
        found++
      }
    }
    expect(found).toBeGreaterThan(10)
  })

  it.each([
    ['a payload is changed', "UPDATE entry SET payload = replace(payload, 'last', 'lost')"],
    ['an entry is removed', 'DELETE FROM entry WHERE seq = (SELECT max(seq) - 1 FROM entry)'],
    ['the last entry is removed', 'DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)'],
    ['an execution key is made up', "INSERT INTO execution VALUES ('v', '', 'x', 1)"],
    ['an execution key is changed', "UPDATE execution SET execution_id = 'y'||execution_id"],
    ['a time is changed', 'UPDATE entry SET time = time + 1 WHERE seq > 0'],
  ])('is found out when %s', (_, sql) => {
    tamper(sql)
    expect(verifyJournal(path)).toMatchObject({ ok: false })
    expect(refusal()).toMatchObject({ code: 'ORN-JOURNAL-006', exitCode: 4 })
  })

  it.each([
    [
      'an execution key is gone',
      'DELETE FROM execution WHERE seq = (SELECT min(seq) FROM execution)',
    ],
    ['an old entry is changed', 'UPDATE entry SET time = 5 WHERE seq = 1'],
  ])('is found out by full verification when %s', (_, sql) => {
    tamper(sql)
    expect(verifyJournal(path)).toMatchObject({ ok: false })
  })

  it('is found out when the state of its snapshot is changed', () => {
    tamper("UPDATE snapshot SET state = 'something else'")
    expect(refusal().message).toContain('differs from its hash')
  })

  it('is found out when a segment is missing', () => {
    unlinkSync(segment)
    const failure = refusal()
    expect(failure.message).toContain('segment')
    expect(failure.message).toContain('missing')
  })

  it('is copied aside and left as it is, once', () => {
    tamper('UPDATE entry SET time = time + 1 WHERE seq > 0')
    const bytes = readFileSync(path)
    const failure = refusal()
    expect(refusal().details).toEqual(failure.details)
    const folders = readdirSync(copy).filter((name) => name.includes('quarantine'))
    expect(folders).toHaveLength(1)
    expect(failure.details.at(-1)).toBe(`copied aside: ${join(copy, folders[0]!)}`)
    expect(readFileSync(join(copy, folders[0]!, 'journal.sqlite'))).toEqual(bytes)
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('is copied aside with the segment that is damaged', () => {
    flip(segment, (statSync(segment).size - 200) * 8)
    const failure = refusal()
    const folder = failure.details.at(-1)!.replace('copied aside: ', '')
    expect(failure.details).toContain(`file: ${segment}`)
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['000001.seg', 'journal.sqlite', 'journal.sqlite.head']),
    )
  })

  it('is copied aside when not even SQLite can read it', () => {
    flip(path, 3)
    expect(refusal().details.at(-1)).toMatch(/^copied aside: /)
  })
})
