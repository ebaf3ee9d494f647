import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Recording } from '../src/adapters/mod.ts'
import { parseObject } from '../src/app/config/load.ts'
import { planColumns } from '../src/app/research/sweep/column-plan.ts'
import {
  ColumnRunner,
  type ColumnShare,
  type ColumnTrial,
} from '../src/app/research/sweep/column-trial.ts'
import { returnSpan } from '../src/app/research/sweep/return-span.ts'
import { type Instrument, MarketWriter, quantity } from '../src/core/mod.ts'

export const TRIALS = 1000
/** Figures of a trial that are compared with C. */
export const FIGURES = 4

const BAR_US = 60_000_000
const START_US = 1_767_225_600_000_000
const BALANCE = 10_000

const instrument: Instrument = {
  id: 0,
  venue: 'bench',
  symbol: 'BENCH',
  kind: 'perpetual',
  quoteCurrency: 'USD',
  baseCurrency: 'BENCH',
  priceDecimals: 2,
  quantityDecimals: 5,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 10,
}

/** The configuration of a trial, as a grid would make it; the C twin has the same grid. */
function configurationOf(number: number): unknown {
  const digit = (place: number, base: number) => Math.floor(number / place) % base
  const entry = 1.2 + 0.2 * digit(10, 10)
  const exit = 0.1 * digit(100, 5)
  return {
    name: 'bench',
    balance: BALANCE,
    signal: { source: 'bar', interval: '1m', window: 20 + 10 * digit(1, 10), trendWindow: 0 },
    strategy: {
      tier: { longEntry: -entry, longExit: -exit, shortEntry: entry, shortExit: exit },
      imbalanceThreshold: 'off',
      trendGate: false,
      revertGate: 'off',
      costGate: 'off',
      timeStop: 'off',
      stopLoss: digit(500, 2) === 0 ? 'off' : '1%',
    },
    fills: { entryLatency: '0s' },
  }
}

/** Everything the threads of `ornstein sweep` would get for this grid on these closes. */
export interface SweepJob {
  readonly share: ColumnShare
  readonly trials: readonly ColumnTrial[]
}

/** Plans the sweep by the command's own code: bars whose opens are the closes before them. */
export function planSweep(closes: Float64Array): SweepJob {
  const writer = new MarketWriter(closes.length)
  closes.forEach((close, row) => {
    const openTime = START_US + row * BAR_US
    const venueTime = openTime + BAR_US
    const open = closes[Math.max(0, row - 1)]!
    const bar = { open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 }
    writer.bar({ venueTime, receivedTime: venueTime, instrument: 0 }, { ...bar, openTime })
  })
  const batch = writer.batch()
  const firstTime = START_US + BAR_US
  const lastTime = START_US + closes.length * BAR_US
  const recording = { instruments: [instrument], batch } as unknown as Recording
  const configs = Array.from(
    { length: TRIALS },
    (_, number) => parseObject(configurationOf(number), 'bench.yaml').config,
  )
  const plan = planColumns(configs, recording, returnSpan({ firstTime, lastTime, barUs: BAR_US }))
  const trials = plan.trials.map((trial, number) => {
    if (trial === null) throw new Error(`trial ${number}: ${plan.obstacles[number]}`)
    return trial
  })
  return { share: plan.share, trials }
}

/** Runs trials as a thread of the command does. */
export class TrialRunner {
  readonly #job: SweepJob
  readonly #runner: ColumnRunner
  readonly #returns: Float64Array

  constructor(job: SweepJob) {
    this.#job = job
    this.#runner = new ColumnRunner(job.share)
    this.#returns = new Float64Array(job.share.returns)
  }

  /** Writes trips, final equity, drawdown and squared returns of a trial to its place in `out`. */
  run(number: number, out: Float64Array): void {
    const outcome = this.#runner.run(this.#job.trials[number]!, this.#returns)
    if ('bound' in outcome) throw new Error(`trial ${number}: ${outcome.bound}`)
    const { metrics, returns } = outcome.result
    let squares = 0
    for (let i = 0; i < returns.length - 1; i++) squares += returns[i]! ** 2
    out[FIGURES * number] = metrics.trips!
    out[FIGURES * number + 1] = BALANCE * (1 + metrics.netReturn!)
    out[FIGURES * number + 2] = metrics.maximumDrawdown!
    out[FIGURES * number + 3] = squares
  }
}

/** Makes the next sweep compute its signal columns anew. */
export const forgetSignals = ({ share }: SweepJob): void => {
  share.signals.states.fill(0)
}

/** Writes what the C twin reads into a folder; returns its arguments. */
export function writeTwinInput(job: SweepJob, folder: string): readonly (string | number)[] {
  const { market, orders } = job.share
  const { openBuy, openSell, limitBuy, limitSell } = orders[0]!
  const columns = { closes: market.closes, openBuy, openSell, limitBuy, limitSell }
  for (const [name, values] of Object.entries(columns)) {
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(values.slice().buffer))
  }
  const { rules, instruments, moneyDecimals } = job.trials[0]!
  const { priceDecimals, quantityDecimals, fees } = instruments[0]!
  const decimals = priceDecimals + quantityDecimals
  const feeScale = fees.takerE9 * 10 ** (moneyDecimals - 9 - decimals)
  const scales = [rules![0]!.notional, feeScale, 10 ** -decimals, 10 ** -moneyDecimals]
  return [folder, market.closes.length, 1, ...scales]
}
