import { decode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codecOf, decodeFrame, encodeFrame, WireTime } from './codec.ts'
import { over, readNano, textOf, times, UNIT } from './nano.ts'
import { newYorkText, readTime, timeText } from './times.ts'

describe('amounts', () => {
  test.each([
    [0.1, '0.1'],
    ['105.8988475', '105.8988475'],
    [1e-9, '0.000000001'],
    ['0.0000000019', '0.000000001'],
    ['-3', '-3'],
    ['.5', '0.5'],
    [12345678.9, '12345678.9'],
  ])('read %j as %s', (given, text) => {
    expect(textOf(readNano(given)!)).toBe(text)
  })

  test.each([
    '',
    'ten',
    '1e5',
    '0x10',
    '1.2.3',
    null,
    true,
    Number.NaN,
    '9'.repeat(30),
  ])('refuse %j', (given) => {
    expect(readNano(given as never)).toBeNull()
  })

  test('are written and read alike, and divide what they multiplied', () => {
    const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
    const positive = fc.bigInt({ min: UNIT, max: 10n ** 15n })
    fc.assert(
      fc.property(amount, positive, (value, factor) => {
        expect(readNano(textOf(value))).toBe(value)
        expect(over(times(value, factor), factor) - value).toBeLessThanOrEqual(1n)
      }),
      { seed: 20261121 },
    )
  })
})

describe('times', () => {
  test('are written as RFC 3339 without trailing zeros, in UTC or New York', () => {
    const time = readTime('2026-11-21T17:46:20.123400Z')!
    expect(timeText(time)).toBe('2026-11-21T17:46:20.1234Z')
    expect(newYorkText(time)).toBe('2026-11-21T12:46:20.1234-05:00')
    expect(newYorkText(readTime('2026-07-01T12:00:00Z')!)).toBe('2026-07-01T08:00:00-04:00')
  })

  test.each([
    ['2026-11-21', '2026-11-21T00:00:00Z'],
    ['2026-11-21T12:46:20.1234-05:00', '2026-11-21T17:46:20.1234Z'],
    ['2022-05-26T11:47:18.443471360Z', '2022-05-26T11:47:18.443471Z'],
    ['2026-11-21T12:46', '2026-11-21T12:46:00Z'],
  ])('read %s', (text, wanted) => {
    expect(timeText(readTime(text)!)).toBe(wanted)
  })

  test.each([
    '',
    'now',
    '2026-13-01',
    '2026-02-30',
    '2026-11-21T99:00:00Z',
    '1700000000',
  ])('refuse %j', (text) => {
    expect(readTime(text)).toBeNull()
  })

  test('go back and forth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), (time) => {
        expect(readTime(timeText(time))).toBe(time)
        expect(readTime(newYorkText(time))).toBe(time)
      }),
      { seed: 20261121 },
    )
  })
})

describe('frames', () => {
  test('hold times as texts in JSON and as timestamps in MessagePack', () => {
    const time = readTime('2026-11-21T17:46:20.123456Z')!
    const frame = [{ T: 'q', t: new WireTime(time), bp: 1.5 }]
    expect(encodeFrame('json', frame)).toBe(
      '[{"T":"q","t":"2026-11-21T17:46:20.123456Z","bp":1.5}]',
    )
    const [message] = decode(encodeFrame('msgpack', frame) as Uint8Array) as { t: Date }[]
    expect(message!.t.toISOString()).toBe('2026-11-21T17:46:20.123Z')
  })

  test('are of the codec that the handshake asks for', () => {
    expect(codecOf('application/msgpack')).toBe('msgpack')
    expect([codecOf(undefined), codecOf('application/json')]).toEqual(['json', 'json'])
    expect(decodeFrame('json', new TextEncoder().encode('{'))).toBeUndefined()
    expect(decodeFrame('msgpack', new Uint8Array([0xc1]))).toBeUndefined()
  })
})
