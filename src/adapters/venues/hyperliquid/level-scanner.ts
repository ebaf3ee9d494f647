const QUOTE = 0x22
const COMMA = 0x2c
const POINT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const CLOSE_LIST = 0x5d
const LOWER_N = 0x6e
const LOWER_P = 0x70
const LOWER_S = 0x73
const LOWER_X = 0x78
const LOWER_Z = 0x7a
const OPEN = 0x7b
const CLOSE = 0x7d

const powers = Float64Array.from({ length: 16 }, (_, i) => 10 ** i)
/** So many digits always stay below 2^53. */
const SAFE_DIGITS = 15
/** So many digits stay below 2^31: longer numbers are left to the parser. */
const INTEGER_DIGITS = 9

/**
 * Reads book levels `{"px":"..","sz":"..","n":..}` from bytes: keys in any order, each once, nothing
 * else. Mutable state is the reading position only.
 */
export class LevelScanner {
  /** Position after what was read last. */
  at = 0

  /**
   * Levels from position `at`, just inside a list, to its closing bracket, into `levels` behind
   * `before` others, as (quanta, lots) pairs. Their count, or -1 for anything else than levels. The
   * last of the bytes must not be a digit.
   */
  side(
    bytes: Uint8Array,
    at: number,
    levels: Float64Array,
    before: number,
    priceDecimals: number,
    quantityDecimals: number,
  ): number {
    if (bytes[at] === CLOSE_LIST) {
      this.at = at + 1
      return 0
    }
    let next = at
    for (let slot = 2 * before; slot < levels.length; slot += 2) {
      next = this.level(bytes, next, levels, slot, priceDecimals, quantityDecimals)
      if (next < 0) return -1
      const byte = bytes[next++]
      if (byte === COMMA) continue
      this.at = next
      return byte === CLOSE_LIST ? slot / 2 + 1 - before : -1
    }
    return -1
  }

  /** One level at `at`, written to `levels[slot]` and `[slot + 1]`; the position after it or -1. */
  level(
    bytes: Uint8Array,
    at: number,
    levels: Float64Array,
    slot: number,
    priceDecimals: number,
    quantityDecimals: number,
  ): number {
    let i = at
    if (bytes[i] !== OPEN) return -1
    let seen = 0
    for (;;) {
      if (bytes[i + 1] !== QUOTE) return -1
      const key = bytes[i + 2]
      if (key === LOWER_N) {
        if (bytes[i + 3] !== QUOTE || bytes[i + 4] !== COLON || (seen & 4) !== 0) return -1
        seen |= 4
        i = this.#count(bytes, i + 5)
      } else {
        if (bytes[i + 4] !== QUOTE || bytes[i + 5] !== COLON || bytes[i + 6] !== QUOTE) return -1
        if (key === LOWER_P) {
          if (bytes[i + 3] !== LOWER_X || (seen & 1) !== 0) return -1
          seen |= 1
          i = this.decimal(bytes, i + 7, priceDecimals, levels, slot)
        } else {
          if (key !== LOWER_S || bytes[i + 3] !== LOWER_Z || (seen & 2) !== 0) return -1
          seen |= 2
          i = this.decimal(bytes, i + 7, quantityDecimals, levels, slot + 1)
        }
      }
      if (i < 0) return -1
      const byte = bytes[i]
      if (byte === COMMA) continue
      return byte === CLOSE && seen === 7 ? i + 1 : -1
    }
  }

  /**
   * A decimal from `at` through its closing quote, as a count of 10^-decimals in `into[slot]`; the
   * position after it or -1.
   */
  decimal(
    bytes: Uint8Array,
    at: number,
    decimals: number,
    into: Float64Array,
    slot: number,
  ): number {
    // Whole and fraction in 32-bit integers: half the time of one chain of doubles.
    let i = at
    let whole = 0
    let digit = bytes[i]! - ZERO
    while (digit >= 0 && digit <= 9) {
      whole = (whole * 10 + digit) | 0
      digit = bytes[++i]! - ZERO
    }
    const digits = i - at
    if (digits === 0 || digits > INTEGER_DIGITS || digits + decimals > SAFE_DIGITS) return -1
    let missing = decimals
    let fraction = 0
    if (bytes[i] === POINT) {
      digit = bytes[++i]! - ZERO
      const from = i
      while (digit >= 0 && digit <= 9) {
        if (missing > 0) {
          fraction = (fraction * 10 + digit) | 0
          missing--
        } else if (digit !== 0) return -1
        digit = bytes[++i]! - ZERO
      }
      if (i === from) return -1
    }
    if (bytes[i] !== QUOTE) return -1
    into[slot] = whole * powers[decimals]! + fraction * powers[missing]!
    return i + 1
  }

  /** Passes a count of orders: a JSON integer of at most 15 digits. */
  #count(bytes: Uint8Array, at: number): number {
    let i = at
    let digit = bytes[i]! - ZERO
    while (digit >= 0 && digit <= 9) digit = bytes[++i]! - ZERO
    const digits = i - at
    if (digits === 0 || digits > SAFE_DIGITS || (digits > 1 && bytes[at] === ZERO)) return -1
    return i
  }
}
