/** No key at all; larger than any. */
export const NO_KEY = 2147483647

/** Before any key. */
export const NO_KEY_BEFORE = -NO_KEY - 1

/** What a side keeps. */
export interface LevelsOptions {
  /** Levels that the sum is taken over; 0 keeps none. */
  readonly levels: number
  /** Levels kept, at least `levels`. */
  readonly capacity: number
}

/**
 * One side of an order book. Its levels are known by a key that grows away from the best (ask:
 * price, bid: -price), so that both sides are the same thing. What is kept is an unbroken run from
 * the best: a level that falls off the far end becomes the horizon, and what is set at or beyond it
 * is left out until they are replaced or cleared.
 */
export interface Levels {
  /** Levels held. */
  readonly count: number
  /** Key of the best and of the worst level held; only to be read while there is one. */
  readonly best: number
  readonly worst: number
  /** Lots over the best N levels. */
  readonly sum: number
  /** Key of the nearest level known to be missing; NO_KEY when none is. */
  horizon: number

  /**
   * Sets a level to `quantity` lots, 0 removes it. Returns what it held, 0 if none, or -1 when this
   * form of a side cannot hold it: then nothing changed.
   */
  set(key: number, quantity: number): number

  clear(): void

  /** Key of level `index` from the best, 0 <= index < count. */
  keyAt(index: number): number

  /** Lots at a key, 0 when there is no such level. */
  quantityOf(key: number): number
}
