// Reads a book from the bytes of a market frame, without a branch on how long its numbers are.
//
// A level is spelt {"px":"1.5","sz":"20.0","n":3}. Its closing brace is looked for first: where the next
// level begins then does not wait for this one's numbers, and several levels are in work at once. Which of
// a number's bytes are no digits says where its point and its end are; a row of a table then brings its
// digits, right-aligned, into eight lanes and its point and the text behind it into eight others. Price and
// quantity become integers by three multiplications, their texts are compared at once. Whatever is spelt
// otherwise, or is no book, is left to another reader.

/** Vectors of constants: loaded once a call they stay in registers. */
const CONSTANTS: usize = 0
/** The bytes 0 to 15. */
const LANE_NUMBERS: usize = 256
/** By byte: 0 for the digits 1 to 9, else 1. */
const NO_FIRST_DIGIT: usize = 512
/** The row for whatever is no number, and 28 for numbers by point and end, before they are spread. */
const SHAPES: usize = 1024
const SHAPE_BYTES: usize = 32
/** What was read: (price, quantity) pairs of doubles. */
const LEVELS: usize = 4096
const LEVELS_END: usize = LEVELS + 2 * 128 * 8
/** Beside it, as doubles: time, levels of the bids, levels of the asks. */
const HEAD: usize = LEVELS_END
/** Rows of 32 bytes: the name filled up with zeros, price decimals, quantity decimals. */
const ASSETS: usize = 8192
const ASSETS_MAXIMUM: usize = 512
const ROW: usize = 32
const NAME_BYTES: i32 = 15
/** The frame. More bytes behind it may be looked at: levels end long before the tables. */
const INPUT: usize = 40960
const INPUT_LENGTH: usize = 32640
/**
 * By decimals of the unit, and by which of ten bytes are no digits, a row: 16 bytes from where the lanes
 * come, the factor to the unit, the length, and the length (less BRACE_SPARE for a quantity) + 256 x digits
 * that the unit has no room for. Spread when an asset has these decimals.
 */
const PRICE_ROWS: usize = 131072
const QUANTITY_ROWS: usize = 458752
const ROWS: usize = 32768
const ROWS_COUNT: i32 = 1024
const BITS: i32 = ROWS_COUNT - 1

/** A closing brace is looked for from here on: the count of a shortest level stands here. */
const BRACE_FROM: usize = 27
/** Bytes of the two shortest numbers. */
const BRACE_SPARE: i32 = 6
const LANES: i32 = 16
/** Longest number, its point included: eight digits stay below 2^53 in any unit. */
const NUMBER_BYTES: i32 = 9
const COUNT_DIGITS: i32 = 15
const MAXIMUM_DECIMALS: u32 = 8
/** Greatest price in quanta. */
const MAXIMUM_PRICE: f64 = 2147483647
const NO_LANE: u8 = 0x80
/** Of two digits in a lane, the first in its low byte, the high byte becomes 10 x first + second. */
const PAIR_FACTOR: i16 = 0x0a01

// The texts between the numbers, as little-endian words.
const FIRST_KEY: u64 = 0x223a227870227b5b // [{"px":"
const NEXT_KEY: u64 = 0x223a227870227b2c // ,{"px":"
/** A point and what stands behind the number. */
const PRICE_TEXT: u64 = 0x3a227a73222c222e // .","sz":
/** The same, and then the quote before the number. */
const QUANTITY_TEXT: u64 = 0x223a226e222c222e // .","n":"
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
  return INPUT_LENGTH
}

/** To be called once, before anything else. */
export function prepare(): void {
  for (let i = 0; i < LANES; i++) store<u8>(LANE_NUMBERS + <usize>i, <u8>i)
  for (let i = 0; i < 256; i++) store<u8>(NO_FIRST_DIGIT + <usize>i, i > 0x30 && i < 0x3a ? 0 : 1)
  v128.store(CONSTANTS, i8x16.splat(0x7d))
  v128.store(CONSTANTS, i8x16.splat(0x30), 16)
  v128.store(CONSTANTS, i8x16.splat(10), 32)
  v128.store(CONSTANTS, i16x8.splat(PAIR_FACTOR), 48)
  v128.store(CONSTANTS, i32x4.splat(0x00010064), 64)
  v128.store(CONSTANTS, i32x4.splat(0x00012710), 80)
  const texts = i64x2.replace_lane(i64x2.splat(PRICE_TEXT), 1, QUANTITY_TEXT)
  v128.store(CONSTANTS, i8x16.sub(texts, i8x16.splat(0x30)), 96)
}

