import { keyOf, type Levels, type LevelsOptions, NO_KEY, NO_KEY_BEFORE } from './levels.ts'

/** Copies of imported constants, which would be read from memory at every use. */
const NONE = NO_KEY
const BEFORE = NO_KEY_BEFORE
const LARGEST = Number.MAX_SAFE_INTEGER

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

  load(pool: Float64Array, at: number, count: number, sign: 1 | -1): boolean {
    this.clear()
    const kept = count < this.#capacity ? count : this.#capacity
    const quantities = this.#quantities
    const bits = this.#bits
    const isBid = sign < 0
    // keyOf is written out, in 32 bits: this loop is most of the work of feeds of whole books.
    const start = at | 0
    const sumEnd = (start + 2 * (kept < this.#levels ? kept : this.#levels)) | 0
    const end = (start + 2 * kept) | 0
    const flip = sign < 0 ? -1 : 0
    let key = isBid ? BEFORE : 0
    let edge = this.#noEdge
    // From -0 up every sum is a double: from 0 the compiler would keep, and check, an integer.
    let sum = -0
    // Keys come in order: the bits of a word are gathered before they are written.
    let group = 0
    let gathered = 0
    let i = start
    for (; i < end; i = (i + 2) | 0) {
      const price = pool[i]!
      const quantity = pool[(i + 1) | 0]!
      const whole = price | 0
      const next = ((whole ^ flip) - flip) | 0
      if (next <= key || whole <= 0 || whole !== price) break
      if (!(quantity > 0 && quantity <= LARGEST && quantity === Math.floor(quantity))) break
      key = next
      quantities[key & SLOT] = quantity
      if (i < sumEnd) {
        sum += quantity
        edge = key
      }
      if (key >> 5 !== group) {
        bits[group & WORD]! |= gathered
        group = key >> 5
        gathered = 0
      }
      gathered |= 1 << key
    }
    bits[group & WORD]! |= gathered
    if (i > start) {
      this.count = (i - start) >> 1
      this.best = keyOf(pool[start]!, 1, isBid)
      this.#worst = key
      this.#edge = edge
      quantities[SUM] = sum + 0
    }
    return i === end && this.#beyond(pool, end, start + 2 * count, isBid)
  }

  /** Takes note of the levels that are too many; false when they are malformed. */
  #beyond(pool: Float64Array, from: number, end: number, isBid: boolean): boolean {
    let previous = this.#worst
    for (let i = from; i < end; i += 2) {
      const key = keyOf(pool[i]!, pool[i + 1]!, isBid)
      if (key <= previous) return false
      previous = key
      if (i === from) this.horizon = key
    }
    return true
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
