import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionPaths } from '../../adapters/mod.ts'
import type { Effect, Event } from '../../core/mod.ts'
import type { SessionTap } from './session.ts'
import { createSessionLog } from './session-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const silent: SessionTap = { event() {}, market() {}, effects() {}, committed() {} }
const beat: Event = { kind: 'heartbeat', receivedTime: 1 }
const stop: Event = { kind: 'sessionStopping', receivedTime: 2, reason: 'shutdown' }
const alert: Effect = { kind: 'alert', level: 'critical', code: 'X', text: 'something' }
const query: Effect = { kind: 'queryAccount', since: 0 }

function logged(level: 'info' | 'trace'): Record<string, unknown>[] {
  const paths = { ...sessionPaths('demo'), directory: join(folder, level) }
  const log = createSessionLog({ level, fields: { session: 'demo' } })
  log.notice('too early')
  log.open(paths)
  const tap = log.over(silent)
  tap.event(stop, 1)
  log.notice(`leverageRefused: 0x${'a1'.repeat(32)}`)
  log.started({ version: '1' })
  tap.event(beat, 2)
  tap.event(stop, 3)
  tap.effects([alert, query], 4, 2)
  log.failed(new Error('no more', { cause: new Error('disk full') }))
  log.close()
  const text = readFileSync(join(paths.directory, 'log.ndjson'), 'utf8')
  expect(text).not.toContain('a1a1')
  if (process.platform !== 'win32') {
    expect(statSync(join(paths.directory, 'log.ndjson')).mode & 0o777).toBe(0o600)
  }
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log of a session', () => {
  it('holds notices, what happens once it is up, and why it failed; no secrets', () => {
    const lines = logged('info')
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'notice'],
      ['info', 'started'],
      ['info', 'sessionStopping'],
      ['error', 'alert'],
      ['error', 'failed'],
    ])
    expect(lines[0]).toMatchObject({ text: 'leverageRefused: [redacted]' })
    expect(lines[2]).toMatchObject({ session: 'demo', seq: 3, event: { reason: 'shutdown' } })
    expect(JSON.stringify(lines[4])).toContain('disk full')
  })

  it('says more at lower levels', () => {
    const told = logged('trace').map(({ msg }) => msg)
    expect(told).toContain('heartbeat')
    expect(told).toContain('queryAccount')
  })
})
