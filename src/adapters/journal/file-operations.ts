import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** The two file operations that can fail while running; replaced in tests to inject faults. */
export interface FileOperations {
  /** Writes up to `length` bytes at `position`; returns how many. Throws a system error. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number
  /** Returns when the file's bytes are on the device. Throws a system error. */
  sync(fd: number): void
}

/** The operating system's own. */
export const systemFiles: FileOperations = {
  write: (fd, bytes, offset, length, position) => writeSync(fd, bytes, offset, length, position),
  sync: (fd) => fdatasyncSync(fd),
}

/** Writes all of `bytes` at `position`. */
export function writeFully(
  files: FileOperations,
  fd: number,
  bytes: Uint8Array,
  position: number,
): void {
  let done = 0
  while (done < bytes.length) {
    done += files.write(fd, bytes, done, bytes.length - done, position + done)
  }
}

/** Makes creations, renames and removals inside a directory durable. */
export function syncDirectory(directory: string): void {
  // Windows cannot open directories; there a rename is durable with the file's own flush.
  if (process.platform === 'win32') return
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
