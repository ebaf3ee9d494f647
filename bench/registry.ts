import { columnBacktest } from './column-backtest.ts'
import { eventEngine } from './event-engine.ts'
import { featureColumns } from './features.ts'
import type { Benchmark } from './harness.ts'
import { hourly } from './hourly.ts'
import { journal } from './journal.ts'
import { l2bookFrame } from './l2book-frame.ts'
import { memory } from './memory.ts'
import { network } from './network.ts'
import { signedRequest } from './signed-request.ts'
import { sweep } from './sweep.ts'
import { trees } from './trees.ts'

/** Every benchmark, in the order they run. */
export const benchmarks: readonly Benchmark[] = [
  columnBacktest,
  sweep,
  eventEngine,
  memory,
  l2bookFrame,
  signedRequest,
  journal,
  featureColumns,
  trees,
  network,
  hourly,
]
