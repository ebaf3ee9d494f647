import type { LevelList } from './level-list.ts'
import { type Levels, type LevelsOptions, NO_KEY, NO_KEY_BEFORE } from './levels.ts'

/** Copies of imported constants, which would be read from memory at every use. */
const NONE = NO_KEY
const BEFORE = NO_KEY_BEFORE

/** Keys that fit between the best and the worst level; a power of two. */
const REACH = 4096
const SLOT = REACH - 1
const WORD = REACH / 32 - 1
/** Where the sum is kept, behind the slots. */
const SUM = REACH

/** True when levels so many quanta apart, the best and the worst, fit into one ladder. */
export const fitsLadder = (width: number): boolean => width < REACH

/**
 * A side of a book whose levels lie close together: quantities and a bit per level in rings indexed
 * by the key itself, so that a level is found without a search and nothing is moved to make room.
 * Holds levels as long as worst and best are less than {@link REACH} keys apart.
 */
export class LevelLadder implements Levels {
  count = 0
  best = NONE
  horizon = NONE
  #worst = -NONE
  /** Worst level that is part of the sum. */
  #edge: number
  /** The edge without levels; where no sum is kept it stays before every key. */
  readonly #noEdge: number
  readonly #levels: number
  readonly #capacity: number
  /**
   * Lots by slot, 0 where there is no level: most updates need nothing else. At SUM the lots of the
   * best levels: fewer arrays are fewer cache lines.
   */
  readonly #quantities = new Float64Array(REACH + 1)
  readonly #bits = new Int32Array(REACH / 32)

  constructor({ levels, capacity }: LevelsOptions) {
    this.#levels = levels
    this.#capacity = capacity
    this.#noEdge = levels === 0 ? BEFORE : NONE
    this.#edge = this.#noEdge
  }

  get worst(): number {
    return this.#worst
  }

  get sum(): number {
    return this.#quantities[SUM]!
  }

  set(key: number, quantity: number): number {
    const quantities = this.#quantities
    const old = this.quantityOf(key)
    if (old === 0) return quantity > 0 && key < this.horizon ? this.#insert(key, quantity) : 0
    if (quantity > 0) {
      quantities[key & SLOT] = quantity
      if (key <= this.#edge) quantities[SUM]! += quantity - old
    } else this.#remove(key, old)
    return old
  }

  /** Takes over the levels of a list, which must fit. */
  copy(from: LevelList): void {
    this.clear()
    const { count, horizon, sum } = from
    const quantities = this.#quantities
    const bits = this.#bits
    for (let i = 0; i < count; i++) {
      const key = from.keyAt(i)
      quantities[key & SLOT] = from.quantityAt(i)
      bits[(key & SLOT) >>> 5]! |= 1 << key
    }
    this.horizon = horizon
    if (count === 0) return
    this.count = count
    this.best = from.best
    this.#worst = from.worst
    const summed = count < this.#levels ? count : this.#levels
    if (summed > 0) this.#edge = from.keyAt(summed - 1)
    quantities[SUM] = sum
  }

  clear(): void {
    if (this.#worst >= this.best) {
      const last = this.#worst >> 5
      for (let word = this.best >> 5; word <= last; word++) this.#clearWord(word & WORD)
    }
    this.#empty()
    this.horizon = NONE
  }

  #clearWord(word: number): void {
    if (this.#bits[word] === 0) return
    this.#bits[word] = 0
    const quantities = this.#quantities
    const end = 32 * word + 32
    for (let slot = 32 * word; slot < end; slot++) quantities[slot] = 0
  }

  keyAt(index: number): number {
    let key = this.best
    for (let i = 0; i < index; i++) key = this.#following(key)
    return key
  }

  quantityOf(key: number): number {
    return key < this.best || key > this.#worst ? 0 : this.#quantities[key & SLOT]!
  }

  /** Returns 0, or -1 when the new level lies too far from the others. */
  #insert(key: number, quantity: number): number {
    const count = this.count + 1
    if (count > 1 && (this.#worst - key >= REACH || key - this.best >= REACH)) {
      return -1
    }
    this.#quantities[key & SLOT] = quantity
    this.#bits[(key & SLOT) >>> 5]! |= 1 << key
    this.count = count
    if (key < this.best) this.best = key
    if (key > this.#worst) this.#worst = key
    const edge = this.#edge
    if (count <= this.#levels) {
      this.#quantities[SUM]! += quantity
      this.#edge = this.#worst
    } else if (key < edge) {
      this.#quantities[SUM]! += quantity - this.#quantities[edge & SLOT]!
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
    this.#quantities[key & SLOT] = 0
    this.#bits[(key & SLOT) >>> 5]! &= ~(1 << key)
    const count = --this.count
    if (count === 0) return this.#empty()
    const edge = this.#edge
    if (key <= edge) {
      if (count >= this.#levels) {
        const next = this.#following(edge)
        this.#edge = next
        this.#quantities[SUM]! += this.#quantities[next & SLOT]! - old
      } else {
        this.#quantities[SUM]! -= old
        if (key === edge) this.#edge = this.#preceding(key)
      }
    }
    if (key === this.best) this.best = this.#following(key)
    if (key === this.#worst) this.#worst = this.#preceding(key)
  }

  #empty(): void {
    this.count = 0
    this.best = NONE
    this.#worst = -NONE
    this.#edge = this.#noEdge
    this.#quantities[SUM] = 0
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
