import type { LadderMemory } from './book-kernel.ts'
import type { LevelList } from './level-list.ts'
import { type LevelsOptions, NO_KEY, NO_KEY_BEFORE } from './levels.ts'

/** Copies of imported constants, which would be read from memory at every use. */
const NONE = NO_KEY
const BEFORE = NO_KEY_BEFORE

/** Keys that fit between the best and the worst level; a power of two. */
const REACH = 4096
const SLOT = REACH - 1
/** Words of bits a row. */
const WORDS = REACH / 32
const WORD = WORDS - 1

/** Integers of a head: those of both sides share a cache line. */
const HEAD = 8
const COUNT = 0
const BEST = 1
const WORST = 2
/** Worst level that is part of the sum. */
const EDGE = 3
const HORIZON = 4
/** The sum is a double in the same head. */
const HEAD_DOUBLES = HEAD / 2
const SUM = 3

/** True when levels so many quanta apart, the best and the worst, fit into one ladder. */
export const fitsLadder = (width: number): boolean => width < REACH

/**
 * Sides of books whose levels lie close together, a row each: quantities and a bit per level in
 * rings indexed by the key itself, so that a level is found without a search and nothing is moved
 * to make room. A row holds levels as long as worst and best are less than {@link REACH} keys
 * apart. All rows lie in the same few arrays: a run of records over many books looks up no objects.
 */
export class LadderTable {
  /** The edge without levels; where no sum is kept it stays before every key. */
  readonly #noEdge: number
  readonly #levels: number
  readonly #capacity: number
  #rows = 0
  #heads: Int32Array = new Int32Array(0)
  #sums: Float64Array = new Float64Array(0)
  /** Lots by slot, 0 where there is no level: most updates need nothing else. */
  #quantities: Float64Array = new Float64Array(0)
  #bits: Int32Array = new Int32Array(0)

  /** With a memory, which has room for all rows there will be, they lie in that. */
  constructor({ levels, capacity }: LevelsOptions, memory?: LadderMemory) {
    this.#levels = levels
    this.#capacity = capacity
    this.#noEdge = levels === 0 ? BEFORE : NONE
    if (memory === undefined) return
    this.#heads = memory.heads
    this.#sums = memory.sums
    this.#quantities = memory.quantities
    this.#bits = memory.bits
  }

  /** Adds a side without levels and returns its row. */
  addRow(): number {
    const row = this.#rows++
    if (row * HEAD === this.#heads.length) this.#grow(Math.max(2, 2 * row))
    this.#empty(row)
    this.setHorizon(row, NONE)
    return row
  }

  /** Levels held by a row. */
  count(row: number): number {
    return this.#heads[row * HEAD + COUNT]!
  }

  /** Key of the best level; only to be read while there is one. */
  best(row: number): number {
    return this.#heads[row * HEAD + BEST]!
  }

  /** Key of the worst level; only to be read while there is one. */
  worst(row: number): number {
    return this.#heads[row * HEAD + WORST]!
  }

  /** Lots over the best N levels. */
  sum(row: number): number {
    return this.#sums[row * HEAD_DOUBLES + SUM]!
  }

  /** Key of the nearest level known to be missing; NO_KEY when none is. */
  horizon(row: number): number {
    return this.#heads[row * HEAD + HORIZON]!
  }

  setHorizon(row: number, key: number): void {
    this.#heads[row * HEAD + HORIZON] = key
  }

  /** As {@link Levels.set}. */
  set(row: number, key: number, quantity: number): number {
    const heads = this.#heads
    const quantities = this.#quantities
    const head = row * HEAD
    const slot = row * REACH + (key & SLOT)
    const old = key < heads[head + BEST]! || key > heads[head + WORST]! ? 0 : quantities[slot]!
    if (old === 0) {
      return quantity > 0 && key < heads[head + HORIZON]! ? this.#insert(row, key, quantity) : 0
    }
    if (quantity > 0) {
      quantities[slot] = quantity
      if (key <= heads[head + EDGE]!) this.#sums[row * HEAD_DOUBLES + SUM]! += quantity - old
    } else this.#remove(row, key, old)
    return old
  }

  /** Takes over the levels of a list, which must fit. */
  copy(row: number, from: LevelList): void {
    this.clear(row)
    const { count, horizon } = from
    this.setHorizon(row, horizon)
    if (count === 0) return
    for (let i = 0; i < count; i++) {
      const key = from.keyAt(i)
      this.#quantities[row * REACH + (key & SLOT)] = from.quantityAt(i)
      this.#bits[row * WORDS + ((key & SLOT) >>> 5)]! |= 1 << key
    }
    const heads = this.#heads
    const head = row * HEAD
    heads[head + COUNT] = count
    heads[head + BEST] = from.best
    heads[head + WORST] = from.worst
    const summed = count < this.#levels ? count : this.#levels
    if (summed > 0) heads[head + EDGE] = from.keyAt(summed - 1)
    this.#sums[row * HEAD_DOUBLES + SUM] = from.sum
  }

  clear(row: number): void {
    const best = this.best(row)
    const worst = this.worst(row)
    if (worst >= best) {
      const last = worst >> 5
      for (let word = best >> 5; word <= last; word++) this.#clearWord(row, word & WORD)
    }
    this.#empty(row)
    this.setHorizon(row, NONE)
  }

  #clearWord(row: number, word: number): void {
    const at = row * WORDS + word
    if (this.#bits[at] === 0) return
    this.#bits[at] = 0
    const quantities = this.#quantities
    const end = 32 * at + 32
    for (let slot = 32 * at; slot < end; slot++) quantities[slot] = 0
  }

  /** Key of level `index` from the best, 0 <= index < count. */
  keyAt(row: number, index: number): number {
    let key = this.best(row)
    for (let i = 0; i < index; i++) key = this.#following(row, key)
    return key
  }

  /** Lots at a key, 0 when there is no such level. */
  quantityOf(row: number, key: number): number {
    if (key < this.best(row) || key > this.worst(row)) return 0
    return this.#quantities[row * REACH + (key & SLOT)]!
  }

  /** Returns 0, or -1 when the new level lies too far from the others. */
  #insert(row: number, key: number, quantity: number): number {
    const heads = this.#heads
    const head = row * HEAD
    const count = heads[head + COUNT]! + 1
    const worst = heads[head + WORST]!
    const best = heads[head + BEST]!
    if (count > 1 && (worst - key >= REACH || key - best >= REACH)) return -1
    const quantities = this.#quantities
    quantities[row * REACH + (key & SLOT)] = quantity
    this.#bits[row * WORDS + ((key & SLOT) >>> 5)]! |= 1 << key
    heads[head + COUNT] = count
    if (key < best) heads[head + BEST] = key
    if (key > worst) heads[head + WORST] = key
    const edge = heads[head + EDGE]!
    if (count <= this.#levels) {
      this.#sums[row * HEAD_DOUBLES + SUM]! += quantity
      heads[head + EDGE] = heads[head + WORST]!
    } else if (key < edge) {
      const pushedOut = quantities[row * REACH + (edge & SLOT)]!
      this.#sums[row * HEAD_DOUBLES + SUM]! += quantity - pushedOut
      heads[head + EDGE] = this.#preceding(row, edge)
    }
    if (count > this.#capacity) {
      // Full: the farthest level falls off, which may be the new one.
      const farthest = heads[head + WORST]!
      this.#remove(row, farthest, quantities[row * REACH + (farthest & SLOT)]!)
      heads[head + HORIZON] = farthest
    }
    return 0
  }

