import { type Levels, type LevelsOptions, NO_KEY } from './levels.ts'

/** Keys that fit between the best and the worst level; a power of two. */
export const LADDER_REACH = 4096
const SLOT = LADDER_REACH - 1
const WORD = LADDER_REACH / 32 - 1

/**
 * A side of a book whose levels lie close together: quantities and a bit per level in rings indexed
 * by the key itself, so that a level is found without a search and nothing is moved to make room.
 * Holds levels as long as worst and best are less than {@link LADDER_REACH} keys apart.
 */
export class LevelLadder implements Levels {
  count = 0
  best = NO_KEY
  horizon = NO_KEY
  #worst = -NO_KEY
  /** Worst level that is part of the sum. */
  #edge = NO_KEY
  readonly #levels: number
  readonly #capacity: number
  readonly #quantities = new Float64Array(LADDER_REACH)
  readonly #bits = new Int32Array(LADDER_REACH / 32)
  /** One slot, typed, so that writing is cheap. */
  readonly #sum = new Float64Array(1)

  constructor({ levels, capacity }: LevelsOptions) {
    this.#levels = levels
    this.#capacity = capacity
  }

  get worst(): number {
    return this.#worst
  }

  get sum(): number {
    return this.#sum[0]!
  }

  set(key: number, quantity: number): number {
    const slot = key & SLOT
    const held = key >= this.best && key <= this.#worst && (this.#bits[slot >>> 5]! >>> key) & 1
    if (!held) return quantity > 0 && key < this.horizon ? this.#insert(key, quantity) : 0
    const quantities = this.#quantities
    const old = quantities[slot]!
    if (quantity > 0) {
      quantities[slot] = quantity
      if (key <= this.#edge) this.#sum[0]! += quantity - old
    } else this.#remove(key, old)
    return old
  }

  load(pool: Float64Array, at: number, count: number, sign: 1 | -1): boolean {
    this.clear()
    const kept = count < this.#capacity ? count : this.#capacity
    let previous = sign < 0 ? -NO_KEY - 1 : 0
    let sum = 0
    for (let i = 0; i < count; i++) {
      const price = pool[at + 2 * i]!
      const quantity = pool[at + 2 * i + 1]!
      const key = (price * sign) | 0
      if (key * sign !== price || price <= 0 || key <= previous) return false
      if (quantity <= 0 || !Number.isSafeInteger(quantity)) return false
      previous = key
      if (i >= kept) {
        if (i === kept) this.horizon = key
        continue
      }
      if (i === 0) this.best = key
      this.#quantities[key & SLOT] = quantity
      this.#bits[(key & SLOT) >>> 5]! |= 1 << key
      this.#worst = key
      if (i < this.#levels) {
        sum += quantity
        this.#edge = key
      }
    }
    this.count = kept
    this.#sum[0] = sum
    return true
  }

  clear(): void {
    if (this.#worst >= this.best) {
      const last = this.#worst >> 5
      for (let word = this.best >> 5; word <= last; word++) this.#bits[word & WORD] = 0
    }
    this.#empty()
    this.horizon = NO_KEY
  }

  keyAt(index: number): number {
    let key = this.best
    for (let i = 0; i < index; i++) key = this.#following(key)
    return key
  }

  quantityOf(key: number): number {
    const held =
      key >= this.best && key <= this.#worst && (this.#bits[(key & SLOT) >>> 5]! >>> key) & 1
    return held ? this.#quantities[key & SLOT]! : 0
  }

  /** Returns 0, or -1 when the new level lies too far from the others. */
  #insert(key: number, quantity: number): number {
    const count = this.count + 1
    if (count > 1 && (this.#worst - key >= LADDER_REACH || key - this.best >= LADDER_REACH)) {
      return -1
    }
    this.#quantities[key & SLOT] = quantity
    this.#bits[(key & SLOT) >>> 5]! |= 1 << key
    this.count = count
    if (key < this.best) this.best = key
    if (key > this.#worst) this.#worst = key
    const edge = this.#edge
    if (count <= this.#levels) {
      this.#sum[0]! += quantity
      this.#edge = this.#worst
    } else if (key < edge) {
      this.#sum[0]! += quantity - this.#quantities[edge & SLOT]!
      this.#edge = this.#preceding(edge)
    }
    if (count > this.#capacity) {
      // Full: the farthest level falls off, which may be the new one.
      const farthest = this.#worst
      this.#remove(farthest, this.#quantities[farthest & SLOT]!)
      this.horizon = farthest
    }
    return 0
  }

  #remove(key: number, old: number): void {
    this.#bits[(key & SLOT) >>> 5]! &= ~(1 << key)
    const count = --this.count
    if (count === 0) return this.#empty()
    const edge = this.#edge
    if (key <= edge) {
      if (count >= this.#levels) {
        const next = this.#following(edge)
        this.#edge = next
        this.#sum[0]! += this.#quantities[next & SLOT]! - old
      } else {
        this.#sum[0]! -= old
        if (key === edge) this.#edge = this.#preceding(key)
      }
    }
    if (key === this.best) this.best = this.#following(key)
    if (key === this.#worst) this.#worst = this.#preceding(key)
  }

  #empty(): void {
    this.count = 0
    this.best = NO_KEY
    this.#worst = -NO_KEY
    this.#edge = NO_KEY
    this.#sum[0] = 0
  }

  /** The next level behind `key`; there must be one. */
  #following(key: number): number {
    const bits = this.#bits
    const from = key + 1
    let start = from & -32
    let word = bits[(start >> 5) & WORD]! & (-1 << from)
    while (word === 0) {
      start += 32
      word = bits[(start >> 5) & WORD]!
    }
    return start + 31 - Math.clz32(word & -word)
  }

  /** The next level before `key`; there must be one. */
  #preceding(key: number): number {
    const bits = this.#bits
    const from = key - 1
    let start = from & -32
    let word = bits[(start >> 5) & WORD]! & (-1 >>> (31 - (from & 31)))
    while (word === 0) {
      start -= 32
      word = bits[(start >> 5) & WORD]!
    }
    return start + 31 - Math.clz32(word)
  }
}
