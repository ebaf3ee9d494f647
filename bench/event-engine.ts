import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GCProfiler } from 'node:v8'
import { type MarketBatch, MarketCursor, OrderBook, RecordKind } from '../src/core/mod.ts'
import { makeBookMarket, mixInstruments } from './book-market.ts'
import { buildCTwin, type CLine } from './c-twin.ts'
import { type EngineRun, runEngine } from './engine-setup.ts'
import {
  type Benchmark,
  duel,
  median,
  type Result,
  requireEqual,
  significant,
  threadSeconds,
  timed,
} from './harness.ts'

const RECORDS = 4_000_000
const SNAPSHOT_RECORDS = 400_000
const ROUNDS = 7
const RATE_MIN = 8
const GC_SHARE_MAX = 0.05
const LAG_US = 20_000

/** Twenty-eight instruments through the real driver, venue, engine, strategy, ledger and gate. */
export const eventEngine: Benchmark = {
  name: 'event-engine',
  summary: 'event tier: 28 instruments, two books each, queue model, strategy, ledger, risk gate',
  async run({ folder, shrink }) {
    const count = Math.floor(RECORDS / shrink)
    const batch = makeBookMarket(count, { mix: 'deltas', lagUs: 0 })
    const { headline, collection } = atOneTime(batch, folder)
    const lagged = rateOf(makeBookMarket(count, { mix: 'deltas', lagUs: LAG_US }))
    const snapshots = rateOf(
      makeBookMarket(Math.floor(SNAPSHOT_RECORDS / shrink), { mix: 'snapshots', lagUs: 0 }),
    )
    const side = (name: string, rate: number, note: string): Result => ({
      name,
      value: significant(rate),
      unit: 'M events/s',
      ratio: null,
      target: null,
      met: null,
      note,
    })
    return [
      headline,
      collection,
      side('event engine, feed 20 ms late', lagged, 'the same market, received later than it was'),
      side('event engine, whole books', snapshots, '75 % snapshots of 2 x 20 levels, 25 % trades'),
    ]
  },
}

/** The market as both sides see it at one time: the figure that has a target. */
function atOneTime(batch: MarketBatch, folder: string) {
  const twin = buildCTwin('two-books', folder)
  const files = { records: join(folder, 'records.bin'), pool: join(folder, 'pool.bin') }
  writeFileSync(files.records, batch.u8)
  writeFileSync(files.pool, batch.pool)
  let lines: readonly CLine[] = []
  const reference = (): number => {
    if (twin.kind === 'missing') return Number.NaN
    lines = twin.run([files.records, files.pool, batch.count, batch.pool.length, 2])
    return median(lines.map((line) => line[0]!))
  }
  for (let i = 0; i < 2; i++) runEngine(batch)
  let run: EngineRun | null = null
  let wallSeconds = 0
  const profiler = new GCProfiler()
  let collected = 0
  let collections = 0
  const ours = (): number => {
    profiler.start()
    const start = performance.now()
    const seconds = timed(() => {
      run = runEngine(batch)
    }, threadSeconds)
    wallSeconds += (performance.now() - start) / 1000
    for (const { cost } of profiler.stop().statistics) {
      collected += cost / 1e6
      collections++
    }
    return seconds
  }
  const result = duel(ours, twin.kind === 'built' ? reference : null, ROUNDS)
  checkAgainstC(run!, batch, lines)
  const rate = batch.count / result.seconds / 1e6
  const { bars, orders, fills, denials } = run!
  const counts = `${bars} bars, ${orders} orders, ${fills} fills, ${denials} denials`
  const headline: Result = {
    name: 'event engine, 28 instruments',
    value: significant(rate),
    unit: 'M events/s',
    ratio: result.ratio === null ? null : significant(result.ratio),
    target: `>= ${RATE_MIN} M events/s`,
    met: rate >= RATE_MIN,
    note:
      twin.kind === 'missing'
        ? `${counts}; ${twin.reason}`
        : `${counts}; C with the two books only: ${significant(batch.count / result.reference! / 1e6)}`,
  }
  const share = collected / wallSeconds
  const collection: Result = {
    name: 'event engine, garbage collection',
    value: significant(share * 100),
    unit: '% of time',
    ratio: null,
    target: `< ${GC_SHARE_MAX * 100} %`,
    met: share < GC_SHARE_MAX,
    note: `${significant(collections / ROUNDS)} pauses in ${batch.count} events`,
  }
  return { headline, collection }
}

/** The C twin's books must be those of the venue, its imbalances those of OrderBook. */
function checkAgainstC(run: EngineRun, batch: MarketBatch, lines: readonly CLine[]): void {
  requireEqual('records', run.records, batch.count)
  if (run.orders === 0 || run.fills === 0) throw new Error('the strategy did not trade')
  if (lines.length === 0) return
  const imbalances = sumOfImbalances(batch)
  for (const [, total, best] of lines) {
    requireEqual('sum of imbalances', imbalances, total!)
    requireEqual('sum of best prices', run.bestPrices, best!)
  }
}

function sumOfImbalances(batch: MarketBatch): number {
  const books = mixInstruments.map(() => new OrderBook({ levels: 20 }))
  const cursor = new MarketCursor()
  let total = 0
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    const book = books[cursor.instrument]!
    if (cursor.kind === RecordKind.delta) {
      book.applyDelta(cursor.side as 0 | 1, cursor.price, cursor.quantity)
    } else if (cursor.kind === RecordKind.snapshot) {
      book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
    } else continue
    total += book.imbalance()
  }
  return total
}

/** M events per second of processor time. */
function rateOf(batch: MarketBatch): number {
  runEngine(batch)
  const seconds = Array.from({ length: 3 }, () => timed(() => runEngine(batch), threadSeconds))
  return batch.count / median(seconds) / 1e6
}
