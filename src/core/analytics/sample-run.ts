import { civilTime } from '../calendar/civil-time.ts'
import type { Instrument } from '../domain/instrument.ts'
import { applyRate, moneyToNumber, notional } from '../domain/money.ts'
import { type Money, price, quantity, type Side, sign } from '../domain/units.ts'
import { createRandom, type Random } from '../lib/random.ts'
import { halfNotional } from './fill-cost.ts'
import type { RunFill, RunFunding, RunRecord } from './run-record.ts'

/** The instrument of {@link sampleRun}: a perpetual with a tick of 0.1 and a lot of 0.0001. */
export const sampleInstrument: Instrument = {
  id: 0,
  venue: 'simulated',
  symbol: 'SAMPLE',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'SAMPLE',
  priceDecimals: 1,
  quantityDecimals: 4,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 10,
}

/** A run in which nothing happened: the base of samples and tests. */
export function emptyRun(): RunRecord {
  const start = civilTime(2024, 1, 1)
  return {
    schema: 'ornstein.run/1',
    mode: 'backtest',
    name: 'sample',
    strategy: 'reversion',
    currency: 'USDC',
    data: {
      kind: 'generated',
      description: 'Seeded random walk with a constant spread',
      licenceClass: null,
      firstTime: start,
      lastTime: start,
      skewUs: 0,
      files: [],
      checks: [],
      gaps: [],
      feeds: [
        {
          instrument: 0,
          kind: 'snapshots',
          levels: 20,
          cadenceUs: 500_000,
          hasTrades: true,
          hasFunding: true,
        },
      ],
      hash: '00'.repeat(32),
      survivorship: '',
      lookahead: 'Decisions use closed bars only; fills happen one bar later.',
    },
    fillModel: {
      queueModel: 'conservative',
      entryLatencyUs: 50_000,
      responseLatencyUs: 50_000,
      arrivalMatch: 'the book one bar after the decision',
      notes: [],
    },
    conventions: {
      calendar: { kind: 'continuous' },
      riskFreeAnnual: 0,
      riskFreeSource: 'none: 0',
    },
    parameters: {},
    gatesOff: [],
    z: { window: 60, ddof: 1, current: 'include', maxGap: 0 },
    seed: 1,
    commit: '0'.repeat(40),
    configurationHash: '11'.repeat(32),
    dataHash: '00'.repeat(32),
    codeHash: '22'.repeat(32),
    command: 'ornstein backtest sample.yaml',
    instruments: [sampleInstrument],
    startEquity: 10_000,
    equity: { time: new Float64Array(0), value: new Float64Array(0) },
    fills: [],
    funding: [],
    transfers: [],
    bars: [],
    mids: [],
    counts: {
      events: 0,
      evaluations: 0,
      signals: 0,
      orders: 0,
      fills: 0,
      rejects: 0,
      denials: {},
      evaluationsByOutcome: {},
    },
    trials: null,
  }
}

/** Shape of a sample run. */
export interface SampleOptions {
  readonly seed: number
  readonly bars: number
  /** us. */
  readonly barUs: number
  /** Entry threshold of |z|; higher trades less. */
  readonly entryZ: number
}

interface SampleState {
  position: number
  cash: Money
  readonly fills: RunFill[]
  readonly funding: RunFunding[]
  heldBars: number
  intents: number
}

/**
 * A generated run: z-score reversion on a random walk with a spread of two ticks, one decision a
 * bar, filled a bar later. Net of costs it has no edge, like the real thing. For tests,
 * documentation and pictures that must not show licensed data.
 */
