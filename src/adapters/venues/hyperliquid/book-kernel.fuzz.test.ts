import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentOf, universeOf } from '../../../../test/support/universe.ts'
import { BookKernel } from './book-kernel.ts'
import { readMarketData } from './frame-parser.ts'
import { isPlausible, MarketFrame } from './market-frame.ts'

/** Coins of all decimals: those of prices are six less. */
const coins = { C0: 0, C1: 1, C2: 2, C3: 3, C4: 4, C5: 5, C6: 6 } as const
const universe = universeOf(coins)
/** One for all frames: what one leaves behind must not be taken for part of the next. */
const kernel = new BookKernel(universe.assets)

interface Level {
  readonly px: string
  readonly sz: string
  readonly n: string
}

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength })
    .map((numbers) => numbers.join(''))

/** Of all lengths; mostly such as the venue writes them. */
const number = (decimals: number): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc
        .tuple(
          fc.nat({ max: 10 ** Math.max(1, 7 - decimals) - 1 }),
          digits(0, decimals),
          fc.constantFrom('', '0', '00'),
        )
        .map(([whole, part, zeros]) => `${whole}.${`${part}${zeros}` || '0'}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(digits(0, 10), fc.constantFrom('.', '.', '', '..', ',', '-'), digits(0, 10))
        .map((parts) => parts.join('')),
    },
  )
const count = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 2000 }).map(String) },
  { weight: 1, arbitrary: digits(0, 18) },
)
const side = (decimals: number, direction: 1 | -1): fc.Arbitrary<readonly Level[]> =>
  fc
    .array(fc.record({ px: number(6 - decimals), sz: number(decimals), n: count }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((levels) => levels.toSorted((a, b) => direction * (Number(a.px) - Number(b.px))))
const written = (levels: readonly Level[]): string =>
  levels.map(({ px, sz, n }) => `{"px":"${px}","sz":"${sz}","n":${n}}`).join(',')
const frames = fc.constantFrom(...(Object.keys(coins) as (keyof typeof coins)[])).chain((coin) =>
  fc.tuple(side(coins[coin], -1), side(coins[coin], 1)).map(([bids, asks]) => ({
    levels: [...bids, ...asks],
    text:
      `{"channel":"l2Book","data":{"coin":"${coin}","time":1790232236546,` +
      `"levels":[[${written(bids)}],[${written(asks)}]]}}`,
  })),
)

const isShort = (text: string): boolean => /^\d+\.\d+$/.test(text) && text.length <= 9
const isUsual = ({ px, sz, n }: Level): boolean =>
  isShort(px) && isShort(sz) && /^[1-9]\d{0,14}$/.test(n)

function read(text: string): unknown {
  const frame = new MarketFrame()
  return kernel.read(new TextEncoder().encode(text), frame) ? contentOf(frame) : null
}

/** The plausible content of a frame by JSON.parse; null without any. */
function parsed(text: string): unknown {
  const frame = new MarketFrame()
  try {
    const { data } = JSON.parse(text)
    const outcome = readMarketData(universe, 'l2Book', data, frame)
    return outcome === 'read' && isPlausible(frame) ? contentOf(frame) : null
  } catch {
    return null
  }
}

it('the book kernel reads numbers of every shape as JSON.parse does, and leaves only long ones', () => {
  let accepted = 0
  fc.assert(
    fc.property(frames, ({ text, levels }) => {
      const found = read(text)
      if (found !== null) accepted++
      expect(found).toEqual(levels.every(isUsual) ? parsed(text) : null)
    }),
    { numRuns: 4000, seed: 20_261_121 },
  )
  expect(accepted).toBeGreaterThan(500)
})

it('the book kernel never completes a frame that ends early from the one before it', () => {
  fc.assert(
    fc.property(frames, fc.nat(), ({ text }, at) => {
      read(text)
      expect(read(text.slice(0, at % text.length))).toBeNull()
      expect(read(`${text}}`)).toBeNull()
    }),
    { numRuns: 1500, seed: 20_261_121 },
  )
})
