/** What stands where a secret stood. */
export const REDACTED = '[redacted]'

/** Names whose values are secret wherever they stand: in objects, JSON texts, query strings. */
const secretName =
  '[\\w-]*(?:api|private|secret|access|agent|signing|wallet|encryption)[_-]?key(?:[_-]?(?:id|hex))?|' +
  '[\\w-]*(?:secret|passw(?:or)?d|passphrase|mnemonic|credential)s?|' +
  '(?:[\\w-]*[_-])?(?:token|signature|cookie)|(?:access|auth|session|refresh|bearer)token|' +
  'authorization|set-cookie|jwt|seed[_-]?phrase'
const secretKey = new RegExp(`^(?:${secretName})$`, 'i')
/** Hashes are as long as private keys; fields that say so keep a value that is nothing else. */
const hashKey = /(?:hash|digest|head|commit)$/i
const wholeHash = /^[0-9a-f]{64}$/

const textPatterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // 32 bytes or more in hex: private keys, signatures and their halves.
  [/(?:0x)?(?<![0-9a-fA-F])[0-9a-fA-F]{64,}/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]+@/gi, `$1${REDACTED}@`],
  [
    new RegExp(
      `((?<![\\w-])["']?(?:${secretName})["']?\\s*[:=]\\s*)("[^"]*"|'[^']*'|[^\\s,;&{}\\[\\]"']+)`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
]

/** Takes secrets out of texts and plain data. */
export interface Redactor {
  /** A text without what looks like a secret and without every {@link hide hidden} value. */
  text(value: string): string
  /** Plain data without them, at any depth: secret names lose their whole value. */
  value(value: unknown): unknown
  /** From now on this very text is taken out wherever it appears; at least 6 characters. */
  hide(secret: string): void
}

/** Makes a redactor that already hides `secrets`. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const hidden = new Set<string>()
  const hide = (secret: string): void => {
    if (secret.length < 6) return
    hidden.add(secret)
    hidden.add(JSON.stringify(secret).slice(1, -1))
    hidden.add(encodeURIComponent(secret))
    if (/^0x[0-9a-f]+$/i.test(secret)) hidden.add(secret.slice(2))
  }
  for (const secret of secrets) hide(secret)

  const text = (value: string): string => {
    let result = value
    for (const secret of hidden) result = result.replaceAll(secret, REDACTED)
    for (const [pattern, replacement] of textPatterns) {
      result = result.replace(pattern, replacement)
    }
    return result
  }

  const redact = (value: unknown, name: string): unknown => {
    if (name !== '' && secretKey.test(name) && value !== null) return REDACTED
    if (typeof value === 'string') {
      const isHash = hashKey.test(name) && wholeHash.test(value) && !hidden.has(value)
      return isHash ? value : text(value)
    }
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => redact(item, name))
    const result: [string, unknown][] = []
    for (const [key, item] of Object.entries(value)) result.push([text(key), redact(item, key)])
    return Object.fromEntries(result)
  }

  return { text, value: (value) => redact(value, ''), hide }
}
