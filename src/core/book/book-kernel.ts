import type { MarketBatch } from '../domain/market-record.ts'
import type { TimeUs } from '../domain/units.ts'
import type { LevelsOptions } from './levels.ts'

/** Streams whose newest venue time the venue keeps per instrument; the first is the book's. */
export const STREAMS = 5

/** Prices that orders watch by instrument: lowest and highest on the bid side, then on the ask side. */
export const WATCH = 4

/** Records that a run of the engine has at most. */
export const RUN_RECORDS = 4096

/** The arrays that ladders lie in: see ladder-table.ts. */
export interface LadderMemory {
  readonly heads: Int32Array
  /** The heads as doubles. */
  readonly sums: Float64Array
  readonly quantities: Float64Array
  readonly bits: Int32Array
}

/**
 * A compiled loop over runs of records, and the memory in which it and the objects of the core have
 * the books of one owner: the simulated venue or the engine. It takes what changes ladders, times
 * and bars alone, exactly as the objects would; everything else it leaves to them.
 */
export interface BookKernel {
  readonly ladders: LadderMemory
  /** Row of each side's ladder, as in {@link BookPlace}. */
  readonly rows: Int32Array
  /** By instrument, of the venue: what records are to it (matching-engine.ts). */
  readonly modes: Uint8Array
  /** {@link WATCH} by instrument, of the venue: which prices concern its orders, quanta. */
  readonly watches: Int32Array
  /** {@link STREAMS} by instrument, of the venue: newest venue time of each stream, us. */
  readonly streamTimes: Float64Array
  /** By instrument, of the engine: received time of the newest book record, us. */
  readonly bookTimes: Float64Array
  /** Of the engine: the bars under construction (bar-builder.ts). */
  readonly bars: Float64Array
  /** Of the engine: {@link RUN_RECORDS} half mids of its run, see {@link takeEngine}. */
  readonly halfMids: Float64Array

  /**
   * The venue's run: takes records [from, to) with a venue time before `until` and returns the
   * index of the first one left, which may be any from `from` on. Trades are only listed.
   */
  takeVenue(batch: MarketBatch, from: number, to: number, until: TimeUs): number
  /** Index of trade `i` of the last run in its batch, -1 when it had no more. */
  tradeAt(i: number): number

  /**
   * The engine's run: takes records received before `until` and not before `since` that end no bar
   * and returns the index of the first one left. The half mid behind each goes to `halfMids`.
   */
  takeEngine(
    batch: MarketBatch,
    run: {
      readonly from: number
      readonly to: number
      readonly since: TimeUs
      readonly until: TimeUs
      readonly takesMids: boolean
      readonly skipsTrades: boolean
      /** Slot of record `from` in `halfMids`. */
      readonly slot: number
    },
  ): number

  /** Replaces a book whose sides are both ladders; false when it did not, and changed nothing. */
  replaceBook(
    index: number,
    pool: Float64Array,
    at: number,
    bidCount: number,
    askCount: number,
  ): boolean
}

/** Makes a kernel for so many books; null when it has no room for them. */
export type MakeBookKernel = (count: number, options: LevelsOptions) => BookKernel | null
