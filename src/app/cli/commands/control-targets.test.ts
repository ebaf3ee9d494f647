import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseTargets } from './control-targets.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'targets-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Sessions that listen. */
function listen(...names: readonly string[]): void {
  for (const name of names) {
    const folder = join(root, '.ornstein', 'sessions', name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'control.token'), 'x')
  }
}
const chosen = (flags: Parameters<typeof chooseTargets>[0]) =>
  chooseTargets(flags, root).map(({ engine }) => engine)

describe('who a command is for', () => {
  it('is the only session, or every engine of the only process', () => {
    listen('rehearsal')
    expect(chosen({})).toEqual(['rehearsal'])
    rmSync(join(root, '.ornstein'), { recursive: true })
    listen('x.a', 'x.b')
    expect(chosen({})).toEqual(['a', 'b'])
    expect(chosen({ session: 'x' })).toEqual(['a', 'b'])
  })

  it('is one engine by its name, with the session where several have it', () => {
    listen('x.a', 'x.b', 'y.a', 'alone')
    expect(chosen({ engine: 'b' })).toEqual(['b'])
    expect(chosen({ engine: 'a', session: 'y' })).toEqual(['a'])
    expect(chosen({ session: 'x.b' })).toEqual(['b'])
    expect(chosen({ session: 'alone' })).toEqual(['alone'])
    const refused = expect.objectContaining({ code: 'ORN-CTL-007' })
    expect(() => chosen({ engine: 'a' })).toThrow(refused)
    expect(() => chosen({ engine: 'c' })).toThrow(refused)
    expect(() => chosen({ engine: 'b', session: 'y' })).toThrow(refused)
  })

  it('is nobody where that is not clear', () => {
    const refused = expect.objectContaining({ code: 'ORN-CTL-005' })
    expect(() => chosen({})).toThrow(refused)
    listen('x.a', 'x.b', 'alone')
    expect(() => chosen({})).toThrow(refused)
    expect(() => chosen({ session: 'z' })).toThrow(refused)
  })
})
