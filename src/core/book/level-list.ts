import { type Levels, type LevelsOptions, NO_KEY, NO_KEY_BEFORE } from './levels.ts'

/** Levels searched one by one from the best before the search turns binary. */
const LINEAR_REACH = 24
/** Longer moves go through copyWithin, which costs a call but moves memory at once. */
const LOOP_REACH = 48
/** Copies of constants, which would be read from memory at every use. */
const BEFORE = NO_KEY_BEFORE
const LARGEST = Number.MAX_SAFE_INTEGER

/**
 * A side of a book with any distance between its levels: sorted typed arrays with the best level
 * last: most updates are near it, and then few levels have to move. Whole sides are read into it.
 */
export class LevelList implements Levels {
  count = 0
  horizon = NO_KEY
  readonly #levels: number
  readonly #capacity: number
  readonly #keys: Int32Array
  readonly #quantities: Float64Array
  /** One slot, typed, so that writing is cheap. */
  readonly #sum = new Float64Array(1)

  constructor({ levels, capacity }: LevelsOptions) {
    this.#levels = levels
    this.#capacity = capacity
    this.#keys = new Int32Array(capacity)
    this.#quantities = new Float64Array(capacity)
  }

  get best(): number {
    return this.#keys[this.count - 1]!
  }

  get worst(): number {
    return this.#keys[0]!
  }

  get sum(): number {
    return this.#sum[0]!
  }

  set(key: number, quantity: number): number {
    const index = this.#find(key)
    if (index < 0 || this.#keys[index]! !== key) {
      if (quantity > 0 && key < this.horizon) this.#insert(index, key, quantity)
      return 0
    }
    const old = this.#quantities[index]!
    if (quantity > 0) {
      this.#quantities[index] = quantity
      if (index >= this.count - this.#levels) this.#sum[0]! += quantity - old
    } else this.#remove(index)
    return old
  }

  /**
   * Replaces all levels by `count` (price, quantity) pairs, best first, from `pool[at]` on; a key
   * is price x sign. False when they are malformed (prices must be positive 32-bit integers in
   * order, quantities positive safe integers): then the side is in no state but to be cleared.
   */
  load(pool: Float64Array, at: number, count: number, sign: 1 | -1): boolean {
    const kept = count < this.#capacity ? count : this.#capacity
    const keys = this.#keys
    const quantities = this.#quantities
    const start = at | 0
    const sumEnd = (start + 2 * (kept < this.#levels ? kept : this.#levels)) | 0
    const keptEnd = (start + 2 * kept) | 0
    const end = (start + 2 * count) | 0
    const flip = sign < 0 ? -1 : 0
    let key = sign < 0 ? BEFORE : 0
    let horizon = NO_KEY
    let slot = kept | 0
    // From -0 up every sum is a double: from 0 the compiler would keep, and check, an integer.
    let sum = -0
    for (let i = start; i < end; i = (i + 2) | 0) {
      const price = pool[i]!
      const quantity = pool[(i + 1) | 0]!
      const whole = price | 0
      const next = ((whole ^ flip) - flip) | 0
      if (next <= key || whole <= 0 || whole !== price) return false
      if (!(quantity > 0 && quantity <= LARGEST && quantity === Math.floor(quantity))) return false
      key = next
      if (i < keptEnd) {
        slot = (slot - 1) | 0
        keys[slot] = key
        quantities[slot] = quantity
        if (i < sumEnd) sum += quantity
      } else if (i === keptEnd) horizon = key
    }
    this.horizon = horizon
    this.count = kept
    this.#sum[0] = sum + 0
    return true
  }

  /** Takes over what another side holds. */
  copy(from: Levels): void {
    const { count } = from
    let sum = 0
    for (let i = 0, key = from.best; i < count; i++, key = i < count ? from.keyAt(i) : key) {
      const quantity = from.quantityOf(key)
      this.#put(count - 1 - i, key, quantity)
      if (i < this.#levels) sum += quantity
    }
    this.count = count
    this.horizon = from.horizon
    this.#sum[0] = sum
  }

  clear(): void {
    this.count = 0
    this.horizon = NO_KEY
    this.#sum[0] = 0
  }

  keyAt(index: number): number {
    return this.#keys[this.count - 1 - index]!
  }

  /** Lots of level `index` from the best, 0 <= index < count. */
  quantityAt(index: number): number {
    return this.#quantities[this.count - 1 - index]!
  }

  quantityOf(key: number): number {
    const index = this.#find(key)
    return index >= 0 && this.#keys[index]! === key ? this.#quantities[index]! : 0
  }

  /** Last position whose key is not better than `key`; -1 when all are. */
  #find(key: number): number {
    const keys = this.#keys
    const near = this.count - LINEAR_REACH
    const stop = near > 0 ? near : 0
    let high = this.count - 1
    while (high >= stop && keys[high]! < key) high--
    if (high >= stop) return high
    let low = 0
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) high = middle - 1
      else low = middle + 1
    }
    return high
  }

  /** Puts a level in after `index`, among the better ones. */
  #insert(index: number, key: number, quantity: number): void {
    const { count } = this
    if (index >= count - this.#levels || count < this.#levels) {
      const pushedOut = count >= this.#levels ? this.#quantities[count - this.#levels]! : 0
      this.#sum[0]! += quantity - pushedOut
    }
    if (count < this.#capacity) {
      this.count = count + 1
      this.#move(index + 1, count, 1)
      this.#put(index + 1, key, quantity)
      return
    }
    // Full: the farthest level falls off, which may be the new one.
    if (index < 0) {
      this.horizon = key
      return
    }
    this.horizon = this.#keys[0]!
    this.#move(1, index + 1, -1)
    this.#put(index, key, quantity)
  }

  #remove(index: number): void {
    const edge = this.count - this.#levels
    if (index >= edge) {
      const pulledIn = edge > 0 ? this.#quantities[edge - 1]! : 0
      this.#sum[0]! += pulledIn - this.#quantities[index]!
    }
    this.#move(index + 1, this.count, -1)
    this.count--
  }

  #put(index: number, key: number, quantity: number): void {
    this.#keys[index] = key
    this.#quantities[index] = quantity
  }

  /** Moves positions [from, to) by one up or down. */
  #move(from: number, to: number, by: 1 | -1): void {
    const keys = this.#keys
    const quantities = this.#quantities
    if (to - from > LOOP_REACH) {
      keys.copyWithin(from + by, from, to)
      quantities.copyWithin(from + by, from, to)
    } else if (by > 0) {
      for (let i = to; i > from; i--) {
        keys[i] = keys[i - 1]!
        quantities[i] = quantities[i - 1]!
      }
    } else {
      for (let i = from; i < to; i++) {
        keys[i - 1] = keys[i]!
        quantities[i - 1] = quantities[i]!
      }
    }
  }
}
