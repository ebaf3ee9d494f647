/** Four bytes as the integer that a little-endian view reads. */
const word = (text: string): number =>
  new DataView(new TextEncoder().encode(text).buffer).getInt32(0, true)

const PRICE_HEAD = word('{"px')
const PRICE_TAIL = word('x":"')
const SIZE_HEAD = word('","s')
const SIZE_TAIL = word('z":"')
const COUNT_HEAD = word('","n')
const COUNT_TAIL = word('"n":')
/** The comma after a level, and its closing brace, as the two bytes of a word. */
const NEXT = 0x2c7d
const COMMA = 0x2c
const POINT = 0x2e
const CLOSE = 0x7d
/** At least so many bytes are left where a level, its size and its count begin; no more are read. */
const LEVEL_BYTES = 30
const SIZE_BYTES = 12
const COUNT_BYTES = 5
/** So many decimals keep eight digits exact in between. */
const MAXIMUM_DECIMALS = 9

const powers = Float64Array.from({ length: 16 }, (_, i) => 10 ** i)

/** In each byte of a word: '0', what lifts 10 past 15, the bits no digit has, the bit they all have. */
const ZEROS = 0x30303030
const SIXES = 0x06060606
const HIGHS = 0xf0f0f0f0 | 0
const MARKS = 0x10101010

/** Bytes of the longest number that is read as words. */
const WORDS_BYTES = 8
/**
 * Where the point and the end of such a number are, length << 3 | point, by which of its first nine
 * bytes lack the digits' mark; 0 for whatever is not digits, a point and digits.
 */
const layouts = new Uint8Array(512)
/** By layout, four words: the bytes before the point, and those behind it moved onto it. */
const masks = new Int32Array(1024)
for (let length = 3; length <= WORDS_BYTES; length++) {
  for (let point = 1; point < length - 1; point++) {
    const layout = (length << 3) | point
    const marks = (1 << point) | (1 << length)
    for (let rest = 0; rest < 512; rest += 2 << length) layouts[marks | rest] = layout
    const bytes = new Uint8Array(16).fill(255, 0, point).fill(255, 8 + point, 8 + length - 1)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < 4; i++) masks[(layout << 2) + i] = view.getInt32(4 * i, true)
  }
}

/** A side of a book as it is read; reused by its reader, since it is needed for every side. */
export interface SideInput {
  /** Of the buffer that holds the frame. */
  view: DataView
  /** Where in the buffer to read next, and where the frame ends. */
  at: number
  end: number
  priceDecimals: number
  quantityDecimals: number
  /** Levels read so far. */
  count: number
}

// Constants, not declarations: the compiled loop then need not look whether they were replaced.

/** Layout of the number that nine bytes begin with. */
const layoutOf = (first: number, second: number, ninth: number): number => {
  const marks = ((~first & MARKS) >>> 4) | (~second & MARKS)
  // The multiplication moves the marks of eight bytes side by side, in their order.
  return layouts[(Math.imul(marks, 0x01020408) >>> 24) | ((~ninth & 0x10) << 4)]! | 0
}

/** The number of four digits, each in a byte. */
const fourDigits = (digits: number): number => {
  const pairs = (Math.imul(digits, 10 * 256 + 1) >>> 8) & 0x00ff00ff
  return Math.imul(pairs, 100 * 65536 + 1) >>> 16
}

/** The digits of a number without its point, filled up with zeros to eight; -1 for other bytes. */
const digitsOf = (first: number, second: number, layout: number): number => {
  const a = first ^ ZEROS
  const b = second ^ ZEROS
  const mask = layout << 2
  const high = (a & masks[mask]!) | (((a >>> 8) | (b << 24)) & masks[mask + 2]!)
  const low = (b & masks[mask + 1]!) | ((b >>> 8) & masks[mask + 3]!)
  if ((((high + SIXES) | high | (low + SIXES) | low) & HIGHS) !== 0) return -1
  return (Math.imul(fourDigits(high), 10_000) + fourDigits(low)) | 0
}

/** True for a number that was none, and where digits follow its decimals that are not zeros. */
const isNone = (value: number, isLong: boolean): boolean =>
  value < 0 || (isLong && value !== Math.floor(value))

