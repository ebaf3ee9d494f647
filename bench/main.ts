import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { commitId } from '../src/app/package.ts'
import type { Result } from './harness.ts'
import { machineFacts } from './machine.ts'
import { benchmarks } from './registry.ts'
import { renderTable } from './table.ts'

const USAGE = 2
const FAILED = 1
const TARGET_MISSED = 8
/** Of every process that shares the module cache: it holds for one set of options. */
const OPTIONS = ['--expose-gc']

const USAGE_TEXT = `usage: npm run bench -- [--only NAME]... [--quick] [--json] [--list] [--help]
  --only NAME  this benchmark; may be given again (all when absent)
  --quick      a twentieth of the work
  --json       one JSON document in place of the table
  --list       names and what they measure
`

const { values } = readFlags()
if (values.help) process.stdout.write(USAGE_TEXT)
else if (values.child !== undefined) await runHere(values.child)
else if (values.list) {
  for (const { name, summary } of benchmarks)
    process.stdout.write(`${name.padEnd(18)} ${summary}\n`)
} else runAll()

/** The flags; a flag that is none ends with one line and the exit code of usage. */
function readFlags() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        /** Used by this program itself: run one benchmark in this process. */
        child: { type: 'string' },
      },
    })
  } catch (cause) {
    process.stderr.write(
      `${(cause as Error).message.split(/\.? To specify/)[0]}; --help lists the flags\n`,
    )
    process.exit(USAGE)
  }
}

/** Runs one benchmark; its results are the last line of standard output. */
async function runHere(name: string): Promise<void> {
  const benchmark = benchmarks.find((each) => each.name === name)!
  const folder = mkdtempSync(join(tmpdir(), 'ornstein-bench-'))
  try {
    const results = await benchmark.run({ folder, shrink: values.quick ? 20 : 1 })
    process.stdout.write(`${JSON.stringify(results)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every chosen benchmark in a process of its own, one after another. */
function runAll(): void {
  const names = benchmarks.map(({ name }) => name)
  const unknown = values.only.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`unknown benchmark ${unknown.join(', ')}; known: ${names.join(', ')}\n`)
    process.exitCode = USAGE
    return
  }
  const chosen = names.filter((name) => values.only.length === 0 || values.only.includes(name))
  const cache = mkdtempSync(join(tmpdir(), 'ornstein-bench-modules-'))
  const results: Result[] = []
  let failed = false
  try {
    readModules(cache)
    for (const name of chosen) {
      process.stderr.write(`running ${name}\n`)
      const found = runApart(name, cache)
      if (found === null) failed = true
      else results.push(...found)
    }
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
  if (values.json) {
    const report = {
      schema: 'ornstein.bench/1',
      commit: commitId(),
      machine: machineFacts(),
      results,
    }
    process.stdout.write(`${JSON.stringify(report)}\n`)
  } else {
    process.stdout.write(renderTable(results, machineFacts()))
  }
  const missed = results.some(({ met }) => met === false)
  process.exitCode = failed ? FAILED : missed ? TARGET_MISSED : 0
}

/**
 * Lets a first process strip the types of every module into the cache. One that strips them itself
 * has resized the stripper's memory, after which V8 checks every access to any typed array, which
 * costs a tenth of the speed; what users run is built and strips nothing.
 */
function readModules(cache: string): void {
  spawnSync(process.execPath, [...OPTIONS, fileURLToPath(import.meta.url), '--list'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })
}

function runApart(name: string, cache: string): readonly Result[] | null {
  const quick = values.quick ? ['--quick'] : []
  const child = spawnSync(
    process.execPath,
    [...OPTIONS, fileURLToPath(import.meta.url), '--child', name, ...quick],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 26,
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    },
  )
  const last = child.stdout.trim().split('\n').at(-1) ?? ''
  if (child.status === 0) return JSON.parse(last) as Result[]
  process.stderr.write(`${name} failed (exit code ${child.status ?? 'none'})\n`)
  return null
}
