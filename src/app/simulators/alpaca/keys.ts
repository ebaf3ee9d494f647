/** A pair of demo values that opens an account. */
export interface KeyPair {
  readonly key: string
  readonly secret: string
}

/** Who may do what. */
export interface Keys {
  /** Index of the account that a pair opens; null when it opens none. */
  check(key: unknown, secret: unknown): number | null
  /** The same of a request's or handshake's headers (names in lower case). */
  accountOf(headers: Readonly<Record<string, string | undefined>>): number | null
  /** True when headers hold any credentials, right or wrong. */
  hasCredentials(headers: Readonly<Record<string, string | undefined>>): boolean
}

/** Keys of accounts; `indexOf` finds the account a key belongs to. */
export function createKeys(pairs: readonly KeyPair[], indexOf: (key: string) => number): Keys {
  const check = (key: unknown, secret: unknown): number | null => {
    const pair = pairs.find((each) => each.key === key && each.secret === secret)
    return pair === undefined ? null : indexOf(pair.key)
  }
  const accountOf: Keys['accountOf'] = (headers) => {
    const { authorization } = headers
    if (headers['apca-api-key-id'] !== undefined || authorization === undefined) {
      return check(headers['apca-api-key-id'], headers['apca-api-secret-key'])
    }
    const [scheme, value = ''] = authorization.split(' ')
    if (scheme?.toLowerCase() === 'basic') {
      const [key, secret] = Buffer.from(value, 'base64').toString('utf8').split(':')
      return check(key, secret)
    }
    // A token stands for the account whose secret it is.
    const pair = pairs.find(({ secret }) => secret === value)
    return pair === undefined ? null : indexOf(pair.key)
  }
  return {
    check,
    accountOf,
    hasCredentials: (headers) =>
      headers['apca-api-key-id'] !== undefined || headers['authorization'] !== undefined,
  }
}
