import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../errors.ts'
import { createKeystore, openKeystore } from './keystore.ts'
import { Secret } from './secret.ts'

/** Fast; the standard cost is tried once. */
const cost = { cost: 1024, blockSize: 8, parallel: 1 }
const password = 'correct horse'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystore-'))
  path = join(directory, 'keystore.json')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function failureOf(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('no failure')
}

describe('a keystore', () => {
  it('gives secrets back under its password', () => {
    const keystore = createKeystore(path, password, cost)
    keystore.set('HL_AGENT', 'value one')
    keystore.set('ALPACA', 'value two')
    const again = openKeystore(path, password)
    expect(again.names()).toEqual(['ALPACA', 'HL_AGENT'])
    expect(again.get('HL_AGENT')?.reveal()).toBe('value one')
    expect(again.get('other')).toBeNull()
    expect(again.remove('HL_AGENT')).toBe(true)
    expect(again.remove('HL_AGENT')).toBe(false)
    expect(openKeystore(path, password).names()).toEqual(['ALPACA'])
    expect(readdirSync(directory)).toEqual(['keystore.json'])
  })

  it('works at its standard cost', () => {
    createKeystore(path, password).set('A', 'x')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ scrypt: { cost: 131_072 } })
    expect(openKeystore(path, password).get('A')?.reveal()).toBe('x')
  })

  it('shows neither names nor values in its file, and never the same bytes twice', () => {
    const keystore = createKeystore(path, password, cost)
    keystore.set('HL_AGENT', 'value one')
    const first = readFileSync(path, 'utf8')
    keystore.set('HL_AGENT', 'value one')
    const second = readFileSync(path, 'utf8')
    expect(first).not.toMatch(/HL_AGENT|value one/)
    const fresh = ['salt', 'nonce', 'tag', 'content'] as const
    const [a, b] = [first, second].map((text) => JSON.parse(text) as Record<string, string>)
    for (const field of fresh) expect(a![field]).not.toBe(b![field])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('refuses a wrong password and any change of the file', () => {
    createKeystore(path, password, cost).set('A', 'x')
    expect(failureOf(() => openKeystore(path, 'wrong horse'))).toMatchObject({
      code: 'ORN-KEYSTORE-003',
      exitCode: 3,
    })
    const whole = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
    for (const field of ['salt', 'nonce', 'tag', 'content']) {
      const bytes = Buffer.from(whole[field]!, 'base64')
      bytes[0]! ^= 1
      writeFileSync(path, JSON.stringify({ ...whole, [field]: bytes.toString('base64') }))
      expect(failureOf(() => openKeystore(path, password)).code).toBe('ORN-KEYSTORE-003')
    }
    writeFileSync(path, JSON.stringify({ ...whole, scrypt: { ...cost, parallel: 2 } }))
    expect(failureOf(() => openKeystore(path, password)).code).toBe('ORN-KEYSTORE-003')
  })

  it.each([
    ['text', 'no json'],
    ['another object', '{"a":1}'],
    ['a later version', null],
  ])('refuses %s', (_, text) => {
    createKeystore(path, password, cost)
    const whole = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, text ?? JSON.stringify({ ...whole, version: 2 }))
    expect(failureOf(() => openKeystore(path, password))).toMatchObject({
      code: 'ORN-KEYSTORE-001',
      exitCode: 3,
    })
  })

  it.each([
    { cost: 1000, blockSize: 8, parallel: 1 },
    { cost: 2 ** 30, blockSize: 8, parallel: 1 },
    { cost: 1024, blockSize: 0, parallel: 1 },
    { cost: 1024, blockSize: 8, parallel: 1e9 },
  ])('refuses to derive a key with %o', (scrypt) => {
    createKeystore(path, password, cost)
    const whole = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, JSON.stringify({ ...whole, scrypt }))
    expect(failureOf(() => openKeystore(path, password)).message).toContain('refused')
  })

  it('overwrites nothing, needs a password worth the name and a place to be', () => {
    createKeystore(path, password, cost).set('A', 'x')
    expect(failureOf(() => createKeystore(path, password, cost)).message).toContain('exists')
    expect(openKeystore(path, password).names()).toEqual(['A'])
    expect(failureOf(() => createKeystore(`${path}2`, 'short', cost)).exitCode).toBe(3)
    expect(failureOf(() => openKeystore(`${path}2`, password)).message).toContain('no keystore')
    const nowhere = join(path, 'x', 'y.json')
    expect(failureOf(() => createKeystore(nowhere, password, cost)).code).toBe('ORN-KEYSTORE-002')
    expect(failureOf(() => openKeystore(path, password).set('bad name', 'x')).exitCode).toBe(2)
    expect(readdirSync(directory)).toEqual(['keystore.json'])
  })
})

describe('a secret', () => {
  it('never shows itself', () => {
    const secret = new Secret('hunter22')
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 5 }),
      JSON.stringify(Object.entries(secret)),
    ]
    expect(shown.join(' ')).not.toContain('hunter22')
    expect(secret.reveal()).toBe('hunter22')
  })
})
