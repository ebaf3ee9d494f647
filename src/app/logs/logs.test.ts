import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isWanted, readLine, renderLine } from './line.ts'
import { openTail } from './tail.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'))
  path = join(folder, 'log.ndjson')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the tail of a log', () => {
  it('gives whole lines once, however they were written', () => {
    const bytes = Buffer.from('one\ntwö\nthr')
    writeFileSync(path, bytes.subarray(0, 7))
    const tail = openTail(path)
    const lines: string[] = []
    const read = () => tail.read((line) => lines.push(line))
    read()
    appendFileSync(path, bytes.subarray(7))
    read()
    read()
    appendFileSync(path, 'ee\n')
    read()
    tail.close()
    expect(lines).toEqual(['one', 'twö', 'three'])
  })

  it('begins with the file put aside and goes on over the next rotation', () => {
    writeFileSync(`${path}.1`, 'a\n')
    writeFileSync(path, 'b\n')
    const tail = openTail(path)
    const lines: string[] = []
    const read = () => tail.read((line) => lines.push(line))
    read()
    appendFileSync(path, 'c\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'd\n')
    read()
    appendFileSync(path, 'e\n')
    read()
    tail.close()
    expect(lines).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('reads more than a chunk', () => {
    const many = Array.from({ length: 9000 }, (_, i) => `line ${i} with some length`)
    writeFileSync(path, `${many.join('\n')}\n`)
    const tail = openTail(path)
    const lines: string[] = []
    tail.read((line) => lines.push(line))
    tail.close()
    expect(lines).toEqual(many)
  })
})

const text = JSON.stringify({
  ...{ level: 'warn', time: '2026-01-05T00:00:00.000Z', session: 'demo', mode: 'paper', seq: 7 },
  ...{ event: { kind: 'fellBehind', receivedTime: 1, lagUs: 2500 }, msg: 'fellBehind' },
})

describe('a line of a log', () => {
  it('is read, or not at all', () => {
    expect(readLine(text)).toMatchObject({ level: 'warn', msg: 'fellBehind', facts: { seq: 7 } })
    for (const none of ['', '{"level":"warn"', '7', 'null', '{"level":"odd","time":"","msg":""}']) {
      expect(readLine(none)).toBeNull()
    }
  })

  it('is wanted by name and least level', () => {
    const line = readLine(text)!
    expect(isWanted(line, { names: [], level: 'warn' })).toBe(true)
    expect(isWanted(line, { names: [], level: 'error' })).toBe(false)
    expect(isWanted(line, { names: ['executed', 'fellBehind'], level: 'trace' })).toBe(true)
    expect(isWanted(line, { names: ['executed'], level: 'trace' })).toBe(false)
  })

  it('is shown flat for people', () => {
    expect(renderLine(readLine(text)!)).toBe(
      '2026-01-05T00:00:00.000Z warn  fellBehind seq=7 lagUs=2500',
    )
  })
})
