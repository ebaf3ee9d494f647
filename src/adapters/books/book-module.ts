import { Buffer } from 'node:buffer'
import {
  BAR_ROW,
  type BookKernel,
  type LevelsOptions,
  type MarketBatch,
  RECORD_BYTES,
  STREAMS,
  WATCH,
} from '../../core/mod.ts'
import { wasm } from './books-wasm.ts'

/** As much of it as is needed here: its types come with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** What the module exports (kernels/books.ts); places are bytes from the start of its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  booksMaximum(): number
  recordsMaximum(): number
  runRecordsMaximum(): number
  poolLevelsMaximum(): number
  modesAt(): number
  laddersAt(): number
  watchesAt(): number
  streamTimesAt(): number
  bookTimesAt(): number
  barsAt(): number
  tradesAt(): number
  halfMidsAt(): number
  blockAt(): number
  poolAt(): number
  headsAt(): number
  bitsAt(): number
  quantitiesAt(): number
  prepare(count: number, levels: number, capacity: number): number
  takeVenue(from: number, to: number, until: number): number
  tradesCount(): number
  takeEngine(
    from: number,
    to: number,
    since: number,
    until: number,
    takesMids: number,
    skipsTrades: number,
    slot: number,
  ): number
  replaceBook(index: number, bidCount: number, askCount: number): number
}

/** Of a ladder: keys in reach, bytes of its head. */
const REACH = 4096
const HEAD_BYTES = 32

let compiled: object | null = null

/**
 * Takes runs of records by a compiled loop, in a memory of its own; null for more books than it has
 * room for. Its module is compiled once.
 */
export function makeBookKernel(count: number, options: LevelsOptions): BookKernel | null {
  compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'))
  let kernel: CompiledBooks | null = null
  const pull = (index: number, length: number): number =>
    kernel?.pull(index, length) === true ? 1 : 0
  const instance = new WebAssembly.Instance(compiled, { books: { pull } })
  const module = instance.exports as Exports
  if (count > module.booksMaximum()) return null
  if (module.prepare(count, options.levels, options.capacity) === 0) return null
  kernel = new CompiledBooks(module, count)
  return kernel
}

class CompiledBooks implements BookKernel {
  readonly ladders
  readonly rows
  readonly modes
  readonly watches
  readonly streamTimes
  readonly bookTimes
  readonly bars
  readonly halfMids
  readonly #module: Exports
  readonly #block: Uint8Array
  readonly #pool: Float64Array
  readonly #trades: Int32Array
  readonly #recordsMaximum: number
  /** Records [from, to) of a batch lie in the block. */
  #batch: MarketBatch | null = null
  #from = 0
  #to = 0
  #tradesCount = 0

  constructor(module: Exports, count: number) {
    const { buffer } = module.memory
    const rows = 2 * count
    const records = module.recordsMaximum()
    this.#module = module
    this.ladders = {
      heads: new Int32Array(buffer, module.headsAt(), (rows * HEAD_BYTES) / 4),
      sums: new Float64Array(buffer, module.headsAt(), (rows * HEAD_BYTES) / 8),
      quantities: new Float64Array(buffer, module.quantitiesAt(), rows * REACH),
      bits: new Int32Array(buffer, module.bitsAt(), (rows * REACH) / 32),
    }
    this.rows = new Int32Array(buffer, module.laddersAt(), rows)
    this.modes = new Uint8Array(buffer, module.modesAt(), count)
    this.watches = new Int32Array(buffer, module.watchesAt(), WATCH * count)
    this.streamTimes = new Float64Array(buffer, module.streamTimesAt(), STREAMS * count)
    this.bookTimes = new Float64Array(buffer, module.bookTimesAt(), count)
    this.bars = new Float64Array(buffer, module.barsAt(), BAR_ROW * count)
    this.halfMids = new Float64Array(buffer, module.halfMidsAt(), module.runRecordsMaximum())
    this.#block = new Uint8Array(buffer, module.blockAt(), records * RECORD_BYTES)
    this.#pool = new Float64Array(buffer, module.poolAt(), 2 * module.poolLevelsMaximum())
    this.#trades = new Int32Array(buffer, module.tradesAt(), records)
    this.#recordsMaximum = records
  }

  takeVenue(batch: MarketBatch, from: number, to: number, until: number): number {
    this.#load(batch, from)
    const block = this.#from
    const end = Math.min(to, this.#to) - block
    const left = block + this.#module.takeVenue(from - block, end, until)
    this.#tradesCount = this.#module.tradesCount()
    return left
  }

  tradeAt(i: number): number {
    return i < this.#tradesCount ? this.#from + this.#trades[i]! : -1
  }

  takeEngine(batch: MarketBatch, run: Parameters<BookKernel['takeEngine']>[1]): number {
    const { from } = run
    this.#load(batch, from)
    const block = this.#from
    const left = this.#module.takeEngine(
      from - block,
      Math.min(run.to, this.#to) - block,
      run.since,
      run.until,
      run.takesMids ? 1 : 0,
      run.skipsTrades ? 1 : 0,
      run.slot,
    )
    return block + left
  }

  replaceBook(
    index: number,
    pool: Float64Array,
    at: number,
    bidCount: number,
    askCount: number,
  ): boolean {
    const isHere = this.#copy(pool, at, 2 * (bidCount + askCount))
    return isHere && this.#module.replaceBook(index, bidCount, askCount) !== 0
  }

  /** Brings numbers of the batch's pool into the module's; false when they are too many. */
  pull(index: number, length: number): boolean {
    const { pool } = this.#batch!
    return index + length <= pool.length && this.#copy(pool, index, length)
  }

  #copy(pool: Float64Array, at: number, length: number): boolean {
    const own = this.#pool
    if (!(length <= own.length)) return false
    for (let i = 0; i < length; i++) own[i] = pool[at + i]!
    return true
  }

  /** Brings record `index` and those behind it into the block. */
  #load(batch: MarketBatch, index: number): void {
    if (batch === this.#batch && index >= this.#from && index < this.#to) return
    this.#batch = batch
    this.#from = index
    this.#to = Math.min(index + this.#recordsMaximum, batch.count)
    this.#block.set(batch.u8.subarray(index * RECORD_BYTES, this.#to * RECORD_BYTES))
  }
}
