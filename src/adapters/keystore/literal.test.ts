import { describe, expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import { refuseLiteralSecrets } from './literal.ts'

function failureOf(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('no failure')
}

describe('a configuration', () => {
  const hex = '4c0883a69102937d'.repeat(4)
  it.each([
    ['a private key', { venue: { key: `0x${hex}` } }, 'venue.key'],
    ['a bare private key', { list: ['a', hex] }, 'list.1'],
    ['an API key', { venue: { id: 'PKABCDEFGHIJ12345678' } }, 'venue.id'],
    ['an API secret', { x: 'aB3dEfGhIjKlMnOpQrStUvWxYz0123456789AbCd' }, 'x'],
    ['a named text', { alerts: { apiKey: 'abc' } }, 'alerts.apiKey'],
    ['a token', { alerts: { botToken: '12:ab' } }, 'alerts.botToken'],
    ['an address with a password', { redis: 'redis://u:pw@host' }, 'redis'],
    ['a PEM key', { pem: '-----BEGIN PRIVATE KEY-----\nabc' }, 'pem'],
    ['a recovery phrase', { phrase: Array(12).fill('abandon').join(' ') }, 'phrase'],
    ['a key in place of a name', { key: { env: `0x${hex}` } }, 'key.env'],
  ])('may not hold %s', (_, configuration, key) => {
    const failure = failureOf(() => refuseLiteralSecrets(configuration, 'live.yaml'))
    expect(failure).toMatchObject({ code: 'ORN-KEYSTORE-007', exitCode: 3 })
    expect(failure.message).toContain(`live.yaml: ${key} holds`)
    const shown = [failure.message, ...failure.details, failure.fix].join(' ')
    expect(shown).not.toMatch(/4c0883|PKABC|aB3dE|12:ab|pw@|abandon/)
  })

  it('may hold references and everything else', () => {
    const configuration = {
      name: 'btc-reversion',
      venue: { key: { env: 'HL_AGENT_KEY' }, apiKey: { keystore: 'ALPACA_KEY' } },
      account: '0x52908400098527886E0F7030069857D2E4169EE7',
      file: '../shared/data/hyperliquid/hl_l2book20_BTC_20250904.parquet',
      directory: '/home/Alice/projects/ornstein/recordings/2025/BTC',
      dataHash: hex,
      numbers: [1, 2.5, null, true],
      password: '',
    }
    expect(() => refuseLiteralSecrets(configuration, 'live.yaml')).not.toThrow()
  })
})
