import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CrashPoint, crashPoints, sessionPaths } from '../../src/adapters/mod.ts'
import { loadConfig } from '../../src/app/config/load.ts'
import type { LiveSession } from '../../src/app/run/live-session.ts'
import { auditJournal, readFacts } from '../support/audit.ts'
import {
  beginLife,
  createMemoryStage,
  type Life,
  type MemoryStage,
} from '../support/memory-stage.ts'

/**
 * The engine dies at a durable step of its journal, is thrown away and resumed from its files at a
 * venue that lives on, all in virtual time. Every step, not a sample: ORNSTEIN_CRASH_STRIDE=1, and
 * further into the session: ORNSTEIN_CRASH_STEPS=1500.
 */
const stride = Number(process.env['ORNSTEIN_CRASH_STRIDE'] ?? 23)
const steps = Number(process.env['ORNSTEIN_CRASH_STEPS'] ?? 700)

const shipped = loadConfig(fileURLToPath(new URL('./kill.yaml', import.meta.url)))
const venue = { ...shipped.config.venue!, instruments: ['BTC', 'SOL', 'DOGE'] }
const loaded = { ...shipped, config: { ...shipped.config, venue } }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const paths = () => sessionPaths('crash', folder)

/** Virtual time a life may take to reach its step; then it is stopped, which has steps of its own. */
const LIFE_MS = 12_000

/** Small files, so that segments are sealed and begun all the time. */
const small = { maximumSegmentBytes: 30_000, maximumUnsyncedBytes: 8_000 }

/** Not the two at which only the end of a process frees the lock: those are the journal's to test. */
const points: readonly CrashPoint[] = crashPoints.filter(
  (point) => point !== 'lock.after' && point !== 'close.after',
)

class Death extends Error {}

/** Lives until its `visit`th durable step (of one kind, or of any), or for its whole time. */
async function dieAt(
  stage: MemoryStage,
  death: { readonly point?: CrashPoint; readonly visit: number },
): Promise<CrashPoint | null> {
  let left = death.visit
  let at: CrashPoint | null = null
  const life = await beginLife(stage, paths(), {
    ...small,
    crashPoint(point) {
      if (at !== null || !points.includes(point)) return
      if (death.point !== undefined && point !== death.point) return
      left--
      if (left > 0) return
      at = point
      throw new Death(point)
    },
  })
  if (life.live !== null && life.failure() === null) {
    await stage.environment.runUntilTrue(() => life.failure() !== null, LIFE_MS)
    if (life.failure() === null) await stop(stage, life.live).catch(life.fail)
  }
  if (life.failure() !== null && !(life.failure() instanceof Death)) throw life.failure()
  await bury(life)
  return at
}

/** Ends what a process's death would have ended: its locks and its files. */
async function bury(life: Life): Promise<void> {
  life.kill()
  life.live?.session.stop()
  life.live?.journal.close()
}

/** Ends a session in order, in virtual time. */
async function stop({ environment }: MemoryStage, live: LiveSession): Promise<void> {
  let isOver = false
  const stopping = live.stop('shutdown').finally(() => {
    isOver = true
  })
  stopping.catch(() => {})
  // A dead engine's promise never settles.
  if (await environment.runUntilTrue(() => isOver, 60_000)) await stopping
}

/** Resumes, closes everything and compares with the venue. */
async function converge(stage: MemoryStage): Promise<readonly string[]> {
  const { environment } = stage
  const { live, failure } = await beginLife(stage, paths(), small)
  if (live === null) throw failure()
  await environment.run(10_000)
  live.session.operator({ kind: 'flatten' }, { actor: 'test', reason: 'the end' })
  await environment.run(20_000)
  const held = live.engine.world.config.instruments.filter(
    ({ id }) => live.engine.world.ledger.position(id).quantity !== 0,
  )
  await stop(stage, live)
  if (failure() !== null) throw failure()
  return [
    ...held.map(({ symbol }) => `P7 ${symbol} was not flattened`),
    ...auditJournal(paths().journal, await stage.account()),
  ]
}

describe('an engine that dies at a write of its journal', () => {
  it(`comes back to the same state, life after life (every ${stride} of ${steps} steps)`, {
    timeout: 60_000 + (steps / stride) * 4_000,
  }, async () => {
    const stage = createMemoryStage(loaded, loaded.config.seed)
    const deaths: Partial<Record<CrashPoint, number>> = {}
    for (let visit = 1; visit <= steps; visit += stride) {
      const at = await dieAt(stage, { visit })
      if (at !== null) deaths[at] = (deaths[at] ?? 0) + 1
    }
    expect(await converge(stage)).toEqual([])
    const { sent, executed, resumptions } = readFacts(paths().journal)
    expect(sent.length).toBeGreaterThan(10)
    process.stderr.write(
      `write crashes: ${resumptions} resumptions, ${sent.length} orders, ` +
        `${executed.length} executions, ${JSON.stringify(deaths)}\n`,
    )
  })

  for (const point of points) {
    it(`comes back after its death at ${point}`, async () => {
      const stage = createMemoryStage(loaded, loaded.config.seed)
      await dieAt(stage, { point, visit: 3 })
      await dieAt(stage, { point, visit: 1 })
      await dieAt(stage, { point, visit: 2 })
      expect(await converge(stage)).toEqual([])
    })
  }
})
