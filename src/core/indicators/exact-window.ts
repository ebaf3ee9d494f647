import { assert } from '../lib/assert.ts'

/** Windows longer than this are refused: sums of bounded distances then stay below 2^53. */
export const WINDOW_MAX = 1_048_576

const EXACT = 2 ** 53
/** A value farther than this from the center makes the window choose a new center. */
const REACH = 2 ** 26
const SQUARES_MAX = 2 ** 52
/** Distances of outside values up to this are multiplied exactly by any window length. */
const OUTSIDE_MAX = 2 ** 30

/**
 * Exact sums over the last `size` integers. Every result is the correctly rounded value of the
 * exact integer, hence a function of the window's contents alone: it does not depend on where the
 * run started or how the sums were kept.
 *
 * Sums are taken over distances from a center near the values, in doubles while they are exact
 * there; where the values of one window lie too far apart, in bigints.
 */
export class ExactWindow {
  readonly size: number
  readonly #ring: Float64Array
  #next = 0
  #count = 0
  #center = 0
  #sum = 0
  #squares = 0
  #wide = false
  #wideSum = 0n
  #wideSquares = 0n
  #wideAge = 0

  /** A window of `size` values, an integer from 1 to WINDOW_MAX. */
  constructor(size: number) {
    assert(Number.isInteger(size) && size >= 1 && size <= WINDOW_MAX, `window of ${size} values`)
    this.size = size
    this.#ring = new Float64Array(size)
  }

  /** Values held, at most `size`. */
  get count(): number {
    return this.#count
  }

  /** True when `size` values are held. */
  get full(): boolean {
    return this.#count === this.size
  }

  /** Adds a safe integer; the oldest value leaves when the window is full. */
  push(value: number): void {
    // Texts of assertions on hot paths are only made when they are needed.
    if (!Number.isSafeInteger(value)) assert(false, `window value ${value} is not a safe integer`)
    const ring = this.#ring
    const full = this.#count === this.size
    const oldest = full ? ring[this.#next]! : 0
    if (this.#count === 0) this.#center = value
    ring[this.#next] = value
    this.#next = this.#next + 1 === this.size ? 0 : this.#next + 1
    if (!full) this.#count++
    if (this.#wide) {
      this.#pushWide(value, oldest, full)
      return
    }
    const distance = value - this.#center
    if (Math.abs(distance) > REACH) {
      this.#recenter()
      return
    }
    this.#sum += distance
    this.#squares += distance * distance
    if (full) {
      const left = oldest - this.#center
      this.#sum -= left
      this.#squares -= left * left
    }
    if (this.#squares > SQUARES_MAX) this.#recenter()
  }

  /** Sum of the values. */
  sum(): number {
    if (!this.#wide && Math.abs(this.#center) * this.#count < EXACT / 2) {
      return this.#center * this.#count + this.#sum
    }
    return Number(this.#exactSum())
  }

  /** n * (sum of squares) - (sum)^2 over the n values held: n^2 times their variance, 0 or more. */
  spread(): number {
    const n = this.#count
    if (!this.#wide && this.#squares * n < EXACT) {
      return this.#squares * n - this.#sum * this.#sum
    }
    if (this.#wide) return Number(BigInt(n) * this.#wideSquares - this.#wideSum * this.#wideSum)
    const sum = BigInt(this.#sum)
    return Number(BigInt(n) * BigInt(this.#squares) - sum * sum)
  }

  /**
   * n * value - (sum of the n values held): n times the distance of a safe integer from the mean.
   */
  distance(value: number): number {
    if (!this.#wide) {
      const distance = value - this.#center
      if (Math.abs(distance) <= OUTSIDE_MAX) return distance * this.#count - this.#sum
    }
    return Number(BigInt(this.#count) * BigInt(value) - this.#exactSum())
  }

  /** Forgets all values. */
  clear(): void {
    this.#next = 0
    this.#count = 0
    this.#sum = 0
    this.#squares = 0
    this.#wide = false
  }

  /** The values held, oldest first. Pushing them into an empty window gives an equal one. */
  values(): number[] {
    const first = this.#count === this.size ? this.#next : 0
    return Array.from({ length: this.#count }, (_, i) => this.#ring[(first + i) % this.size]!)
  }

  /** Chooses a center near the mean and sums anew; turns wide when even that is not exact. */
  #recenter(): void {
    const values = this.#ring
    const count = this.#count
    let mean = 0
    for (let i = 0; i < count; i++) mean += values[i]! / count
    const center = Math.round(mean)
    let sum = 0
    let squares = 0
    let farthest = 0
    for (let i = 0; i < count; i++) {
      const distance = values[i]! - center
      farthest = Math.max(farthest, Math.abs(distance))
      sum += distance
      squares += distance * distance
    }
    this.#center = center
    this.#wide = farthest > REACH || squares > SQUARES_MAX
    this.#sum = sum
    this.#squares = squares
    if (this.#wide) this.#startWide()
  }

  #startWide(): void {
    this.#wideAge = 0
    this.#wideSum = 0n
    this.#wideSquares = 0n
    for (let i = 0; i < this.#count; i++) {
      const value = BigInt(this.#ring[i]!)
      this.#wideSum += value
      this.#wideSquares += value * value
    }
  }

  #pushWide(value: number, oldest: number, full: boolean): void {
    const added = BigInt(value)
    this.#wideSum += added
    this.#wideSquares += added * added
    if (full) {
      const left = BigInt(oldest)
      this.#wideSum -= left
      this.#wideSquares -= left * left
    }
    // Once per window length is enough to leave the slow form soon after a spike has left.
    if (++this.#wideAge >= this.size) this.#recenter()
  }

  #exactSum(): bigint {
    if (this.#wide) return this.#wideSum
    return BigInt(this.#center) * BigInt(this.#count) + BigInt(this.#sum)
  }
}
