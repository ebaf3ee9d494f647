import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const CHUNK_BYTES = 64 * 1024

/** Reads whole lines of a growing file, across its rotation to FILE.1. */
export interface Tail {
  /** Hands over the lines that came since the last call. */
  readonly read: (take: (line: string) => void) => void
  readonly close: () => void
}

/** Begins with FILE.1 where there is one. Throws the system's error when there is no file. */
export function openTail(path: string): Tail {
  const rotated = `${path}.1`
  let file = openSync(existsSync(rotated) ? rotated : path, 'r')
  let isLatest = !existsSync(rotated)
  let decoder = new StringDecoder('utf8')
  let rest = ''
  const buffer = Buffer.alloc(CHUNK_BYTES)
  const readOpen = (take: (line: string) => void): void => {
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, size))).split('\n')
      rest = lines.pop()!
      for (const line of lines) take(line)
    }
  }
  /** Opens what has taken the path since, if anything. */
  const advance = (): boolean => {
    const now = statSync(path, { throwIfNoEntry: false })
    if (now === undefined || (isLatest && now.ino === fstatSync(file).ino)) return false
    closeSync(file)
    file = openSync(path, 'r')
    isLatest = true
    decoder = new StringDecoder('utf8')
    rest = ''
    return true
  }
  return {
    read(take) {
      do readOpen(take)
      while (advance())
    },
    close: () => closeSync(file),
  }
}
