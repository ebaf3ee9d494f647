import { mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  assert,
  type Instrument,
  type MarketBatch,
  RECORD_BYTES,
  type TimeUs,
  viewBatch,
} from '../../core/mod.ts'
import { InputError } from '../errors.ts'
import { type CrashHook, noCrash } from './crash-points.ts'
import { describe, isSystemFailure, journalError, writeFailure } from './failures.ts'
import { type FileOperations, systemFiles } from './file-operations.ts'
import { poolLengthOf, segmentName } from './segment-format.ts'
import { SegmentReader } from './segment-reader.ts'
import {
  MAXIMUM_SEGMENT_BYTES,
  type SegmentEnvironment,
  type SegmentRange,
  SegmentWriter,
  type UnsyncedFrame,
} from './segment-writer.ts'

/** Size at which a segment is closed and the next one begun. */
export const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024

/** How a recorder keeps its files. */
export interface RecorderOptions {
  readonly instruments: readonly Instrument[]
  /** Records and pool of one segment, bytes; 1 to 2^30, 64 MiB by default. */
  readonly maximumBytes?: number
  /** Oldest segments are removed while all together hold more; unlimited by default. */
  readonly retainBytes?: number
  /** False leaves flushing to the operating system. */
  readonly durable?: boolean
  readonly files?: FileOperations
  readonly crash?: CrashHook
  /** Above 0 for the journal's recorder, which stores frames until they are synced. */
  readonly maximumUnsyncedBytes?: number
}

/** A range of recorded market data. */
export interface RecordedRange {
  readonly range: SegmentRange
  /** Received time of its last record, us. */
  readonly time: TimeUs
  /** Frames the journal has to store; null when the segment was synced, see SegmentWriter. */
  readonly unsynced: readonly UnsyncedFrame[] | null
}

/**
 * Appends market data to numbered segment files. Throws AdapterError (fatal) when a write fails.
 */
export class Recorder {
  readonly directory: string
  readonly #environment: SegmentEnvironment
  readonly #maximumBytes: number
  readonly #retainBytes: number
  #nextNumber: number
  #segment: SegmentWriter | null = null

  constructor(directory: string, options: RecorderOptions) {
    this.directory = directory
    this.#maximumBytes = options.maximumBytes ?? DEFAULT_SEGMENT_BYTES
    this.#retainBytes = options.retainBytes ?? Number.POSITIVE_INFINITY
    assert(
      this.#maximumBytes >= 1 && this.#maximumBytes <= MAXIMUM_SEGMENT_BYTES,
      `segments hold 1 to ${MAXIMUM_SEGMENT_BYTES} bytes, not ${this.#maximumBytes}`,
    )
    this.#environment = {
      directory,
      instruments: options.instruments,
      files: options.files ?? systemFiles,
      crash: options.crash ?? noCrash,
      maximumUnsyncedBytes: options.maximumUnsyncedBytes ?? 0,
      durable: options.durable ?? true,
    }
    this.#nextNumber = (listSegments(directory).at(-1) ?? 0) + 1
  }

  /** Buffers records [from, to) of a batch; all of it by default. */
  append(batch: MarketBatch, from = 0, to = batch.count): void {
    if (to <= from) return
    this.#guard(() => {
      this.#segment ??= new SegmentWriter(this.#environment, this.#nextNumber++)
      this.#segment.append(batch, from, to)
    })
  }

  /** True when {@link takeRange} would give a range. */
  get hasOpenRange(): boolean {
    return this.#segment?.hasOpenRange ?? false
  }

  /** True when the segment is full: end its range, then {@link rotate}. */
  get isFull(): boolean {
    return this.#segment !== null && this.#segment.bytes >= this.#maximumBytes
  }

  /**
   * Names what was appended since the last call, written to its file; null when there is nothing.
   */
  takeRange(): RecordedRange | null {
    const segment = this.#segment
    if (segment === null || !segment.hasOpenRange) return null
    return this.#guard(() => {
      const range = segment.closeRange()
      return { range, time: segment.lastReceivedTime, unsynced: segment.takeUnsynced() }
    })
  }

  /** Makes everything appended durable. */
  sync(): void {
    this.#guard(() => this.#segment?.sync())
  }

  /** Seals the segment; the next record begins another. Applies the retention. */
  rotate(): void {
    this.#guard(() => {
      this.#segment?.seal()
      this.#segment = null
      if (this.#retainBytes !== Number.POSITIVE_INFINITY) {
        removeOldest(this.directory, this.#retainBytes)
      }
    })
  }

  /** Seals and closes. */
  close(): void {
    this.rotate()
  }

  /** Closes the file as it is, after a failure elsewhere. */
  abandon(): void {
    this.#segment?.abandon()
    this.#segment = null
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      const path = this.#segment?.path ?? this.directory
      throw isSystemFailure(error) ? writeFailure(path, error) : error
    }
  }
}

