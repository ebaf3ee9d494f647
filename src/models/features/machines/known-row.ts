import type { KnownSeries } from '../../../core/mod.ts'
import type { StateArena } from '../windows/state-arena.ts'

/** Place of the known time of the row in use, us. */
export const KNOWN_TIME = 2
/** Place of its event time, us. */
export const EVENT_TIME = 3
/** Place of its first field. */
export const KNOWN_FIELDS = 4

/** The column of a field that a series does not have. */
const EMPTY: Float64Array = new Float64Array(0)

/**
 * The row of a series in use at a decision: of those known strictly before it the newest by event
 * time, and of equal ones the one known last. A late correction of an old row replaces only that.
 */
export class KnownRow {
  /** Rows read so far; the row in use, -1 of none; its known and event times; its fields. */
  readonly #state: Float64Array
  readonly #fields: readonly string[]
  #knownTime: Float64Array = EMPTY
  #eventTime: Float64Array = EMPTY
  #columns: readonly Float64Array[] = []

  constructor(arena: StateArena, fields: readonly string[]) {
    this.#state = arena.take(KNOWN_FIELDS + fields.length)
    this.#fields = fields
  }

  /** Reads another series from now on; null: there is none. */
  bind(series: KnownSeries | null): void {
    this.#knownTime = series?.knownTime ?? EMPTY
    this.#eventTime = series?.eventTime ?? EMPTY
    this.#columns = this.#fields.map((field) => series?.fields[field] ?? EMPTY)
  }

  /** Begins before the first row. */
  reset(): void {
    this.#state.fill(Number.NaN)
    this.#state[0] = 0
    this.#state[1] = -1
  }

  /** Reads what became known before the decision time `times[at]`, us. */
  advance(times: Float64Array, at: number): void {
    if (this.untilTime < times[at]!) this.#readUntil(times[at]!)
  }

  /** The row in use stays the same for decisions up to this time, us; infinite for ever. */
  get untilTime(): number {
    return this.#knownTime[this.#state[0]! | 0] ?? Number.POSITIVE_INFINITY
  }

  /** Whether no row is known yet. */
  get isMissing(): boolean {
    return this.#state[1]! < 0
  }

  /** What is remembered: the fields of the row in use from KNOWN_FIELDS on, NaN of none. */
  get values(): Float64Array {
    return this.#state
  }

  #readUntil(decisionTime: number): void {
    const state = this.#state
    const known = this.#knownTime
    const event = this.#eventTime
    let next = state[0]! | 0
    let row = state[1]! | 0
    for (; next < known.length && known[next]! < decisionTime; next++) {
      if (row < 0 || event[next]! >= event[row]!) row = next
    }
    state[0] = next
    state[1] = row
    state[KNOWN_TIME] = known[row]!
    state[EVENT_TIME] = event[row]!
    for (let field = 0; field < this.#columns.length; field++) {
      state[KNOWN_FIELDS + field] = this.#columns[field]![row] ?? Number.NaN
    }
  }
}
