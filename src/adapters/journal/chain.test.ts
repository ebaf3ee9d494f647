import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ChainHasher, EMPTY_HASH } from './chain.ts'
import { alert, executed, genesis, heartbeat } from './testing/kit.ts'

describe('the hash chain', () => {
  it('starts empty', () => {
    expect(new ChainHasher().head).toEqual({ seq: -1, hash: EMPTY_HASH })
  })

  it('is SHA-256 over the previous hash, sequence, kind, time and canonical payload', () => {
    const hasher = new ChainHasher()
    const expected = createHash('sha256')
      .update(`${EMPTY_HASH}\n0\nevent\n17\n{"kind":"heartbeat","receivedTime":17}`)
      .digest('hex')
    expect(hasher.update('event', heartbeat(17), 17)).toEqual({ seq: 0, hash: expected })
  })

  it('has the head it always had (golden)', () => {
    const hasher = new ChainHasher()
    hasher.update('genesis', genesis)
    hasher.update('event', heartbeat(1), 1)
    hasher.update('event', executed(2, 'x-1'), 2)
    hasher.update('market', { segment: 1, from: 0, to: 9, digest: '0'.repeat(64) }, 3)
    hasher.update('effect', alert('golden'), 3)
    expect(hasher.head).toEqual({
      seq: 4,
      hash: 'c0c5d672448d2f7d1f84cc9a302e5d96609feb46f54b5f1db69dfeb680d303be',
    })
  })

  it('changes with every part of every entry', () => {
    const heads = new Set<string>()
    const variants: [Parameters<ChainHasher['update']>[0], unknown, number][] = [
      ['event', { a: 1 }, 1],
      ['effect', { a: 1 }, 1],
      ['event', { a: 2 }, 1],
      ['event', { a: 1 }, 2],
    ]
    for (const [kind, payload, time] of variants) {
      const hasher = new ChainHasher()
      hasher.update(kind, payload, time)
      hasher.update('event', 'same', 9)
      heads.add(hasher.head.hash)
    }
    expect(heads.size).toBe(variants.length)
  })
})
