import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { ChainHead } from './chain.ts'
import { describe } from './failures.ts'

/**
 * The head of the chain, noted beside the journal after every commit and not synced. A database
 * that lost commits it had acknowledged (a damaged write-ahead log is silently cut by SQLite) is
 * then shorter than its note says, which opening finds. After a power cut the note may be old or
 * torn; it claims nothing then.
 */
export interface HeadFile {
  write(head: ChainHead): void
  close(): void
}

/** Path of a journal's head note. */
export const headPath = (path: string): string => `${path}.head`

/** Opens the note for writing. */
export function openHeadFile(path: string): HeadFile {
  const fd = openSync(headPath(path), 'a+')
  closeSync(fd)
  const target = openSync(headPath(path), 'r+')
  return {
    write(head) {
      const body = `ornstein-head ${String(head.seq).padStart(16, '0')} ${head.hash}`
      writeSync(target, `${body} ${checksum(body)}\n`, 0)
    },
    close: () => closeSync(target),
  }
}

/** Reads the note; null when there is none or it is torn. */
export function readHeadFile(path: string): ChainHead | null {
  let text: string
  try {
    text = readFileSync(headPath(path), 'latin1')
  } catch (error) {
    if (describe(error).code === 'ENOENT') return null
    throw error
  }
  const match = /^(ornstein-head (\d{16}) ([0-9a-f]{64})) ([0-9a-f]{8})\n$/.exec(text)
  if (match === null || checksum(match[1]!) !== match[4]) return null
  return { seq: Number(match[2]), hash: match[3]! }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')
