// Reads a book from the bytes of a market frame, without a branch on how long its numbers are.
//
// A level is spelt {"px":"1.5","sz":"20.0","n":3}. Its closing brace is looked for first: where the next
// level begins then does not wait for this one's numbers, and several levels are in work at once. Both
// numbers of a level are moved side by side into one vector, eight digits each, and become integers by
// four multiplications. Whatever is spelt otherwise, or is no book, is left to another reader.

/** By (end << 4 | point) of a number: where its digits come from, for the first and the last 8 lanes. */
const FIRST_DIGITS: usize = 0
const LAST_DIGITS: usize = 4096
/** 10^0 to 10^15 as doubles. */
const POWERS: usize = 8192
/** Vectors of constants: loaded once a call they stay in registers. */
const CONSTANTS: usize = 8448
/** The bytes 0 to 15. */
const LANE_NUMBERS: usize = 8704
/** What was read: (price, quantity) pairs of doubles. */
const LEVELS: usize = 12288
const LEVELS_END: usize = LEVELS + 2 * 128 * 8
/** Beside it, as doubles: time, levels of the bids, levels of the asks. */
const HEAD: usize = LEVELS_END
/** Rows of 32 bytes: the name filled up with zeros, price decimals, quantity decimals. */
const ASSETS: usize = 16384
const ASSETS_MAXIMUM: usize = 512
const ROW: usize = 32
const NAME_BYTES: i32 = 15
/** The frame; behind its end so many bytes may be looked at. */
const INPUT: usize = 32768
const MARGIN: usize = 128
const INPUT_END: usize = 65536 - MARGIN

const SMALLEST_LEVEL: usize = 29
/** A closing brace is looked for from here on, and at most so many bytes further. */
const BRACE_FROM: usize = 27
const LANES: usize = 16
/** With so many decimals eight digits stay below 2^53 in any unit. */
const MAXIMUM_DECIMALS: i32 = 8
/** Greatest of either, in quanta and lots. */
const MAXIMUM_PRICE: f64 = 2147483647
const MAXIMUM_QUANTITY: f64 = 9007199254740991

// The texts between the numbers, as little-endian words.
const PRICE_KEY: u64 = 0x223a227870227b // {"px":"
const PRICE_KEY_BITS: u64 = 0xffffffffffffff
const QUANTITY_KEY: u64 = 0x223a227a73222c22 // ","sz":"
const COUNT_KEY: u64 = 0x3a226e222c22 // ","n":
const COUNT_KEY_BITS: u64 = 0xffffffffffff
const BOOK_0: u64 = 0x656e6e616863227b // {"channe
const BOOK_8: u64 = 0x6f42326c223a226c // l":"l2Bo
const BOOK_16: u64 = 0x746164222c226b6f // ok","dat
const BOOK_24: u64 = 0x696f63227b3a2261 // a":{"coi
const BOOK_28: u64 = 0x223a226e696f6322 // "coin":"
const BOOK_BYTES: usize = 36
const TIME_KEY: u64 = 0x3a22656d6974222c // ,"time":
const LEVELS_0: u64 = 0x736c6576656c222c // ,"levels
const LEVELS_4: u64 = 0x5b5b3a22736c6576 // vels":[[
const SIDES: u32 = 0x7b5b2c5d // ],[{
const END: u32 = 0x7d7d5d5d // ]]}}
/** Digits of a time in milliseconds, until the year 2286. */
const TIME_DIGITS: i32 = 13
/** Where they begin when they end with the last lane. */
const TIME_LANE: u8 = 3

export function levelsAt(): usize {
  return LEVELS
}

export function headAt(): usize {
  return HEAD
}

export function assetsAt(): usize {
  return ASSETS
}

/** Most assets. */
export function assetsMaximum(): usize {
  return ASSETS_MAXIMUM
}

export function inputAt(): usize {
  return INPUT
}

/** Longest frame, bytes. */
export function inputLength(): usize {
  return INPUT_END - INPUT
}

