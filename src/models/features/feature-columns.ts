import { assert, type HourPanel } from '../../core/mod.ts'
import type { FeatureMatrix } from '../learner.ts'
import { CrossSectionMachine } from './machines/cross-section.ts'
import { MarketMachine, marketColumnsOf } from './machines/market-machine.ts'
import { type FeatureOptions, NameMachine } from './machines/name-machine.ts'
import { featureIndex, featuresOfSet, SEED_BARS_PER_YEAR } from './registry.ts'

/** Bars that are turned from names to rows at once: one line of the processor's cache. */
const BLOCK_BARS = 16
/** Bars of a name that are worked on together: what they need fits the nearest cache. */
const RUN_BARS = 128
/** Larger than the state of a name. */
const STATE_SIZE = 4096

/** Features of a whole panel; names and columns are in the order of their set. */
export interface FeatureColumns extends FeatureMatrix {
  /** All columns, one after another. */
  readonly values: Float32Array
}

/** What a part of the work is given; the parts of one job may run anywhere, in shared memory. */
export interface FeatureJob {
  readonly panel: HourPanel
  readonly options: FeatureOptions
  /** Feature f of a name at a bar is `values[(f * names + name) * bars + bar]`. */
  readonly values: Float32Array
  readonly nameCount: number
  readonly barCount: number
  readonly market: MarketColumns
}

/** What all names share. */
interface MarketColumns {
  /** `marketColumnsOf` the set, one after another, with one element a bar. */
  readonly values: Float32Array
  /** Return and momentum of the benchmark, by bar. */
  readonly benchmark: Float64Array
}

/** As the earlier system made them, with the added ones. */
export const SEED_FEATURE_OPTIONS: FeatureOptions = {
  adjustment: 'split',
  barsPerYear: SEED_BARS_PER_YEAR,
  set: 'all',
}

/** Bytes of the columns of a panel. */
export function featureBytes({ symbols, grid }: HourPanel, { set }: FeatureOptions): number {
  return 4 * featuresOfSet(set).length * symbols.length * grid.openTime.length
}

/** All features of a panel, in a buffer of its own or the one that is given. */
export function computeFeatures(
  panel: HourPanel,
  options: FeatureOptions = SEED_FEATURE_OPTIONS,
  buffer: ArrayBufferLike = new ArrayBuffer(featureBytes(panel, options)),
): FeatureColumns {
  const job = featureJob(panel, options, buffer)
  computeNames(job, 0, job.nameCount)
  computeCrossSection(job, 0, job.barCount)
  return columnsOf(job)
}

/** What a job has made, once both its parts are done. */
export function columnsOf({ values, nameCount, barCount, options }: FeatureJob): FeatureColumns {
  const cells = nameCount * barCount
  const made = featuresOfSet(options.set)
  return {
    names: made.map(({ name }) => name),
    columns: made.map((_, index) => values.subarray(index * cells, (index + 1) * cells)),
    bars: barCount,
    values,
  }
}

/** The job of a panel, for work in parts: first all names, and when they are done all bars. */
export function featureJob(
  panel: HourPanel,
  options: FeatureOptions,
  buffer: ArrayBufferLike,
): FeatureJob {
  assert(
    buffer.byteLength === featureBytes(panel, options),
    'the buffer has the size of the columns',
  )
  return {
    panel,
    options,
    values: new Float32Array(buffer),
    nameCount: panel.symbols.length,
    barCount: panel.grid.openTime.length,
    market: marketOf(panel, options),
  }
}

function marketOf(panel: HourPanel, { set }: FeatureOptions): MarketColumns {
  const columns = marketColumnsOf(set).length
  const bars = panel.grid.openTime.length
  const values = new Float32Array(columns * bars)
  const benchmark = new Float64Array(2 * bars)
  const machine = new MarketMachine(panel)
  for (let bar = 0; bar < bars; bar++) {
    machine.advance(bar)
    benchmark.set(machine.benchmark, 2 * bar)
    for (let i = 0; i < columns; i++) values[i * bars + bar] = machine.values[i]!
  }
  return { values, benchmark }
}

