import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RandomBars, randomBars } from '../../../../test/support/random-bars.ts'
import type { Recording } from '../../../adapters/mod.ts'
import { parseObject } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { runBacktest } from '../../run/backtest.ts'
import { planColumns } from './column-plan.ts'
import { ColumnRunner } from './column-trial.ts'
import { ROUNDING } from './confirm.ts'
import { returnSpan } from './return-span.ts'
import { runTrial } from './trial.ts'

const SEED = 20_261_121

const market = fc.record<RandomBars>({
  seed: fc.nat(1_000_000),
  rows: fc.integer({ min: 2, max: 160 }),
  instruments: fc.integer({ min: 1, max: 3 }),
  barUs: fc.constantFrom(60_000_000, 300_000_000, 7_000_000),
  gaps: fc.constantFrom(0, 0, 0.1),
  early: fc.constantFrom(0, 0, 1),
  jump: fc.constantFrom(3, 15, 60),
  kind: fc.constantFrom('perpetual', 'spot'),
})

const off = fc.constant('off')
const strategy = fc.record({
  entry: fc.constantFrom(0.6, 1.1, 1.6),
  exit: fc.constantFrom(-0.4, 0, 0.5),
  direction: fc.constantFrom('long', 'both'),
  trendGate: fc.boolean(),
  revertGate: fc.oneof(off, fc.constant({ hold: '3m', favourableBp: 4 })),
  stopLoss: fc.oneof(off, fc.constantFrom('5bp', '30bp')),
  timeStop: fc.oneof(off, fc.constantFrom('2m', '10m', '450s')),
  costGate: fc.oneof(off, fc.constantFrom({ marginBp: 0 }, { marginBp: 10 })),
  imbalanceThreshold: fc.constantFrom('off', 'off', 'off', 'off', 0),
  notional: fc.constantFrom(250, 111.7, 1999),
})
const rest = fc.record({
  window: fc.constantFrom(2, 5, 12),
  current: fc.constantFrom('include', 'exclude'),
  maxGap: fc.constantFrom(0, 2),
  trendWindow: fc.constantFrom(5, 20),
  takerSlippageMax: fc.constantFrom('0bp', '4bp', '10bp', '2%'),
  entryLatency: fc.constantFrom('0s', '250ms', '61s'),
  heartbeat: fc.constantFrom('1s', '1m', '13m'),
  takerFee: fc.constantFrom('0bp', '4.5bp', '3.3333bp'),
  barImpact: fc.constantFrom('0bp', '1bp'),
  dailyLossMax: fc.constantFrom('off', 500, 3),
})

type Drawn<Source> = Source extends fc.Arbitrary<infer Value> ? Value : never
type Case = [RandomBars, Drawn<typeof strategy>, Drawn<typeof rest>]

function configOf([bars, s, r]: Case): Config {
  const { entry, exit, ...gates } = s
  const tier = { longEntry: -entry, longExit: exit - 0.1, shortEntry: entry, shortExit: 0.1 - exit }
  return parseObject(
    {
      name: 'random',
      balance: 10_000,
      signal: {
        source: 'bar',
        interval: `${bars.barUs / 1e6}s`,
        window: r.window,
        current: r.current,
        maxGap: r.maxGap,
        trendWindow: r.trendWindow,
      },
      strategy: { ...gates, tier },
      execution: { takerSlippageMax: r.takerSlippageMax },
      fills: {
        entryLatency: r.entryLatency,
        takerFee: r.takerFee,
        barImpact: r.barImpact,
      },
      risk: { dailyLossMax: r.dailyLossMax },
      heartbeat: r.heartbeat,
    },
    'random.yaml',
  ).config
}

interface Fill {
  readonly time: number
  readonly instrument: number
  readonly side: string
  readonly quantity: number
  readonly price: number
}

const inOrder = (fills: readonly Fill[]): readonly Fill[] =>
  fills.toSorted((a, b) => a.time - b.time || a.instrument - b.instrument)

function onEvents(config: Config, recording: Recording) {
  const request = { config, configurationHash: '', codeHash: '', recording }
  const { engine, collected } = runBacktest(request)
  const fills = collected.fills.map(({ time, instrument, side, quantity, price }) => ({
    time,
    instrument,
    side,
    quantity,
    price,
  }))
  return {
    fills: inOrder(fills),
    fees: engine.world.ledger.totals().fees,
    equity: engine.world.equity,
  }
}