/** To be called once, before anything else. */
export function prepare(): void {
  for (let end = 0; end < 16; end++) {
    for (let point = 0; point < 16; point++) prepareDigits(end, point)
  }
  let power = 1.0
  for (let i: usize = 0; i < 16; i++) {
    store<f64>(POWERS + (i << 3), power)
    power *= 10
  }
  for (let i: usize = 0; i < 16; i++) store<u8>(LANE_NUMBERS + i, <u8>i)
  v128.store(CONSTANTS, i8x16.splat(0x7d))
  v128.store(CONSTANTS, i8x16.splat(0x30), 16)
  v128.store(CONSTANTS, i8x16.splat(9), 32)
  v128.store(CONSTANTS, i16x8.splat(0xff), 48)
  v128.store(CONSTANTS, i16x8.splat(10), 64)
  v128.store(CONSTANTS, i32x4.splat(0x00010064), 80)
  v128.store(CONSTANTS, i32x4.splat(0x00012710), 96)
  v128.store(CONSTANTS, f64x2.splat(1), 112)
  v128.store(CONSTANTS, f64x2.replace_lane(f64x2.splat(MAXIMUM_QUANTITY), 0, MAXIMUM_PRICE), 128)
}

/** The digits of a number of `end` bytes with its point at `point`, right-aligned in eight lanes. */
function prepareDigits(end: i32, point: i32): void {
  const row = <usize>(((end << 4) | point) << 4)
  for (let lane = 0; lane < 8; lane++) {
    const digit = lane - 8 + (end - 1)
    // A lane that is out of range becomes 0.
    const from: u8 = digit < 0 ? 0x80 : <u8>(digit < point ? digit : digit + 1)
    store<u8>(FIRST_DIGITS + row + <usize>lane, from)
    store<u8>(FIRST_DIGITS + row + <usize>lane, 0x80, 8)
    store<u8>(LAST_DIGITS + row + <usize>lane, 0x80)
    store<u8>(LAST_DIGITS + row + <usize>lane, from, 8)
  }
}

let assetCount: i32 = 0
let found: i32 = 0

/** How many of the rows hold an asset. */
export function useAssets(count: i32): void {
  assetCount = count
  found = 0
}

/**
 * Reads a frame of `length` bytes that is a book in the venue's order of keys, with at least a level on
 * each side, strictly ordered. Returns the row of its asset, or -1 for anything else: what was written is
 * then void.
 */
export function book(length: i32): i32 {
  if (
    load<u64>(INPUT) !== BOOK_0 ||
    load<u64>(INPUT, 8) !== BOOK_8 ||
    load<u64>(INPUT, 16) !== BOOK_16 ||
    load<u64>(INPUT, 24) !== BOOK_24 ||
    load<u64>(INPUT, 28) !== BOOK_28
  ) {
    return -1
  }
  const name = v128.load(INPUT + BOOK_BYTES)
  const nameLength = ctz(i8x16.bitmask(i8x16.eq(name, i8x16.splat(0x22))))
  if (nameLength < 1 || nameLength > NAME_BYTES) return -1
  const asset = assetNamed(name, nameLength)
  if (asset < 0) return -1
  const nameEnd = INPUT + BOOK_BYTES + <usize>nameLength
  const timeAt = nameEnd + 9
  const timeEnd = timeAt + <usize>TIME_DIGITS
  if (
    load<u64>(nameEnd, 1) !== TIME_KEY ||
    load<u64>(timeEnd) !== LEVELS_0 ||
    load<u64>(timeEnd, 4) !== LEVELS_4
  ) {
    return -1
  }
  const time = timeOf(v128.load(timeAt))
  if (time < 0) return -1
  const row = ASSETS + <usize>asset * ROW
  const priceDecimals = load<i32>(row, 16)
  const quantityDecimals = load<i32>(row, 20)
  const from = <i32>(timeEnd + 12 - INPUT)
  const bids = side(from, length, 0, -1, priceDecimals, quantityDecimals)
  if (bids < 0) return -1
  const bidsEnd = bids & 0xffff
  if (load<u32>(INPUT + <usize>bidsEnd) !== SIDES) return -1
  const asks = side(bidsEnd + 3, length, bids >> 16, 1, priceDecimals, quantityDecimals)
  if (asks < 0) return -1
  const end = asks & 0xffff
  if (load<u32>(INPUT + <usize>end) !== END || end + 4 !== length) return -1
  store<f64>(HEAD, time)
  store<f64>(HEAD, <f64>(bids >> 16), 8)
  store<f64>(HEAD, <f64>((asks >> 16) - (bids >> 16)), 16)
  return asset
}

