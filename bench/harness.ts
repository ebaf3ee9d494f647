import { median } from '../src/core/mod.ts'

export { median }

/** One line of the benchmark table. */
export interface Result {
  readonly name: string
  /** Null when it could not be measured; `note` says why. */
  readonly value: number | null
  readonly unit: string
  /** To the reference of the same run (C, JSON.parse, one worker); null when there is none. */
  readonly ratio: number | null
  /** What the project promises, in words; null: reported only. */
  readonly target: string | null
  /** Null when there is no target or it could not be measured. */
  readonly met: boolean | null
  readonly note: string
}

/** A named benchmark. It runs in a process of its own, so that none slows another's code. */
export interface Benchmark {
  readonly name: string
  readonly summary: string
  run(context: BenchContext): Promise<readonly Result[]>
}

/** What a benchmark is given. */
export interface BenchContext {
  /** A folder of its own, removed afterwards. */
  readonly folder: string
  /** Divides sizes and repetitions where a quick look is enough; 1 for the published figures. */
  readonly shrink: number
}

/** Value below which a share of the values lies. Sorts a copy. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

/** Seconds of processor time of this thread: a neighbour on the machine does not count. */
export function threadSeconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6
}

/** Seconds of one call by a clock. */
export function timed(body: () => void, clock: () => number): number {
  const start = clock()
  body()
  return clock() - start
}

/** Two ways of doing the same, measured in turn. */
export interface Duel {
  /** Median seconds of ours. */
  readonly seconds: number
  /** Median seconds of the reference; null when there is none. */
  readonly reference: number | null
  /** Median over rounds of ours / reference, each from neighbouring moments. */
  readonly ratio: number | null
}

/**
 * Lets two take turns, so that whatever else the machine does meets both. Each call gives the
 * seconds it took; `reference` null: there is nothing to compare with.
 */
export function duel(ours: () => number, reference: (() => number) | null, rounds: number): Duel {
  const own: number[] = []
  const other: number[] = []
  for (let round = 0; round < rounds; round++) {
    if (reference !== null) other.push(reference())
    own.push(ours())
  }
  const ratios = other.map((seconds, round) => own[round]! / seconds)
  return {
    seconds: median(own),
    reference: other.length === 0 ? null : median(other),
    ratio: ratios.length === 0 ? null : median(ratios),
  }
}

/** Ends the benchmark when a result is not what it must be: a fast wrong answer is worth nothing. */
export function requireEqual(what: string, actual: number, expected: number, tolerance = 0): void {
  const difference = Math.abs(actual - expected)
  const allowed = tolerance * Math.max(1, Math.abs(expected))
  if (difference <= allowed) return
  throw new Error(`${what}: ${actual} is not ${expected} (allowed difference ${allowed})`)
}

/** Rounds to so many significant figures, for people. */
export function significant(value: number, figures = 3): number {
  return Number(value.toPrecision(figures))
}
