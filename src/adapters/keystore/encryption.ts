import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'

/**
 * Password encryption of a keystore: scrypt (RFC 7914) makes a 256-bit key, AES-256-GCM encrypts
 * and authenticates; the parameters are authenticated with the content.
 */
export interface EncryptedText {
  readonly format: 'ornstein-keystore'
  readonly version: 1
  readonly scrypt: { readonly cost: number; readonly blockSize: number; readonly parallel: number }
  /** Base64: 32 bytes of salt, 12 of nonce, 16 of tag, and the content. */
  readonly salt: string
  readonly nonce: string
  readonly tag: string
  readonly content: string
}

/** Work of one guess: 2^17 x 8 blocks, 128 MiB. */
const standardCost = { cost: 131_072, blockSize: 8, parallel: 1 }
/** A file may not ask for more memory than this. */
const MAXIMUM_MEMORY_BYTES = 1024 * 1024 * 1024

/** Encrypts a text under a password. Salt and nonce are fresh each time. */
export function encryptText(text: string, password: string, cost = standardCost): EncryptedText {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(password, salt, cost), nonce)
  cipher.setAAD(associatedData(cost))
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return {
    format: 'ornstein-keystore',
    version: 1,
    scrypt: cost,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    content: content.toString('base64'),
  }
}

/** Decrypts, or returns null: the password is wrong or the file was changed. */
export function decryptText(encrypted: EncryptedText, password: string): string | null {
  const key = deriveKey(password, Buffer.from(encrypted.salt, 'base64'), encrypted.scrypt)
  const nonce = Buffer.from(encrypted.nonce, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  decipher.setAAD(associatedData(encrypted.scrypt))
  try {
    decipher.setAuthTag(Buffer.from(encrypted.tag, 'base64'))
    const start = decipher.update(Buffer.from(encrypted.content, 'base64'))
    return Buffer.concat([start, decipher.final()]).toString('utf8')
  } catch {
    // GCM says no more than that it does not fit; neither may we.
    return null
  }
}

/** Memory that these parameters need, bytes; null when they are not sound or ask for too much. */
export function memoryOf(scrypt: EncryptedText['scrypt']): number | null {
  const { cost, blockSize, parallel } = scrypt
  const isPowerOfTwo = Number.isInteger(cost) && cost >= 2 && Number.isInteger(Math.log2(cost))
  if (!isPowerOfTwo || !isSmall(blockSize, 64) || !isSmall(parallel, 16)) return null
  const bytes = 128 * blockSize * (cost + parallel)
  return bytes <= MAXIMUM_MEMORY_BYTES ? bytes : null
}

const isSmall = (value: number, maximum: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= maximum

function deriveKey(password: string, salt: Uint8Array, scrypt: EncryptedText['scrypt']): Buffer {
  const { cost, blockSize, parallel } = scrypt
  return scryptSync(password.normalize('NFKC'), salt, 32, {
    N: cost,
    r: blockSize,
    p: parallel,
    maxmem: 2 * 128 * blockSize * (cost + parallel),
  })
}

const associatedData = ({ cost, blockSize, parallel }: EncryptedText['scrypt']): Buffer =>
  Buffer.from(`ornstein-keystore 1 ${cost} ${blockSize} ${parallel}`)
