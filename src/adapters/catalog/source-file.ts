import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InputError } from '../errors.ts'

/** A file of somebody's data, identified by its content. */
export interface SourceFile {
  readonly path: string
  /** Last part of the path: what reports name. */
  readonly name: string
  readonly bytes: number
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string
}

/** Failure of a data file with exit code 4: missing, damaged, empty or of another kind. */
export function dataError(
  code: string,
  message: string,
  details: readonly string[] = [],
  fix?: string,
): InputError {
  return new InputError({
    code: `ORN-DATA-${code}`,
    exitCode: 4,
    message,
    details,
    ...(fix === undefined ? {} : { fix }),
  })
}

/** Identifies a readable, non-empty, regular file. Throws InputError ORN-DATA-001 to 004. */
export async function identifyFile(path: string): Promise<SourceFile> {
  const status = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
      throw dataError('001', `There is no data file at ${path}`)
    }
    throw dataError('004', `Cannot read ${path}`, [cause.message])
  })
  if (status.isDirectory()) throw dataError('002', `${path} is a directory, a file is needed`)
  if (!status.isFile()) throw dataError('004', `${path} is not a regular file`)
  if (status.size === 0) throw dataError('003', `${path} is empty`)
  return { path, name: basename(path), bytes: status.size, sha256: await hashFile(path) }
}

/** SHA-256 of a file's content, lower-case hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  } catch (cause) {
    throw dataError('004', `Cannot read ${path}`, [(cause as Error).message])
  }
  return hash.digest('hex')
}

/** First `count` bytes of a file (fewer when it is shorter). */
export async function readHead(path: string, count: number): Promise<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    const buffer = new Uint8Array(count)
    const { bytesRead } = await handle.read(buffer, 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
