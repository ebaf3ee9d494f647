import { BookKernel } from './book-kernel.ts'
import { LevelScanner } from './level-scanner.ts'
import { type MarketFrame, TRADE_CAPACITY } from './market-frame.ts'
import type { Asset, Universe } from './universe.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const ZERO = 0x30
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN = 0x7b
const CLOSE = 0x7d

/** A text to be found in a frame: its words of four bytes, the last of them its last four bytes. */
interface Text {
  readonly length: number
  readonly words: Int32Array
}

function ascii(text: string): Text {
  const { length } = text
  const view = new DataView(new TextEncoder().encode(text).buffer)
  const words = Int32Array.from({ length: Math.ceil(length / 4) }, (_, i) =>
    view.getInt32(Math.min(4 * i, length - 4), true),
  )
  return { length, words }
}

const channelBook = ascii('{"channel":"l2Book","data":{')
const channelBest = ascii('{"channel":"bbo","data":{')
const channelTrades = ascii('{"channel":"trades","data":[')
const keyCoin = ascii('coin":"')
const keyTime = ascii('time":')
const keyLevels = ascii('levels":[')
const keyBbo = ascii('bbo":[')
const keyFast = ascii('fast":true')
const keyPx = ascii('px":"')
const keySz = ascii('sz":"')
const keySide = ascii('side":"')
const keyHash = ascii('hash":"')
const keyTid = ascii('tid":')
const keyUsers = ascii('users":["')
const textNull = ascii('null')

/**
 * Reads l2Book, bbo and trades frames straight from their bytes, without garbage.
 *
 * It takes exactly the shapes the venue sends (any order of the known keys, no white space, no
 * escapes, no key twice) and gives up on everything else, so that what it accepts reads the same
 * through JSON.parse (frame-scanner.fuzz.test.ts). On failure the frame's content is undefined.
 */
export class FrameScanner {
  readonly #assets: readonly Asset[]
  #bytes: Uint8Array = new Uint8Array(0)
  /** Of the buffer in which the bytes begin at `start`. */
  #view: DataView = new DataView(new ArrayBuffer(0))
  #start = 0
  #at = 0
  /** Result of the last integer. */
  #value = 0
  /** Index of the asset found last. */
  #found = -1
  readonly #reader = new LevelScanner()
  /** For nearly all frames: books as the venue spells them. */
  readonly #kernel: BookKernel

  constructor(universe: Universe) {
    this.#assets = universe.assets
    this.#kernel = new BookKernel(universe.assets)
  }

