import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueueModel } from './options.ts'
import { joinQueue, levelPublished, tradedThrough, tradeNoted } from './queue-position.ts'

type Step =
  | { readonly kind: 'through' }
  | { readonly kind: 'published'; readonly quantity: number }
  | {
      readonly kind: 'traded'
      readonly quantity: number
      readonly age: 'before' | 'same' | 'after'
    }

const lots = fc.integer({ min: 0, max: 30 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('through' as const) }),
  fc.record({ kind: fc.constant('published' as const), quantity: lots }),
  fc.record({
    kind: fc.constant('traded' as const),
    quantity: fc.integer({ min: 1, max: 20 }),
    age: fc.constantFrom('before' as const, 'same' as const, 'after' as const),
  }),
)

/** Lots that one endless order at the end of a queue of `displayed` lots is served. */
function served(model: QueueModel, displayed: number, steps: readonly Step[]): number {
  const place = joinQueue(displayed, displayed)
  let filled = 0
  for (const each of steps) {
    if (each.kind === 'published') levelPublished(place, model, each.quantity)
    else if (each.kind === 'through') tradedThrough(place)
    else {
      tradeNoted(place, model, each.quantity, each.age)
      const first = Math.min(place.ahead, each.quantity)
      place.ahead -= first
      filled += each.quantity - first
    }
    expect(place.ahead).toBeGreaterThanOrEqual(0)
  }
  return filled
}

describe('a place in a queue', () => {
  it('is the worst when conservative and the best when optimistic, however trades are told', () => {
    const property = fc.property(lots, fc.array(step, { maxLength: 30 }), (displayed, steps) => {
      const low = served('conservative', displayed, steps)
      const middle = served('proRata', displayed, steps)
      expect(low).toBeLessThanOrEqual(middle)
      expect(middle).toBeLessThanOrEqual(served('optimistic', displayed, steps))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('gives a decrease back as it was judged when a trade explains it afterwards', () => {
    // 10 of 20 are ahead, 2 are left: 18 canceled behind and before us, or 15 of them traded.
    for (const [model, ahead] of [
      ['conservative', 10],
      ['proRata', 9],
      ['optimistic', 7],
    ] as const) {
      const place = joinQueue(10, 10)
      levelPublished(place, model, 20)
      levelPublished(place, model, 2)
      tradeNoted(place, model, 15, 'same')
      expect(place.ahead, model).toBe(ahead)
    }
  })
})