/**
 * Reads levels spelt the usual way, `{"px":"1.5","sz":"20.0","n":3},...`, and appends them to
 * `levels` as (quanta, lots). True behind a level that no comma follows; false at one left to a
 * slower reader: it is spelt otherwise, has long numbers or none, or there is no room for it.
 *
 * Nearly all the time of market data is spent here, and most of that went to branches mispredicted
 * on how long numbers are: this is one loop that reads words, without a branch on any length. Only
 * prices are expected to have their point and their end where the price before had them.
 */
export function usualLevels(input: SideInput, levels: Float64Array): boolean {
  const { view } = input
  const end = input.end | 0
  const priceDecimals = input.priceDecimals | 0
  const quantityDecimals = input.quantityDecimals | 0
  if (priceDecimals > MAXIMUM_DECIMALS || quantityDecimals > MAXIMUM_DECIMALS) return false
  const priceUnit = powers[priceDecimals]!
  const quantityUnit = powers[quantityDecimals]!
  const room = (levels.length - 1) | 0
  let slot = (2 * input.count) | 0
  let from = input.at | 0
  let layout = 0
  for (; slot < room; slot = (slot + 2) | 0) {
    let i = from
    if (((i + LEVEL_BYTES) | 0) > end || view.getInt32(i, true) !== PRICE_HEAD) break
    if (view.getInt32((i + 3) | 0, true) !== PRICE_TAIL) break
    i = (i + 7) | 0
    let first = view.getInt32(i, true)
    let second = view.getInt32((i + 4) | 0, true)
    let next = (i + (layout >> 3)) | 0
    let point = layout & 7
    if (view.getInt32(next, true) !== SIZE_HEAD || view.getUint8((i + point) | 0) !== POINT) {
      layout = layoutOf(first, second, view.getUint8((i + 8) | 0))
      next = (i + (layout >> 3)) | 0
      point = layout & 7
      if (view.getInt32(next, true) !== SIZE_HEAD) break
      if (view.getUint8((i + point) | 0) !== POINT) break
    }
    const price = (digitsOf(first, second, layout) * priceUnit) / powers[8 - point]!
    if (isNone(price, (((layout >> 3) - point) | 0) > ((priceDecimals + 1) | 0))) break
    levels[slot] = price
    i = (next + 8) | 0
    if (((i + SIZE_BYTES) | 0) > end || view.getInt32((i - 4) | 0, true) !== SIZE_TAIL) break
    first = view.getInt32(i, true)
    second = view.getInt32((i + 4) | 0, true)
    const shape = layoutOf(first, second, view.getUint8((i + 8) | 0))
    point = shape & 7
    if (view.getUint8((i + point) | 0) !== POINT) break
    i = (i + (shape >> 3) + 6) | 0
    const quantity = (digitsOf(first, second, shape) * quantityUnit) / powers[8 - point]!
    if (isNone(quantity, (((shape >> 3) - point) | 0) > ((quantityDecimals + 1) | 0))) break
    levels[(slot + 1) | 0] = quantity
    if (((i + COUNT_BYTES) | 0) > end || view.getInt32((i - 6) | 0, true) !== COUNT_HEAD) break
    if (view.getInt32((i - 4) | 0, true) !== COUNT_TAIL) break
    const count = view.getInt32(i, true)
    // Of digits, comma and closing brace only the brace has this bit.
    const braces = count & 0x40404040
    const brace = braces & -braces
    const digits = (count ^ ZEROS) & ((brace >>> 6) - 1)
    if ((((digits + SIXES) | digits) & HIGHS) !== 0 || (digits & 0xff) === 0) break
    const bits = (31 - Math.clz32(brace)) & 24
    i = (i + (bits >> 3)) | 0
    if (((count >>> bits) & 0xffff) !== NEXT) {
      if (view.getUint8(i) !== CLOSE) break
      if (view.getUint8((i + 1) | 0) !== COMMA) {
        input.count = (slot + 2) >> 1
        input.at = (i + 1) | 0
        return true
      }
    }
    from = (i + 2) | 0
  }
  input.count = slot >> 1
  input.at = from
  return false
}
