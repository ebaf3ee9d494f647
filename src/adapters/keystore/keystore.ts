import { existsSync, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { InputError } from '../errors.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'
import { decryptText, type EncryptedText, encryptText, memoryOf } from './encryption.ts'
import { secretLook } from './literal.ts'
import { Secret } from './secret.ts'

/** Names a secret may have. */
const secretNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** An opened keystore. */
export interface Keystore {
  readonly path: string
  /** Names of what it holds, in alphabetical order. */
  names(): readonly string[]
  /** The secret of that name, or null. */
  get(name: string): Secret | null
  /** Stores a secret, in place of one of the same name; on disk when it returns. */
  set(name: string, value: string): void
  /** Forgets a secret; false when there is none of that name. */
  remove(name: string): boolean
}

/** How much work one guess of the password costs; smaller only in tests. */
export type KeystoreCost = EncryptedText['scrypt']

const base64 = z.base64()
const encryptedSchema = z.strictObject({
  format: z.literal('ornstein-keystore'),
  version: z.number().int(),
  scrypt: z.strictObject({ cost: z.number(), blockSize: z.number(), parallel: z.number() }),
  salt: base64,
  nonce: base64,
  tag: base64,
  content: base64,
})
const contentSchema = z.record(z.string(), z.string())

/** Makes an empty keystore. Throws InputError when the file exists or the password is too short. */
export function createKeystore(path: string, password: string, cost?: KeystoreCost): Keystore {
  if (password.length < 8) {
    throw keystoreError('004', 3, 'the keystore password is too short', [
      `${password.length} characters, at least 8 are needed`,
    ])
  }
  const encrypted = encryptText('{}', password, cost)
  write(path, encrypted, false)
  return keystoreOf(path, password, encrypted.scrypt, {})
}

/**
 * Opens a keystore. Throws InputError when it is missing, not a keystore, of another version, or
 * when the password does not fit (which a damaged file cannot be told from).
 */
export function openKeystore(path: string, password: string): Keystore {
  const encrypted = readEncrypted(path)
  const text = decryptText(encrypted, password)
  if (text === null) {
    throw keystoreError('003', 3, `the keystore ${path} does not open with this password`, [
      'the password is wrong, or the file was changed',
    ])
  }
  return keystoreOf(path, password, encrypted.scrypt, contentSchema.parse(JSON.parse(text)))
}

/**
 * Refuses a name that a secret cannot have, and one that looks like a secret itself, which is then
 * not repeated. Throws InputError.
 */
export function requireSecretName(name: string): void {
  const isUsable = secretNamePattern.test(name)
  const isSecret = secretLook(name) !== null
  if (isUsable && !isSecret) return
  const shown = isSecret || name.length > 32 ? `of ${name.length} characters` : JSON.stringify(name)
  throw keystoreError('005', 2, `the secret name ${shown} is not usable`, [
    'allowed: a letter, then at most 63 letters, digits, "_" or "-"',
    ...(isSecret ? ['it looks like a secret itself: a value is never an argument'] : []),
  ])
}

/** Refuses a path where no keystore can be. Throws InputError. */
export function requireKeystore(path: string): void {
  if (existsSync(path) && statSync(path).isFile()) return
  throw keystoreError('001', 3, `no keystore at ${path}`, [], 'ornstein keystore create')
}

function keystoreOf(
  path: string,
  password: string,
  cost: KeystoreCost,
  content: Readonly<Record<string, string>>,
): Keystore {
  let secrets = new Map(Object.entries(content))
  const save = (next: Map<string, string>): void => {
    const text = JSON.stringify(Object.fromEntries(next))
    write(path, encryptText(text, password, cost), true)
    secrets = next
  }
  return {
    path,
    names: () => [...secrets.keys()].sort(),
    get(name) {
      const value = secrets.get(name)
      return value === undefined ? null : new Secret(value)
    },
    set(name, value) {
      requireSecretName(name)
      save(new Map(secrets).set(name, value))
    },
    remove(name) {
      const next = new Map(secrets)
      if (!next.delete(name)) return false
      save(next)
      return true
    },
  }
}

function readEncrypted(path: string): EncryptedText {
  requireKeystore(path)
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw keystoreError('001', 3, `${path} is not a keystore`, [messageOf(error)])
  }
  const found = encryptedSchema.safeParse(parsed)
  if (!found.success) {
    const [issue] = found.error.issues
    const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`
    throw keystoreError('001', 3, `${path} is not a keystore`, [where])
  }
  const { version, ...rest } = found.data
  if (version !== 1) {
    throw keystoreError('001', 3, `${path} is a keystore of version ${version}`, [
      'this program reads version 1',
    ])
  }
  if (memoryOf(rest.scrypt) === null) {
    throw keystoreError('001', 3, `${path} asks for key derivation that is refused`, [
      JSON.stringify(rest.scrypt),
    ])
  }
  return { ...rest, version }
}

function write(path: string, encrypted: EncryptedText, replaces: boolean): void {
  try {
    writeFileAtomically(path, `${JSON.stringify(encrypted, null, 2)}\n`, { replaces })
  } catch (error) {
    const exists = !replaces && (error as NodeJS.ErrnoException).code === 'EEXIST'
    const message = exists ? `a keystore exists at ${path}` : `cannot write the keystore ${path}`
    throw keystoreError('002', 2, message, exists ? [] : [messageOf(error)])
  }
}

function keystoreError(
  number: string,
  exitCode: number,
  message: string,
  details: readonly string[],
  fix?: string,
): InputError {
  return new InputError({
    code: `ORN-KEYSTORE-${number}`,
    exitCode,
    message,
    details,
    ...(fix === undefined ? {} : { fix }),
  })
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