function onColumns(config: Config, recording: Recording) {
  const { info } = recording
  const span = returnSpan({ ...info, barUs: config.signal.interval })
  const plan = planColumns([config], recording, span)
  const trial = plan.trials[0]!
  if (trial === null) return { obstacles: plan.obstacles[0]! }
  const runner = new ColumnRunner(plan.share)
  const outcome = runner.run(trial)
  if ('bound' in outcome) return { obstacles: [outcome.bound] }
  const { openTimes, offsets } = plan.share.market
  const fills: Fill[] = []
  for (const { id: instrument } of recording.instruments) {
    const t = runner.trades(instrument)
    const add = (i: number, row: number, isBuy: boolean, price: number) =>
      fills.push({
        time: openTimes[offsets[instrument]! + row]!,
        instrument,
        side: isBuy ? 'buy' : 'sell',
        quantity: t.lots[i]!,
        price,
      })
    for (let i = 0; i < t.count; i++) {
      const isLong = t.directions[i]! > 0
      add(i, t.entryRows[i]!, isLong, t.entryPrices[i]!)
      if (t.exitRows[i]! >= 0) add(i, t.exitRows[i]!, !isLong, t.exitPrices[i]!)
    }
  }
  return { fills: inOrder(fills), result: outcome.result, span }
}

const near = (own: number, other: number, bound: number): void =>
  expect(Math.abs(own - other)).toBeLessThanOrEqual(bound * Math.max(1, Math.abs(other)))

it('trades as the event tier wherever it is said to: time, side, size, price and every figure', () => {
  let accepted = 0
  let fills = 0
  fc.assert(
    fc.property(market, strategy, rest, (...given) => {
      const config = configOf(given)
      const recording = randomBars(given[0])
      const columns = onColumns(config, recording)
      if ('obstacles' in columns) return
      accepted++
      fills += columns.fills.length
      const events = onEvents(config, recording)
      expect(columns.fills).toEqual(events.fills)
      const facts = { codeHash: '', commit: '', span: columns.span }
      const trial = runTrial({ config, path: '', hash: '' }, recording, facts)
      for (const [name, value] of Object.entries(trial.metrics)) {
        const own = columns.result.metrics[name as keyof typeof trial.metrics]!
        if (value === null || own === null) expect(own, name).toBe(value)
        else near(own, value, ROUNDING)
      }
      expect(columns.result.returns.length).toBe(trial.returns.length)
      trial.returns.forEach((value, i) => {
        near(columns.result.returns[i]!, value, 1e-12)
      })
    }),
    { seed: SEED, numRuns: 300 },
  )
  // The seed is fixed: the property did not pass for want of trades.
  expect(accepted).toBeGreaterThan(200)
  expect(fills).toBeGreaterThan(1000)
})

const busy: RandomBars = {
  seed: 5,
  rows: 160,
  instruments: 2,
  barUs: 60_000_000,
  gaps: 0,
  early: 0,
  jump: 15,
  kind: 'perpetual',
}
const plain = {
  entry: 0.6,
  exit: 0.5,
  direction: 'both',
  trendGate: false,
  revertGate: 'off',
  stopLoss: 'off',
  timeStop: 'off',
  costGate: 'off',
  imbalanceThreshold: 'off',
  notional: 250,
} as const
const usual = {
  window: 5,
  current: 'include',
  maxGap: 2,
  trendWindow: 5,
  takerSlippageMax: '2%',
  entryLatency: '250ms',
  heartbeat: '1s',
  takerFee: '4.5bp',
  barImpact: '1bp',
  dailyLossMax: 'off',
} as const

/** Changes that the columns know nothing of: what is refused must matter. */
const refused: readonly [string, (config: Config) => Config][] = [
  ['resting entries', (c) => ({ ...c, strategy: { ...c.strategy, entry: 'passive' } })],
  ['resting exits', (c) => ({ ...c, strategy: { ...c.strategy, exit: 'passive' } })],
  ['one position', (c) => ({ ...c, risk: { ...c.risk, positionsMax: 1 } })],
  ['a gross limit', (c) => ({ ...c, risk: { ...c.risk, grossNotionalMax: 400 } })],
  ['an order limit', (c) => ({ ...c, risk: { ...c.risk, orderNotionalMax: 250 } })],
  ['a rate limit', (c) => ({ ...c, risk: { ...c.risk, ordersPerMinuteMax: 1 } })],
  ['late fills', (c) => ({ ...c, fills: { ...c.fills, responseLatency: 150_000_000 } })],
  ['an age limit', (c) => ({ ...c, risk: { ...c.risk, accountAgeMax: 60_000_000 } })],
  ['a loss limit that is reached', (c) => ({ ...c, risk: { ...c.risk, dailyLossMax: 0.5 } })],
  ['an account of its positions', (c) => ({ ...c, balance: 30 })],
]

it.each(refused)('refuses %s, where the event tier trades otherwise', (_name, change) => {
  const config = configOf([busy, plain, usual])
  const recording = randomBars(busy)
  const columns = onColumns(config, recording)
  expect('obstacles' in columns).toBe(false)
  if ('obstacles' in columns) return
  expect(columns.fills).toEqual(onEvents(config, recording).fills)
  expect(onColumns(change(config), recording)).toMatchObject({ obstacles: [expect.any(String)] })
  expect(onEvents(change(config), recording).fills).not.toEqual(columns.fills)
})