/** The venue goes through its assets in one order: the search begins behind the last one found. */
function assetNamed(name: v128, length: i32): i32 {
  const lanes = v128.load(LANE_NUMBERS)
  const wanted = v128.and(name, i8x16.lt_s(lanes, i8x16.splat(<i8>length)))
  for (let i = 1; i <= assetCount; i++) {
    let index = found + i
    if (index >= assetCount) index -= assetCount
    if (v128.any_true(v128.xor(wanted, v128.load(ASSETS + <usize>index * ROW)))) continue
    found = index
    return index
  }
  return -1
}

/** The number of thirteen digits that a vector begins with; -1 where it does not, or with a zero. */
function timeOf(bytes: v128): f64 {
  const lanes = i8x16.sub(v128.load(LANE_NUMBERS), i8x16.splat(TIME_LANE))
  const digits = i8x16.swizzle(i8x16.sub(bytes, i8x16.splat(0x30)), lanes)
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return -1
  if (i8x16.extract_lane_u(digits, TIME_LANE) === 0) return -1
  const pairs = i16x8.add(
    i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10)),
    i16x8.shr_u(digits, 8),
  )
  const fours = i32x4.dot_i16x8_s(pairs, i32x4.splat(0x00010064))
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), i32x4.splat(0x00012710))
  return <f64>i32x4.extract_lane(eights, 0) * 1e8 + <f64>i32x4.extract_lane(eights, 1)
}

/**
 * Levels from `from` in the input, of a frame that ends at `end`, written behind `before` others; prices
 * fall in direction -1 and rise in direction 1. Returns how many are now held << 16 | the position behind
 * them, or -1 when any level is spelt otherwise, out of order or range, has numbers of more than eight
 * digits or there is no room: what was written is then void.
 */
