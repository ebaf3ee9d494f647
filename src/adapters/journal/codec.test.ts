import { describe, expect, it } from 'vitest'
import { decodePayload, encodePayload } from './codec.ts'

describe('the payload codec', () => {
  it('writes equal values as equal text, whatever the order of their keys', () => {
    expect(encodePayload({ b: 1, a: [true, null], c: { z: 'x', y: undefined } })).toBe(
      '{"a":[true,null],"b":1,"c":{"z":"x"}}',
    )
    expect(encodePayload({ a: 1, b: 2 })).toBe(encodePayload({ b: 2, a: 1 }))
  })

  it('says what JSON cannot', () => {
    const values = [12n, -(2n ** 80n), Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1, 2 ** 53]
    expect(encodePayload(values)).toBe(
      '[{"$n":"12"},{"$n":"-1208925819614629174706176"},{"$f":"NaN"},{"$f":"Infinity"},' +
        '{"$f":"-0"},0.1,9007199254740992]',
    )
    expect(decodePayload(encodePayload(values))).toEqual(values)
  })

  it('keeps typed arrays bit for bit', () => {
    const value = {
      a: new Float64Array([1.5, Number.NaN, -0]),
      b: new Int32Array([-1, 2]).subarray(1),
    }
    expect(decodePayload(encodePayload(value))).toEqual(value)
  })

  it('is not fooled by values that look like its own tags', () => {
    const value = { $n: '12', nested: { $f: 'NaN' }, $$n: 1, $: 2, text: '{"$n":"1"}' }
    expect(decodePayload(encodePayload(value))).toEqual(value)
    const odd = JSON.parse('{"__proto__":{"$n":"5"}}') as unknown
    expect(encodePayload(decodePayload(encodePayload(odd)))).toBe(encodePayload(odd))
    expect(({} as Record<string, unknown>)['$n']).toBeUndefined()
  })

  it.each([
    ['a function', () => 1],
    ['a date', { at: new Date(0) }],
    ['a map', new Map()],
    ['undefined in a list', [undefined]],
    ['a symbol', Symbol('x')],
    ['a shared view', new DataView(new ArrayBuffer(1))],
  ])('refuses %s', (_, value) => {
    expect(() => encodePayload(value)).toThrow('a journal payload holds plain data')
  })

  it.each([
    '{"$n":"x"}',
    '{"$f":"1"}',
    '{"$x":1}',
    '{"$a":["Array","AA=="]}',
    '{"$":1}',
    '{',
  ])('refuses to read %s', (text) => {
    expect(() => decodePayload(text)).toThrow(SyntaxError)
  })
})
