import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  assert,
  type Instrument,
  type MarketBatch,
  RECORD_BYTES,
  RECORD_VERSION,
  RecordKind,
  viewBatch,
} from '../../core/mod.ts'
import { decodePayload, encodePayload } from './codec.ts'

/**
 * A segment file holds packed market records in the order they were received.
 *
 *   header  64 bytes + the instruments as canonical text, padded with spaces to 8 bytes
 *   frame   32 bytes + count x 40 bytes of records + poolLength x 8 bytes of pool, repeated
 *   seal    32 bytes, last: the file was closed in order and is complete
 *
 *   header:  0 "ORNSTSEG"   8 u32 version   12 u32 byte order mark   16 u32 record version
 *           20 u32 number  24 u32 text length  28 u32 crc32 of all other header bytes
 *           32 sha256 of the instruments' text
 *   frame:   0 u32 mark     4 u32 count     8 u32 poolLength  12 u32 crc32 of the body
 *           16 u32 index of the first record in the segment   20 u32 index of the first pool number
 *           24 u32 zero    28 u32 crc32 of the 28 bytes before
 *   seal:    like a frame without body; 16 and 20 hold the totals
 *
 * Pool indexes inside the records count from the segment's start, so frames may be concatenated.
 */
const SEGMENT_VERSION = 1
export const SEGMENT_HEADER_BYTES = 64
export const FRAME_HEADER_BYTES = 32
/** Largest body a reader accepts; the writer's frames are far smaller. */
export const MAXIMUM_FRAME_BYTES = 256 * 1024 * 1024

const MAGIC = 'ORNSTSEG'
const BYTE_ORDER_MARK = 0x01020304
const FRAME_MARK = 0x4d415246
const SEAL_MARK = 0x4c414553

/** What a segment's header says. */
export interface SegmentHeader {
  readonly number: number
  readonly instruments: readonly Instrument[]
  /** SHA-256 of the instruments' canonical text, hex. */
  readonly instrumentsHash: string
  /** Size of the header, where the first frame starts. */
  readonly bytes: number
}

/** What a frame's header says. */
export interface FrameHeader {
  readonly kind: 'frame' | 'seal'
  readonly count: number
  readonly poolLength: number
  readonly bodyCrc: number
  readonly first: number
  readonly poolBase: number
}

/** SHA-256 (hex) of the canonical text of a universe. */
export const instrumentsHash = (instruments: readonly Instrument[]): string =>
  hash('sha256', encodePayload(instruments))

/** File name of a segment. */
export const segmentName = (number: number): string => `${String(number).padStart(6, '0')}.seg`

/** Header bytes of a new segment. */
export function encodeSegmentHeader(number: number, instruments: readonly Instrument[]): Buffer {
  const text = Buffer.from(encodePayload(instruments))
  const length = Math.ceil(text.length / 8) * 8
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES + length, ' ')
  header.write(MAGIC, 0, 'latin1')
  header.writeUInt32LE(SEGMENT_VERSION, 8)
  header.writeUInt32LE(BYTE_ORDER_MARK, 12)
  header.writeUInt32LE(RECORD_VERSION, 16)
  header.writeUInt32LE(number, 20)
  header.writeUInt32LE(text.length, 24)
  header.write(hash('sha256', text), 32, 'hex')
  text.copy(header, SEGMENT_HEADER_BYTES)
  header.writeUInt32LE(headerCrc(header), 28)
  return header
}

/** Length of the whole header, from its first 64 bytes; null when they are not a segment's. */
export function segmentHeaderLength(start: Buffer): number | null {
  if (start.length < SEGMENT_HEADER_BYTES || start.toString('latin1', 0, 8) !== MAGIC) return null
  return SEGMENT_HEADER_BYTES + Math.ceil(start.readUInt32LE(24) / 8) * 8
}

/** Reads a whole header; a text says what is wrong with it. */
export function decodeSegmentHeader(header: Buffer): SegmentHeader | string {
  const version = header.readUInt32LE(8)
  if (version !== SEGMENT_VERSION) return `segment version ${version}, this program reads 1`
  if (header.readUInt32LE(28) !== headerCrc(header)) return 'the header fails its checksum'
  const recordVersion = header.readUInt32LE(16)
  if (recordVersion !== RECORD_VERSION) {
    return `record version ${recordVersion}, this program reads ${RECORD_VERSION}`
  }
  const mark = new Uint32Array(Uint8Array.from(header.subarray(12, 16)).buffer)[0]
  if (mark !== BYTE_ORDER_MARK) return 'this machine is not little-endian'
  const end = SEGMENT_HEADER_BYTES + header.readUInt32LE(24)
  const text = header.toString('utf8', SEGMENT_HEADER_BYTES, end)
  return {
    number: header.readUInt32LE(20),
    instruments: decodePayload(text) as readonly Instrument[],
    instrumentsHash: header.toString('hex', 32, 64),
    bytes: header.length,
  }
}

/** Writes a frame's or a seal's header into the first 32 bytes of `target`. */
export function encodeFrameHeader(target: Buffer, header: FrameHeader): void {
  target.writeUInt32LE(header.kind === 'frame' ? FRAME_MARK : SEAL_MARK, 0)
  target.writeUInt32LE(header.count, 4)
  target.writeUInt32LE(header.poolLength, 8)
  target.writeUInt32LE(header.bodyCrc, 12)
  target.writeUInt32LE(header.first, 16)
  target.writeUInt32LE(header.poolBase, 20)
  target.writeUInt32LE(0, 24)
  target.writeUInt32LE(crc32(target.subarray(0, 28)), 28)
}

/** Reads a frame's or a seal's header; null when it is damaged. */
export function decodeFrameHeader(source: Buffer): FrameHeader | null {
  const mark = source.readUInt32LE(0)
  if (mark !== FRAME_MARK && mark !== SEAL_MARK) return null
  if (source.readUInt32LE(28) !== crc32(source.subarray(0, 28))) return null
  return {
    kind: mark === FRAME_MARK ? 'frame' : 'seal',
    count: source.readUInt32LE(4),
    poolLength: source.readUInt32LE(8),
    bodyCrc: source.readUInt32LE(12),
    first: source.readUInt32LE(16),
    poolBase: source.readUInt32LE(20),
  }
}

/** Pool numbers that record `index` of `batch` owns. */
export function poolLengthOf(batch: MarketBatch, index: number): number {
  const kind = batch.u8[index * RECORD_BYTES + 36]!
  if (kind === RecordKind.snapshot) {
    return 2 * (batch.f64[index * 5 + 2]! + batch.i32[index * 10 + 8]!)
  }
  return kind === RecordKind.bar ? 6 : 0
}

/**
 * Views records whose pool indexes start at `poolBase` as a batch of its own. Changes `records`.
 */
export function rebase(
  records: ArrayBuffer,
  count: number,
  pool: Float64Array,
  poolBase: number,
): MarketBatch {
  assert(records.byteLength >= count * RECORD_BYTES, 'a frame is shorter than its records')
  const batch = viewBatch(records, count, pool)
  if (poolBase === 0) return batch
  for (let i = 0; i < count; i++) {
    const kind = batch.u8[i * RECORD_BYTES + 36]!
    if (kind === RecordKind.snapshot || kind === RecordKind.bar) batch.f64[i * 5 + 3]! -= poolBase
  }
  return batch
}

const headerCrc = (header: Buffer): number =>
  crc32(header.subarray(32), crc32(header.subarray(0, 28)))
