import { makeBookMarket } from './book-market.ts'
import { runEngine } from './engine-setup.ts'
import { type Benchmark, requireEqual, significant } from './harness.ts'

const RUNS = 1000
const RECORDS = 20_000
const GROWTH_MAX_BYTES = 1 << 20

/** A thousand backtests in one process must not leave anything behind. */
export const memory: Benchmark = {
  name: 'memory',
  summary: 'event tier: memory after 100 and after 1000 runs in one process',
  async run({ shrink }) {
    const runs = Math.max(20, Math.floor(RUNS / shrink))
    const batch = makeBookMarket(RECORDS, { mix: 'deltas', lagUs: 0 })
    const first = runEngine(batch)
    let atStart = 0
    for (let i = 1; i <= runs; i++) {
      requireEqual('equity of a repeated run', runEngine(batch).equity, first.equity)
      if (i === runs / 10) atStart = usedBytes()
    }
    const growth = usedBytes() - atStart
    return [
      {
        name: `memory kept by ${runs} runs`,
        value: significant(growth / 1024),
        unit: 'KiB',
        ratio: null,
        target: `< ${GROWTH_MAX_BYTES / 1024} KiB`,
        met: growth < GROWTH_MAX_BYTES,
        note: `heap and buffers after a full collection, from run ${runs / 10} on; resident ${(
          process.memoryUsage().rss / 2 ** 20
        ).toFixed(0)} MiB at the end`,
      },
    ]
  },
}

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