/** The rows for a unit of so many decimals; `first` is the lane where its numbers begin. */
function prepareRows(rows: usize, decimals: i32, first: i32): void {
  prepareShape(SHAPES, 0, 3, decimals, first)
  for (let end = 3; end <= NUMBER_BYTES; end++) {
    for (let point = 1; point < end - 1; point++) {
      prepareShape(SHAPES + shapeOf(point, end) * SHAPE_BYTES, point, end, decimals, first)
    }
  }
  for (let others = 0; others < ROWS_COUNT; others++) {
    const shape = SHAPES + shapeOf(ctz(others), ctz(others & (others - 1))) * SHAPE_BYTES
    const row = rows + <usize>others * SHAPE_BYTES
    v128.store(row, v128.load(shape))
    v128.store(row, v128.load(shape, 16), 16)
  }
}

/** 1 to 28 for numbers with digits on both sides of the point, 0 for all else. */
function shapeOf(point: i32, end: i32): usize {
  if (point < 1 || end < point + 2 || end > NUMBER_BYTES) return 0
  return <usize>((((end - 3) * (end - 2)) >> 1) + point)
}

/** A row for numbers of `end` bytes with a point; 0: for none at all. */
function prepareShape(row: usize, point: i32, end: i32, decimals: i32, first: i32): void {
  const isNone = point === 0
  const kept = min(decimals, end - point - 1)
  const rest = isNone ? 0 : end - point - 1 - kept
  let factor = 1.0
  for (let i = kept; i < decimals; i++) factor *= 10
  for (let lane = 0; lane < 8; lane++) {
    const digit = lane - 8 + point + kept
    const from = first + (digit < point ? digit : digit + 1)
    store<u8>(row + <usize>lane, isNone || digit < 0 ? NO_LANE : <u8>from)
    // The point, the text behind the number, and for a quantity the quote before it.
    const text = lane === 0 ? point + first : lane === 7 && first === 1 ? 0 : end + first + lane - 1
    store<u8>(row + <usize>lane, isNone ? NO_LANE : <u8>text, 8)
  }
  store<f64>(row, factor, 16)
  store<i32>(row, end, 24)
  store<i32>(row, end - first * BRACE_SPARE + 256 * rest, 28)
}

let assetCount: i32 = 0
let found: i32 = 0

/** How many of the rows hold an asset; makes the tables for their units. */
export function useAssets(count: i32): void {
  assetCount = count
  found = 0
  let prices = 0
  let quantities = 0
  for (let i = 0; i < count; i++) {
    const row = ASSETS + <usize>i * ROW
    prices |= 1 << min(load<u32>(row, 16), 31)
    quantities |= 1 << min(load<u32>(row, 20), 31)
  }
  for (let decimals = 0; decimals <= <i32>MAXIMUM_DECIMALS; decimals++) {
    const rows = <usize>decimals * ROWS
    if ((prices >> decimals) & 1) prepareRows(PRICE_ROWS + rows, decimals, 0)
    if ((quantities >> decimals) & 1) prepareRows(QUANTITY_ROWS + rows, decimals, 1)
  }
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
  const priceDecimals = load<u32>(row, 16)
  const quantityDecimals = load<u32>(row, 20)
  if (max(priceDecimals, quantityDecimals) > MAXIMUM_DECIMALS) return -1
  const priceRows = PRICE_ROWS + <usize>priceDecimals * ROWS
  const quantityRows = QUANTITY_ROWS + <usize>quantityDecimals * ROWS
  const bidsEnd = side(timeEnd + 12, LEVELS, -1, priceRows, quantityRows)
  if (bidsEnd === 0 || load<u32>(bidsEnd) !== SIDES) return -1
  const asksAt = levelsEnd
  const end = side(bidsEnd + 3, asksAt, 1, priceRows, quantityRows)
  if (end === 0 || load<u32>(end) !== END || end + 4 !== INPUT + <usize>length) return -1
  store<f64>(HEAD, time)
  store<f64>(HEAD, <f64>((asksAt - LEVELS) >> 4), 8)
  store<f64>(HEAD, <f64>((levelsEnd - asksAt) >> 4), 16)
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
  const pairs = i16x8.shr_u(i16x8.mul(digits, i16x8.splat(PAIR_FACTOR)), 8)
  const fours = i32x4.dot_i16x8_s(pairs, i32x4.splat(0x00010064))
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), i32x4.splat(0x00012710))
  return <f64>i32x4.extract_lane(eights, 0) * 1e8 + <f64>i32x4.extract_lane(eights, 1)
}

/** Where the levels of the last side end in LEVELS. */
let levelsEnd: usize = LEVELS

/**
 * Levels from `from` on, written to `to`; prices fall in direction -1 and rise in direction 1. Returns the
 * position behind them, or 0 when any is spelt otherwise, out of order or range, has numbers of more than
 * eight digits or there is no room: what was written is then void. It may look beyond the end of the frame:
 * the position tells.
 */
