import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOf, universeOf } from '../../../../test/support/universe.ts'
import { formatTrimmed } from '../../../core/mod.ts'
import { BookKernel } from './book-kernel.ts'
import { readMarketData } from './frame-parser.ts'
import { FrameScanner } from './frame-scanner.ts'
import { parseEnvelope } from './market-data.ts'
import { isPlausible, MarketFrame } from './market-frame.ts'

const universe = universeOf({ BTC: 5, ETH: 4, kPEPE: 0 })
const scanner = new FrameScanner(universe)
const parameters = { numRuns: 1500, seed: 20_261_121 }

/** Both readers on the same bytes: null when the scanner declines. */
function compare(
  bytes: Uint8Array,
): { readonly scanned: unknown; readonly parsed: unknown } | null {
  const frame = new MarketFrame()
  if (!scanner.scan(bytes, frame)) return null
  const twin = new MarketFrame()
  const envelope = parseEnvelope(bytes)
  const channel = envelope?.channel as 'l2Book' | 'bbo' | 'trades'
  const outcome =
    envelope === null ? 'unreadable' : readMarketData(universe, channel, envelope.data, twin)
  return { scanned: contentOf(frame), parsed: outcome === 'read' ? contentOf(twin) : outcome }
}

/** A JSON object with its keys in any order. */
const shuffled = (entries: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.record(entries),
      fc.shuffledSubarray(Object.keys(entries), { minLength: Object.keys(entries).length }),
    )
    .map(([values, keys]) => `{${keys.map((key) => `"${key}":${values[key]}`).join(',')}}`)

const decimal = (decimals: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat({ max: 99_999_999 }), fc.nat({ max: decimals }), fc.nat({ max: 3 }))
    .map(([units, digits, zeros]) => {
      const text = units.toString().padStart(digits + 1, '0')
      const whole = text.slice(0, text.length - digits)
      const fraction = text.slice(text.length - digits) + '0'.repeat(zeros)
      return fraction === '' ? `"${whole}"` : `"${whole}.${fraction}"`
    })
const count = fc.nat({ max: 2 ** 40 }).map(String)
const coin = fc.constantFrom('BTC', 'ETH', 'kPEPE')
const decimalsOf = { BTC: 5, ETH: 4, kPEPE: 0 } as const

const level = (name: keyof typeof decimalsOf): fc.Arbitrary<string> =>
  shuffled({ px: decimal(6 - decimalsOf[name]), sz: decimal(decimalsOf[name]), n: count })
const levels = (name: keyof typeof decimalsOf): fc.Arbitrary<string> =>
  fc.array(level(name), { maxLength: 25 }).map((each) => `[${each.join(',')}]`)

const bookFrame = coin.chain((name) =>
  shuffled({
    coin: fc.constant(`"${name}"`),
    time: count,
    levels: fc.tuple(levels(name), levels(name)).map(([b, a]) => `[${b},${a}]`),
  }).map((data) => `{"channel":"l2Book","data":${data}}`),
)
const bestFrame = coin.chain((name) => {
  const best = fc.oneof(level(name), fc.constant('null'))
  return shuffled({
    coin: fc.constant(`"${name}"`),
    time: count,
    bbo: fc.tuple(best, best).map(([b, a]) => `[${b},${a}]`),
  }).map((data) => `{"channel":"bbo","data":${data}}`)
})
const tradeFrame = fc
  .array(
    coin.chain((name) =>
      shuffled({
        coin: fc.constant(`"${name}"`),
        side: fc.constantFrom('"A"', '"B"'),
        px: decimal(6 - decimalsOf[name]),
        sz: decimal(decimalsOf[name]),
        time: count,
        hash: fc.constant('"0x7ab6"'),
        tid: fc.nat({ max: 2 ** 50 }).map(String),
        users: fc.constant('["0x9a","0x82"]'),
      }),
    ),
    { maxLength: 8 },
  )
  .map((trades) => `{"channel":"trades","data":[${trades.join(',')}]}`)
/** At most so many digits, each number of them as likely. */
const digits = (most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat({ max: most }), fc.nat({ max: 999_999_999 }))
    .map(([length, units]) => String(units).padStart(9, '7').slice(0, length))

