/** Four bytes as the integer that a little-endian view reads. */
const word = (text: string): number =>
  new DataView(new TextEncoder().encode(text).buffer).getInt32(0, true)

const PRICE_HEAD = word('{"px')
const PRICE_TAIL = word('x":"')
const SIZE_HEAD = word('","s')
const SIZE_TAIL = word('z":"')
const COUNT_HEAD = word('","n')
const COUNT_TAIL = word('"n":')
/** Bytes of the longest key with what stands around it. */
const KEY_BYTES = 8
const QUOTE = 0x22
const COMMA = 0x2c
const POINT = 0x2e
const ZERO = 0x30
const CLOSE = 0x7d

/** So many digits stay below 2^31, and so many below 2^53. */
const INTEGER_DIGITS = 9
const SAFE_DIGITS = 15

const powers = Float64Array.from({ length: 16 }, (_, i) => 10 ** i)

/** What {@link usualSide} reads from; reused by its caller, since it is called for every side. */
export interface SideInput {
  bytes: Uint8Array
  /** Of the buffer in which `bytes` begins at `start`. */
  view: DataView
  start: number
  priceDecimals: number
  quantityDecimals: number
  /** Set to how many levels were read. */
  count: number
}

/**
 * Levels spelt the usual way, `{"px":"1.5","sz":"20.0","n":3},...`, from `at`, written as (quanta,
 * lots) to `levels`. The position after the last one; or -1 for whatever else, and for more levels
 * than there is room for, which a slower reader then takes or refuses. The last of the bytes must
 * not be a digit.
 *
 * Nearly all the time of market data is spent here, so it is one loop that calls nothing, a turn
 * for each number: keys are compared as words, digits are added up in 32-bit integers through the
 * point, and the ".0" of whole numbers is passed over.
 */
export function usualSide(input: SideInput, at: number, levels: Float64Array): number {
  const { bytes, view, start, priceDecimals, quantityDecimals } = input
  const safe = (bytes.length - KEY_BYTES) | 0
  const room = levels.length
  let i = at | 0
  let slot = 0
  while (i < safe && slot < room) {
    const isSize = (slot & 1) === 1
    if (view.getInt32(start + i, true) !== (isSize ? SIZE_HEAD : PRICE_HEAD)) return -1
    i = isSize ? (i + 4) | 0 : (i + 3) | 0
    if (view.getInt32(start + i, true) !== (isSize ? SIZE_TAIL : PRICE_TAIL)) return -1
    i = (i + 4) | 0
    const decimals = isSize ? quantityDecimals : priceDecimals
    const from = i
    let mantissa = 0
    let digit = (bytes[i]! - ZERO) | 0
    while (digit >>> 0 < 10) {
      mantissa = (Math.imul(mantissa, 10) + digit) | 0
      i = (i + 1) | 0
      digit = (bytes[i]! - ZERO) | 0
    }
    const digits = (i - from) | 0
    if (digits === 0 || digits + decimals > SAFE_DIGITS) return -1
    let places = 0
    if (bytes[i] === POINT) {
      i = (i + 1) | 0
      digit = (bytes[i]! - ZERO) | 0
      if (digit === 0 && bytes[i + 1] === QUOTE) i = (i + 1) | 0
      else {
        const point = i
        while (digit >>> 0 < 10) {
          mantissa = (Math.imul(mantissa, 10) + digit) | 0
          i = (i + 1) | 0
          digit = (bytes[i]! - ZERO) | 0
        }
        places = (i - point) | 0
        if (places === 0 || places > decimals) return -1
      }
    }
    if (digits + places > INTEGER_DIGITS || i >= safe) return -1
    levels[slot] = mantissa * powers[decimals - places]!
    slot = (slot + 1) | 0
    if (!isSize) continue
    if (view.getInt32(start + i, true) !== COUNT_HEAD) return -1
    if (view.getInt32(start + i + 2, true) !== COUNT_TAIL) return -1
    i = (i + 6) | 0
    const count = i
    while ((bytes[i]! - ZERO) >>> 0 < 10) i = (i + 1) | 0
    if (i === count || i - count > SAFE_DIGITS || bytes[i] !== CLOSE) return -1
    if (bytes[count] === ZERO && i - count > 1) return -1
    i = (i + 1) | 0
    if (bytes[i] === COMMA) i = (i + 1) | 0
    else {
      input.count = slot >> 1
      return i
    }
  }
  return -1
}
