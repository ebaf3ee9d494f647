import { hash } from 'node:crypto'
import type { TimeUs } from '../../core/mod.ts'
import { encodePayload } from './codec.ts'

/** What an entry is. */
export type EntryKind = 'genesis' | 'event' | 'market' | 'effect' | 'snapshotTaken'

/** Hash before the first entry: 64 zeros. */
export const EMPTY_HASH = '0'.repeat(64)

/** Last entry of a chain; `seq` is -1 while it is empty. */
export interface ChainHead {
  readonly seq: number
  /** 64 lower-case hex digits. */
  readonly hash: string
}

/**
 * Hash of one entry over the whole past: SHA-256 of previous hash, sequence number, kind and time,
 * a line each, then the canonical payload text.
 */
export function entryHash(
  previous: string,
  seq: number,
  kind: EntryKind,
  time: TimeUs,
  payloadText: string,
): string {
  return hash('sha256', `${previous}\n${seq}\n${kind}\n${time}\n${payloadText}`)
}

/**
 * The journal's chain without a file: two runs made the same entries exactly when their heads are
 * equal. Fed with the entries of a journal, genesis included, it ends at the journal's head.
 */
export class ChainHasher {
  #head: ChainHead = { seq: -1, hash: EMPTY_HASH }

  /** Head after the entries so far. */
  get head(): ChainHead {
    return this.#head
  }

  /** Adds the next entry; `time` in microseconds. */
  update(kind: EntryKind, payload: unknown, time: TimeUs = 0): ChainHead {
    const seq = this.#head.seq + 1
    this.#head = { seq, hash: entryHash(this.#head.hash, seq, kind, time, encodePayload(payload)) }
    return this.#head
  }
}