/** Levels with their keys as the venue orders them, of numbers of all lengths. */
const usualFrame = coin.chain((name) => {
  const places = decimalsOf[name]
  const number = (most: number): fc.Arbitrary<string> =>
    fc
      .tuple(digits(9), digits(most), fc.constantFrom('', '.', '.', '.'))
      .map(([whole, part, point]) => `${Number(whole)}${point && `${point}${part || '0'}`}`)
  const usual = fc
    .tuple(number(6 - places), number(places), digits(5))
    .map(([px, sz, n]) => `{"px":"${px}","sz":"${sz}","n":${Number(n)}}`)
  const sides = fc.array(usual, { maxLength: 25 }).map((each) => `[${each.join(',')}]`)
  return fc
    .tuple(sides, sides)
    .map(([bids, asks]) => `"coin":"${name}","time":1790232236546,"levels":[${bids},${asks}]`)
    .map((data) => `{"channel":"l2Book","data":{${data}}}`)
})
/** Books as they stand: in order, of numbers that are not long. */
const orderedFrame = coin.chain((name) => {
  const places = decimalsOf[name]
  const written = (units: number, decimals: number): string => {
    const text = formatTrimmed(units, decimals)
    return text.includes('.') ? text : `${text}.0`
  }
  const side = (direction: 1 | -1): fc.Arbitrary<string> =>
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat({ max: 9_999_998 }), fc.nat(999)), {
        minLength: 1,
        maxLength: 22,
      })
      .map((each) => {
        let price = 500_000
        const levels = each.map(([step, lots, orders]) => {
          price += direction * step
          const px = written(price, 6 - places)
          return `{"px":"${px}","sz":"${written(lots + 1, places)}","n":${orders + 1}}`
        })
        return `[${levels.join(',')}]`
      })
  return fc
    .tuple(side(-1), side(1), fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }))
    .map(([bids, asks, time]) => `"coin":"${name}","time":${time},"levels":[${bids},${asks}]`)
    .map((data) => `{"channel":"l2Book","data":{${data}}}`)
})
const anyFrame = fc.oneof(bookFrame, usualFrame, orderedFrame, bestFrame, tradeFrame)

const interesting = '"{}[],:.0123456789-+eEnultpxszcoinBTCH \\'
const damage = fc.array(
  fc.record({
    at: fc.nat(),
    what: fc.constantFrom('replace', 'insert', 'remove', 'repeat'),
    byte: fc.oneof(
      fc.nat({ max: interesting.length - 1 }).map((i) => interesting.charCodeAt(i)),
      fc.nat({ max: 255 }),
    ),
    length: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, maxLength: 3 },
)

type Hit = typeof damage extends fc.Arbitrary<readonly (infer One)[]> ? One : never

/** A frame's bytes after some damage. */
function damaged(text: string, hits: readonly Hit[]): Uint8Array {
  const bytes = [...new TextEncoder().encode(text)]
  for (const { at, what, byte, length } of hits) {
    const index = at % (bytes.length + 1)
    if (what === 'replace') bytes[index] = byte
    else if (what === 'insert') bytes.splice(index, 0, byte)
    else if (what === 'remove') bytes.splice(index, length)
    else bytes.splice(index, 0, ...bytes.slice(index, index + length))
  }
  return Uint8Array.from(bytes)
}

describe('the book kernel against JSON.parse', () => {
  const kernel = new BookKernel(universe.assets)
  const read = (bytes: Uint8Array): { readonly read: unknown; readonly parsed: unknown } | null => {
    const frame = new MarketFrame()
    if (!kernel.read(bytes, frame)) return null
    const twin = new MarketFrame()
    const { data } = parseEnvelope(bytes) ?? {}
    const outcome = readMarketData(universe, 'l2Book', data, twin)
    const isSound = outcome === 'read' && isPlausible(twin)
    return { read: contentOf(frame), parsed: isSound ? contentOf(twin) : outcome }
  }

  it('reads every book in order, and the same numbers', () => {
    fc.assert(
      fc.property(orderedFrame, (text) => {
        const both = read(new TextEncoder().encode(text))
        expect(both).not.toBeNull()
        expect(both?.read).toEqual(both?.parsed)
      }),
      parameters,
    )
  })

  it('reads nothing that JSON.parse reads differently, or that is implausible', () => {
    let accepted = 0
    fc.assert(
      fc.property(orderedFrame, damage, (text, hits) => {
        const both = read(damaged(text, hits))
        if (both === null) return
        accepted++
        expect(both.read).toEqual(both.parsed)
      }),
      { ...parameters, numRuns: 8000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })
})

describe('the byte scanner against JSON.parse', () => {
  it('takes every well-formed frame and reads the same numbers', () => {
    fc.assert(
      fc.property(anyFrame, (text) => {
        const both = compare(new TextEncoder().encode(text))
        expect(both).not.toBeNull()
        expect(both?.scanned).toEqual(both?.parsed)
      }),
      parameters,
    )
  })

  it('never accepts a damaged frame that JSON.parse reads differently', () => {
    let accepted = 0
    fc.assert(
      fc.property(anyFrame, damage, (text, hits) => {
        const both = compare(damaged(text, hits))
        if (both === null) return
        accepted++
        expect(both.scanned).toEqual(both.parsed)
      }),
      { ...parameters, numRuns: 15_000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })
})
