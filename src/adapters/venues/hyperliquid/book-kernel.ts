import { Buffer } from 'node:buffer'
import { wasm } from './book-frame-wasm.ts'
import { LEVEL_CAPACITY, type MarketFrame } from './market-frame.ts'
import type { Asset } from './universe.ts'

/** As much of it as is needed here: its types come with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** What the module exports (kernels/book-frame.ts). */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  headAt(): number
  levelsAt(): number
  assetsAt(): number
  assetsMaximum(): number
  inputAt(): number
  inputLength(): number
  prepare(): void
  useAssets(count: number): void
  book(length: number): number
  side(
    from: number,
    end: number,
    before: number,
    direction: 1 | -1,
    priceDecimals: number,
    quantityDecimals: number,
  ): number
}

/** Bytes of an asset's row, and the longest name in it. */
const ROW = 32
const NAME_BYTES = 15
/** The first letter of the channel l2Book, and where it stands. */
const BOOK_LETTER = 0x6c
const BOOK_LETTER_AT = 12

let compiled: object | null = null

/**
 * Reads book frames by a compiled kernel: those spelt as the venue spells them, of an asset that is
 * loaded, with numbers of usual length and plausible. Every other frame is declined. Mutable state
 * is the kernel's memory; its module is compiled once.
 */
export class BookKernel {
  /** (price, quantity) pairs, the bids and then the asks, each best first. */
  readonly levels: Float64Array<ArrayBuffer>
  readonly #assets: readonly Asset[]
  readonly #kernel: Exports
  /** Time, ms, then how many levels the bids and the asks have. */
  readonly #head: Float64Array
  readonly #input: Uint8Array

  constructor(assets: readonly Asset[]) {
    compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    const kernel = new WebAssembly.Instance(compiled).exports as Exports
    const { buffer } = kernel.memory
    kernel.prepare()
    this.#kernel = kernel
    this.#head = new Float64Array(buffer, kernel.headAt(), 3)
    this.levels = new Float64Array(buffer, kernel.levelsAt(), 2 * LEVEL_CAPACITY)
    this.#input = new Uint8Array(buffer, kernel.inputAt(), kernel.inputLength())
    this.#assets = assets
      .filter(({ coin }) => coin.length <= NAME_BYTES)
      .slice(0, kernel.assetsMaximum())
    this.#assets.forEach(({ coin, instrument }, i) => {
      const at = kernel.assetsAt() + i * ROW
      new Uint8Array(buffer, at, coin.length).set(coin)
      const { priceDecimals, quantityDecimals } = instrument
      new Int32Array(buffer, at + 16, 2).set([priceDecimals, quantityDecimals])
    })
    kernel.useAssets(this.#assets.length)
  }

  /** True when the frame was read whole into `frame`, whose levels are then the kernel's. */
  read(bytes: Uint8Array, frame: MarketFrame): boolean {
    const { length } = bytes
    if (bytes[BOOK_LETTER_AT] !== BOOK_LETTER || length > this.#input.length) return false
    this.#input.set(bytes)
    const row = this.#kernel.book(length)
    if (row < 0) return false
    const head = this.#head
    frame.kind = 'book'
    frame.isPlausible = true
    frame.instrument = this.#assets[row]!.instrument.id
    frame.time = head[0]!
    frame.bidCount = head[1]!
    frame.askCount = head[2]!
    frame.levels = this.levels
    return true
  }
}
