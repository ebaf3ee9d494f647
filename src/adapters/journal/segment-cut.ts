import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CrashHook } from './crash-points.ts'
import { isDamage } from './failures.ts'
import { systemFiles, writeFully } from './file-operations.ts'
import { listSegments } from './recorder.ts'
import { encodeFrameHeader, FRAME_HEADER_BYTES, segmentName } from './segment-format.ts'
import { SegmentReader } from './segment-reader.ts'
import { sealOf, type UnsyncedFrame } from './segment-writer.ts'

/**
 * Ends the segments where the journal's committed market data end: whatever a crash left behind
 * them was never followed by an effect and is cut off, then the segment is sealed. Returns how many
 * whole records were cut.
 */
export function cutSegments(
  directory: string,
  end: { readonly segment: number; readonly to: number } | null,
  crash: CrashHook,
): number {
  let dropped = 0
  for (const number of listSegments(directory)) {
    if (end !== null && number < end.segment) continue
    const path = join(directory, segmentName(number))
    dropped += cut(path, end?.segment === number ? end.to : 0, crash)
  }
  return dropped
}

/** Writes committed frames into their segments, where a power cut may have lost them, and syncs. */
export function restoreFrames(
  directory: string,
  frames: readonly UnsyncedFrame[],
  crash: CrashHook,
): void {
  const byPath = Map.groupBy(frames, (frame) => join(directory, segmentName(frame.segment)))
  for (const [path, own] of byPath) {
    crash('restore.before')
    const fd = openSync(path, 'r+')
    try {
      for (const { bytes, position } of own) writeFully(systemFiles, fd, bytes, position)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    crash('restore.after')
  }
}

function cut(path: string, records: number, crash: CrashHook): number {
  const reader = new SegmentReader(path)
  let offset: number
  let poolLength: number
  let dropped = 0
  try {
    reader.skipTo(records)
    offset = reader.offset
    poolLength = reader.poolPosition
    skipTail(reader)
    if (reader.ending === 'sealed' && reader.position === records) return 0
    dropped = reader.position - records
  } finally {
    reader.close()
  }
  crash('truncate.before')
  const seal = Buffer.alloc(FRAME_HEADER_BYTES)
  encodeFrameHeader(seal, sealOf(records, poolLength))
  const fd = openSync(path, 'r+')
  try {
    ftruncateSync(fd, offset)
    writeSync(fd, seal, 0, seal.length, offset)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  crash('truncate.after')
  return dropped
}

/** Counts the whole frames of a tail; nothing depends on it, so damage just ends the counting. */
function skipTail(reader: SegmentReader): void {
  try {
    for (;;) if (!reader.skipFrame()) return
  } catch (error) {
    if (!isDamage(error)) throw error
  }
}
