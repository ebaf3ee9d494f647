import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GCProfiler } from 'node:v8'
import type { MarketBatch } from '../src/core/mod.ts'
import { makeBookMarket } from './book-market.ts'
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
import { sumMarket } from './market-sums.ts'

const RECORDS = 4_000_000
const SNAPSHOT_RECORDS = 400_000
const ROUNDS = 7
const RATE_MIN = 8
/** The target beside what a plain C program of one book made on the machine it was set on. */
const RATIO_MAX = 37 / RATE_MIN
const GC_SHARE_MAX = 0.05
const LAG_US = 20_000

/** Twenty-eight instruments through the real driver, venue, engine, strategy, ledger and gate. */
export const eventEngine: Benchmark = {
  name: 'event-engine',
  summary: 'event tier: 28 instruments, two books each, queue model, strategy, ledger, risk gate',
  async run({ folder, shrink }) {
    const count = Math.floor(RECORDS / shrink)
    const batch = makeBookMarket(count, { mix: 'deltas', lagUs: 0 })
    const { headline, oneBook, collection } = atOneTime(batch, folder)
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
      oneBook,
      collection,
      side('event engine, feed 20 ms late', lagged, 'the same market, received later than it was'),
      side('event engine, whole books', snapshots, '75 % snapshots of 2 x 20 levels, 25 % trades'),
    ]
  },
}

/** The market as both sides see it at one time: the figure that has a target. */
function atOneTime(batch: MarketBatch, folder: string) {
  const twins = runTwins(batch, folder)
  for (let i = 0; i < 2; i++) runEngine(batch)
  let run: EngineRun | null = null
  let wallSeconds = 0
  const profiler = new GCProfiler()
  let collected = 0
  let collections = 0
  const rounds: number[] = []
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
    rounds.push(seconds)
    return seconds
  }
  const result = duel(ours, twins.missing === null ? twins.twoBooks : null, ROUNDS)
  checkAgainstC(run!, batch, twins)
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
      twins.missing === null
        ? `${counts}; C with the two books only: ${significant(batch.count / result.reference! / 1e6)}`
        : `${counts}; ${twins.missing}`,
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
  return { headline, oneBook: besideOneBook(batch, rounds, twins), collection }
}

/** The C twins over the same records, and what they printed last. */
interface Twins {
  /** Why there are none; null when there are. */
  readonly missing: string | null
  /** Runs both, one after the other; seconds of the one with two books. */
  twoBooks(): number
  readonly lines: { two: readonly CLine[]; one: readonly CLine[] }
  /** Seconds of the one with one book, by round. */
  readonly oneBookRounds: number[]
}

function runTwins(batch: MarketBatch, folder: string): Twins {
  const two = buildCTwin('two-books', folder)
  const one = buildCTwin('one-book', folder)
  const files = { records: join(folder, 'records.bin'), pool: join(folder, 'pool.bin') }
  writeFileSync(files.records, batch.u8)
  writeFileSync(files.pool, batch.pool)
  const input = [files.records, files.pool, batch.count, batch.pool.length, 2]
  const lines: Twins['lines'] = { two: [], one: [] }
  const oneBookRounds: number[] = []
  return {
    missing: two.kind === 'missing' ? two.reason : one.kind === 'missing' ? one.reason : null,
    lines,
    oneBookRounds,
    twoBooks: () => {
      if (two.kind === 'missing' || one.kind === 'missing') return Number.NaN
      lines.one = one.run(input)
      oneBookRounds.push(median(lines.one.map((line) => line[0]!)))
      lines.two = two.run(input)
      return median(lines.two.map((line) => line[0]!))
    },
  }
}

/** Beside the program of the kind that the target was set by: a plain one in C with one book. */
function besideOneBook(batch: MarketBatch, rounds: readonly number[], twins: Twins): Result {
  const { oneBookRounds: others } = twins
  const rate = (seconds: readonly number[]): number => batch.count / median(seconds) / 1e6
  const ratios = others.map((seconds, round) => rounds[round]! / seconds)
  const [, , , , , orders, fills, signals] = twins.lines.one.at(-1) ?? []
  return {
    name: 'event engine, against one book in C',
    value: significant(rate(rounds)),
    unit: 'M events/s',
    ratio: ratios.length === 0 ? null : significant(median(ratios)),
    target: `ratio <= ${significant(RATIO_MAX)}`,
    met: ratios.length === 0 ? null : median(ratios) <= RATIO_MAX,
    note:
      twins.missing ??
      `C: ${significant(rate(others))} with book, queues (${orders} orders, ${fills} fills), ` +
        `bars, z, ${signals} signals; ${RATE_MIN} M events/s beside such a program's 37`,
  }
}

/**
 * The C twins' books must be those of the venue, their imbalances those of OrderBook, bars and z
 * those of Signal.
 */
function checkAgainstC(run: EngineRun, batch: MarketBatch, { missing, lines }: Twins): void {
  requireEqual('records', run.records, batch.count)
  if (run.orders === 0 || run.fills === 0) throw new Error('the strategy did not trade')
  if (missing !== null) return
  const sums = sumMarket(batch)
  for (const [, imbalances, best] of [...lines.two, ...lines.one]) {
    requireEqual('sum of imbalances', imbalances!, sums.imbalances)
    requireEqual('sum of best prices', best!, run.bestPrices)
  }
  for (const [, , , scores, bars, orders, fills] of lines.one) {
    requireEqual('sum of z', scores!, sums.scores)
    requireEqual('bars', bars!, sums.bars)
    if (!(orders! > 0 && fills! > 0)) throw new Error('the C program did not trade')
  }
}

/** M events per second of processor time. */
function rateOf(batch: MarketBatch): number {
  runEngine(batch)
  const seconds = Array.from({ length: 3 }, () => timed(() => runEngine(batch), threadSeconds))
  return batch.count / median(seconds) / 1e6
}
