import type { KnownSeries } from '../../../core/mod.ts'
import type { StateArena } from '../windows/state-arena.ts'

const HOUR_US = 3_600_000_000

/**
 * The row of a series in use at a decision: of those known strictly before it the newest by event
 * time, and of equal ones the one known last. A late correction of an old row replaces only that.
 */
export class KnownRow {
  /** Rows read so far; the row in use, -1 of none. */
  readonly #state: Float64Array
  #series: KnownSeries | null = null
  #values: readonly (Float64Array | null)[] = []
  readonly #fields: readonly string[]

  constructor(arena: StateArena, fields: readonly string[]) {
    this.#state = arena.take(2)
    this.#fields = fields
  }

  /** Reads another series from now on; null: there is none. */
  bind(series: KnownSeries | null): void {
    this.#series = series
    this.#values = this.#fields.map((field) => series?.fields[field] ?? null)
  }

  /** Begins before the first row. */
  reset(): void {
    this.#state[0] = 0
    this.#state[1] = -1
  }

  /** Reads what became known before the decision time, microseconds. */
  advance(decisionTime: number): void {
    const series = this.#series
    if (series === null) return
    const { knownTime, eventTime } = series
    const state = this.#state
    let next = state[0]!
    while (next < knownTime.length && knownTime[next]! < decisionTime) {
      const row = state[1]!
      if (row < 0 || eventTime[next]! >= eventTime[row]!) state[1] = next
      next++
    }
    state[0] = next
  }

  /** Whether no row is known yet. */
  get isMissing(): boolean {
    return this.#state[1]! < 0
  }

  /** Value of the field of that place; NaN where none is known, or it is empty. */
  value(field: number): number {
    const row = this.#state[1]!
    const values = this.#values[field]
    return row < 0 || values === null || values === undefined ? Number.NaN : values[row]!
  }

  /** Hours from the known time of the row to an instant; NaN of none. */
  hoursKnown(time: number): number {
    const row = this.#state[1]!
    return row < 0 ? Number.NaN : (time - this.#series!.knownTime[row]!) / HOUR_US
  }

  /** Hours from the event time of the row to an instant; NaN of none. */
  hoursSinceEvent(time: number): number {
    const row = this.#state[1]!
    return row < 0 ? Number.NaN : (time - this.#series!.eventTime[row]!) / HOUR_US
  }
}
