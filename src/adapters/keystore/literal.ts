import { InputError } from '../errors.ts'

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
