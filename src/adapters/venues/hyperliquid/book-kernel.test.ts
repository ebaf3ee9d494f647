import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { universeOf } from '../../../../test/support/universe.ts'
import { sourceHash } from './book-frame-wasm.ts'
import { BookKernel } from './book-kernel.ts'
import { MarketFrame } from './market-frame.ts'

const level = (px: string, sz = '2.0', n = '3'): string => `{"px":"${px}","sz":"${sz}","n":${n}}`
const book = (bids: readonly string[], asks: readonly string[], coin = 'BTC'): string =>
  `{"channel":"l2Book","data":{"coin":"${coin}","time":1790232236546,` +
  `"levels":[[${bids.join(',')}],[${asks.join(',')}]]}}`

const read = (text: string, kernel = new BookKernel(universeOf({ BTC: 5, ETH: 4 }).assets)) => {
  const frame = new MarketFrame()
  if (!kernel.read(new TextEncoder().encode(text), frame)) return null
  const { instrument, time, bidCount, askCount, levels } = frame
  return { instrument, time, levels: [...levels.subarray(0, 2 * (bidCount + askCount))] }
}

describe('the book kernel', () => {
  it('is compiled from the source that lies beside it', () => {
    const source = readFileSync(new URL('../../../../kernels/book-frame.ts', import.meta.url))
    expect(createHash('sha256').update(source).digest('hex')).toBe(sourceHash)
  })

  it('reads both sides, the asset and the time', () => {
    const text = book([level('109755.5', '0.12345', '17')], [level('109756.0'), level('109757.5')])
    expect(read(text)).toEqual({
      instrument: 0,
      time: 1_790_232_236_546,
      levels: [1_097_555, 12_345, 1_097_560, 200_000, 1_097_575, 200_000],
    })
    expect(read(book([level('1.5')], [level('2.5')], 'ETH'))?.instrument).toBe(1)
  })

  it.each([
    ['a book without a side', book([], [level('2.5')])],
    ['prices out of order', book([level('1.5'), level('1.6')], [level('2.5')])],
    ['a price twice', book([level('1.5')], [level('2.5'), level('2.5')])],
    ['a size of nothing', book([level('1.5', '0.0')], [level('2.5')])],
    ['a price of nothing', book([level('0.0')], [level('2.5')])],
    ['more decimals than the coin has', book([level('1.5', '0.123456')], [level('2.5')])],
    ['numbers of more than eight digits', book([level('1.5', '1234567.12')], [level('2.5')])],
    ['a number without a point', book([level('1')], [level('2.5')])],
    ['a number without digits before its point', book([level('.5')], [level('2.5')])],
    ['a number without digits behind its point', book([level('1.5', '2.')], [level('2.5')])],
    ['a number with a comma for its point', book([level('1,5')], [level('2.5')])],
    ['a digit that the unit has no room for', book([level('1.25')], [level('2.5')])],
    ['a count without digits', book([level('1.5', '2.0', '')], [level('2.5')])],
    ['a count of 16 digits', book([level('1.5', '2.0', '1'.repeat(16))], [level('2.5')])],
    [
      'a long count that is no integer',
      book([level('1.5', '123.45678', '1234567890.5')], [level('2.5')]),
    ],
    ['a first key of another name', book(['{"py":"1.5","sz":"2.0","n":3}'], [level('2.5')])],
    [
      'a later key of another name',
      book([level('1.5'), '{"py":"1.4","sz":"2.0","n":3}'], [level('2.5')]),
    ],
    ['a count that is no integer', book([level('1.5', '2.0', '3.0')], [level('2.5')])],
    ['a price beyond 2^31', book([level('1.5')], [level('99999999.5')])],
    ['a count that begins with 0', book([level('1.5', '2.0', '03')], [level('2.5')])],
    ['a coin that is not loaded', book([level('1.5')], [level('2.5')], 'SOL')],
    ['a coin whose name continues', book([level('1.5')], [level('2.5')], 'BTCX')],
    ['a name of no length', book([level('1.5')], [level('2.5')], '')],
    ['bytes behind the end', `${book([level('1.5')], [level('2.5')])} `],
    ['another channel', book([level('1.5')], [level('2.5')]).replace('l2Book', 'l2Bool')],
  ])('leaves %s to another reader', (_, text) => {
    expect(read(text)).toBeNull()
  })

  it('reads numbers of eight digits and counts of fifteen, and zeros beyond the unit', () => {
    const long = level('1234567.5', '123.45678', '9'.repeat(15))
    expect(read(book([level('1.50', '2.000000')], [long]))?.levels).toEqual([
      15, 200_000, 12_345_675, 12_345_678,
    ])
  })

  it('reads at most 128 levels, and frames that fit its memory', () => {
    const asks = (count: number) => Array.from({ length: count }, (_, i) => level(`${i + 2}.5`))
    expect(read(book([level('1.5')], asks(127)))?.levels).toHaveLength(256)
    expect(read(book([level('1.5')], asks(128)))).toBeNull()
    expect(read(book([level('1.5')], asks(1200)))).toBeNull()
  })

  it('knows 512 assets with names of up to 15 letters; others are left to another reader', () => {
    const names = Array.from({ length: 600 }, (_, i) => `dex:COIN${i}`.padEnd(15, 'X'))
    const kernel = new BookKernel(universeOf(Object.fromEntries(names.map((n) => [n, 2]))).assets)
    const at = (name: string) => read(book([level('1.5')], [level('2.5')], name), kernel)
    expect(at(names[0]!)?.instrument).toBe(0)
    expect(at(names[511]!)?.instrument).toBe(511)
    expect(at(names[512]!)).toBeNull()
    const long = new BookKernel(universeOf({ ABCDEFGHIJKLMNOP: 2 }).assets)
    expect(read(book([level('1.5')], [level('2.5')], 'ABCDEFGHIJKLMNOP'), long)).toBeNull()
  })
})
