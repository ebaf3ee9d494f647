import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NONCES_KEPT, type NonceBook, refuseNonce, useNonce } from './nonces.ts'

const nowMs = 1_800_000_000_000
const signer = '0xa'

describe('nonces', () => {
  test('are kept per signer', () => {
    const book: NonceBook = new Map()
    useNonce(book, signer, nowMs)
    expect(refuseNonce(book, { signer, nonce: nowMs, nowMs })).toContain('duplicate')
    expect(refuseNonce(book, { signer: '0xb', nonce: nowMs, nowMs })).toBeNull()
  })

  test('used in any order leave the highest hundred, and none of them is taken again', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 1, maxLength: 300 }),
        (offsets) => {
          const book: NonceBook = new Map()
          const taken: number[] = []
          for (const offset of offsets) {
            const nonce = nowMs + offset
            const highest = [...taken].sort((a, b) => b - a).slice(0, NONCES_KEPT)
            const least = highest.length === NONCES_KEPT ? highest.at(-1)! : 0
            const refusal = refuseNonce(book, { signer, nonce, nowMs })
            expect(refusal === null).toBe(nonce > least)
            if (refusal !== null) continue
            useNonce(book, signer, nonce)
            taken.push(nonce)
          }
          expect(book.get(signer)).toEqual([...taken].sort((a, b) => a - b).slice(-NONCES_KEPT))
        },
      ),
      { seed: 7, numRuns: 50 },
    )
  })
})
