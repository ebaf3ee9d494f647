import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readJournal, sessionPaths } from '../../src/adapters/mod.ts'
import { startVenueProcess, type VenueProcess } from '../../src/app/mod.ts'
import { createRandom } from '../../src/core/mod.ts'
import { envelopeOf, killAtOnce, startCommand } from '../support/ornstein-process.ts'

/** Other moments: ORNSTEIN_KILL_SEED=2; more: ORNSTEIN_KILLS=20. */
const kills = Number(process.env['ORNSTEIN_KILLS'] ?? 3)
const seed = Number(process.env['ORNSTEIN_KILL_SEED'] ?? 1)

let folder = ''
let market: VenueProcess
const pids: number[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paper-kill-'))
  market = await startVenueProcess({
    stateDirectory: join(folder, 'market'),
    seed,
    market: 'generated',
    model: 'plantedEdge',
    user: `0x${'1'.repeat(40)}`,
    deposit: 1000,
    died: () => {},
  })
}, 60_000)
afterEach(async () => {
  for (const pid of pids) killAtOnce(pid)
  await market.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The configuration of the kill test, over the market of this one. */
function writeConfig(): string {
  const text = readFileSync(fileURLToPath(new URL('kill.yaml', import.meta.url)), 'utf8')
  const addresses = `  restUrl: ${market.restUrl}\n  socketUrl: ${market.socketUrl}\n`
  const path = join(folder, 'paper.yaml')
  writeFileSync(path, text.replace('  kind: hyperliquid\n', `  kind: hyperliquid\n${addresses}`))
  return path
}

it(`a paper session killed ${kills} times agrees with its venue (seed ${seed})`, {
  timeout: 60_000 + kills * 30_000,
}, async () => {
  const config = writeConfig()
  const { journal } = sessionPaths('paper', folder)
  const random = createRandom(seed)
  const start = () => {
    const resume = existsSync(journal) ? ['--resume'] : []
    const running = startCommand(folder, ['paper', config, '--headless', '--json', ...resume])
    pids.push(running.pid)
    return running
  }
  for (let i = 0; i < kills; i++) {
    const running = start()
    expect(await running.printed('Ctrl-C stops'), 'a life began').toBe(true)
    await pause(1500 + random.integer(3500))
    killAtOnce(running.pid)
    expect((await running.ended).signal).toBe('SIGKILL')
  }
  const last = start()
  expect(await last.printed('Ctrl-C stops')).toBe(true)
  await pause(6000)
  last.process.kill('SIGINT')
  const end = await last.ended
  expect(end.exitCode, end.stderr).toBe(130)
  expect(envelopeOf(end).data).toMatchObject({ reconciled: true, openOrders: 0, stopped: {} })

  const ids: string[] = []
  const differences: unknown[] = []
  for (const { kind, payload } of readJournal(journal)) {
    if (kind === 'event' && payload.kind === 'executed') ids.push(payload.execution.executionId)
    if (kind === 'effect' && payload.kind === 'differenceFound') differences.push(payload)
  }
  expect(ids.length, 'it traded').toBeGreaterThan(0)
  expect(new Set(ids).size).toBe(ids.length)
  expect(differences).toEqual([])
})
