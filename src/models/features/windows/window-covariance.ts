import type { BarRun } from './bar-run.ts'
import type { StateArena } from './state-arena.ts'

/** Places of one summary: count, sums of x and y, of their squares, of their products. */
const WIDTH = 6

// Places after the values and the summaries of ends.
const SHIFT_X = WIDTH
const SHIFT_Y = WIDTH + 1
const OLD_SHIFT_X = WIDTH + 2
const OLD_SHIFT_Y = WIDTH + 3
const REST = WIDTH + 4

/**
 * How the last `bars` pairs move together; a pair with a NaN counts as absent. Blocks and shifts as
 * in WindowMoments.
 */
export class WindowCovariance {
  readonly #bars: number
  /** Values x, then y; a summary from each place to the end of the last block; this block. */
  readonly #state: Float64Array
  readonly #now: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#now = 2 * bars + WIDTH * (bars + 1)
    this.#state = arena.take(this.#now + REST)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, 2 * this.#bars)
  }

  /**
   * Takes two slots of the run's bars; writes the count of pairs to slot `to`, behind it the slope of
   * x on y, NaN where y does not vary, and the correlation within [-1, 1], NaN where one of the two
   * does not vary.
   */
  push(run: BarRun, slotX: number, slotY: number, to: number): void {
    const { values, size, first, count } = run
    const state = this.#state
    const bars = this.#bars
    const now = this.#now
    let phase = first % bars
    for (let i = 0; i < count; i++) {
      const x = values[slotX * size + i]!
      const y = values[slotY * size + i]!
      state[phase] = x
      state[bars + phase] = y
      if (!Number.isNaN(x) && !Number.isNaN(y)) {
        if (state[now] === 0) {
          state[now + SHIFT_X] = x
          state[now + SHIFT_Y] = y
        }
        addPair(state, now, x - state[now + SHIFT_X]!, y - state[now + SHIFT_Y]!)
      }
      phase++
      join(state, now, 2 * bars + WIDTH * phase, values, to * size + i, size)
      if (phase < bars) continue
      closeBlock(state, bars, now)
      phase = 0
    }
  }
}

/** Joins the summary of the older block at `older` with that of this one. */
function join(
  state: Float64Array,
  now: number,
  older: number,
  out: Float64Array,
  at: number,
  size: number,
): void {
  const before = state[older]!
  const isBoth = state[now]! > 0 && before > 0
  const offX = isBoth ? state[now + OLD_SHIFT_X]! - state[now + SHIFT_X]! : 0
  const offY = isBoth ? state[now + OLD_SHIFT_Y]! - state[now + SHIFT_Y]! : 0
  const oldX = state[older + 1]!
  const oldY = state[older + 2]!
  const count = state[now]! + before
  const sumX = state[now + 1]! + oldX + before * offX
  const sumY = state[now + 2]! + oldY + before * offY
  const squaresX = state[now + 3]! + state[older + 3]! + offX * (2 * oldX + before * offX)
  const squaresY = state[now + 4]! + state[older + 4]! + offY * (2 * oldY + before * offY)
  const products =
    state[now + 5]! + state[older + 5]! + offX * oldY + offY * oldX + before * offX * offY
  const restX = squaresX - (sumX * sumX) / count
  const restY = squaresY - (sumY * sumY) / count
  const rest = products - (sumX * sumY) / count
  const root = Math.sqrt(restX * restY)
  out[at] = count
  out[at + size] = restY > 0 ? rest / restY : Number.NaN
  out[at + 2 * size] = restX > 0 && restY > 0 ? Math.max(-1, Math.min(1, rest / root)) : Number.NaN
}

function closeBlock(state: Float64Array, bars: number, now: number): void {
  let shiftX = 0
  let shiftY = 0
  state.fill(0, now, now + WIDTH)
  for (let place = bars - 1; place >= 0; place--) {
    const x = state[place]!
    const y = state[bars + place]!
    if (!Number.isNaN(x) && !Number.isNaN(y)) {
      if (state[now] === 0) {
        shiftX = x
        shiftY = y
      }
      addPair(state, now, x - shiftX, y - shiftY)
    }
    const to = 2 * bars + WIDTH * place
    for (let i = 0; i < WIDTH; i++) state[to + i] = state[now + i]!
  }
  state.fill(0, now, now + WIDTH)
  state[now + OLD_SHIFT_X] = shiftX
  state[now + OLD_SHIFT_Y] = shiftY
}

function addPair(state: Float64Array, at: number, x: number, y: number): void {
  state[at]! += 1
  state[at + 1]! += x
  state[at + 2]! += y
  state[at + 3]! += x * x
  state[at + 4]! += y * y
  state[at + 5]! += x * y
}