/** Column of a feature; asserts that it is one of the set. */
export function featureColumn({ columns }: FeatureColumns, name: string): Float32Array {
  const column = columns[featureIndex(name)]
  assert(column !== undefined, `${name} is of the set`)
  return column
}

/** First part of a job: what names from `first` to before `end` are by themselves. */
export function computeNames(job: FeatureJob, first: number, end: number): void {
  const { panel, values, barCount, nameCount, market } = job
  const cells = nameCount * barCount
  const machine = new NameMachine(panel, job.options, new Float64Array(STATE_SIZE), RUN_BARS)
  const target = { values, stride: cells, hasAdded: job.options.set === 'all', at: 0 }
  const marketColumns = marketColumnsOf(job.options.set)
  for (let name = first; name < end; name++) {
    const start = name * barCount
    marketColumns.forEach((column, i) => {
      const row = market.values.subarray(i * barCount, (i + 1) * barCount)
      values.set(row, column * cells + start)
    })
    machine.bind(name)
    machine.reset()
    for (let bar = 0; bar < barCount; bar += RUN_BARS) {
      target.at = start + bar
      machine.advance(bar, Math.min(bar + RUN_BARS, barCount), market.benchmark, 2 * bar, target)
    }
  }
}

/** Second part of a job: ranks and the like of the bars from `first` to before `end`. */
export function computeCrossSection(job: FeatureJob, first: number, end: number): void {
  const { panel, nameCount } = job
  const { set } = job.options
  const machine = new CrossSectionMachine(set, nameCount, panel.sectorNames.length)
  const { inputs, outputs } = machine
  const rows = new Float32Array(featuresOfSet(set).length * BLOCK_BARS * nameCount)
  const members = new Uint8Array(BLOCK_BARS * nameCount)
  const sectors = new Int16Array(BLOCK_BARS * nameCount)
  for (let bar = first; bar < end; bar += BLOCK_BARS) {
    const width = Math.min(BLOCK_BARS, end - bar)
    turnIn(inputs, { job, bar, width }, rows)
    turnRows(panel.isMember, members, { job, bar, width })
    turnRows(panel.sector, sectors, { job, bar, width })
    for (let i = 0; i < width; i++) {
      const at = i * nameCount
      const isMember = members.subarray(at, at + nameCount)
      const sector = sectors.subarray(at, at + nameCount)
      machine.advance(rows, at, BLOCK_BARS * nameCount, isMember, sector)
    }
    turnOut(outputs, { job, bar, width }, rows)
  }
}

/** A part of the bars of a job. */
interface Block {
  readonly job: FeatureJob
  readonly bar: number
  readonly width: number
}

function turnIn(columns: readonly number[], { job, bar, width }: Block, rows: Float32Array): void {
  const { values, nameCount, barCount } = job
  for (const column of columns) {
    const to = column * BLOCK_BARS * nameCount
    for (let name = 0; name < nameCount; name++) {
      const from = (column * nameCount + name) * barCount + bar
      for (let i = 0; i < width; i++) rows[to + i * nameCount + name] = values[from + i]!
    }
  }
}

function turnOut(columns: readonly number[], { job, bar, width }: Block, rows: Float32Array): void {
  const { values, nameCount, barCount } = job
  for (const column of columns) {
    const from = column * BLOCK_BARS * nameCount
    for (let name = 0; name < nameCount; name++) {
      const to = (column * nameCount + name) * barCount + bar
      for (let i = 0; i < width; i++) values[to + i] = rows[from + i * nameCount + name]!
    }
  }
}

function turnRows<Values extends Uint8Array | Int16Array>(
  from: Values,
  to: Values,
  { job, bar, width }: Block,
): void {
  const { nameCount, barCount } = job
  for (let name = 0; name < nameCount; name++) {
    for (let i = 0; i < width; i++) to[i * nameCount + name] = from[name * barCount + bar + i]!
  }
}
