import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type DownloadHeader, InputError } from '../../../adapters/mod.ts'

/** A download in progress: a header line, then the venue's items, page by page. */
export interface PartFile {
  /** Items already there from an earlier run, in order. */
  readonly items: readonly unknown[]
  /** Appends a page and makes it durable. */
  append(items: readonly unknown[]): void
  /** Moves the finished file to its place. */
  finish(path: string): void
  /** Closes it and keeps what is there for the next run. */
  close(): void
}

/**
 * Opens or begins a part file. What an interrupted run left is kept when it was asked for the same
 * thing from the same start: whole lines of it, a torn last one is cut off. Throws InputError
 * ORN-DATA-020.
 */
export function openPart(path: string, header: DownloadHeader): PartFile {
  mkdirSync(dirname(path), { recursive: true })
  const lines = readWholeLines(path)
  const known = isSameRequest(lines[0], header) ? lines : []
  const items = parseItems(known.slice(1))
  const kept = known.slice(0, 1 + items.length)
  const file = openSync(path, 'a+')
  let open = true
  const write = (text: string): void => appendDurably(file, path, text)
  const keptText = kept.map((line) => `${line}\n`).join('')
  ftruncateSync(file, Buffer.byteLength(keptText))
  if (kept.length === 0) write(`${JSON.stringify(header)}\n`)
  return {
    items,
    append: (page) => write(page.map((item) => `${JSON.stringify(item)}\n`).join('')),
    finish(to) {
      closeSync(file)
      open = false
      renameSync(path, to)
    },
    close() {
      if (open) closeSync(file)
      open = false
    },
  }
}

function appendDurably(file: number, path: string, text: string): void {
  try {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } catch (cause) {
    throw new InputError({
      code: 'ORN-DATA-020',
      exitCode: 4,
      message: `Cannot write ${path}`,
      details: [(cause as Error).message, 'what was downloaded before is kept'],
      fix: 'free some space and run the command again: it goes on where it stopped',
      cause,
    })
  }
}

/** The end may differ: a run without one asks for everything up to now. */
function isSameRequest(line: string | undefined, header: DownloadHeader): boolean {
  try {
    const known = JSON.parse(line ?? 'null') as DownloadHeader | null
    return known !== null && JSON.stringify({ ...known, to: header.to }) === JSON.stringify(header)
  } catch {
    return false
  }
}

/** Complete lines of a file; empty when it is absent. */
function readWholeLines(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
}

/** Items up to the first line that is not JSON. */
function parseItems(lines: readonly string[]): unknown[] {
  const items: unknown[] = []
  for (const line of lines) {
    try {
      items.push(JSON.parse(line))
    } catch {
      break
    }
  }
  return items
}
