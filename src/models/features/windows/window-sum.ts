import type { BarRun } from './bar-run.ts'
import type { StateArena } from './state-arena.ts'

/**
 * Sum of the last `bars` values; NaN counts as absent. Nothing is ever subtracted: bars are cut
 * into blocks by their number, and a window is the end of one block and the beginning of the next
 * (van Herk 1992), so no rounding builds up and the same window gives the same bits wherever a run
 * began.
 */
export class WindowSum {
  readonly #bars: number
  /** Values of the block; counts and sums from each place to the end of the last block; now. */
  readonly #state: Float64Array

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#state = arena.take(3 * bars + 4)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, this.#bars)
  }

  /** Takes a slot of the run's bars; writes the count to slot `to` and the sum, 0 of none, behind. */
  push({ values, size, first, count }: BarRun, slot: number, to: number): void {
    const state = this.#state
    const bars = this.#bars
    const now = 3 * bars + 2
    const from = slot * size
    const out = to * size
    let phase = first % bars
    let present = state[now]!
    let sum = state[now + 1]!
    for (let i = 0; i < count; i++) {
      const value = values[from + i]!
      state[phase] = value
      if (!Number.isNaN(value)) {
        present += 1
        sum += value
      }
      phase++
      values[out + i] = present + state[bars + phase]!
      values[out + size + i] = sum + state[2 * bars + 1 + phase]!
      if (phase < bars) continue
      closeBlock(state, bars)
      phase = 0
      present = 0
      sum = 0
    }
    state[now] = present
    state[now + 1] = sum
  }
}

function closeBlock(state: Float64Array, bars: number): void {
  let count = 0
  let sum = 0
  for (let place = bars - 1; place >= 0; place--) {
    const value = state[place]!
    if (!Number.isNaN(value)) {
      count++
      sum += value
    }
    state[bars + place] = count
    state[2 * bars + 1 + place] = sum
  }
}
