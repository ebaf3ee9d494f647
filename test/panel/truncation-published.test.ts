import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockHourTables2018, type HourTables2018 } from '../../src/adapters/mod.ts'
import { runHourlyBacktest } from '../../src/app/run/hourly/hourly-backtest.ts'
import {
  assemblePanel,
  createRandom,
  type HourPanel,
  type KnownTable,
  type PanelTables,
} from '../../src/core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  entriesOfMinutes,
  linearLearner,
  type PanelLabels,
  trainingInput,
} from '../../src/models/mod.ts'
import { type Forecaster, HOURLY_PRESETS } from '../../src/strategies/mod.ts'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'

/** What keeps its meaning when it is made another number. */
const KEPT = new Set(['start', 'kind', 'ex_time', 'effective_time', 'is_member', 'sector'])

/** The table with noise in place of what was known at an instant or after it. */
function scrambled<Table extends KnownTable>(table: Table, from: number, seed: number): Table {
  const random = createRandom(seed)
  const isLater = (row: number): boolean => table.knownTime[row]! >= from
  // One factor a row, so that bars stay bars.
  const factor = table.knownTime.map(() => 0.3 + 2 * random.next())
  const fields = Object.entries(table.fields).map(([name, column]) => {
    if (name === 'is_member') return [name, column.map((v, row) => (isLater(row) ? 1 - v : v))]
    if (KEPT.has(name)) return [name, column]
    return [name, column.map((v, row) => (isLater(row) ? v * factor[row]! : v))]
  })
  return { ...table, fields: Object.fromEntries(fields) }
}

/** All that was known at an instant or after it replaced, names that stopped then go on. */
function after({ tables, assembly, minutes }: HourTables2018, bar: number): HourTables2018 {
  const from = assembly.grid.decisionTime[bar]!
  const of = <Table extends KnownTable>(table: Table): Table => scrambled(table, from, bar)
  const orNull = (table: KnownTable | null) => (table === null ? null : of(table))
  const { benchmark, membership } = tables
  const noisy: PanelTables = {
    ...tables,
    bars: tables.bars.map(of),
    benchmark: benchmark === null ? null : { ...benchmark, bars: of(benchmark.bars) },
    membership: membership === 'everyName' ? membership : of(membership),
    actions: orNull(tables.actions),
    fundamentals: orNull(tables.fundamentals),
    macro: tables.macro.map(of),
  }
  const other = [...minutes].map(([symbol, { openTime, open }]) => {
    const changed = open.map((price, k) => (openTime[k]! >= from ? price * 1.7 : price))
    return [symbol, { openTime, open: changed }] as const
  })
  return { tables: noisy, assembly, minutes: new Map(other) }
}

interface Chain {
  readonly panel: HourPanel
  readonly features: readonly ArrayLike<number>[]
  readonly labels: PanelLabels
  readonly forecast: Float64Array
  readonly run: ReturnType<typeof runHourlyBacktest>
}

/** Panel, features, labels, a forecast by a model of what is labelled by then, decisions, fills. */
function chain({ tables, assembly, minutes }: HourTables2018, bar: number): Chain {
  const made = assemblePanel(tables, assembly)
  if (made.kind === 'refused') throw new Error(JSON.stringify(made.problems))
  const { panel } = made
  const names = panel.symbols.length
  const bars = panel.grid.openTime.length
  const own = panel.symbols.map((symbol) => minutes.get(symbol) ?? null)
  const features = computeFeatures(panel)
  const entries = entriesOfMinutes(panel, own, 250_000)
  const labels = computeLabels(panel, { ...DEFAULT_LABELS, entries })
  const known = Int32Array.from(labels.spans.last.keys()).filter(
    (each) => labels.spans.last[each]! >= 0 && labels.spans.last[each]! <= bar,
  )
  const data = { names, features, labels, spans: labels.spans, isUsed: panel.isMember }
  const { input } = trainingInput(data, known, { seed: 1, validationShare: 0 })
  const learner = linearLearner()
  const trained = learner.train(input)
  if (trained.kind !== 'trained') throw new Error('not trained')
  const rows = Int32Array.from({ length: names }, (_, name) => name * bars + bar)
  const forecast = trained.model.predict(features, rows).excessReturn!
  const downside = new Float64Array(names).fill(Number.NaN)
  const forecaster: Forecaster = {
    forecast: () => ({ alphaBp: forecast.map((value) => value * 1e5), downside }),
  }
  const run = runHourlyBacktest({
    panel,
    settings: HOURLY_PRESETS.corrected,
    forecaster,
    minutes: own,
    progress: (at) => at === bar,
  })
  return { panel, features: features.columns, labels, forecast, run }
}

describe.skipIf(!hasSharedData)(`the hours of 2018 up to a decision${sharedDataNote}`, () => {
  it('are the same to the bit, from tables to weights, whatever was known later', async () => {
    const tables = await clockHourTables2018(sharedData(''))
    const bars = tables.assembly.grid.openTime.length
    const anyBar = fc.integer({ min: 120, max: bars - 12 })
    fc.assert(
      fc.property(anyBar, (bar) => {
        const [truth, other] = [chain(tables, bar), chain(after(tables, bar), bar)]
        const cut = (column: ArrayLike<number>, last: number): string => {
          const values = Float64Array.from(column).filter((_, cell) => cell % bars <= last)
          return createHash('sha256').update(values).digest('hex')
        }
        const horizon = truth.labels.spans.last[0]!
        const seen = ({ panel, features, labels, forecast, run }: Chain) => ({
          members: cut(panel.isMember, bar),
          features: features.map((column) => cut(column, bar)),
          // A label is known when its window has ended.
          labels: [labels.excessReturn, labels.downsideEvent].map((c) => cut(c, bar - horizon)),
          forecast: [...forecast],
          decisions: run.decisions,
          fills: run.fills.filter((fill) => fill.bar < bar),
        })
        expect(seen(other)).toEqual(seen(truth))
        expect(truth.run.decisions.at(-1)!.weights.length).toBeGreaterThan(0)
        for (const { basis, isOptimistic } of truth.run.fills) {
          expect([basis, isOptimistic]).toEqual(['first minute after the decision', false])
        }
        expect(truth.run.fills.length).toBeGreaterThan(10)
        // The comparison can fail: labels whose windows had not ended do change.
        const next = (labels: PanelLabels) => cut(labels.excessReturn, bar - horizon + 1)
        expect(next(other.labels)).not.toEqual(next(truth.labels))
      }),
      { numRuns: 3 },
    )
  }, 300_000)
})
