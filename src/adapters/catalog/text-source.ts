import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { dataError, type SourceFile } from './source-file.ts'
import { readZip } from './zip.ts'

/** Longest line that is accepted, characters. */
const MAXIMUM_LINE = 16 << 20
/** Longest document that is parsed as a whole, characters. */
const MAXIMUM_DOCUMENT = 256 << 20

/** Text of a file, unpacked from gzip or zip when its first bytes say so. */
export interface TextSource {
  /** Name of what is inside, without the suffix of the packing. */
  readonly name: string
  /** Lines without their ends; numbers start at 1 with the first. */
  lines(): AsyncGenerator<string>
}

/** Opens a text file by its first bytes. Errors of the packing come while lines are read. */
export async function openText(file: SourceFile, head: Uint8Array): Promise<TextSource> {
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const content = await readZip(file)
    return { name: content.name, lines: () => splitLines([content.data], file) }
  }
  const packed = head[0] === 0x1f && head[1] === 0x8b
  return {
    name: packed ? file.name.replace(/\.gz$/, '') : file.name,
    lines: () => splitLines(packed ? gunzipped(file.path) : createReadStream(file.path), file),
  }
}

const gunzipped = (path: string): AsyncIterable<Uint8Array> =>
  // The error reaches whoever reads the stream; the callback only has to exist.
  pipeline(createReadStream(path), createGunzip(), () => {})

async function* splitLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: SourceFile,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  try {
    for await (const chunk of chunks) {
      rest += decoder.decode(chunk, { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > MAXIMUM_LINE) {
        throw dataError('012', `${file.name} has a line of more than 16 MiB: not a text of rows`)
      }
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
    }
    rest += decoder.decode()
  } catch (cause) {
    throw readable(cause, file)
  }
  if (rest.length > 0) yield rest
}

function readable(cause: unknown, file: SourceFile): unknown {
  const error = cause as NodeJS.ErrnoException
  if (error.name === 'InputError') return cause
  if (error.code?.startsWith('Z_') === true) {
    return dataError('010', `${file.name} is a damaged archive`, [error.message])
  }
  if (error.name === 'TypeError') return dataError('012', `${file.name} is not UTF-8 text`)
  return dataError('004', `Cannot read ${file.path}`, [error.message])
}

/** First lines of a text, at most `count`. */
export async function firstLines(source: TextSource, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of source.lines()) {
    lines.push(line)
    if (lines.length >= count) break
  }
  return lines
}

/** The whole text. Throws InputError ORN-DATA-012 above 256 Mi characters. */
export async function wholeText(source: TextSource, file: SourceFile): Promise<string> {
  const parts: string[] = []
  let length = 0
  for await (const line of source.lines()) {
    parts.push(line)
    length += line.length + 1
    if (length > MAXIMUM_DOCUMENT) throw dataError('012', `${file.name} is too long a document`)
  }
  return parts.join('\n')
}
