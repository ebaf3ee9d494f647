import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeystore } from '../../adapters/mod.ts'
import { parseObject } from '../config/load.ts'
import { type CredentialSources, readAccount } from './credentials.ts'

const key = `0x${'a1b2'.repeat(16)}` as const
const address = privateKeyToAddress(key).toLowerCase()
const account = '0x52908400098527886E0F7030069857D2E4169EE7'
const password = 'correct horse battery'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  const cheap = { cost: 2, blockSize: 1, parallel: 1 }
  createKeystore(join(folder, 'keystore.json'), password, cheap).set('AGENT', key)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const configOf = (venue: object) => parseObject({ name: 'bot', venue }, 'bot.yaml').config
const sources = (more: Partial<CredentialSources> = {}): CredentialSources => ({
  environment: { KEY: key, WRONG: 'xyz', ORNSTEIN_KEYSTORE: join(folder, 'keystore.json') },
  askPassword: null,
  ...more,
})

describe('the account of a configuration', () => {
  it('is nobody, the one named, or the one whose key is referred to', async () => {
    expect(await readAccount(configOf({}), sources())).toBeNull()
    expect(await readAccount(configOf({ account }), sources())).toBe(account.toLowerCase())
    expect(await readAccount(configOf({ key: { env: 'KEY' } }), sources())).toBe(address)
    const both = configOf({ account, key: { env: 'KEY' } })
    expect(await readAccount(both, sources())).toBe(account.toLowerCase())
  })

  it('takes a key out of the keystore with a password that is asked for or set', async () => {
    const config = configOf({ key: { keystore: 'AGENT' } })
    const typed = sources({ askPassword: async () => password })
    expect(await readAccount(config, typed)).toBe(address)
    const { environment } = sources()
    const set = sources({ environment: { ...environment, ORNSTEIN_KEYSTORE_PASSWORD: password } })
    expect(await readAccount(config, set)).toBe(address)
    await expect(readAccount(config, sources())).rejects.toMatchObject({ code: 'ORN-KEYSTORE-008' })
    const nowhere = sources({ environment: { ORNSTEIN_KEYSTORE: join(folder, 'none.json') } })
    await expect(readAccount(config, nowhere)).rejects.toMatchObject({ code: 'ORN-KEYSTORE-001' })
    const nearly = configOf({ key: { keystore: 'AGNT' } })
    await expect(readAccount(nearly, typed)).rejects.toMatchObject({
      code: 'ORN-KEYSTORE-006',
      details: ['key: venue.key', 'nearest name: AGENT'],
    })
  })

  it('refuses what is no key, beside an account too, without showing it', async () => {
    const wrong = readAccount(configOf({ account, key: { env: 'WRONG' } }), sources())
    await expect(wrong).rejects.toMatchObject({ code: 'VENUE_CREDENTIALS' })
    await expect(wrong).rejects.not.toThrow(/xyz/)
    expect(() => configOf({ account: '0x12' })).toThrow()
  })
})
