import { isArray, type Json, type JsonObject } from '../../json.ts'

const text = new TextEncoder()

/**
 * Compact MessagePack of a JSON value as the venue's clients encode actions: map keys in received
 * order, integers in the shortest form (also beyond 32 bits), other numbers as float64.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export function encodeMsgpack(value: Json): Uint8Array {
  const out: number[] = []
  encode(value, out)
  return Uint8Array.from(out)
}

function encode(value: Json, out: number[]): void {
  if (value === null) out.push(0xc0)
  else if (typeof value === 'boolean') out.push(value ? 0xc3 : 0xc2)
  else if (typeof value === 'number') encodeNumber(value, out)
  else if (typeof value === 'string') encodeText(value, out)
  else if (isArray(value)) encodeArray(value, out)
  else encodeMap(value as JsonObject, out)
}

function encodeNumber(value: number, out: number[]): void {
  if (!Number.isSafeInteger(value)) {
    out.push(0xcb)
    pushBytes(8, (view) => view.setFloat64(0, value), out)
  } else if (value >= 0) encodeUnsigned(value, out)
  else if (value >= -32) out.push(value + 256)
  else if (value >= -0x80) out.push(0xd0, value + 256)
  else if (value >= -0x8000) out.push(0xd1, ...bigEndian(value + 0x10000, 2))
  else if (value >= -0x80000000) out.push(0xd2, ...bigEndian(value + 0x100000000, 4))
  else {
    out.push(0xd3)
    pushBytes(8, (view) => view.setBigInt64(0, BigInt(value)), out)
  }
}

function encodeUnsigned(value: number, out: number[]): void {
  if (value <= 0x7f) out.push(value)
  else if (value <= 0xff) out.push(0xcc, value)
  else if (value <= 0xffff) out.push(0xcd, ...bigEndian(value, 2))
  else if (value <= 0xffffffff) out.push(0xce, ...bigEndian(value, 4))
  else out.push(0xcf, ...bigEndian(value, 8))
}

function encodeText(value: string, out: number[]): void {
  const bytes = text.encode(value)
  const { length } = bytes
  if (length <= 31) out.push(0xa0 | length)
  else if (length <= 0xff) out.push(0xd9, length)
  else if (length <= 0xffff) out.push(0xda, ...bigEndian(length, 2))
  else out.push(0xdb, ...bigEndian(length, 4))
  for (const byte of bytes) out.push(byte)
}

function encodeArray(value: readonly Json[], out: number[]): void {
  const { length } = value
  if (length <= 15) out.push(0x90 | length)
  else if (length <= 0xffff) out.push(0xdc, ...bigEndian(length, 2))
  else out.push(0xdd, ...bigEndian(length, 4))
  for (const item of value) encode(item, out)
}

function encodeMap(value: JsonObject, out: number[]): void {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  if (keys.length <= 15) out.push(0x80 | keys.length)
  else out.push(0xde, ...bigEndian(keys.length, 2))
  for (const key of keys) {
    encodeText(key, out)
    encode(value[key]!, out)
  }
}

/** Bytes of a non-negative safe integer, most significant first. */
export function bigEndian(value: number, bytes: number): number[] {
  const out = new Array<number>(bytes)
  let rest = value
  for (let i = bytes - 1; i >= 0; i--) {
    out[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return out
}

function pushBytes(bytes: number, write: (view: DataView) => void, out: number[]): void {
  const view = new DataView(new ArrayBuffer(bytes))
  write(view)
  for (let i = 0; i < bytes; i++) out.push(view.getUint8(i))
}
