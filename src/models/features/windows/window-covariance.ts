import type { StateArena } from './state-arena.ts'

/** Places of one summary: count, sums of x and y, of their squares, of their products. */
const WIDTH = 6

// Places after the values and the summaries of ends.
const SHIFT_X = WIDTH
const SHIFT_Y = WIDTH + 1
const OLD_SHIFT_X = WIDTH + 2
const OLD_SHIFT_Y = WIDTH + 3
const COUNT = WIDTH + 4
const SLOPE = WIDTH + 5
const CORRELATION = WIDTH + 6
const REST = WIDTH + 7

/**
 * How the last `bars` pairs move together; a pair with a NaN counts as absent. Blocks and shifts as
 * in WindowMoments.
 */
export class WindowCovariance {
  readonly #bars: number
  /** Values x, then y; a summary from each place to the end of the last block; now; the window. */
  readonly #state: Float64Array
  readonly #ends: number
  readonly #now: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#ends = 2 * bars
    this.#now = this.#ends + WIDTH * (bars + 1)
    this.#state = arena.take(this.#now + REST)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, 2 * this.#bars)
  }

  /** Takes the pair of a bar, `values[slotX]` and `values[slotY]`; `phase` as elsewhere. */
  push(values: Float64Array, slotX: number, slotY: number, phase: number): void {
    const state = this.#state
    const now = this.#now
    const x = values[slotX]!
    const y = values[slotY]!
    state[phase] = x
    state[this.#bars + phase] = y
    if (!Number.isNaN(x) && !Number.isNaN(y)) {
      if (state[now] === 0) {
        state[now + SHIFT_X] = x
        state[now + SHIFT_Y] = y
      }
      addPair(state, now, x - state[now + SHIFT_X]!, y - state[now + SHIFT_Y]!)
    }
    this.#join(this.#ends + WIDTH * (phase + 1))
    if (phase + 1 === this.#bars) this.#closeBlock()
  }

  /** Pairs that are there. */
  get count(): number {
    return this.#state[this.#now + COUNT]!
  }

  /** Regression slope of x on y; NaN where y does not vary. */
  get slope(): number {
    return this.#state[this.#now + SLOPE]!
  }

  /** Correlation within [-1, 1]; NaN where one of the two does not vary. */
  get correlation(): number {
    return this.#state[this.#now + CORRELATION]!
  }

  /** Joins the summary of the older block at `older` with that of this one. */
  #join(older: number): void {
    const state = this.#state
    const now = this.#now
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
    state[now + COUNT] = count
    state[now + SLOPE] = restY > 0 ? rest / restY : Number.NaN
    state[now + CORRELATION] =
      restX > 0 && restY > 0 ? Math.max(-1, Math.min(1, rest / root)) : Number.NaN
  }

  #closeBlock(): void {
    const state = this.#state
    const bars = this.#bars
    const now = this.#now
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
      const to = this.#ends + WIDTH * place
      for (let i = 0; i < WIDTH; i++) state[to + i] = state[now + i]!
    }
    state.fill(0, now, now + WIDTH)
    state[now + OLD_SHIFT_X] = shiftX
    state[now + OLD_SHIFT_Y] = shiftY
  }
}

function addPair(state: Float64Array, at: number, x: number, y: number): void {
  state[at]! += 1
  state[at + 1]! += x
  state[at + 2]! += y
  state[at + 3]! += x * x
  state[at + 4]! += y * y
  state[at + 5]! += x * y
}