function side(
  from: usize,
  to: usize,
  direction: f64,
  priceRows: usize,
  quantityRows: usize,
): usize {
  if (load<u64>(from - 1) !== FIRST_KEY) return 0
  const braces = v128.load(CONSTANTS)
  const zeros = v128.load(CONSTANTS, 16)
  const tens = v128.load(CONSTANTS, 32)
  const pairFactors = v128.load(CONSTANTS, 48)
  const hundreds = v128.load(CONSTANTS, 64)
  const thousands = v128.load(CONSTANTS, 80)
  const texts = v128.load(CONSTANTS, 96)
  const signs = f64x2.splat(direction)
  let at = from
  let out = to
  let otherTexts = i8x16.splat(0)
  let otherCounts = 0
  let smallest = f64x2.splat(Infinity)
  let last = f64x2.splat(-Infinity)
  let isOrdered = i64x2.splat(-1)
  do {
    if (out === LEVELS_END) return 0
    const window = v128.load(at, BRACE_FROM)
    let close = i8x16.bitmask(i8x16.eq(window, braces))
    let others = i8x16.bitmask(i8x16.ge_u(i8x16.sub(window, zeros), tens))
    if (close === 0) {
      const more = v128.load(at, BRACE_FROM + <usize>LANES)
      close = i8x16.bitmask(i8x16.eq(more, braces)) << LANES
      if (close === 0) return 0
      others |= i8x16.bitmask(i8x16.ge_u(i8x16.sub(more, zeros), tens)) << LANES
    }
    const price = i8x16.sub(v128.load(at, 7), zeros)
    const priceOthers = i8x16.bitmask(i8x16.ge_u(price, tens)) & BITS
    const priceRow = priceRows + ((<usize>priceOthers) << 5)
    const quantityAt = at + load<u32>(priceRow, 24)
    const quantity = i8x16.sub(v128.load(quantityAt, 14), zeros)
    const quantityOthers = i8x16.bitmask(i8x16.ge_u(quantity, tens)) & (BITS << 1)
    const quantityRow = quantityRows + ((<usize>quantityOthers) << 4)
    // Where the count stands in the window.
    let count = load<i32>(priceRow, 28) + load<i32>(quantityRow, 28)
    if (count > 255) {
      if (hasRest(at + 7, priceRow) || hasRest(quantityAt + 15, quantityRow)) return 0
      count &= 255
    }
    // The last byte before the brace that is no digit stands before the count, whose first is not 0.
    otherCounts |=
      ((32 - clz(others & ((close & -close) - 1))) ^ count) |
      <i32>load<u8>(<usize>load<u8>(at + <usize>count, BRACE_FROM), NO_FIRST_DIGIT)
    const brace = ctz(close)
    if (brace - count > COUNT_DIGITS) return 0
    const priceLanes = i8x16.swizzle(price, v128.load(priceRow))
    const quantityLanes = i8x16.swizzle(quantity, v128.load(quantityRow))
    const behind = i64x2.shuffle(priceLanes, quantityLanes, 1, 3)
    otherTexts = v128.or(otherTexts, v128.xor(behind, texts))
    const digits = i64x2.shuffle(priceLanes, quantityLanes, 0, 2)
    const pairs = i16x8.shr_u(i16x8.mul(digits, pairFactors), 8)
    const fours = i32x4.dot_i16x8_s(pairs, hundreds)
    const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), thousands)
    const factors = v128.load64_lane(quantityRow + 16, v128.load64_splat(priceRow + 16), 1)
    const level = f64x2.mul(f64x2.convert_low_i32x4_s(eights), factors)
    smallest = f64x2.pmin(level, smallest)
    const ordered = f64x2.mul(level, signs)
    isOrdered = v128.and(isOrdered, f64x2.lt(last, ordered))
    last = ordered
    v128.store(out, level)
    out += 16
    at += BRACE_FROM + 2 + <usize>brace
  } while (load<u64>(at - 1) === NEXT_KEY)
  levelsEnd = out
  if (v128.any_true(otherTexts) || otherCounts !== 0) return 0
  if (i64x2.extract_lane(isOrdered, 0) === 0) return 0
  if (f64x2.extract_lane(smallest, 0) < 1 || f64x2.extract_lane(smallest, 1) < 1) return 0
  // In order: no price lies beyond those at the ends.
  if (max(load<f64>(to), load<f64>(out - 16)) > MAXIMUM_PRICE) return 0
  return at - 1
}

/** True when the digits of a number that its unit has no room for are not all zeros. */
function hasRest(number: usize, row: usize): bool {
  const rest = (load<i32>(row, 28) + BRACE_SPARE) >> 8
  if (rest === 0) return false
  const last = load<u64>(number + load<u32>(row, 24) - 8) ^ 0x3030303030303030
  return last >> (64 - 8 * rest) !== 0
}
