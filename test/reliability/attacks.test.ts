import { execFileSync } from 'node:child_process'
import {
  cpSync,
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
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig } from '../../src/app/config/load.ts'
import {
  type CommandEnd,
  envelopeOf,
  killAtOnce,
  type RunningCommand,
  runCommand,
  startCommand,
  venueOf,
} from '../support/ornstein-process.ts'
import { askVenueAtRest } from '../support/venue-at-rest.ts'

/** Every attack ends with one clear message and a documented exit code. */

const configPath = fileURLToPath(new URL('../crash/kill.yaml', import.meta.url))
const { config } = loadConfig(configPath)
const READY = 'Ctrl-C stops'

let folder = ''
const pids = new Set<number>()

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const paths = () => sessionPaths('rehearsal', folder)
const arguments_ = (...more: string[]) => [
  ...['start', '--config', configPath, '--headless', '--json', ...more],
]

function start(...more: string[]): RunningCommand {
  const running = startCommand(folder, arguments_(...more))
  pids.add(running.pid)
  return running
}

/** The failure that a command ended with: its only message, in both forms. */
function failureOf(end: CommandEnd): { readonly code: string; readonly exitCode: number | null } {
  const crosses = end.stderr.split('\n').filter((line) => line.startsWith('✗'))
  expect(crosses, end.stderr).toHaveLength(1)
  expect(end.stderr, 'no stack trace').not.toMatch(/^\s+at /m)
  const { ok, error } = envelopeOf(end)
  expect(ok).toBe(false)
  expect(error!.exitCode).toBe(end.exitCode)
  expect(crosses[0]).toContain(`${error!.code}  ${error!.message}`)
  return { code: error!.code, exitCode: end.exitCode }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attacks-'))
  const first = start('--for', '6s')
  const end = await first.ended
  expect(end.exitCode, end.stderr).toBe(0)
}, 120_000)
afterEach(() => {
  for (const pid of pids) killAtOnce(pid)
  pids.clear()
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

/** A copy of the finished session under another name, to be damaged. */
function copySession(name: string): ReturnType<typeof sessionPaths> {
  const copy = sessionPaths(name, folder)
  cpSync(paths().directory, copy.directory, { recursive: true })
  return copy
}

const resume = (name: string, ...more: string[]): Promise<CommandEnd> =>
  runCommand(folder, arguments_('--resume', '--session', name, ...more))

describe('a journal that cannot be used', () => {
  it('because there is none', async () => {
    const end = await resume('nothing')
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-021', exitCode: 4 })
  })

  it('because it would be overwritten', async () => {
    const end = await runCommand(folder, arguments_('--session', 'rehearsal'))
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-008', exitCode: 2 })
  })

  it('because it belongs to another configuration', async () => {
    const other = join(folder, 'other.yaml')
    const text = readFileSync(configPath, 'utf8')
    writeFileSync(other, text.replace('notional: 200', 'notional: 201'))
    const end = await runCommand(folder, [
      ...['start', '--config', other, '--headless', '--json'],
      ...['--resume', '--session', 'rehearsal'],
    ])
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-020', exitCode: 3 })
    expect(end.stderr).toContain('another configuration')
  })

  it('because it is of another version', async () => {
    const { journal } = copySession('version')
    const database = new DatabaseSync(journal)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const end = await resume('version')
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-005', exitCode: 4 })
    expect(end.stderr).toContain('version 99')
  })

  it('because a bit of an entry flipped', async () => {
    const { journal } = copySession('entry')
    const database = new DatabaseSync(journal, { readOnly: true })
    const { seq, payload } = database
      .prepare('SELECT seq, payload FROM entry ORDER BY seq DESC LIMIT 1 OFFSET 3')
      .get() as { readonly seq: number; readonly payload: string }
    database.close()
    const bytes = readFileSync(journal)
    const at = bytes.indexOf(payload) + Math.floor(payload.length / 2)
    bytes[at] = bytes[at]! ^ 0x01
    writeFileSync(journal, bytes)
    const end = await resume('entry')
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-006', exitCode: 4 })
    const verified = await runCommand(folder, ['journal', 'verify', 'entry'])
    expect(verified.exitCode).toBe(10)
    expect(verified.stdout).toContain(`entry ${seq}`)
  })

  it('because a bit of its market data flipped', async () => {
    const { segments } = copySession('market')
    const file = join(segments, readdirSync(segments)[0]!)
    const bytes = readFileSync(file)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = bytes[at]! ^ 0x10
    writeFileSync(file, bytes)
    const end = await resume('market')
    expect(end.exitCode).toBe(4)
    expect(failureOf(end).code).toMatch(/^ORN-JOURNAL-00[67]$/)
    const verified = await runCommand(folder, ['journal', 'verify', 'market'])
    expect(verified.exitCode).toBe(10)
  })

  it('because it is something else', async () => {
    const { journal, directory } = sessionPaths('else', folder)
    mkdirSync(directory, { recursive: true })
    writeFileSync(journal, 'these are not the entries you are looking for\n'.repeat(200))
    const end = await resume('else')
    expect(failureOf(end)).toEqual({ code: 'ORN-JOURNAL-004', exitCode: 4 })
  })
})

describe('a running session', () => {
  it('shares its journal with no second process, and is not disturbed', async () => {
    const first = start('--resume')
    expect(await first.printed(READY), first.stderr()).toBe(true)
    const second = await resume('rehearsal')
    expect(failureOf(second)).toEqual({ code: 'ORN-JOURNAL-001', exitCode: 2 })
    expect(second.stderr).toContain(`held by process ${first.pid}`)
    first.process.kill('SIGINT')
    const end = await first.ended
    expect(end.exitCode, end.stderr).toBe(130)
    expect(envelopeOf(end).data).toMatchObject({ openOrders: 0, reconciled: true })
  })

  it('that stands still for a while is careful before it goes on', async () => {
    const running = start('--resume')
    expect(await running.printed(READY), running.stderr()).toBe(true)
    await pause(2000)
    running.process.kill('SIGSTOP')
    await pause(5000)
    running.process.kill('SIGCONT')
    await pause(3000)
    running.process.kill('SIGINT')
    const end = await running.ended
    expect(end.exitCode, end.stderr).toBe(130)
    const lags: number[] = []
    for (const item of readJournal(paths().journal)) {
      if (item.kind === 'event' && item.payload.kind === 'fellBehind') lags.push(item.payload.lagUs)
    }
    expect(Math.max(...lags)).toBeGreaterThan(4_000_000)
    expect(lags.at(-1)).toBe(0)
  })

  it('ends in order when nobody reads what it says', async () => {
    const running = start('--resume', '--for', '4s')
    running.process.stderr!.destroy()
    running.process.stdout!.destroy()
    expect((await running.ended).exitCode).toBe(0)
    const venue = await askVenueAtRest(paths().venue, config)
    expect(venue.openOrders).toEqual([])
  })

  it('can be interrupted while it starts', async () => {
    const running = start('--resume')
    expect(await running.printed('REHEARSE')).toBe(true)
    await pause(300)
    running.process.kill('SIGINT')
    const end = await running.ended
    expect(end.exitCode, end.stderr).toBe(130)
  })

  it('obeys the first Ctrl-C, however many a terminal and npm make of it', async () => {
    const running = start('--resume')
    expect(await running.printed(READY), running.stderr()).toBe(true)
    await pause(1500)
    for (let i = 0; i < 3; i++) {
      running.process.kill('SIGINT')
      await pause(50)
    }
    const end = await running.ended
    expect(end.exitCode, end.stderr).toBe(130)
    expect(envelopeOf(end).data).toMatchObject({ openOrders: 0 })
  })

  it('ends with its venue, and says why', async () => {
    const running = start('--resume')
    expect(await running.printed(READY), running.stderr()).toBe(true)
    killAtOnce(venueOf(running.pid)!)
    const end = await running.ended
    expect(failureOf(end)).toEqual({ code: 'VENUE_ENDED', exitCode: 5 })
  })

  it.runIf(process.platform === 'linux')(
    'that finds the disk full stops, says so, and leaves no order at the venue',
    async () => {
      const running = start('--resume')
      expect(await running.printed(READY), running.stderr()).toBe(true)
      await pause(2500)
      const { size } = statSync(`${paths().journal}-wal`)
      execFileSync('prlimit', ['--pid', String(running.pid), `--fsize=${size + 4096}`])
      const end = await running.ended
      expect(end.exitCode, end.stderr).toBe(4)
      expect(failureOf(end).code).toMatch(/^JOURNAL_(DISK_FULL|WRITE_FAILED)$/)
      const venue = await askVenueAtRest(paths().venue, config)
      expect(venue.openOrders).toEqual([])

      const again = start('--resume', '--for', '4s')
      const ended = await again.ended
      expect(ended.exitCode, ended.stderr).toBe(0)
      expect(envelopeOf(ended).data).toMatchObject({ reconciled: true, openOrders: 0 })
    },
  )
})
