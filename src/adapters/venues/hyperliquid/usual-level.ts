/** Four bytes as the integer that a little-endian view reads. */
const word = (text: string): number =>
  new DataView(new TextEncoder().encode(text).buffer).getInt32(0, true)

const PRICE_HEAD = word('{"px')
const PRICE_TAIL = word('x":"')
const SIZE_HEAD = word('","s')
const SIZE_TAIL = word('z":"')
const COUNT_HEAD = word('","n')
const COUNT_TAIL = word('"n":')
const POINT = 0x2e
const ZERO = 0x30
const CLOSE = 0x7d

/** Room that the caller grants behind `at`: more than a level read here ever needs. */
export const LEVEL_BYTES = 80

const powers = Float64Array.from({ length: 16 }, (_, i) => 10 ** i)
const whole = Int32Array.from({ length: 5 }, (_, i) => 10 ** i)

/**
 * A book level spelt the usual way, `{"px":"1.5","sz":"20.0","n":3}`, written to `levels[slot]` and
 * `[slot + 1]`; the position after it, or -1 for whatever else, which a slower reader then takes or
 * refuses. Numbers have at most seven digits before and seven after the point, counts three.
 *
 * Four bytes at a time: keys are compared as words, digits are found and added up in one. Positions
 * count from the start of the view.
 */
export function usualLevel(
  view: DataView,
  at: number,
  levels: Float64Array,
  slot: number,
  priceDecimals: number,
  quantityDecimals: number,
): number {
  if (view.getInt32(at, true) !== PRICE_HEAD || view.getInt32(at + 3, true) !== PRICE_TAIL) {
    return -1
  }
  let i = decimal(view, at + 7, priceDecimals, levels, slot)
  if (i < 0 || view.getInt32(i, true) !== SIZE_HEAD || view.getInt32(i + 4, true) !== SIZE_TAIL) {
    return -1
  }
  i = decimal(view, i + 8, quantityDecimals, levels, slot + 1)
  if (i < 0 || view.getInt32(i, true) !== COUNT_HEAD || view.getInt32(i + 2, true) !== COUNT_TAIL) {
    return -1
  }
  i = (i + 6) | 0
  const digits = fourDigits(view.getInt32(i, true)) & 7
  if (digits === 0 || digits === 4) return -1
  if (digits > 1 && view.getUint8(i) === ZERO) return -1
  i = (i + digits) | 0
  return view.getUint8(i) === CLOSE ? (i + 1) | 0 : -1
}

/** Reads a decimal up to, not including, what ends it; that position, or -1. */
function decimal(
  view: DataView,
  at: number,
  decimals: number,
  into: Float64Array,
  slot: number,
): number {
  let read = fourDigits(view.getInt32(at, true))
  let digits = read & 7
  if (digits === 0) return -1
  let before = read >> 3
  let i = (at + digits) | 0
  if (digits === 4) {
    read = fourDigits(view.getInt32(i, true))
    digits = read & 7
    if (digits === 4) return -1
    before = (Math.imul(before, whole[digits]!) + (read >> 3)) | 0
    i = (i + digits) | 0
  }
  if (view.getUint8(i) !== POINT) {
    into[slot] = before * powers[decimals]!
    return i
  }
  i = (i + 1) | 0
  read = fourDigits(view.getInt32(i, true))
  let places = read & 7
  if (places === 0) return -1
  let after = read >> 3
  i = (i + places) | 0
  if (places === 4) {
    read = fourDigits(view.getInt32(i, true))
    digits = read & 7
    if (digits === 4) return -1
    after = (Math.imul(after, whole[digits]!) + (read >> 3)) | 0
    i = (i + digits) | 0
    places = (places + digits) | 0
  }
  let missing = (decimals - places) | 0
  if (missing < 0) {
    // More places than the quantum has: only zeros may be dropped, and here only if all are.
    if (after !== 0) return -1
    missing = 0
  }
  into[slot] = before * powers[decimals]! + after * powers[missing]!
  return i
}

/**
 * The decimal digits that four bytes begin with: 8 x their value + how many there are, 0 to 4.
 *
 * A byte is a digit when its distance from "0" stays below 16 also with 6 added. Digits are shifted
 * to the end of the word, so that zeros stand before them, and added up in pairs.
 */
function fourDigits(bytes: number): number {
  const distances = bytes ^ 0x30303030
  const other = (distances | ((distances + 0x06060606) | 0)) & 0xf0f0f0f0
  if (other === 0) return (Math.imul(sumOf(distances), 8) + 4) | 0
  const digits = (31 - Math.clz32(other & -other)) >> 3
  if (digits === 0) return 0
  return (Math.imul(sumOf(distances << (32 - 8 * digits)), 8) + digits) | 0
}

/** Four digits, the first in the lowest byte, as one number. */
function sumOf(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff
}
