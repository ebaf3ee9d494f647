import { createL1ActionHash } from '@nktkas/hyperliquid/signing'
import fc from 'fast-check'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import {
  hashAction,
  readSignature,
  recoverActionSigner,
  recoverUserSigner,
} from '../../src/app/simulators/hyperliquid/wire/signing.ts'
import type { JsonObject } from '../../src/app/simulators/json.ts'
import { hasVectors, readVector, vectorsNote } from './hyperliquid-shared.ts'

interface Vectors {
  readonly privateKey: `0x${string}`
  readonly l1: {
    readonly action: JsonObject
    readonly nonce: number
    readonly vaultAddress: string
    readonly expiresAfter: number
    readonly hash: Record<'base' | 'withVault' | 'withExpires' | 'withBoth', string>
    readonly signature: Record<'mainnet' | 'testnet', JsonObject>
  }
  readonly userSigned: {
    readonly action: JsonObject
    readonly types: Record<string, { name: string; type: 'string' | 'uint64' }[]>
    readonly signature: JsonObject
  }
}

describe.skipIf(!hasVectors)(`signatures against the published vectors${vectorsNote}`, () => {
  // Vitest runs the body of a skipped block too: the file is read inside the tests.
  const load = () => {
    const vectors = readVector('signing/nktkas_signing_mod_test.json') as Vectors
    return { ...vectors, signer: privateKeyToAccount(vectors.privateKey).address.toLowerCase() }
  }

  test('the action hash agrees with and without vault and expiry', () => {
    const { action, nonce, vaultAddress, expiresAfter, hash } = load().l1
    const base = { action, nonce, vaultAddress: null, expiresAfter: null }
    expect(hashAction(base)).toBe(hash.base)
    expect(hashAction({ ...base, vaultAddress })).toBe(hash.withVault)
    expect(hashAction({ ...base, expiresAfter })).toBe(hash.withExpires)
    expect(hashAction({ ...base, vaultAddress, expiresAfter })).toBe(hash.withBoth)
  })

  test.for(['mainnet', 'testnet'] as const)('the %s signature gives back its signer', async (n) => {
    const { l1, signer } = load()
    const { action, nonce } = l1
    const base = hashAction({ action, nonce, vaultAddress: null, expiresAfter: null })
    const signature = readSignature(l1.signature[n])
    expect(await recoverActionSigner(base, n, signature!)).toBe(signer)
    const other = n === 'mainnet' ? 'testnet' : 'mainnet'
    expect(await recoverActionSigner(base, other, signature!)).not.toBe(signer)
  })

  test('a user-signed action gives back its signer, and null when a field is missing', async () => {
    const { userSigned, signer } = load()
    const input = {
      action: userSigned.action,
      primaryType: 'UsdSend',
      fields: userSigned.types['HyperliquidTransaction:UsdSend']!,
      signature: readSignature(userSigned.signature)!,
    }
    expect(await recoverUserSigner(input)).toBe(signer)
    const { amount: _, ...rest } = userSigned.action
    expect(await recoverUserSigner({ ...input, action: rest })).toBeNull()
  })
})

describe('action hashes', () => {
  test('agree with the client library for every shape of action', () => {
    const scalar = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.boolean(),
      fc.constant(null),
      fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
      fc.integer({ min: -70000, max: 70000 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Number.isInteger(x)),
    )
    const key = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text !== '__proto__')
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie('node'), { maxLength: 20 }),
        fc.dictionary(key, tie('node'), { maxKeys: 20, noNullPrototype: true }),
      ),
    })).node
    fc.assert(
      fc.property(
        fc.dictionary(key, tree, { maxKeys: 20, noNullPrototype: true }),
        fc.maxSafeNat(),
        (action, nonce) => {
          const ours = hashAction({
            action: action as JsonObject,
            nonce,
            vaultAddress: null,
            expiresAfter: null,
          })
          expect(ours).toBe(createL1ActionHash({ action, nonce }))
        },
      ),
      { seed: 20261121, numRuns: 300 },
    )
  })

  test('depend on the order of keys', () => {
    const rest = { nonce: 1, vaultAddress: null, expiresAfter: null }
    const first = hashAction({ action: { type: 'noop', a: 1 }, ...rest })
    expect(hashAction({ action: { a: 1, type: 'noop' }, ...rest })).not.toBe(first)
  })

  test('signatures may omit leading zeros and may count v from 0', () => {
    expect(readSignature({ r: '0x1', s: '0xAb', v: 1 })).toEqual({
      r: `0x${'1'.padStart(64, '0')}`,
      s: `0x${'ab'.padStart(64, '0')}`,
      v: 28,
    })
    for (const bad of [{ r: '1', s: '0x1', v: 27 }, { r: '0x1', s: '0x1', v: 29 }, null, 'x']) {
      expect(readSignature(bad)).toBeNull()
    }
  })
})
