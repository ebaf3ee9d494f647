import { readFileSync } from 'node:fs'
import { createL1ActionHash } from '@nktkas/hyperliquid/signing'
import { recoverAddress } from 'viem'
import { sign } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import {
  createMemoryNonceStore,
  testAddress,
  testKey,
} from '../../../../test/support/hyperliquid-stage.ts'
import { sharedFile, sharedNote } from '../../../../test/support/shared-data.ts'
import { agentDigest } from './agent-digest.ts'
import { createSigner, type SignedRequest } from './signing.ts'

const hourMs = 3_600_000

type Hex = `0x${string}`

interface Vectors {
  readonly privateKey: Hex
  readonly l1: {
    readonly action: Record<string, unknown>
    readonly nonce: number
    readonly vaultAddress: Hex
    readonly expiresAfter: number
    readonly hash: Record<'base' | 'withVault' | 'withExpires' | 'withBoth', Hex>
    readonly signature: Record<'mainnet' | 'testnet', { r: Hex; s: Hex; v: number }>
  }
}

const path = sharedFile(
  'spec',
  'venues',
  'vectors',
  'hyperliquid',
  'signing',
  'nktkas_signing_mod_test.json',
)

describe.skipIf(path === null)(`the published signing vectors${sharedNote(path !== null)}`, () => {
  const load = (): Vectors => JSON.parse(readFileSync(path!, 'utf8')) as Vectors

  it('have our hashes, with and without vault and expiry', () => {
    const { action, nonce, vaultAddress, expiresAfter, hash } = load().l1
    expect(createL1ActionHash({ action, nonce })).toBe(hash.base)
    expect(createL1ActionHash({ action, nonce, vaultAddress })).toBe(hash.withVault)
    expect(createL1ActionHash({ action, nonce, expiresAfter })).toBe(hash.withExpires)
    expect(createL1ActionHash({ action, nonce, vaultAddress, expiresAfter })).toBe(hash.withBoth)
  })

  it.each(['mainnet', 'testnet'] as const)('have our signature on %s', async (network) => {
    const { privateKey, l1 } = load()
    const digest = agentDigest(l1.hash.base, network === 'testnet')
    const { r, s, v } = await sign({ hash: digest, privateKey })
    expect({ r, s, v: Number(v) }).toEqual(l1.signature[network])
  })
})

describe('a signed request', () => {
  const signer = (isTestnet: boolean) =>
    createSigner({
      privateKey: testKey,
      isTestnet,
      nonceStore: createMemoryNonceStore(),
      now: () => 1_790_000_000_000_000,
    })

  /** Who signed it, from nothing but what is sent. */
  const signerOf = ({ action, nonce, vaultAddress, expiresAfter, signature }: SignedRequest) => {
    const hash = createL1ActionHash({
      action: JSON.parse(JSON.stringify(action)) as Record<string, unknown>,
      nonce: nonce as number,
      ...(vaultAddress === undefined ? {} : { vaultAddress: vaultAddress as Hex }),
      ...(expiresAfter === undefined ? {} : { expiresAfter: expiresAfter as number }),
    })
    const { r, s, v } = signature as { r: Hex; s: Hex; v: number }
    return (isTestnet: boolean): Promise<string> =>
      recoverAddress({
        hash: agentDigest(hash, isTestnet),
        signature: { r, s, v: BigInt(v) },
      }).then((address) => address.toLowerCase())
  }
  const cloid = `0x${'1'.padStart(32, '0')}`
  const wire = {
    asset: 110_001,
    isBuy: true,
    price: '5000.1',
    size: '0.2',
    reduceOnly: false,
    timeInForce: 'Alo',
    cloid,
  } as const

  it.each([
    false,
    true,
  ])('gives back its signer on its own network only (testnet: %s)', async (t) => {
    const mine = signer(t)
    const requests = [
      await mine.orders([wire, { ...wire, isBuy: false, timeInForce: 'Ioc' }], 1_790_000_010_000),
      await mine.cancels([{ asset: 110_001, cloid }]),
      await mine.updateLeverage(3, 20, true),
      await mine.scheduleCancel(1_790_000_005_000),
    ]
    for (const request of requests) {
      expect(await signerOf(request)(t)).toBe(testAddress)
      expect(await signerOf(request)(!t)).not.toBe(testAddress)
    }
  })

  it('covers the account it acts for', async () => {
    const mine = signer(false)
    const vault = `0x${'Ab'.repeat(20)}`
    mine.actFor(vault)
    const request = await mine.cancels([{ asset: 0, cloid }])
    expect(request['vaultAddress']).toBe(vault.toLowerCase())
    expect(await signerOf(request)(false)).toBe(testAddress)
    const { vaultAddress: _, ...without } = request
    expect(await signerOf(without)(false)).not.toBe(testAddress)
  })

  it('is not made while its nonce is a day ahead, and goes on from there later', async () => {
    const saved = [25 * hourMs]
    let nowMs = 0
    const mine = createSigner({
      privateKey: testKey,
      isTestnet: true,
      nonceStore: { last: () => saved.at(-1)!, save: (nonce) => void saved.push(nonce) },
      now: () => nowMs * 1000,
    })
    const sign = () => mine.cancels([{ asset: 0, cloid }])
    await expect(sign()).rejects.toMatchObject({
      disposition: 'retry',
      message: expect.stringMatching(/next nonce 90000001 is 25 h ahead of this clock/) as unknown,
    })
    nowMs = 3 * hourMs
    expect((await sign())['nonce']).toBe(25 * hourMs + 1)
    expect(saved).toEqual([25 * hourMs, 25 * hourMs + 1])
  })
})
