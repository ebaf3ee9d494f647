import { createHash, type Hash, hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { type MarketBatch, RECORD_BYTES } from '../../core/mod.ts'
import { describe, journalError } from './failures.ts'
import {
  decodeFrameHeader,
  decodeSegmentHeader,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  MAXIMUM_FRAME_BYTES,
  rebase,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentHeaderLength,
} from './segment-format.ts'

import type { UnsyncedFrame } from './segment-writer.ts'

/** How the readable part of a segment ends. */
export type SegmentEnding =
  /** Closed in order. */
  | 'sealed'
  /** Not closed (still being written, or its writer died), every frame is whole. */
  | 'open'
  /** The last frame was being written when its writer died. */
  | 'torn'

/** Records of one frame as a batch of their own, and where they lie in the segment. */
export interface SegmentFrame {
  readonly from: number
  readonly to: number
  readonly batch: MarketBatch
}

/** Reads one segment from its start. Throws InputError ORN-JOURNAL-007 on damage. */
export class SegmentReader {
  readonly path: string
  readonly header: SegmentHeader
  readonly #fd: number
  readonly #unsynced: readonly UnsyncedFrame[]
  readonly #size: number
  #offset: number
  #records = 0
  #poolLength = 0
  #ending: SegmentEnding | null = null
  #recordsHash: Hash | null = null
  #poolHash: Hash | null = null

  /** `unsynced` frames of this segment count as if the file held them. */
  constructor(path: string, unsynced: readonly UnsyncedFrame[] = []) {
    this.path = path
    this.#unsynced = unsynced
    try {
      this.#fd = openSync(path, 'r')
    } catch (error) {
      const missing = describe(error).code === 'ENOENT'
      throw journalError('segment', missing ? 'a segment is missing' : 'cannot open a segment', {
        details: [path],
        cause: error,
      })
    }
    try {
      this.#size = unsynced.reduce(
        (size, frame) => Math.max(size, frame.position + frame.bytes.length),
        fstatSync(this.#fd).size,
      )
      this.header = this.#readHeader()
      this.#offset = this.header.bytes
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  /** Records read or skipped so far. */
  get position(): number {
    return this.#records
  }

  /** Byte offset after the frames read or skipped so far. */
  get offset(): number {
    return this.#offset
  }

  /** Pool numbers read or skipped so far. */
  get poolPosition(): number {
    return this.#poolLength
  }

  /** Set when {@link next} or {@link skipTo} met the end. */
  get ending(): SegmentEnding | null {
    return this.#ending
  }

  /** The next frame, or null at the end; `limit` ends the reading before that record. */
  next(limit = Number.POSITIVE_INFINITY): SegmentFrame | null {
    if (this.#records >= limit) return null
    const header = this.#nextHeader()
    if (header === null) return null
    const body = this.#readBody(header)
    if (body === null) return null
    this.#recordsHash?.update(body.subarray(0, header.count * RECORD_BYTES))
    this.#poolHash?.update(body.subarray(header.count * RECORD_BYTES))
    this.#advance(header)
    const recordBytes = header.count * RECORD_BYTES
    const records = body.buffer.slice(0, recordBytes) as ArrayBuffer
    const pool = new Float64Array(body.buffer as ArrayBuffer, recordBytes, header.poolLength)
    return {
      from: header.first,
      to: header.first + header.count,
      batch: rebase(records, header.count, pool, header.poolBase),
    }
  }

  /** Skips a frame without reading its body; false at the end. */
  skipFrame(): boolean {
    const header = this.#nextHeader()
    if (header === null) return false
    if (this.#bodyEnd(header) > this.#size) {
      this.#end('torn')
      return false
    }
    this.#advance(header)
    return true
  }

  /** Skips whole frames until `record` is the next one, without reading their bodies. */
  skipTo(record: number): void {
    while (this.#records < record) {
      if (!this.skipFrame()) this.#fail(`it ends at record ${this.#records}, before ${record}`)
    }
    if (this.#records !== record) this.#fail(`record ${record} is not at a frame's start`)
  }

  /** Starts computing the digest of the frames that follow. */
  startDigest(): void {
    this.#recordsHash = createHash('sha256')
    this.#poolHash = createHash('sha256')
  }

  /** Digest since {@link startDigest}, as in SegmentRange. */
  endDigest(): string {
    const records = this.#recordsHash?.digest('hex') ?? ''
    const pool = this.#poolHash?.digest('hex') ?? ''
    this.#recordsHash = null
    this.#poolHash = null
    return hash('sha256', records + pool, 'hex')
  }

  close(): void {
    closeSync(this.#fd)
  }

  #readHeader(): SegmentHeader {
    const start = this.#read(0, SEGMENT_HEADER_BYTES)
    const length = segmentHeaderLength(start)
    if (length === null) this.#fail('it does not start like a segment')
    if (length > this.#size) this.#fail('its header is cut off')
    const header = decodeSegmentHeader(this.#read(0, length))
    if (typeof header === 'string') this.#fail(header)
    return header
  }

  #nextHeader(): FrameHeader | null {
    if (this.#ending !== null) return null
    const left = this.#size - this.#offset
    if (left === 0) return this.#end('open')
    if (left < FRAME_HEADER_BYTES) return this.#end('torn')
    const bytes = this.#read(this.#offset, FRAME_HEADER_BYTES)
    const header = decodeFrameHeader(bytes)
    if (header === null) {
      // After a power cut a file may end in zeros that were never written.
      if (this.#isZeroToEnd()) return this.#end('torn')
      this.#fail(`damaged at byte ${this.#offset}, after record ${this.#records}`)
    }
    if (header.first !== this.#records || header.poolBase !== this.#poolLength) {
      this.#fail(`record ${this.#records} expected at byte ${this.#offset}, found ${header.first}`)
    }
    if (header.kind === 'frame') return header
    if (left > FRAME_HEADER_BYTES) this.#fail(`${left - FRAME_HEADER_BYTES} bytes after its seal`)
    return this.#end('sealed')
  }

  #readBody(header: FrameHeader): Buffer | null {
    const start = this.#offset + FRAME_HEADER_BYTES
    const length = this.#bodyEnd(header) - start
    if (length > MAXIMUM_FRAME_BYTES) this.#fail(`a frame of ${length} bytes`)
    if (start + length > this.#size) return this.#end('torn')
    const body = this.#read(start, length)
    if (crc32(body) !== header.bodyCrc) {
      if (start + length === this.#size && this.#isLastSectorZero(body)) return this.#end('torn')
      this.#fail(`checksum of records ${header.first} to ${header.first + header.count} fails`)
    }
    return body
  }

  #bodyEnd(header: FrameHeader): number {
    const body = header.count * RECORD_BYTES + header.poolLength * 8
    return this.#offset + FRAME_HEADER_BYTES + body
  }

  #advance(header: FrameHeader): void {
    this.#offset = this.#bodyEnd(header)
    this.#records += header.count
    this.#poolLength += header.poolLength
  }

  #end(ending: SegmentEnding): null {
    this.#ending = ending
    return null
  }

  #isZeroToEnd(): boolean {
    const chunk = 65_536
    for (let at = this.#offset; at < this.#size; at += chunk) {
      const bytes = this.#read(at, Math.min(chunk, this.#size - at))
      if (bytes.some((byte) => byte !== 0)) return false
    }
    return true
  }

  #isLastSectorZero(body: Buffer): boolean {
    return body.subarray(-Math.min(512, body.length)).every((byte) => byte === 0)
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.from(new ArrayBuffer(length))
    let done = 0
    while (done < length) {
      const count = readSync(this.#fd, bytes, done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    const patched = this.#patch(bytes, position)
    if (done < length && patched < length) this.#fail(`it ends at byte ${position + done}`)
    return bytes
  }

  /** Copies what the unsynced frames know of bytes at `position`; returns where that ends. */
  #patch(bytes: Buffer, position: number): number {
    let end = 0
    for (const frame of this.#unsynced) {
      const from = Math.max(position, frame.position)
      const to = Math.min(position + bytes.length, frame.position + frame.bytes.length)
      if (to <= from) continue
      bytes.set(frame.bytes.subarray(from - frame.position, to - frame.position), from - position)
      end = Math.max(end, to - position)
    }
    return end
  }

  #fail(reason: string): never {
    throw journalError('segment', `a segment is damaged: ${reason}`, { details: [this.path] })
  }
}
