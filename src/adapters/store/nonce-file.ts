import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { AdapterError } from '../errors.ts'

/** The highest nonce a signing key may have used. Structurally what venue adapters ask for. */
export interface NonceFile {
  last(): number
  save(nonce: number): void
  close(): void
}

const WIDTH = 20
/** Nonces taken out at once: what a burst of requests needs. They count milliseconds. */
const RESERVE = 1_000

/**
 * Keeps a nonce in a file of fixed width that is synced before `save` returns. It runs up to
 * {@link RESERVE} ahead of what was used, so that a burst of requests waits for one sync; what a
 * crash leaves of a reserve is never used. Two slots are written in turn with a check digit sum, so
 * that a torn write leaves the older one readable.
 */
export function openNonceFile(path: string): NonceFile {
  mkdirSync(dirname(path), { recursive: true })
  const slots = readSlots(path)
  let last = Math.max(...slots)
  let reserved = last
  // The older one, also after a restart: torn, it takes nothing away.
  let slot = slots[0] > slots[1] ? 1 : 0
  const descriptor = openSync(path, 'a+')
  closeSync(descriptor)
  const file = openSync(path, 'r+')
  return {
    last: () => last,
    save(nonce) {
      if (nonce <= last) {
        throw new AdapterError('NONCE_BACKWARDS', `nonce ${nonce} after ${last}`, 'fatal')
      }
      last = nonce
      if (nonce <= reserved) return
      reserved = nonce + RESERVE
      const text = encode(reserved)
      writeSync(file, text, slot * text.length)
      fsyncSync(file)
      slot = 1 - slot
    },
    close: () => closeSync(file),
  }
}

function encode(nonce: number): string {
  const digits = String(nonce).padStart(WIDTH, '0')
  return `${digits} ${checkOf(digits)}\n`
}

const checkOf = (digits: string): string =>
  String([...digits].reduce((sum, digit, i) => (sum + Number(digit) * (i + 1)) % 997, 0)).padStart(
    3,
    '0',
  )

/** What each slot holds, 0 where nothing was ever completed. Throws when neither can be read. */
function readSlots(path: string): readonly [number, number] {
  const unreadable = (why: string, cause?: unknown): AdapterError =>
    new AdapterError('NONCE_UNREADABLE', `${path} ${why}`, 'fatal', cause)
  let text = ''
  try {
    text = readFileSync(path, 'latin1')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return [0, 0]
    throw unreadable('cannot be read', cause)
  }
  const width = encode(0).length
  const [first, second] = [decode(text.slice(0, width)), decode(text.slice(width))]
  // One slot alone may be the very first, torn before its nonce was used.
  if (first === null && second === null && text.length > width) {
    throw unreadable('is damaged: neither of its two nonces can be read')
  }
  return [first ?? 0, second ?? 0]
}

function decode(line: string): number | null {
  const [digits = '', check] = line.trimEnd().split(' ')
  return /^\d+$/.test(digits) && digits.length === WIDTH && checkOf(digits) === check
    ? Number(digits)
    : null
}
