import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePayload, encodePayload } from './codec.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$n', '$f', '$', '$$', '__proto__', '\ud800'),
)
// Keys are names of our own. Lone surrogates stay out of them: the engine's JSON.parse can mistake
// such a key for another one it has seen.
const key = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$n', '$f', '$', '$$', '__proto__'),
)
const { payload } = fc.letrec<{ payload: unknown }>((tie) => ({
  payload: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    text,
    fc.float64Array({ maxLength: 4 }),
    fc.int32Array({ maxLength: 4 }),
    fc.array(tie('payload'), { maxLength: 5 }),
    fc.dictionary(key, tie('payload'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))

it('reads back exactly what it wrote', () => {
  fc.assert(
    fc.property(payload, (value) => {
      const written = encodePayload(value)
      deepStrictEqual(decodePayload(written), value)
      expect(encodePayload(decodePayload(written))).toBe(written)
    }),
    { numRuns: 2000 },
  )
})

it('does not depend on the order in which keys were added', () => {
  fc.assert(
    fc.property(fc.dictionary(key, payload, { noNullPrototype: true }), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse())
      expect(encodePayload(reversed)).toBe(encodePayload(value))
    }),
    { numRuns: 500 },
  )
})