/** A recorder used without a journal. */
export interface MarketRecorder {
  /** Buffers a batch; rotates by size. */
  append(batch: MarketBatch): void
  /** Makes everything appended durable. */
  sync(): void
  /** Seals the last segment. */
  close(): void
}

/**
 * Records market data alone into `directory` (created when missing), after the segments already
 * there. Throws InputError when the directory cannot be used, AdapterError when a write fails.
 */
export function createRecorder(directory: string, options: RecorderOptions): MarketRecorder {
  makeDirectory(directory)
  const recorder = new Recorder(directory, options)
  return {
    append(batch) {
      recorder.append(batch)
      if (recorder.isFull) recorder.rotate()
    },
    sync: () => recorder.sync(),
    close: () => recorder.close(),
  }
}

/** Creates a directory and its parents. Throws InputError when that is not possible. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw journalError('notWritable', `cannot create the directory ${directory}`, {
      details: [describe(error).message],
      cause: error,
    })
  }
}

/** Numbers of the segments in a directory, ascending; empty when there is no such directory. */
export function listSegments(directory: string): readonly number[] {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch (error) {
    if (describe(error).code === 'ENOENT') return []
    throw journalError('notWritable', `cannot read the directory ${directory}`, { cause: error })
  }
  const numbers = names
    .filter((name) => /^\d{6,}\.seg$/.test(name))
    .map((name) => parseInt(name, 10))
  return numbers.sort((a, b) => a - b)
}

/** One frame of a recording. */
export interface RecordedFrame {
  readonly segment: number
  readonly instruments: readonly Instrument[]
  readonly batch: MarketBatch
}

/**
 * Reads a directory of segments in order, a frame at a time. A tail that was being written when its
 * recorder died is left out; damage anywhere else throws InputError.
 */
export function* readSegments(directory: string): Generator<RecordedFrame> {
  const numbers = listSegments(directory)
  if (numbers.length === 0) {
    throw new InputError({
      code: 'ORN-JOURNAL-011',
      exitCode: 4,
      message: `no recorded segments in ${directory}`,
      details: ['expected files named 000001.seg, 000002.seg, ...'],
    })
  }
  let hash: string | null = null
  for (const number of numbers) {
    const reader = new SegmentReader(join(directory, segmentName(number)))
    try {
      const { header } = reader
      hash ??= header.instrumentsHash
      if (header.instrumentsHash !== hash) {
        throw journalError('segment', 'segments of different universes lie in one directory', {
          details: [reader.path],
        })
      }
      for (;;) {
        const frame = reader.next()
        if (frame === null) break
        yield { segment: number, instruments: header.instruments, batch: frame.batch }
      }
    } finally {
      reader.close()
    }
  }
}

/** Loads a whole recording as one batch, as it was received. Throws as {@link readSegments}. */
export async function loadSegments(
  directory: string,
): Promise<{ readonly instruments: readonly Instrument[]; readonly batch: MarketBatch }> {
  const batches: MarketBatch[] = []
  let instruments: readonly Instrument[] = []
  let segment = 0
  for (const frame of readSegments(directory)) {
    if (frame.segment !== segment) await nextTurn()
    segment = frame.segment
    instruments = frame.instruments
    batches.push(frame.batch)
  }
  return { instruments, batch: concatenate(batches) }
}

function concatenate(batches: readonly MarketBatch[]): MarketBatch {
  let count = 0
  let poolLength = 0
  for (const batch of batches) {
    count += batch.count
    poolLength += batch.pool.length
  }
  const result = viewBatch(
    new ArrayBuffer(count * RECORD_BYTES),
    count,
    new Float64Array(poolLength),
  )
  let record = 0
  let pool = 0
  for (const batch of batches) {
    result.f64.set(batch.f64, record * 5)
    result.pool.set(batch.pool, pool)
    for (let i = record; i < record + batch.count; i++) {
      if (pool > 0 && poolLengthOf(result, i) > 0) result.f64[i * 5 + 3]! += pool
    }
    record += batch.count
    pool += batch.pool.length
  }
  return result
}

function removeOldest(directory: string, retainBytes: number): void {
  const files = listSegments(directory).map((number) => {
    const path = join(directory, segmentName(number))
    return { path, bytes: statSync(path).size }
  })
  let total = files.reduce((sum, file) => sum + file.bytes, 0)
  for (const file of files) {
    if (total <= retainBytes) break
    unlinkSync(file.path)
    total -= file.bytes
  }
}
