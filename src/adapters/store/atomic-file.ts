import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** How {@link writeFileAtomically} writes; defaults in parentheses. */
export interface AtomicWrite {
  /** Permissions of the file, before the process's mask (0o600, its owner only). */
  readonly mode?: number
  /** Whether a file that is there already is replaced, or fails with EEXIST (true). */
  readonly replaces?: boolean
}

/**
 * Puts a file in its place whole: written beside it, synced, moved there, the folder synced. A
 * crash leaves what was there before or the new file, never a part. Makes the folder. Throws the
 * system's error and then leaves nothing behind.
 */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  how: AtomicWrite = {},
): void {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.partial`
  try {
    const file = openSync(partial, 'wx', how.mode ?? 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    // Linking, unlike renaming, refuses to take another file's place.
    if (how.replaces === false) linkSync(partial, path)
    else renameSync(partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
  syncFolder(dirname(path))
}

/** Makes durable what was created in, moved to or removed from a folder. */
export function syncFolder(path: string): void {
  // Windows opens no folders and needs no such sync.
  if (process.platform !== 'win32') syncPath(path)
}

/** Makes a file's content durable. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
