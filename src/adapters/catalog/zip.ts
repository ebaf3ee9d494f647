import { readFile } from 'node:fs/promises'
import { crc32, inflateRawSync } from 'node:zlib'
import { dataError, type SourceFile } from './source-file.ts'

/** Largest content of an archive that is unpacked (in memory). */
const MAXIMUM_BYTES = 1 << 30

/** The one file inside a zip archive. */
export interface ZipContent {
  readonly name: string
  readonly data: Buffer
}

/**
 * Unpacks an archive that holds exactly one file (stored or deflated). Throws InputError
 * ORN-DATA-010 when it is damaged and ORN-DATA-011 when it holds something else.
 */
export async function readZip(file: SourceFile): Promise<ZipContent> {
  const buffer = await readFile(file.path)
  const entries = listEntries(buffer, file).filter((entry) => !entry.name.endsWith('/'))
  const [entry] = entries
  if (entry === undefined || entries.length > 1) {
    throw dataError('011', `${file.name} holds ${entries.length} files, exactly one is needed`, [
      ...entries.slice(0, 5).map((each) => `inside: ${each.name}`),
    ])
  }
  if (entry.size > MAXIMUM_BYTES) {
    throw dataError('011', `${entry.name} inside ${file.name} is larger than 1 GiB`, [
      `bytes: ${entry.size}`,
    ])
  }
  return { name: entry.name, data: unpack(buffer, entry, file) }
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly flags: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

const damaged = (file: SourceFile, why: string) =>
  dataError('010', `${file.name} is a damaged archive`, [`file: ${file.path}`, why])

/** Central directory of the archive (PKWARE APPNOTE 4.3.12 and 4.3.16). */
function listEntries(buffer: Buffer, file: SourceFile): Entry[] {
  let end = buffer.length - 22
  const floor = Math.max(0, end - 65_535)
  while (end >= floor && buffer.readUInt32LE(end) !== 0x06054b50) end--
  if (end < floor) throw damaged(file, 'its directory is missing: cut short?')
  const count = buffer.readUInt16LE(end + 10)
  let at = buffer.readUInt32LE(end + 16)
  const entries: Entry[] = []
  for (let i = 0; i < count; i++) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== 0x02014b50) {
      throw damaged(file, `entry ${i + 1} of its directory is unreadable`)
    }
    const nameLength = buffer.readUInt16LE(at + 28)
    entries.push({
      flags: buffer.readUInt16LE(at + 8),
      method: buffer.readUInt16LE(at + 10),
      crc: buffer.readUInt32LE(at + 16),
      packed: buffer.readUInt32LE(at + 20),
      size: buffer.readUInt32LE(at + 24),
      offset: buffer.readUInt32LE(at + 42),
      name: buffer.toString('utf8', at + 46, at + 46 + nameLength),
    })
    at += 46 + nameLength + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32)
  }
  return entries
}

function unpack(buffer: Buffer, entry: Entry, file: SourceFile): Buffer {
  if ((entry.flags & 1) !== 0) throw dataError('011', `${entry.name} in ${file.name} is encrypted`)
  if (entry.offset + 30 > buffer.length) throw damaged(file, `${entry.name} lies outside`)
  const start =
    entry.offset +
    30 +
    buffer.readUInt16LE(entry.offset + 26) +
    buffer.readUInt16LE(entry.offset + 28)
  const packed = buffer.subarray(start, start + entry.packed)
  let data: Buffer
  try {
    if (entry.method === 0) data = packed
    else if (entry.method === 8) {
      data = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) })
    } else throw new Error(`compression method ${entry.method} is not supported`)
  } catch (cause) {
    throw damaged(file, `${entry.name}: ${(cause as Error).message}`)
  }
  if (data.length !== entry.size || crc32(data) !== entry.crc) {
    throw damaged(file, `${entry.name}: its checksum does not match`)
  }
  return data
}
