import { columnBacktest } from './column-backtest.ts'
import type { Benchmark } from './harness.ts'
import { journal } from './journal.ts'
import { sweep } from './sweep.ts'

/** Every benchmark, in the order they run. */
export const benchmarks: readonly Benchmark[] = [columnBacktest, sweep, journal]
