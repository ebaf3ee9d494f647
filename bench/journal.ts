import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Benchmark } from './harness.ts'

const P50_MAX_MS = 0.3

interface Commits {
  readonly name: string
  readonly p50Ms: number
  readonly p99Ms: number
  readonly n: number
}

/** Durable commits of the journal on the disk of the temporary folder. */
export const journal: Benchmark = {
  name: 'journal',
  summary: 'durable commits of the journal, on the disk of the temporary folder',
  async run({ folder }) {
    const program = fileURLToPath(new URL('journal-commit.ts', import.meta.url))
    const lines = execFileSync(process.execPath, [program, folder], { encoding: 'utf8' })
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Commits)
      .map(({ name, p50Ms, p99Ms, n }) => ({
        name,
        value: p50Ms,
        unit: 'ms p50',
        ratio: null,
        target: `p50 < ${P50_MAX_MS} ms`,
        met: p50Ms < P50_MAX_MS,
        note: `p99 ${p99Ms} ms over ${n} commits`,
      }))
  },
}
