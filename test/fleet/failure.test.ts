import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoadedFleet, loadFleet } from '../../src/app/config/load-fleet.ts'
import { environmentOnly } from '../../src/app/run/credentials.ts'
import { type RunningFleet, startFleet } from '../../src/app/run/fleet.ts'
import { createSessionLog } from '../../src/app/run/session-log.ts'

/** One engine of two fails: what becomes of the other, of its orders, and of the sums. */

const home = process.cwd()
const loaded = loadFleet(fileURLToPath(new URL('./restless.yaml', import.meta.url)))

let folder = ''
let fleet: RunningFleet | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  process.chdir(folder)
})
afterEach(async () => {
  await fleet?.stop('the test is over').catch(() => {})
  fleet = null
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

async function start(onFailure: LoadedFleet['onFailure']) {
  const lost: string[] = []
  const failed: unknown[] = []
  const running = await startFleet({
    ...{ mode: 'rehearse', name: 'test', resume: false, market: 'generated', faults: 'none' },
    fleet: { ...loaded, onFailure },
    credentials: environmentOnly(),
    ...{ lastsMs: null, dashboardPort: null },
    notice: () => {},
    logOf: (engine) => createSessionLog({ fields: { engine } }),
    failed: (error) => failed.push(error),
    lost: (engine) => lost.push(engine),
  })
  fleet = running
  return { running, lost, failed }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!holds() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50))
  expect(holds()).toBe(true)
}

/** Gives an engine an input that its core cannot take: a bug, as far as it can tell. */
const breakEngine = (running: RunningFleet, index: number): void => {
  const { session } = running.engines[index]!.served.live
  const time = Date.now() * 1000
  session.event({
    ...{ kind: 'fundingPaid', receivedTime: time, venueTime: time, fundingId: 'bug' },
    ...{ instrument: 99, rateE9: 0, amount: 1n },
  })
}

const fillsOf = (running: RunningFleet, index: number): number =>
  running.engines[index]!.served.live.engine.world.counters.fills

describe('an engine that fails', () => {
  it('cancels its orders and stops; the other goes on, and the sums hold', async () => {
    const { running, lost, failed } = await start('isolate')
    await until(() => fillsOf(running, 0) > 3 && fillsOf(running, 1) > 0)
    breakEngine(running, 1)
    expect(lost).toEqual(['maker'])
    const before = fillsOf(running, 0)
    await until(() => fillsOf(running, 0) > before + 3)
    expect(failed).toEqual([])
    const summary = await running.stop('shutdown')
    fleet = null
    const [taker, maker] = summary.engines
    expect(maker!.failure).toContain('quoteCurrency')
    expect(taker).toMatchObject({ failure: null, summary: { reconciled: true, stopped: {} } })
    expect(summary.accounts.map(({ equal }) => equal)).toEqual([true])
  })

  it('ends them all where that is said', async () => {
    const { running, lost, failed } = await start('stopAll')
    breakEngine(running, 0)
    expect(lost).toEqual([])
    expect(failed).toHaveLength(1)
    const { engines } = await running.stop('failure')
    expect(engines.map(({ failure }) => failure !== null)).toEqual([true, false])
  })

  it('is what ends them when it was the last', async () => {
    const { running, lost, failed } = await start('isolate')
    breakEngine(running, 0)
    breakEngine(running, 1)
    expect(lost).toEqual(['taker', 'maker'])
    expect(failed).toHaveLength(1)
    const { engines } = await running.stop('failure')
    expect(engines.map(({ failure }) => failure !== null)).toEqual([true, true])
    fleet = null
  })
})
