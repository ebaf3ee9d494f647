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
  let last = readSlots(path)
  let reserved = last
  let slot = 0
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

function readSlots(path: string): number {
  let text = ''
  try {
    text = readFileSync(path, 'latin1')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return 0
    throw new AdapterError('NONCE_UNREADABLE', `${path} cannot be read`, 'fatal', cause)
  }
  const values = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([digits, check]) => digits?.length === WIDTH && checkOf(digits) === check)
    .map(([digits]) => Number(digits))
  return Math.max(0, ...values)
}
