import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import { type LoadedConfig, loadConfig } from '../../src/app/config/load.ts'
import { createRandom, type Random } from '../../src/core/mod.ts'
import { auditJournal, readFacts } from '../support/audit.ts'
import {
  envelopeOf,
  killAtOnce,
  type RunningCommand,
  runCommand,
  startCommand,
  venueOf,
} from '../support/ornstein-process.ts'
import { askAlpacaAtRest, askVenueAtRest } from '../support/venue-at-rest.ts'

/**
 * Rehearsals are killed with SIGKILL again and again, engine, venue or both, and resumed each time.
 * Longer runs: ORNSTEIN_KILLS=60; other moments: ORNSTEIN_KILL_SEED=2.
 */
const kills = Number(process.env['ORNSTEIN_KILLS'] ?? 4)
const few = Math.ceil(kills / 2)
const seed = Number(process.env['ORNSTEIN_KILL_SEED'] ?? 1)

/** Where it trades, and who says what the venue holds afterwards. */
const stages = [
  {
    venue: 'Hyperliquid',
    file: './kill.yaml',
    kills,
    askAtRest: (folder: string, { config }: LoadedConfig) => askVenueAtRest(folder, config),
  },
  { venue: 'Alpaca, coins', file: './kill-coins.yaml', kills: few, askAtRest: askAlpacaAtRest },
  { venue: 'Alpaca, shares', file: './kill-shares.yaml', kills, askAtRest: askAlpacaAtRest },
] as const

/** Ready to trade; printed when the streams are up. */
const READY = 'Ctrl-C stops'
const RECONCILED_WAIT_MS = 60_000

let configPath = ''
let folder = ''
let pids: number[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'))
  pids = []
})
afterEach(() => {
  for (const pid of pids) killAtOnce(pid)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const paths = () => sessionPaths('rehearsal', folder)

function start(): RunningCommand {
  const resume = existsSync(paths().journal) ? ['--resume'] : []
  const running = startCommand(folder, [
    ...['start', '--config', configPath, '--headless', '--json', ...resume],
  ])
  pids.push(running.pid)
  return running
}

type Victim = 'engine' | 'venue' | 'both'

/** One life and its end. Returns what went wrong, null when it died as it should. */
async function liveAndDie(random: Random): Promise<string | null> {
  const victim: Victim = (['engine', 'venue', 'both'] as const)[random.integer(3)]!
  const isEarly = random.next() < 0.2
  const delayMs = random.integer(isEarly ? 2500 : 4000)
  const running = start()
  if (!isEarly && !(await running.printed(READY))) {
    return `a life ended before it was ready: ${(await running.ended).stderr}`
  }
  await pause(delayMs)
  const venue = venueOf(running.pid)
  if (venue !== null) pids.push(venue)
  if (victim !== 'venue' || venue === null) killAtOnce(running.pid)
  if (victim !== 'engine' && venue !== null) killAtOnce(venue)
  const { exitCode, signal, stderr } = await running.ended
  if (signal === 'SIGKILL') return null
  // The engine says what happened and ends by itself when its venue is gone.
  const isRight = exitCode === 5 && /✗ (VENUE|ORN-SIM)/.test(stderr)
  return isRight ? null : `after the ${victim}'s end: exit code ${exitCode}, ${stderr}`
}

/** True when the last start in the journal has compared itself with the venue. */
function isReconciled(): boolean {
  let done = false
  for (const item of readJournal(paths().journal)) {
    if (item.kind === 'event' && item.payload.kind === 'sessionStarted') done = false
    if (item.kind === 'effect' && item.payload.kind === 'reconciled') done = true
  }
  return done
}

/** Resumes once more, lets it settle and send some orders, and ends it as a person would. */
async function resumeAndInterrupt(orders: number): Promise<Record<string, unknown>> {
  const running = start()
  if (!(await running.printed(READY))) throw new Error((await running.ended).stderr)
  const deadline = Date.now() + RECONCILED_WAIT_MS
  const isDone = () => isReconciled() && readFacts(paths().journal).sent.length >= orders
  while (!isDone() && Date.now() < deadline) await pause(250)
  await pause(2000)
  running.process.kill('SIGINT')
  const end = await running.ended
  expect(end.exitCode, end.stderr).toBe(130)
  return envelopeOf(end).data
}

describe.each(stages)('kill -9 of engine, venue or both: $venue', ({ file, kills, askAtRest }) => {
  it(`loses, repeats and invents nothing (${kills} kills, seed ${seed})`, {
    timeout: 120_000 + kills * 40_000,
  }, async () => {
    configPath = fileURLToPath(new URL(file, import.meta.url))
    const random = createRandom(seed)
    const wrong: string[] = []
    for (let i = 0; i < kills; i++) {
      const found = await liveAndDie(random)
      if (found !== null) wrong.push(`life ${i}: ${found}`)
    }
    expect(wrong).toEqual([])

    const summary = await resumeAndInterrupt(kills + 1)
    expect(summary).toMatchObject({ reconciled: true, openOrders: 0, stopped: {} })
    const venue = await askAtRest(paths().venue, loadConfig(configPath))
    expect(auditJournal(paths().journal, venue)).toEqual([])
    expect(venue.orders.length).toBeGreaterThan(kills)

    const replayed = await runCommand(folder, ['replay', 'rehearsal', '--json'])
    expect(replayed.exitCode, replayed.stderr).toBe(0)
    expect(envelopeOf(replayed).data).toMatchObject({ identical: true })
    const verified = await runCommand(folder, ['journal', 'verify', 'rehearsal', '--json'])
    expect(verified.exitCode, verified.stderr).toBe(0)
    const facts = readFacts(paths().journal)
    process.stderr.write(
      `kill test: ${facts.resumptions} resumptions, ${facts.sent.length} orders sent, ` +
        `${venue.orders.length} at the venue, ${facts.executed.length} executions\n`,
    )
  })
})
