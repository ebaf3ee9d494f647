import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionPaths } from '../../src/adapters/mod.ts'
import { envelopeOf, killAtOnce, startCommand, venueOf } from '../support/ornstein-process.ts'

/**
 * Two engines on one account of a simulated venue, as programs: killed, resumed, asked and stopped.
 * ORNSTEIN_KILLS makes the chain of kills longer.
 */

const kills = Math.ceil(Number(process.env['ORNSTEIN_KILLS'] ?? 4) / 2)
const engineNames = ['taker', 'maker'] as const
const configOf = (file: string) => fileURLToPath(new URL(`./${file}.yaml`, import.meta.url))
const READY = 'Ctrl-C stops'

/** Of the configuration and of the session. */
let name = 'restless'
let folder = ''
let pids: number[] = []
beforeEach(() => {
  name = 'restless'
  folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  pids = []
})
afterEach(() => {
  for (const pid of pids) killAtOnce(pid)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const pathsOf = (engine: string) => sessionPaths(`${name}.${engine}`, folder)

async function start(...more: readonly string[]) {
  const running = startCommand(folder, [
    ...['start', '--config', configOf(name), '--headless', '--json', ...more],
  ])
  pids.push(running.pid)
  if (!(await running.printed(READY))) throw new Error((await running.ended).stderr)
  const venue = venueOf(running.pid)
  if (venue !== null) pids.push(venue)
  return running
}

interface Sums {
  readonly equal: boolean
  readonly positions: readonly {
    readonly instrument: string
    readonly engines: Readonly<Record<string, string | null>>
    readonly account: string
    readonly unowned: string
    readonly unexplained: string
  }[]
  readonly money: readonly { readonly difference: string; readonly unexplained: string }[]
}

interface FleetData {
  readonly engines: readonly {
    readonly name: string
    readonly failure: string | null
    readonly summary: {
      readonly fills: number
      readonly positions: readonly { readonly instrument: string; readonly quantity: string }[]
      readonly openOrders: number
    }
  }[]
  readonly accounts: readonly Sums[]
}

/** What every end of a fleet has in common. */
function expectWhole({ engines, accounts }: FleetData): void {
  expect(accounts).toHaveLength(1)
  const { equal, positions, money } = accounts[0]!
  expect(equal).toBe(true)
  expect(money.map(({ difference }) => Number(difference))).toEqual([0])
  for (const row of positions) {
    expect([row.unowned, row.unexplained]).toEqual(['0', '0'])
    const held = engines.map(({ name: engine, summary }) => {
      const own = summary.positions.find(({ instrument }) => instrument === row.instrument)
      const held = Number(row.engines[engine] ?? 0)
      // A summary shows whole lots; below them is what a fee left.
      expect(Math.abs(held - Number(own?.quantity ?? 0))).toBeLessThan(0.01)
      return held
    })
    expect(held.reduce((sum, lots) => sum + lots, 0)).toBeCloseTo(Number(row.account), 9)
  }
}

describe('several engines on one account', () => {
  it.each([
    'restless',
    'coins',
  ])('are killed and resumed, and sum to the account to the unit: %s', async (file) => {
    name = file
    for (let n = 0; n < kills; n++) {
      const running = await start(...(n === 0 ? [] : ['--resume']))
      await pause(2500)
      killAtOnce(running.pid)
      expect((await running.ended).signal).toBe('SIGKILL')
    }
    const running = await start('--resume')
    await pause(6000)
    running.process.kill('SIGINT')
    const end = await running.ended
    const { exitCode, stderr } = end
    expect(stderr).not.toContain('SUMS_DIFFER')
    expect(exitCode).toBe(130)
    const data = envelopeOf(end).data as unknown as FleetData
    expectWhole(data)
    // A maker may have waited for nothing.
    expect(data.engines.some(({ summary }) => summary.fills > 0)).toBe(true)
    expect(data.engines.every(({ summary }) => summary.openOrders === 0)).toBe(true)
    for (const engine of engineNames) {
      const replayed = await startCommand(folder, ['replay', `${name}.${engine}`, '--json']).ended
      expect(replayed.exitCode).toBe(0)
      const lines = readFileSync(pathsOf(engine).log, 'utf8').trim().split('\n')
      expect(lines.every((line) => JSON.parse(line).engine === engine)).toBe(true)
    }
  })

  it('trade perpetuals, coins and shares at two venues in one process', async () => {
    const file = fileURLToPath(new URL('../../examples/09-together/fleet.yaml', import.meta.url))
    const args = ['start', '--config', file, '--headless', '--json', '--for', '35s']
    const end = await startCommand(folder, args).ended
    expect(end.exitCode).toBe(0)
    const { engines, accounts } = envelopeOf(end).data as unknown as FleetData
    expect(engines.map((engine) => engine.name)).toEqual([
      'perps',
      'coins-taker',
      'coins-maker',
      'shares',
    ])
    expect(accounts.map(({ equal }) => equal)).toEqual([true, true])
    // The opening bell rings ten seconds after the start.
    expect(engines.at(-1)!.summary.fills).toBeGreaterThan(0)
  })

  it('are told together what one command line says, and one by its name', async () => {
    const running = await start('--for', '25s')
    const control = async (...args: readonly string[]) => {
      const end = await startCommand(folder, ['control', ...args, '--json']).ended
      return { exitCode: end.exitCode, envelope: envelopeOf(end) }
    }
    const paused = await control('pause', '--engine', 'maker', '--reason', 'test')
    expect(paused).toMatchObject({ exitCode: 0, envelope: { ok: true } })
    const unknown = await control('pause', '--engine', 'market', '--reason', 'test')
    expect(unknown).toMatchObject({ exitCode: 2, envelope: { error: { code: 'ORN-CTL-007' } } })
    const halted = await control('halt', '--reason', 'test')
    const engines = { maker: { error: null }, taker: { error: null } }
    expect(halted).toMatchObject({ exitCode: 0, envelope: { data: { engines } } })
    const asked = await control('snapshot', '--session', 'restless')
    const state = { state: { engineState: 'paused' } }
    expect(asked.envelope).toMatchObject({
      data: { engines: { maker: { data: state }, taker: { data: state } } },
    })
    expectWhole(envelopeOf(await running.ended).data as unknown as FleetData)
  })

  it('are refused by commands for one, and where a session of the name exists', async () => {
    const backtest = await startCommand(folder, ['backtest', configOf(name), '--json']).ended
    expect(envelopeOf(backtest)).toMatchObject({ error: { code: 'ORN-FLEET-004' } })
    const first = await start('--for', '2s', '--session', 'twice')
    expect((await first.ended).exitCode).toBe(0)
    expect(existsSync(sessionPaths('twice.maker', folder).journal)).toBe(true)
    const args = ['start', '--config', configOf(name), '--headless', '--json', '--session', 'twice']
    const second = await startCommand(folder, args).ended
    expect(envelopeOf(second)).toMatchObject({ error: { code: 'ORN-JOURNAL-008' } })
  })
})