function side(
  from: i32,
  end: i32,
  before: i32,
  direction: i32,
  priceDecimals: i32,
  quantityDecimals: i32,
): i32 {
  if (priceDecimals > MAXIMUM_DECIMALS || quantityDecimals > MAXIMUM_DECIMALS) return -1
  const frameEnd = INPUT + <usize>end
  if (frameEnd > INPUT_END) return -1
  const braces = v128.load(CONSTANTS)
  const zeros = v128.load(CONSTANTS, 16)
  const nines = v128.load(CONSTANTS, 32)
  const lows = v128.load(CONSTANTS, 48)
  const tens = v128.load(CONSTANTS, 64)
  const hundreds = v128.load(CONSTANTS, 80)
  const thousands = v128.load(CONSTANTS, 96)
  const least = v128.load(CONSTANTS, 112)
  const greatest = v128.load(CONSTANTS, 128)
  const sign = <f64>direction
  let last = Number.NEGATIVE_INFINITY
  let at = INPUT + <usize>from
  let out = LEVELS + ((<usize>before) << 4)
  let otherText: u64 = 0
  let otherDigits = i8x16.splat(0)
  let beyond = i8x16.splat(0)
  while (true) {
    if (at + SMALLEST_LEVEL > frameEnd || out >= LEVELS_END) return -1
    let close = i8x16.bitmask(i8x16.eq(v128.load(at + BRACE_FROM), braces))
    let brace = at + BRACE_FROM + <usize>ctz(close)
    if (close === 0) {
      close = i8x16.bitmask(i8x16.eq(v128.load(at + BRACE_FROM + LANES), braces))
      if (close === 0) return -1
      brace = at + BRACE_FROM + LANES + <usize>ctz(close)
    }
    // A point and a quote are the two first bytes below '0'; every other byte must be a digit.
    const price = v128.load(at + 7)
    let marks = i8x16.bitmask(i8x16.lt_s(price, zeros))
    const pricePoint = ctz(marks)
    const priceEnd = ctz(marks & (marks - 1))
    const quantityAt = at + 15 + <usize>priceEnd
    const quantity = v128.load(quantityAt)
    marks = i8x16.bitmask(i8x16.lt_s(quantity, zeros))
    const quantityPoint = ctz(marks)
    const quantityEnd = ctz(marks & (marks - 1))
    const countAt = quantityAt + <usize>quantityEnd + 6
    const countEnd = <i32>(brace - countAt)
    const priceDigits = priceEnd - pricePoint - 1
    const quantityDigits = quantityEnd - quantityPoint - 1
    // Negative when any of them is: 1 to 8 digits with 1 at least on both sides of the point, a count of
    // 1 to 15 digits that does not begin with 0.
    const room =
      (pricePoint - 1) |
      (priceDigits - 1) |
      (9 - priceEnd) |
      (quantityPoint - 1) |
      (quantityDigits - 1) |
      (9 - quantityEnd) |
      (countEnd - 1) |
      (15 - countEnd) |
      (<i32>load<u8>(countAt) - 0x31)
    if (room < 0) return -1
    const count = i8x16.gt_u(i8x16.sub(v128.load(countAt), zeros), nines)
    otherText |= <u64>(ctz(i8x16.bitmask(count)) ^ countEnd)
    otherText |= (load<u64>(at) ^ PRICE_KEY) & PRICE_KEY_BITS
    otherText |= load<u64>(quantityAt - 8) ^ QUANTITY_KEY
    otherText |= (load<u64>(countAt - 6) ^ COUNT_KEY) & COUNT_KEY_BITS
    otherText |= <u64>(load<u8>(at + 7 + <usize>pricePoint) ^ 0x2e)
    otherText |= <u64>(load<u8>(quantityAt + <usize>quantityPoint) ^ 0x2e)
    const digits = v128.or(
      i8x16.swizzle(
        i8x16.sub(price, zeros),
        v128.load(FIRST_DIGITS + <usize>(((priceEnd << 4) | pricePoint) << 4)),
      ),
      i8x16.swizzle(
        i8x16.sub(quantity, zeros),
        v128.load(LAST_DIGITS + <usize>(((quantityEnd << 4) | quantityPoint) << 4)),
      ),
    )
    otherDigits = v128.or(otherDigits, i8x16.gt_u(digits, nines))
    const pairs = i16x8.add(i16x8.mul(v128.and(digits, lows), tens), i16x8.shr_u(digits, 8))
    const fours = i32x4.dot_i16x8_s(pairs, hundreds)
    const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), thousands)
    const both = f64x2.convert_low_i32x4_s(eights)
    const priceScale = priceDecimals - priceDigits
    const quantityScale = quantityDecimals - quantityDigits
    let level: v128
    if ((priceScale | quantityScale) >= 0) {
      const scales = v128.load64_splat(POWERS + ((<usize>priceScale) << 3))
      level = f64x2.mul(both, v128.load64_lane(POWERS + ((<usize>quantityScale) << 3), scales, 1))
    } else {
      const quanta = scaled(f64x2.extract_lane(both, 0), priceScale)
      const lots = scaled(f64x2.extract_lane(both, 1), quantityScale)
      if (quanta !== Math.floor(quanta) || lots !== Math.floor(lots)) return -1
      level = f64x2.replace_lane(f64x2.splat(quanta), 1, lots)
    }
    beyond = v128.or(beyond, v128.or(f64x2.lt(level, least), f64x2.gt(level, greatest)))
    const ordered = sign * f64x2.extract_lane(level, 0)
    if (ordered <= last) return -1
    last = ordered
    v128.store(out, level)
    out += 16
    if (load<u8>(brace, 1) !== 0x2c) {
      if (otherText !== 0 || v128.any_true(v128.or(otherDigits, beyond))) return -1
      return <i32>((((out - LEVELS) >> 4) << 16) | (brace + 1 - INPUT))
    }
    at = brace + 2
  }
}

/** A decimal with more digits than its unit has is a whole number only when they are zeros. */
function scaled(value: f64, scale: i32): f64 {
  if (scale >= 0) return value * load<f64>(POWERS + <usize>(scale << 3))
  return value / load<f64>(POWERS + <usize>(-scale << 3))
}