export function sampleRun(options: SampleOptions): RunRecord {
  const base = emptyRun()
  const random = createRandom(options.seed)
  const start = base.data.firstTime
  const n = options.bars
  const time = new Float64Array(n)
  const close = new Float64Array(n)
  const z = new Float64Array(n).fill(Number.NaN)
  const imbalance = new Float64Array(n)
  const equity = new Float64Array(n)
  const state: SampleState = {
    position: 0,
    cash: 0n,
    fills: [],
    funding: [],
    heldBars: 0,
    intents: 0,
  }
  const outcomes: Record<string, number> = {}
  let half = 1_200_000
  let want: { side: Side; lots: number; reason: string } | null = null
  for (let i = 0; i < n; i++) {
    time[i] = start + (i + 1) * options.barUs
    half = Math.max(20_000, half + Math.round(random.normal() * 600))
    close[i] = half
    imbalance[i] = Math.tanh(random.normal() * 0.6)
    if (want !== null) {
      fillSample(state, { ...want, time: time[i]!, half, decided: close[i - 1]!, random, options })
      want = null
    }
    z[i] = zScoreAt(close, i, base.z.window)
    const outcome = decide(state, z[i]!, imbalance[i]!, options.entryZ, half)
    outcomes[outcome.name] = (outcomes[outcome.name] ?? 0) + 1
    want = outcome.order
    if (state.position !== 0) payFunding(state, time[i]!, half, options.barUs)
    equity[i] =
      base.startEquity +
      moneyToNumber(state.cash + halfNotional(sampleInstrument, half, state.position))
  }
  const lastTime = time[n - 1] ?? start
  return {
    ...base,
    name: 'sample-reversion',
    seed: options.seed,
    data: { ...base.data, lastTime },
    parameters: { entryZ: options.entryZ, window: 60, barSeconds: options.barUs / 1e6 },
    equity: { time, value: equity },
    fills: state.fills,
    funding: state.funding,
    bars: [{ instrument: 0, time, close, z, imbalance }],
    mids: [{ instrument: 0, time, halfMid: close }],
    counts: {
      events: n,
      evaluations: n,
      signals: state.intents,
      orders: state.intents,
      fills: state.fills.length,
      rejects: 0,
      denials: {},
      evaluationsByOutcome: outcomes,
    },
  }
}

function zScoreAt(close: Float64Array, row: number, window: number): number {
  if (row + 1 < window) return Number.NaN
  let sum = 0
  for (let i = row + 1 - window; i <= row; i++) sum += close[i]!
  const mean = sum / window
  let square = 0
  for (let i = row + 1 - window; i <= row; i++) square += (close[i]! - mean) ** 2
  square /= window - 1
  return square > 0 ? (close[row]! - mean) / Math.sqrt(square) : Number.NaN
}

function decide(
  state: SampleState,
  z: number,
  imbalance: number,
  entryZ: number,
  half: number,
): { name: string; order: { side: Side; lots: number; reason: string } | null } {
  if (Number.isNaN(z)) return { name: 'warming', order: null }
  const lots = Math.abs(state.position)
  if (state.position !== 0) {
    state.heldBars++
    const side: Side = state.position > 0 ? 'sell' : 'buy'
    if (state.position > 0 ? z > -0.5 : z < 0.5) {
      return { name: 'exit', order: { side, lots, reason: 'mean reached' } }
    }
    if (state.heldBars >= 120) return { name: 'exit', order: { side, lots, reason: 'time stop' } }
    return { name: 'holding', order: null }
  }
  if (Math.abs(z) <= entryZ) return { name: 'z', order: null }
  if (Math.sign(imbalance) === Math.sign(z)) return { name: 'imbalance', order: null }
  const size = Math.floor(2000 / (half / 20) / 1e-4)
  return { name: 'enter', order: { side: z < 0 ? 'buy' : 'sell', lots: size, reason: 'entry' } }
}

function fillSample(
  state: SampleState,
  order: {
    side: Side
    lots: number
    reason: string
    time: number
    half: number
    decided: number
    random: Random
    options: SampleOptions
  },
): void {
  const way = sign(order.side)
  const isMaker = order.reason === 'mean reached' && order.random.next() < 0.5
  const ticks = isMaker ? -1 : 1
  const at = Math.round(order.half / 2) + way * ticks
  const value = notional(sampleInstrument, price(at), order.lots)
  const rate = isMaker ? sampleInstrument.fees.makerE9 : sampleInstrument.fees.takerE9
  const fee = applyRate(value, rate)
  state.position += way * order.lots
  state.cash -= BigInt(way) * value + fee
  state.heldBars = 0
  state.intents++
  state.fills.push({
    time: order.time,
    instrument: 0,
    side: order.side,
    price: price(at),
    quantity: quantity(order.lots),
    liquidity: isMaker ? 'maker' : 'taker',
    fee,
    reason: order.reason,
    intentId: `intent-${state.intents}`,
    decisionTime: order.time - order.options.barUs,
    arrivalPrice: price(Math.round(order.decided / 2) + way),
    arrivalMidHalfQuanta: order.decided,
    midHalfQuanta: order.half,
  })
}

function payFunding(state: SampleState, time: number, half: number, barUs: number): void {
  const hour = 3_600_000_000
  if (Math.floor(time / hour) === Math.floor((time - barUs) / hour)) return
  const value = halfNotional(sampleInstrument, half, state.position)
  const hours = Math.floor(time / hour) - Math.floor((time - barUs) / hour)
  const amount = -applyRate(value, 12_500 * hours)
  state.cash += amount
  state.funding.push({ time, instrument: 0, amount })
}
