import { join } from 'node:path'
import { journalError } from './failures.ts'
import { segmentName } from './segment-format.ts'
import { type SegmentFrame, SegmentReader } from './segment-reader.ts'
import type { UnsyncedFrame } from './segment-writer.ts'
import type { MarketRange } from './types.ts'

/** Reads the ranges of a journal in order, keeping its place in the segment it is in. */
export class SegmentWalk {
  readonly #directory: string
  readonly #instrumentsHash: string
  readonly #unsynced: readonly UnsyncedFrame[]
  #reader: SegmentReader | null = null
  #number = 0

  constructor(directory: string, instrumentsHash: string, unsynced: readonly UnsyncedFrame[]) {
    this.#directory = directory
    this.#unsynced = unsynced
    this.#instrumentsHash = instrumentsHash
  }

  /** Frames of a range, its digest checked at the end. Throws InputError ORN-JOURNAL-007. */
  *frames(range: MarketRange): Generator<SegmentFrame> {
    const reader = this.#open(range.segment)
    reader.skipTo(range.from)
    reader.startDigest()
    for (;;) {
      const frame = reader.next(range.to)
      if (frame === null) break
      yield frame
    }
    if (reader.position !== range.to) {
      this.#fail(reader, `it ends at record ${reader.position}, before ${range.to}`)
    }
    if (reader.endDigest() !== range.digest) {
      this.#fail(reader, `records ${range.from} to ${range.to} differ from their digest`)
    }
  }

  /** Reads a range only to check it. */
  check(range: MarketRange): void {
    for (const _ of this.frames(range));
  }

  close(): void {
    this.#reader?.close()
    this.#reader = null
  }

  #open(number: number): SegmentReader {
    if (this.#reader !== null && this.#number === number) return this.#reader
    this.close()
    const unsynced = this.#unsynced.filter((frame) => frame.segment === number)
    const reader = new SegmentReader(join(this.#directory, segmentName(number)), unsynced)
    this.#reader = reader
    this.#number = number
    const { header } = reader
    if (header.instrumentsHash !== this.#instrumentsHash || header.number !== number) {
      this.#fail(reader, 'it belongs to another session')
    }
    return reader
  }

  #fail(reader: SegmentReader, reason: string): never {
    throw journalError('segment', `a segment is damaged: ${reason}`, { details: [reader.path] })
  }
}
