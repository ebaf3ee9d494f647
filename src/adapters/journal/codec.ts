import { assert } from '../../core/mod.ts'

/**
 * Canonical text of journal payloads: JSON with keys in code unit order, so that equal values have
 * equal bytes. What JSON cannot say is tagged: a bigint is {"$n":"12"}, a number JSON would lose
 * (NaN, Infinity, -Infinity, -0) is {"$f":"NaN"}, a typed array is
 * {"$a":["Float64Array","base64"]}.
 * A key of the value itself that starts with "$" gets one more "$" in front.
 */

const typedArrays = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  BigInt64Array,
  BigUint64Array,
} as const
type TypedArrayName = keyof typeof typedArrays

/**
 * Writes plain data (null, booleans, numbers, bigints, strings, arrays, plain objects, typed
 * arrays)
 * as canonical text. Properties that are undefined are left out. Anything else is a bug.
 */
export function encodePayload(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return encodeNumber(value)
    case 'bigint':
      return `{"$n":"${value}"}`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : encodeObject(value)
    default:
      return refuse(typeof value)
  }
}

/**
 * Reads what {@link encodePayload} wrote. Throws SyntaxError when the text is not such a payload.
 */
export function decodePayload(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return text.includes('"$') ? untag(value) : value
}

function encodeNumber(value: number): string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return String(value)
  return `{"$f":"${Object.is(value, -0) ? '-0' : value}"}`
}

function encodeObject(value: object): string {
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += (i > 0 ? ',' : '') + encodePayload(value[i])
    return `${text}]`
  }
  if (ArrayBuffer.isView(value)) return encodeTypedArray(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) refuse(value.constructor.name)
  const record = value as Record<string, unknown>
  let text = '{'
  for (const key of Object.keys(record).sort()) {
    const item = record[key]
    if (item === undefined) continue
    if (text.length > 1) text += ','
    text += `${JSON.stringify(key.startsWith('$') ? `$${key}` : key)}:${encodePayload(item)}`
  }
  return `${text}}`
}

function encodeTypedArray(value: ArrayBufferView): string {
  const name = value.constructor.name
  if (!Object.hasOwn(typedArrays, name)) refuse(name)
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return `{"$a":["${name}","${bytes.toString('base64')}"]}`
}

function refuse(what: string): never {
  assert(false, `a journal payload holds plain data, not ${what}`)
}

function untag(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = untag(value[i])
    return value
  }
  const record = value as Record<string, unknown>
  const keys = Object.keys(record)
  const first = keys[0]
  if (keys.length === 1 && first !== undefined && /^\$[^$]/.test(`${first} `)) {
    return untagScalar(first, record[first])
  }
  const result: Record<string, unknown> = {}
  for (const key of keys) {
    const name = key.startsWith('$$') ? key.slice(1) : key
    const item = untag(record[key])
    // Plain assignment to this one name would change the prototype instead of adding a key.
    if (name === '__proto__') {
      Object.defineProperty(result, name, {
        value: item,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    } else result[name] = item
  }
  return result
}

function untagScalar(tag: string, content: unknown): unknown {
  if (tag === '$n' && typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content)
  if (tag === '$f') {
    if (content === 'NaN') return Number.NaN
    if (content === 'Infinity') return Number.POSITIVE_INFINITY
    if (content === '-Infinity') return Number.NEGATIVE_INFINITY
    if (content === '-0') return -0
  }
  if (tag === '$a' && Array.isArray(content)) {
    const [name, base64] = content as [unknown, unknown]
    if (
      typeof name === 'string' &&
      Object.hasOwn(typedArrays, name) &&
      typeof base64 === 'string'
    ) {
      const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
      return new typedArrays[name as TypedArrayName](bytes.buffer)
    }
  }
  throw new SyntaxError(`unknown tag ${JSON.stringify(tag)} in a payload`)
}
