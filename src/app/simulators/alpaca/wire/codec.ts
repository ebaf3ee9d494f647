import { decode, ExtensionCodec, encode } from '@msgpack/msgpack'
import type { TimeUs } from '../../../../core/mod.ts'
import { type Json, parseJson } from '../../json.ts'
import { timeText } from './times.ts'

/** How a socket's frames are written. */
export type Codec = 'json' | 'msgpack'

/** An instant in a frame: RFC 3339 in JSON, the Timestamp extension (-1) in MessagePack. */
export class WireTime {
  readonly time: TimeUs

  constructor(time: TimeUs) {
    this.time = time
  }

  toJSON(): string {
    return timeText(this.time)
  }
}

const TIMESTAMP_TYPE = -1
const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: TIMESTAMP_TYPE,
  encode: (value: unknown) => (value instanceof WireTime ? timestampBytes(value.time) : null),
  decode: () => null,
})

/** Timestamp 64: 30 bits of nanoseconds, 34 bits of seconds (MessagePack specification). */
function timestampBytes(time: TimeUs): Uint8Array {
  const seconds = Math.floor(time / 1e6)
  const nanoseconds = (time - seconds * 1e6) * 1000
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, (BigInt(nanoseconds) << 34n) | BigInt(seconds))
  return bytes
}

/** A frame as it is sent: text for JSON, bytes for MessagePack. */
export const encodeFrame = (codec: Codec, frame: unknown): string | Uint8Array =>
  codec === 'json' ? JSON.stringify(frame) : encode(frame, { extensionCodec })

/**
 * A client's frame; undefined when it cannot be read. Binary frames of clients that speak JSON hold
 * JSON: some send those.
 */
export function decodeFrame(codec: Codec, data: Uint8Array): Json | undefined {
  if (codec === 'json') return parseJson(Buffer.from(data).toString('utf8'))
  try {
    return decode(data, { extensionCodec }) as Json
  } catch {
    return undefined
  }
}

/** The codec a handshake asks for by its Content-Type. */
export const codecOf = (contentType: string | undefined): Codec =>
  (contentType ?? '').toLowerCase().includes('msgpack') ? 'msgpack' : 'json'