  /** True when the frame was read whole into `frame`; false leaves it to the parser. */
  scan(bytes: Uint8Array, frame: MarketFrame): boolean {
    if (this.#kernel.read(bytes, frame)) return true
    frame.reset()
    this.#bytes = bytes
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer)
    this.#start = bytes.byteOffset
    this.#at = 0
    // Digits then end before the bytes do, without a look at their length at each.
    if (bytes[bytes.length - 1] !== CLOSE) return false
    if (this.#take(channelBook)) return this.#book(frame, keyLevels, false)
    if (this.#take(channelBest)) return this.#book(frame, keyBbo, true)
    if (this.#take(channelTrades)) return this.#trades(frame)
    return false
  }

  #book(frame: MarketFrame, keySides: Text, isBest: boolean): boolean {
    let seen = 0
    let asset: Asset | null = null
    let sidesAt = -1
    let sidesEnd = -1
    for (;;) {
      if (!this.#byte(QUOTE)) return false
      if (this.#take(keyCoin)) {
        if ((seen & 1) !== 0) return false
        seen |= 1
        const from = this.#at
        if (!this.#string()) return false
        asset = this.#assetNamed(from, this.#at - 1)
        if (asset === null) return false
      } else if (this.#take(keyTime)) {
        if ((seen & 2) !== 0 || !this.#integer()) return false
        seen |= 2
        frame.time = this.#value
      } else if (this.#take(keySides)) {
        if ((seen & 4) !== 0) return false
        seen |= 4
        if (asset === null) {
          // The decimals depend on the coin, still to come: skip now, read then.
          sidesAt = this.#at
          if (!this.#skipList()) return false
          sidesEnd = this.#at
        } else if (!this.#sides(frame, asset, isBest)) return false
      } else if (this.#take(keyFast)) {
        if ((seen & 8) !== 0) return false
        seen |= 8
      } else return false
      const byte = this.#bytes[this.#at++]
      if (byte === COMMA) continue
      if (byte !== CLOSE) return false
      break
    }
    if ((seen & 7) !== 7 || !this.#byte(CLOSE) || this.#at !== this.#bytes.length) return false
    if (asset === null) return false
    if (sidesAt >= 0) {
      this.#at = sidesAt
      if (!this.#sides(frame, asset, isBest) || this.#at !== sidesEnd) return false
    }
    frame.instrument = asset.instrument.id
    frame.kind = 'book'
    return true
  }

  #sides(frame: MarketFrame, asset: Asset, isBest: boolean): boolean {
    return isBest ? this.#best(frame, asset) : this.#levels(frame, asset)
  }

  /** Moves past the end of a list whose opening bracket was taken. */
  #skipList(): boolean {
    const bytes = this.#bytes
    const end = bytes.length
    let depth = 1
    for (let i = this.#at; i < end; i++) {
      const byte = bytes[i]!
      if (byte === OPEN_LIST) depth++
      else if (byte === CLOSE_LIST && --depth === 0) {
        this.#at = i + 1
        return true
      }
    }
    return false
  }

  #levels(frame: MarketFrame, asset: Asset): boolean {
    const { priceDecimals, quantityDecimals } = asset.instrument
    const bytes = this.#bytes
    const reader = this.#reader
    if (!this.#byte(OPEN_LIST)) return false
    const { levels } = frame
    const bids = reader.side(bytes, this.#at, levels, 0, priceDecimals, quantityDecimals)
    const at = reader.at
    if (bids < 0 || bytes[at] !== COMMA || bytes[at + 1] !== OPEN_LIST) return false
    const asks = reader.side(bytes, at + 2, levels, bids, priceDecimals, quantityDecimals)
    frame.bidCount = bids
    frame.askCount = asks
    this.#at = reader.at
    return asks >= 0 && this.#byte(CLOSE_LIST)
  }

  #best(frame: MarketFrame, asset: Asset): boolean {
    frame.bidCount = this.#bestLevel(frame, 0, asset)
    if (frame.bidCount < 0 || !this.#byte(COMMA)) return false
    frame.askCount = this.#bestLevel(frame, 2 * frame.bidCount, asset)
    return frame.askCount >= 0 && this.#byte(CLOSE_LIST)
  }

  /** 1 for a level, 0 for null, -1 for anything else. */
  #bestLevel({ levels }: MarketFrame, slot: number, asset: Asset): number {
    if (this.#take(textNull)) return 0
    const { priceDecimals, quantityDecimals } = asset.instrument
    const reader = this.#reader
    const at = reader.level(this.#bytes, this.#at, levels, slot, priceDecimals, quantityDecimals)
    if (at < 0) return -1
    this.#at = at
    return 1
  }

  #trades(frame: MarketFrame): boolean {
    if (!this.#byte(CLOSE_LIST)) {
      for (;;) {
        if (frame.tradeCount === TRADE_CAPACITY || !this.#trade(frame)) return false
        const byte = this.#bytes[this.#at++]
        if (byte === CLOSE_LIST) break
        if (byte !== COMMA) return false
      }
    }
    frame.kind = 'trades'
    return this.#byte(CLOSE) && this.#at === this.#bytes.length
  }

  #trade(frame: MarketFrame): boolean {
    const index = frame.tradeCount
    if (!this.#byte(OPEN)) return false
    let seen = 0
    let coinFrom = 0
    let coinTo = 0
    let priceAt = 0
    let quantityAt = 0
    for (;;) {
      if (!this.#byte(QUOTE)) return false
      let bit = 0
      if (this.#take(keyCoin)) {
        bit = 1
        coinFrom = this.#at
        if (!this.#string()) return false
        coinTo = this.#at - 1
      } else if (this.#take(keyPx)) {
        bit = 2
        priceAt = this.#at
        if (!this.#string()) return false
      } else if (this.#take(keySz)) {
        bit = 4
        quantityAt = this.#at
        if (!this.#string()) return false
      } else if (this.#take(keyTime)) {
        bit = 8
        if (!this.#integer()) return false
        frame.tradeTimes[index] = this.#value
      } else if (this.#take(keyTid)) {
        bit = 16
        if (!this.#integer()) return false
        frame.tradeIds[index] = this.#value
      } else if (this.#take(keySide)) {
        bit = 32
        const byte = this.#bytes[this.#at++]
        if (byte !== 0x41 && byte !== 0x42) return false
        frame.tradeSides[index] = byte === 0x42 ? 0 : 1
        if (!this.#byte(QUOTE)) return false
      } else if (this.#take(keyHash)) {
        bit = 64
        if (!this.#string()) return false
      } else if (this.#take(keyUsers)) {
        bit = 128
        if (!this.#string() || !this.#byte(COMMA) || !this.#byte(QUOTE)) return false
        if (!this.#string() || !this.#byte(CLOSE_LIST)) return false
      }
      if (bit === 0 || (seen & bit) !== 0) return false
      seen |= bit
      const byte = this.#bytes[this.#at++]
      if (byte === COMMA) continue
      if (byte !== CLOSE || (seen & 63) !== 63) return false
      break
    }
    const end = this.#at
    const asset = this.#assetNamed(coinFrom, coinTo)
    if (asset === null) return false
    this.#at = priceAt
    if (!this.#decimal(asset.instrument.priceDecimals, frame.tradePrices, index)) return false
    this.#at = quantityAt
    if (!this.#decimal(asset.instrument.quantityDecimals, frame.tradeQuantities, index))
      return false
    frame.tradeInstruments[index] = asset.instrument.id
    frame.tradeCount = index + 1
    this.#at = end
    return true
  }

  /** The venue goes through the coins in one order: the search begins behind the last one found. */
  #assetNamed(from: number, to: number): Asset | null {
    const assets = this.#assets
    const count = assets.length
    for (let i = 1; i <= count; i++) {
      const index = (this.#found + i) % count
      if (!this.#isNamed(assets[index]!.coin, from, to)) continue
      this.#found = index
      return assets[index]!
    }
    return null
  }

  #isNamed(coin: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#bytes
    const length = to - from
    if (coin.length !== length) return false
    // Names differ in their last letters most often.
    for (let j = length - 1; j >= 0; j--) if (coin[j] !== bytes[from + j]) return false
    return true
  }

  /** Takes the byte when it is next. */
  #byte(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false
    this.#at++
    return true
  }

  /** Takes the text when it is next. */
  #take({ length, words }: Text): boolean {
    const end = this.#at + length
    if (end > this.#bytes.length) return false
    const view = this.#view
    const at = (this.#start + this.#at) | 0
    const last = (length - 4) | 0
    for (let i = 0; i < words.length; i++) {
      const offset = (i << 2) | 0
      if (view.getInt32((at + (offset < last ? offset : last)) | 0, true) !== words[i]) return false
    }
    this.#at = end
    return true
  }

  /** Moves past the closing quote of a string of plain ASCII without escapes. */
  #string(): boolean {
    const bytes = this.#bytes
    const end = bytes.length
    for (let i = this.#at; i < end; i++) {
      const byte = bytes[i]!
      if (byte === QUOTE) {
        this.#at = i + 1
        return true
      }
      if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false
    }
    return false
  }

  /** A JSON integer without sign, at most 2^53 - 1, up to but not including what follows. */
  #integer(): boolean {
    const bytes = this.#bytes
    const from = this.#at
    // Nine digits stay below 2^31, where sums are quicker than in doubles. A brace ends the bytes.
    const middle = (from + 9) | 0
    let i = from
    let digit = (bytes[i]! - ZERO) | 0
    let value = 0
    while (digit >>> 0 < 10 && i < middle) {
      value = (Math.imul(value, 10) + digit) | 0
      i = (i + 1) | 0
      digit = (bytes[i]! - ZERO) | 0
    }
    while (digit >>> 0 < 10) {
      value = value * 10 + digit
      i++
      digit = (bytes[i]! - ZERO) | 0
    }
    const digits = i - from
    if (digits === 0 || digits > 16 || value > Number.MAX_SAFE_INTEGER) return false
    if (digits > 1 && bytes[from] === ZERO) return false
    // What could still continue the number: a point or an exponent belongs to the parser.
    const after = bytes[i]
    if (after !== COMMA && after !== CLOSE) return false
    this.#value = value
    this.#at = i
    return true
  }

  /** A decimal up to and including its closing quote, as a count of 10^-decimals. */
  #decimal(decimals: number, into: Float64Array, slot: number): boolean {
    const at = this.#reader.decimal(this.#bytes, this.#at, decimals, into, slot)
    if (at < 0) return false
    this.#at = at
    return true
  }
}

/** Channel name of a frame that begins as the venue's do, else null. */
export function channelOf(bytes: Uint8Array): string | null {
  if (bytes.length < 14 || bytes[0] !== OPEN || bytes[10] !== COLON || bytes[11] !== QUOTE) {
    return null
  }
  let name = ''
  for (let i = 12; i < bytes.length && i < 60; i++) {
    const byte = bytes[i]!
    if (byte === QUOTE) return name
    name += String.fromCharCode(byte)
  }
  return null
}
