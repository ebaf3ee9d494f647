import { createHash } from 'node:crypto'

/** A UUID that only depends on a text: a replay gives the same ones. It carries no meaning. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(`ornstein alpaca ${text}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** True for the shape of a UUID. */
export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID: 48 bits of milliseconds, 80 bits that only depend on a counter. */
export function ulidOf(timeMs: number, counter: number): string {
  let head = ''
  for (let i = 0, rest = timeMs; i < 10; i++) {
    head = CROCKFORD[rest % 32]! + head
    rest = Math.floor(rest / 32)
  }
  const digest = createHash('sha256').update(`ulid ${counter}`).digest()
  return head + [...digest.subarray(0, 16)].map((byte) => CROCKFORD[byte % 32]!).join('')
}

/** A stable 32-bit number of a text (FNV-1a). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
