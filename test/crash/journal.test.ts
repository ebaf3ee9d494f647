import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { crashPoints } from '../../src/adapters/journal/crash-points.ts'
import { openJournal, verifyJournal } from '../../src/adapters/journal/open.ts'
import { readJournal } from '../../src/adapters/journal/read.ts'
import { traceOf, traceOfItem, workload } from '../../src/adapters/journal/testing/workload.ts'
import { createRandom } from '../../src/core/mod.ts'

/**
 * A child process is killed with SIGKILL while it writes, again and again over one journal. After
 * each death the journal must be a prefix of what was appended, no shorter than what was
 * acknowledged. More deaths: ORNSTEIN_CRASH_RUNS=500.
 */
const length = 250
const runs = Number(process.env['ORNSTEIN_CRASH_RUNS'] ?? 8)
const child = fileURLToPath(
  new URL('../../src/adapters/journal/testing/crash-child.ts', import.meta.url),
)

const compileCache = mkdtempSync(join(tmpdir(), 'crash-cache-'))
afterAll(() => rmSync(compileCache, { recursive: true, force: true }))

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crash-'))
  path = join(directory, 'journal.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

interface Death {
  /** Words the child said were stored. */
  readonly acknowledged: number
  readonly isFinished: boolean
  readonly signal: string | null
}

/** Runs the child; `killAfter` acknowledgements it is killed from outside. */
function run(
  seed: number,
  how: { point?: string; visit?: number; killAfter?: number },
): Promise<Death> {
  const { point = 'none', visit = 1, killAfter = Number.POSITIVE_INFINITY } = how
  const args = [child, path, `${seed}`, `${length}`, point, `${visit}`]
  const victim = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  let output = ''
  let errors = ''
  let lines = 0
  victim.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    lines += chunk.toString().split('\n').length - 1
    if (lines >= killAfter) victim.kill('SIGKILL')
  })
  victim.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    victim.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') reject(new Error(`child failed: ${errors}`))
      const said = output.split('\n').slice(0, -1)
      const last = said.at(-1)?.replace('closed ', '') ?? '0'
      const isFinished = output.includes('closed')
      resolve({ acknowledged: Number(last), isFinished, signal })
    })
  })
}

/** Checks the journal after a death; returns how many words it holds. */
function examine(seed: number, death: Death): number {
  if (!existsSync(path)) {
    expect(death.acknowledged).toBe(0)
    return 0
  }
  const expected = workload(seed, length).flatMap(traceOf)
  expect(verifyJournal(path)).toMatchObject({ ok: true })
  const stored: string[] = []
  for (const item of readJournal(path)) stored.push(...traceOfItem(item))
  expect(stored).toEqual(expected.slice(0, stored.length))
  expect(stored.length).toBeGreaterThanOrEqual(death.acknowledged)
  return stored.length
}

describe('a journal whose process is killed', () => {
  it('is a prefix that holds everything acknowledged, at random moments', async () => {
    const seed = Number(process.env['ORNSTEIN_CRASH_SEED'] ?? Date.now() % 1_000_000_007)
    console.log(`crash seed ${seed}`)
    const random = createRandom(seed)
    for (let i = 0; i < runs; i++) {
      const death = await run(seed, { killAfter: 1 + random.integer(12) })
      examine(seed, death)
      if (existsSync(path)) openJournal(path).journal.close()
      if (death.isFinished) rmSync(directory, { recursive: true, force: true })
    }
  })

  it('survives a death at every crash point and ends complete', async () => {
    const seed = 11
    const unvisited = new Set<string>()
    for (const point of crashPoints) {
      // What opening mends must be there first: a death in the middle of a segment.
      if (/^(restore|truncate)/.test(point)) await run(seed, { point: 'commit.after', visit: 4 })
      const death = await run(seed, { point, visit: 1 })
      if (death.signal === null) unvisited.add(point)
      else examine(seed, death)
    }
    const end = await run(seed, {})
    expect(end.isFinished).toBe(true)
    expect(examine(seed, end)).toBe(workload(seed, length).flatMap(traceOf).length)
    expect([...unvisited]).toEqual([])
  })
})