  #remove(row: number, key: number, old: number): void {
    const heads = this.#heads
    const head = row * HEAD
    const quantities = this.#quantities
    quantities[row * REACH + (key & SLOT)] = 0
    this.#bits[row * WORDS + ((key & SLOT) >>> 5)]! &= ~(1 << key)
    const count = heads[head + COUNT]! - 1
    if (count === 0) return this.#empty(row)
    heads[head + COUNT] = count
    const edge = heads[head + EDGE]!
    if (key <= edge) {
      const sum = row * HEAD_DOUBLES + SUM
      if (count >= this.#levels) {
        const next = this.#following(row, edge)
        heads[head + EDGE] = next
        this.#sums[sum]! += quantities[row * REACH + (next & SLOT)]! - old
      } else {
        this.#sums[sum]! -= old
        if (key === edge) heads[head + EDGE] = this.#preceding(row, key)
      }
    }
    if (key === heads[head + BEST]!) heads[head + BEST] = this.#following(row, key)
    if (key === heads[head + WORST]!) heads[head + WORST] = this.#preceding(row, key)
  }

  #empty(row: number): void {
    const heads = this.#heads
    const head = row * HEAD
    heads[head + COUNT] = 0
    heads[head + BEST] = NONE
    heads[head + WORST] = -NONE
    heads[head + EDGE] = this.#noEdge
    this.#sums[row * HEAD_DOUBLES + SUM] = 0
  }

  /** The next level behind `key`; there must be one. */
  #following(row: number, key: number): number {
    const bits = this.#bits
    const base = row * WORDS
    const from = key + 1
    let start = from & -32
    let word = bits[base + ((start >> 5) & WORD)]! & (-1 << from)
    while (word === 0) {
      start += 32
      word = bits[base + ((start >> 5) & WORD)]!
    }
    return start + 31 - Math.clz32(word & -word)
  }

  /** The next level before `key`; there must be one. */
  #preceding(row: number, key: number): number {
    const bits = this.#bits
    const base = row * WORDS
    const from = key - 1
    let start = from & -32
    let word = bits[base + ((start >> 5) & WORD)]! & (-1 >>> (31 - (from & 31)))
    while (word === 0) {
      start -= 32
      word = bits[base + ((start >> 5) & WORD)]!
    }
    return start + 31 - Math.clz32(word)
  }

  #grow(rows: number): void {
    const heads = new Int32Array(rows * HEAD)
    heads.set(this.#heads)
    this.#heads = heads
    this.#sums = new Float64Array(heads.buffer)
    const quantities = new Float64Array(rows * REACH)
    quantities.set(this.#quantities)
    this.#quantities = quantities
    const bits = new Int32Array(rows * WORDS)
    bits.set(this.#bits)
    this.#bits = bits
  }
}
