import { toNewYork } from '../calendar/new-york.ts'
import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

const HOUR_US = 3_600_000_000
const HOURS = 24

/** How fast measures of what trades forget. */
export interface TrailingHoursOptions {
  readonly names: number
  /** Sessions after which a volume counts half. */
  readonly volumeHalfLifeSessions: number
  /** Bars after which a return counts half. */
  readonly volatilityHalfLifeBars: number
}

/** State of {@link TrailingHours} as plain data. */
export interface TrailingHoursSnapshot {
  readonly volume: readonly number[]
  readonly weight: readonly number[]
  readonly square: readonly number[]
  readonly squareWeight: readonly number[]
  readonly close: readonly number[]
}

/** The hour of New York's day that an instant lies in, 0 to 23. */
export const hourOfDay = (time: TimeUs): number =>
  Math.floor((((toNewYork(time) / HOUR_US) % HOURS) + HOURS) % HOURS)

/**
 * What names usually trade in each hour of the day and how much they move from bar to bar, from
 * finished bars alone: means with exponentially falling weights. An hour without a bar teaches
 * nothing.
 */
export class TrailingHours {
  readonly #volumeDecay: number
  readonly #squareDecay: number
  readonly #volume: Float64Array
  readonly #weight: Float64Array
  readonly #square: Float64Array
  readonly #squareWeight: Float64Array
  readonly #close: Float64Array

  constructor(options: TrailingHoursOptions) {
    const { names, volumeHalfLifeSessions, volatilityHalfLifeBars } = options
    assert(volumeHalfLifeSessions > 0 && volatilityHalfLifeBars > 0, 'half-lives are positive')
    this.#volumeDecay = 0.5 ** (1 / volumeHalfLifeSessions)
    this.#squareDecay = 0.5 ** (1 / volatilityHalfLifeBars)
    this.#volume = new Float64Array(names * HOURS)
    this.#weight = new Float64Array(names * HOURS)
    this.#square = new Float64Array(names)
    this.#squareWeight = new Float64Array(names)
    this.#close = new Float64Array(names)
  }

  /**
   * Learns a finished bar of an hour of the day: its volume (NaN, unknown, teaches nothing) and its
   * close in any unit of price.
   */
  learn(name: number, hour: number, volume: number, close: number): void {
    const at = name * HOURS + hour
    if (volume >= 0) {
      this.#volume[at] = this.#volume[at]! * this.#volumeDecay + volume
      this.#weight[at] = this.#weight[at]! * this.#volumeDecay + 1
    }
    const last = this.#close[name]!
    this.#close[name] = close
    if (!(last > 0 && close > 0)) return
    const move = Math.log(close / last)
    this.#square[name] = this.#square[name]! * this.#squareDecay + move * move
    this.#squareWeight[name] = this.#squareWeight[name]! * this.#squareDecay + 1
  }

  /** Volume expected in an hour of the day: its own mean; 0 where it was never seen. */
  volume(name: number, hour: number): number {
    const weight = this.#weight[name * HOURS + hour]!
    return weight > 0 ? this.#volume[name * HOURS + hour]! / weight : 0
  }

  /** Root mean square of the log returns from bar to bar; 0 before two bars. */
  volatility(name: number): number {
    const weight = this.#squareWeight[name]!
    return weight > 0 ? Math.sqrt(this.#square[name]! / weight) : 0
  }

  /** Last close, 0 before any. */
  close(name: number): number {
    return this.#close[name]!
  }

  /** New shares for an old one: volumes and the last close are counted anew. */
  split(name: number, ratio: number): void {
    for (let at = name * HOURS; at < (name + 1) * HOURS; at++) this.#volume[at]! *= ratio
    this.#close[name]! /= ratio
  }

  snapshot(): TrailingHoursSnapshot {
    return {
      volume: [...this.#volume],
      weight: [...this.#weight],
      square: [...this.#square],
      squareWeight: [...this.#squareWeight],
      close: [...this.#close],
    }
  }

  /** Goes on as one of the same options that the snapshot was taken from. */
  restore(snapshot: TrailingHoursSnapshot): void {
    assert(snapshot.close.length === this.#close.length, 'measures of another universe')
    this.#volume.set(snapshot.volume)
    this.#weight.set(snapshot.weight)
    this.#square.set(snapshot.square)
    this.#squareWeight.set(snapshot.squareWeight)
    this.#close.set(snapshot.close)
  }
}
