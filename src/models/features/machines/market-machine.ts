import { type HourPanel, MACRO_FIELDS, type TimeUs, toNewYork } from '../../../core/mod.ts'
import { type FeatureSet, featuresOfSet } from '../registry.ts'
import { BarRun } from '../windows/bar-run.ts'
import { StateArena } from '../windows/state-arena.ts'
import { WindowMoments } from '../windows/window-moments.ts'
import { WindowSum } from '../windows/window-sum.ts'
import { KNOWN_FIELDS, KnownRow } from './known-row.ts'

const HOUR_US = 3_600_000_000
const DAY_HOURS = 24
/** Bars back of the returns of dollar, oil and gold, and the power of two that holds so many. */
const RETURN_BARS = 5
const HELD = 8
const MOMENTUM_BARS = 10
const STATE_SIZE = 512
/** Slots: return of the benchmark; what the window of returns gives, then that of momentum. */
const RETURN = 0
const DEVIATION = 3
const SUM_COUNT = 4
const SUM = 5
const RETURNS = 1
const SLOTS = 6

/** Columns that are the same for every name, in the order in which MarketMachine gives them. */
export const marketColumnsOf = (set: FeatureSet): readonly number[] =>
  featuresOfSet(set).flatMap(({ group, name }, index) =>
    group === 'macro' || group === 'time' || name === 'missing_macro' ? [index] : [],
  )

/** What all names share at a bar. */
export class MarketMachine {
  readonly #panel: HourPanel
  readonly #run = new BarRun(SLOTS, 1)
  readonly #arena = new StateArena(new Float64Array(STATE_SIZE))
  readonly #macro: KnownRow
  readonly #returns: WindowMoments
  readonly #momentum: WindowSum
  readonly #lastClose: Float64Array
  /** Fields of the last bars: place `field * 8 + bar % 8`. */
  readonly #held: Float64Array
  /** Return of the benchmark at the bar, and the sum of its last ten; NaN where there is none. */
  readonly benchmark = new Float64Array(2)
  /** Values of all `marketColumnsOf` at the bar: those of a set are the first ones. */
  readonly values = new Float32Array(marketColumnsOf('all').length)

  constructor(panel: HourPanel) {
    this.#panel = panel
    this.#macro = new KnownRow(this.#arena, MACRO_FIELDS)
    this.#macro.bind(panel.macro)
    this.#returns = new WindowMoments(this.#arena, 20)
    this.#momentum = new WindowSum(this.#arena, MOMENTUM_BARS)
    this.#lastClose = this.#arena.take(1)
    this.#held = this.#arena.take(HELD * MACRO_FIELDS.length)
    this.#macro.reset()
    this.#returns.reset()
    this.#momentum.reset()
    this.#lastClose[0] = Number.NaN
    this.#held.fill(Number.NaN)
  }

  /** All it remembers: copied, a machine of the same panel goes on from there. */
  get state(): Float64Array {
    return this.#arena.values.subarray(0, this.#arena.used)
  }

  /** Takes the next bar. */
  advance(bar: number): void {
    const close = this.#panel.benchmark?.bars.close[bar] ?? Number.NaN
    this.benchmark[0] = Math.log(close / this.#lastClose[0]!)
    this.#lastClose[0] = close
    const run = this.#run
    run.first = bar
    run.count = 1
    run.values[RETURN] = this.benchmark[0]!
    this.#returns.push(run, RETURN, RETURNS)
    this.#momentum.push(run, RETURN, SUM_COUNT)
    this.benchmark[1] = run.values[SUM_COUNT]! >= 3 ? run.values[SUM]! : Number.NaN
    const macro = this.#macro
    macro.advance(this.#panel.grid.decisionTime, bar)
    const now = macro.values.subarray(KNOWN_FIELDS)
    for (let i = 0; i < MACRO_FIELDS.length; i++) this.#held[i * HELD + (bar % HELD)] = now[i]!
    const { values } = this
    values[0] = now[0]!
    values[1] = now[0]! - this.#before(0, bar, 1)
    values[2] = run.values[RETURNS]! >= 10 ? run.values[DEVIATION]! : Number.NaN
    values[3] = now[1]! - now[2]!
    values[4] = now[2]! - this.#before(2, bar, 1)
    for (let i = 3; i < 6; i++) {
      values[2 + i] = Math.log(now[i]! / this.#before(i, bar, RETURN_BARS))
    }
    for (let i = 6; i < 9; i++) values[2 + i] = now[i]!
    values[11] = newYorkHour(this.#panel.grid.openTime[bar]!)
    values[12] = this.#panel.grid.barOfSession[bar] === 0 ? 1 : 0
    values[13] = macro.isMissing ? 1 : 0
  }

  #before(field: number, bar: number, bars: number): number {
    return this.#held[field * HELD + ((bar + HELD - bars) % HELD)]!
  }
}

/** Hour of the clock in New York, 0 to 23. */
export function newYorkHour(time: number): number {
  return Math.floor(toNewYork(time as TimeUs) / HOUR_US) % DAY_HOURS
}
