import { createHash, type Hash, hash } from 'node:crypto'
import { closeSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  assert,
  type Instrument,
  type MarketBatch,
  RECORD_BYTES,
  type TimeUs,
} from '../../core/mod.ts'
import type { CrashHook } from './crash-points.ts'
import { type FileOperations, syncDirectory, writeFully } from './file-operations.ts'
import {
  encodeFrameHeader,
  encodeSegmentHeader,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  poolLengthOf,
  segmentName,
} from './segment-format.ts'

const FRAME_RECORDS = 2048
const FRAME_POOL = 32_768
/** Positions in a segment are 32 bits wide. */
export const MAXIMUM_SEGMENT_BYTES = 1024 * 1024 * 1024

/** A frame as it was written to a segment but perhaps not synced. */
export interface UnsyncedFrame {
  readonly segment: number
  /** Byte offset in the file. */
  readonly position: number
  readonly bytes: Uint8Array
}

/** What a segment needs from its surroundings. */
export interface SegmentEnvironment {
  readonly directory: string
  readonly instruments: readonly Instrument[]
  readonly files: FileOperations
  readonly crash: CrashHook
  /** False leaves flushing to the operating system (drills). */
  readonly durable: boolean
  /** Written bytes up to which frames are handed out to be stored elsewhere; then it is synced. */
  readonly maximumUnsyncedBytes: number
}

/** A range of records of one segment, with a digest that does not depend on the framing. */
export interface SegmentRange {
  readonly segment: number
  readonly from: number
  readonly to: number
  /** SHA-256 over the hex SHA-256 of the records and of the pool. */
  readonly digest: string
}

/** An open segment file. Records are buffered, written in frames, synced on demand. */
export class SegmentWriter {
  readonly number: number
  readonly path: string
  readonly #environment: SegmentEnvironment
  readonly #fd: number
  #position: number
  #records = 0
  #poolLength = 0
  #frame = Buffer.alloc(FRAME_HEADER_BYTES + FRAME_RECORDS * RECORD_BYTES + FRAME_POOL * 8)
  #f64: Float64Array
  #pool = new Float64Array(FRAME_POOL)
  #frameRecords = 0
  #framePool = 0
  #rangeFrom = 0
  #recordsHash: Hash = createHash('sha256')
  #poolHash: Hash = createHash('sha256')
  #lastReceivedTime: TimeUs = 0
  #unsyncedBytes = 0
  #unsyncedFrames: UnsyncedFrame[] = []

