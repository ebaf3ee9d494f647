import { describe, expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import type { Keystore } from './keystore.ts'
import { resolveSecret } from './reference.ts'
import { Secret } from './secret.ts'

const keystore: Keystore = {
  path: 'keystore.json',
  names: () => ['HL_AGENT'],
  get: (name) => (name === 'HL_AGENT' ? new Secret('from the store') : null),
  set: () => {},
  remove: () => false,
}
const sources = { environment: { HL_KEY: 'from outside', EMPTY: '' }, keystore: () => keystore }

function failureOf(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('no failure')
}

describe('a secret by reference', () => {
  it('comes from the environment or the keystore', () => {
    expect(resolveSecret('venue.key', { env: 'HL_KEY' }, sources).reveal()).toBe('from outside')
    expect(resolveSecret('venue.key', { keystore: 'HL_AGENT' }, sources).reveal()).toBe(
      'from the store',
    )
  })

  it('is missed with the key that asks and the nearest name', () => {
    const environment = failureOf(() => resolveSecret('venue.key', { env: 'HL_KEI' }, sources))
    expect(environment).toMatchObject({
      exitCode: 3,
      message: 'the environment variable HL_KEI is not set',
      details: ['key: venue.key', 'nearest name: HL_KEY'],
    })
    expect(failureOf(() => resolveSecret('k', { env: 'EMPTY' }, sources)).message).toContain(
      'EMPTY',
    )
    const stored = failureOf(() => resolveSecret('venue.key', { keystore: 'HL_AGNT' }, sources))
    expect(stored.details).toContain('nearest name: HL_AGENT')
    const none = { ...sources, keystore: () => null }
    expect(failureOf(() => resolveSecret('k', { keystore: 'A' }, none)).message).toContain('none')
  })
})
