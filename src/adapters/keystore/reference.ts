import { nearest } from '../catalog/nearest.ts'
import { InputError } from '../errors.ts'
import type { Keystore } from './keystore.ts'
import { Secret } from './secret.ts'

/** Where a secret is kept; the only form in which configurations mention one. */
export type SecretReference = { readonly env: string } | { readonly keystore: string }

/** Where references are looked up. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Opens the keystore when a reference needs it; null when the run has none. */
  readonly keystore: () => Keystore | null
}

/**
 * Looks a secret up. `key` is the place in the configuration that asks. Throws InputError that
 * names
 * the key, the reference and the nearest existing name, never a value.
 */
export function resolveSecret(
  key: string,
  reference: SecretReference,
  from: SecretSources,
): Secret {
  if ('env' in reference) {
    const value = from.environment[reference.env]
    if (value !== undefined && value !== '') return new Secret(value)
    const names = Object.keys(from.environment).filter((name) => from.environment[name] !== '')
    throw missing(key, `the environment variable ${reference.env} is not set`, reference.env, names)
  }
  const keystore = from.keystore()
  if (keystore === null) {
    throw missing(key, 'a keystore is needed but none is configured', reference.keystore, [])
  }
  const secret = keystore.get(reference.keystore)
  if (secret !== null) return secret
  const message = `the keystore ${keystore.path} has no secret ${reference.keystore}`
  throw missing(key, message, reference.keystore, keystore.names())
}

function missing(key: string, message: string, name: string, names: readonly string[]): InputError {
  const close = nearest(name, names)
  return new InputError({
    code: 'ORN-KEYSTORE-006',
    exitCode: 3,
    message,
    details: [`key: ${key}`, ...(close === null ? [] : [`nearest name: ${close}`])],
  })
}

const secretKeyName =
  /(?:secret|passw(?:or)?d|passphrase|mnemonic|token|(?:api|private|agent|access|signing|wallet)[_-]?key)$/i

/** Fields for hashes of data and code, which are as long as private keys. */
const hashName = /(?:hash|digest|sha256|commit)$/i

const looks: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a PEM private key'],
  [/(?:^|[^0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{64}(?![0-9a-zA-Z])/, 'a private key'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}/, 'a token'],
  [/^[PA]K[A-Z0-9]{16,24}$/, 'an API key'],
  [/^(?!0x[0-9a-fA-F]+$)(?=.*[g-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{40,64}={0,2}$/, 'an API secret'],
  [/:\/\/[^\s/:@]*:[^\s/@]+@/, 'an address with a password'],
  [/^(?:[a-z]{3,8}\s+){11,23}[a-z]{3,8}$/, 'a recovery phrase'],
]

/** What a text looks like, for example "a private key"; null when it looks like no secret. */
export const secretLook = (text: string): string | null =>
  looks.find(([pattern]) => pattern.test(text))?.[1] ?? null

/**
 * Refuses a configuration (as parsed from `file`) that holds a secret itself: a text under a name
 * such as apiKey, or a text that looks like a key anywhere. The message gives key and length only.
 */
export function refuseLiteralSecrets(configuration: unknown, file: string): void {
  visit(configuration, [], file)
}

function visit(value: unknown, path: readonly string[], file: string): void {
  if (typeof value === 'string') {
    const name = path.at(-1) ?? ''
    const isReference = name === 'env' || name === 'keystore'
    const isNamed = value !== '' && !isReference && secretKeyName.test(name)
    const isHash = hashName.test(name) && /^[0-9a-f]{40,64}$/.test(value)
    const look = isHash ? null : secretLook(value)
    if (look !== null || isNamed) throw literal(path, value.length, look, file)
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      visit(item, [...path, String(index)], file)
    })
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) visit(item, [...path, key], file)
  }
}

function literal(
  path: readonly string[],
  length: number,
  look: string | null,
  file: string,
): InputError {
  const key = path.join('.')
  const what = look === null ? 'a secret in clear text' : `what looks like ${look}`
  return new InputError({
    code: 'ORN-KEYSTORE-007',
    exitCode: 3,
    message: `${file}: ${key} holds ${what}`,
    details: [
      `a text of ${length} characters, not shown`,
      'allowed: a reference { env: NAME } or { keystore: NAME }',
    ],
    fix: `put the value in an environment variable or the keystore and write ${key}: { env: NAME }`,
  })
}