  constructor(environment: SegmentEnvironment, number: number) {
    this.number = number
    this.#environment = environment
    this.path = join(environment.directory, segmentName(number))
    this.#f64 = recordsOf(this.#frame)
    const { crash, files } = environment
    crash('segment.create.before')
    const header = encodeSegmentHeader(number, environment.instruments)
    const unfinished = `${this.path}.new`
    this.#fd = openSync(unfinished, 'w+')
    try {
      writeFully(files, this.#fd, header, 0)
      if (environment.durable) files.sync(this.#fd)
      crash('segment.create.rename')
      renameSync(unfinished, this.path)
      if (environment.durable) syncDirectory(environment.directory)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
    this.#position = header.length
    crash('segment.create.after')
  }

  /** Records and pool numbers so far, in bytes: what rotation goes by. */
  get bytes(): number {
    return this.#records * RECORD_BYTES + this.#poolLength * 8
  }

  /** True when records were appended since the last {@link closeRange}. */
  get hasOpenRange(): boolean {
    return this.#records > this.#rangeFrom
  }

  /** Received time of the last record, us. */
  get lastReceivedTime(): TimeUs {
    return this.#lastReceivedTime
  }

  /** Buffers records [from, to) of a batch. */
  append(batch: MarketBatch, from: number, to: number): void {
    assert(from >= 0 && to <= batch.count, `records ${from} to ${to} of a batch of ${batch.count}`)
    for (let i = from; i < to; i++) {
      const length = poolLengthOf(batch, i)
      if (this.#frameRecords === FRAME_RECORDS || this.#framePool + length > FRAME_POOL) {
        this.write()
      }
      this.#reservePool(length)
      const source = i * 5
      const target = this.#frameRecords * 5
      for (let k = 0; k < 5; k++) this.#f64[target + k] = batch.f64[source + k]!
      if (length > 0) {
        const at = batch.f64[source + 3]!
        assert(at + length <= batch.pool.length, `record ${i} points outside its pool`)
        for (let k = 0; k < length; k++) this.#pool[this.#framePool + k] = batch.pool[at + k]!
        this.#f64[target + 3] = this.#poolLength
      }
      this.#frameRecords++
      this.#framePool += length
      this.#records++
      this.#poolLength += length
    }
    if (to > from) this.#lastReceivedTime = batch.f64[(to - 1) * 5]!
  }

  /** Hands the buffered records to the operating system as one frame. */
  write(): void {
    if (this.#frameRecords === 0) return
    const recordsEnd = FRAME_HEADER_BYTES + this.#frameRecords * RECORD_BYTES
    const end = recordsEnd + this.#framePool * 8
    const pool = Buffer.from(this.#pool.buffer, 0, this.#framePool * 8)
    pool.copy(this.#frame, recordsEnd)
    this.#recordsHash.update(this.#frame.subarray(FRAME_HEADER_BYTES, recordsEnd))
    this.#poolHash.update(pool)
    this.#put(this.#frame.subarray(0, end), {
      kind: 'frame',
      count: this.#frameRecords,
      poolLength: this.#framePool,
      bodyCrc: crc32(this.#frame.subarray(FRAME_HEADER_BYTES, end)),
      first: this.#records - this.#frameRecords,
      poolBase: this.#poolLength - this.#framePool,
    })
    this.#frameRecords = 0
    this.#framePool = 0
  }

  /** Makes everything appended durable. */
  sync(): void {
    this.write()
    if (this.#unsyncedBytes === 0 || !this.#environment.durable) return
    this.#environment.crash('segment.sync.before')
    this.#environment.files.sync(this.#fd)
    this.#unsyncedBytes = 0
    this.#unsyncedFrames = []
    this.#environment.crash('segment.sync.after')
  }

  /**
   * Frames written since the last call, for the owner to make durable; null when there are so many
   * that the file was synced instead, which covers all frames handed out before too.
   */
  takeUnsynced(): readonly UnsyncedFrame[] | null {
    this.write()
    if (this.#unsyncedBytes > this.#environment.maximumUnsyncedBytes) {
      this.sync()
      return null
    }
    const frames = this.#unsyncedFrames
    this.#unsyncedFrames = []
    return frames
  }

  /** Ends the range of records appended since the last call, written but not synced. */
  closeRange(): SegmentRange {
    this.write()
    const digest = hash(
      'sha256',
      this.#recordsHash.digest('hex') + this.#poolHash.digest('hex'),
      'hex',
    )
    const range = { segment: this.number, from: this.#rangeFrom, to: this.#records, digest }
    this.#rangeFrom = this.#records
    this.#recordsHash = createHash('sha256')
    this.#poolHash = createHash('sha256')
    return range
  }

  /** Writes the seal, syncs and closes. */
  seal(): void {
    this.write()
    const { crash } = this.#environment
    crash('segment.seal.before')
    this.#put(Buffer.alloc(FRAME_HEADER_BYTES), sealOf(this.#records, this.#poolLength))
    if (this.#environment.durable) this.#environment.files.sync(this.#fd)
    crash('segment.seal.after')
    closeSync(this.#fd)
  }

  /** Closes the file as it is, after a failure. */
  abandon(): void {
    closeSync(this.#fd)
  }

  #put(bytes: Buffer, header: FrameHeader): void {
    encodeFrameHeader(bytes, header)
    this.#environment.crash('segment.write.before')
    writeFully(this.#environment.files, this.#fd, bytes, this.#position)
    this.#unsyncedBytes += bytes.length
    const { durable, maximumUnsyncedBytes } = this.#environment
    if (durable && this.#unsyncedBytes <= maximumUnsyncedBytes) {
      const frame = {
        segment: this.number,
        position: this.#position,
        bytes: Uint8Array.from(bytes),
      }
      this.#unsyncedFrames.push(frame)
    }
    this.#position += bytes.length
    this.#environment.crash('segment.write.after')
  }

  /** A single record may own more pool than a whole frame usually does. */
  #reservePool(length: number): void {
    if (length <= this.#pool.length) return
    assert(this.#frameRecords === 0, 'a large record starts a frame')
    this.#pool = new Float64Array(length)
    this.#frame = Buffer.alloc(FRAME_HEADER_BYTES + FRAME_RECORDS * RECORD_BYTES + length * 8)
    this.#f64 = recordsOf(this.#frame)
  }
}

/** Seal of a segment with these totals. */
export const sealOf = (records: number, poolLength: number): FrameHeader => ({
  kind: 'seal',
  count: 0,
  poolLength: 0,
  bodyCrc: 0,
  first: records,
  poolBase: poolLength,
})

const recordsOf = (frame: Buffer): Float64Array =>
  new Float64Array(frame.buffer, frame.byteOffset + FRAME_HEADER_BYTES, FRAME_RECORDS * 5)
