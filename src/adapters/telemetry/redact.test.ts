import { describe, expect, it } from 'vitest'
import { createRedactor, REDACTED } from './redact.ts'

const key = `0x${'4c0883a69102937d'.repeat(4)}`
const redactor = createRedactor()

describe('redaction of texts', () => {
  it.each([
    ['a private key', `cannot sign with ${key}: bad`, `cannot sign with ${REDACTED}: bad`],
    ['a private key without 0x', `key=${key.slice(2)}.`, `key=${REDACTED}.`],
    ['a signature', `sig 0x${'ab'.repeat(65)} refused`, `sig ${REDACTED} refused`],
    [
      'a bearer token',
      'Authorization of Bearer abc.def-123456',
      `Authorization of Bearer ${REDACTED}`,
    ],
    ['a JWT', 'sent eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.sflKxwRJSMeKKF2', `sent ${REDACTED}`],
    ['a password in an address', 'redis://me:hunter22@host:1', `redis://${REDACTED}@host:1`],
    [
      'a query',
      'GET /x?symbol=BTC&token=abc&limit=5',
      `GET /x?symbol=BTC&token=${REDACTED}&limit=5`,
    ],
    [
      'JSON inside a text',
      'body {"apiKey":"PKX1","qty":"1"}',
      `body {"apiKey":${REDACTED},"qty":"1"}`,
    ],
    ['a header', 'APCA-API-SECRET-KEY: abcdef', `APCA-API-SECRET-KEY: ${REDACTED}`],
    ['a PEM key', '-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----', REDACTED],
  ])('takes out %s', (_, text, expected) => {
    expect(redactor.text(text)).toBe(expected)
  })

  it.each([
    'order 0123456789abcdef0123456789abcdef filled',
    'account 0x52908400098527886E0F7030069857D2E4169EE7',
    'key risk.maximumNotional: unknown',
    'tokens left: 5, signal z = 2.1',
  ])('leaves alone: %s', (text) => {
    expect(redactor.text(text)).toBe(text)
  })

  it('takes out values it was told to hide, also escaped', () => {
    const own = createRedactor(['p"ss/w0rd', 'short'])
    own.hide(key)
    expect(own.text(`a p"ss/w0rd b ${JSON.stringify('p"ss/w0rd')} c p%22ss%2Fw0rd`)).toBe(
      `a ${REDACTED} b "${REDACTED}" c ${REDACTED}`,
    )
    expect(own.text('a short word')).toBe('a short word')
  })
})

describe('redaction of data', () => {
  it('takes the whole value of a secret name, at any depth', () => {
    const value = {
      apiKey: 'x',
      nested: [{ signature: { r: '1', s: '2', v: 27 } }, { 'APCA-API-KEY-ID': 'PK' }],
      headers: { Authorization: 'x', Cookie: 'y', accept: 'json' },
      session_token: 5,
      password: null,
      quantity: 3,
    }
    expect(redactor.value(value)).toEqual({
      apiKey: REDACTED,
      nested: [{ signature: REDACTED }, { 'APCA-API-KEY-ID': REDACTED }],
      headers: { Authorization: REDACTED, Cookie: REDACTED, accept: 'json' },
      session_token: REDACTED,
      password: null,
      quantity: 3,
    })
  })

  it('keeps hashes that are named so', () => {
    const hash = 'ab'.repeat(32)
    expect(redactor.value({ configurationHash: hash, head: hash, note: hash })).toEqual({
      configurationHash: hash,
      head: hash,
      note: REDACTED,
    })
  })
})
