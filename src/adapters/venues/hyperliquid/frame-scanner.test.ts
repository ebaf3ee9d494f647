import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sharedFile, sharedNote } from '../../../../test/support/shared-data.ts'
import { contentOf, universeOf } from '../../../../test/support/universe.ts'
import { readMarketData } from './frame-parser.ts'
import { channelOf, FrameScanner } from './frame-scanner.ts'
import { parseEnvelope } from './market-data.ts'
import { isPlausible, LEVEL_CAPACITY, MarketFrame } from './market-frame.ts'

const universe = universeOf({ BTC: 5, ETH: 4, kPEPE: 0 })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function scan(text: string): unknown {
  const frame = new MarketFrame()
  return new FrameScanner(universe).scan(bytes(text), frame) ? contentOf(frame) : null
}

describe('the byte scanner', () => {
  it('reads a book exactly, in quanta and lots', () => {
    const text =
      '{"channel":"l2Book","data":{"coin":"BTC","time":1790232236546,"levels":[[{"px":"84143.0","sz":"10.25923","n":36},{"px":"84142.0","sz":"1.6","n":7}],[{"px":"84144.5","sz":"50","n":18}]]}}'
    expect(scan(text)).toEqual({
      instrument: 0,
      time: 1790232236546,
      bids: [841430, 1025923, 841420, 160000],
      asks: [841445, 5000000],
    })
  })

  it('reads the fast book, an empty book and one-sided best prices', () => {
    const fast =
      '{"channel":"l2Book","data":{"coin":"ETH","time":5,"levels":[[],[{"n":1,"px":"2.01","sz":"3"}]],"fast":true}}'
    expect(scan(fast)).toEqual({ instrument: 1, time: 5, bids: [], asks: [201, 30000] })
    const best =
      '{"channel":"bbo","data":{"coin":"kPEPE","time":7,"bbo":[{"px":"0.012345","sz":"9","n":1},null]}}'
    expect(scan(best)).toEqual({ instrument: 2, time: 7, bids: [12345, 9], asks: [] })
  })

  it('reads trades with or without users', () => {
    const trade =
      '"side":"A","px":"84143.0","sz":"0.00036","time":17,"hash":"0x7a","tid":1045359869404765'
    expect(
      scan(`{"channel":"trades","data":[{"coin":"BTC",${trade},"users":["0x9a","0x82"]}]}`),
    ).toEqual([
      { instrument: 0, time: 17, price: 841430, quantity: 36, id: 1045359869404765, side: 1 },
    ])
    expect(scan(`{"channel":"trades","data":[{${trade},"coin":"BTC"}]}`)).toHaveLength(1)
    expect(scan('{"channel":"trades","data":[]}')).toEqual([])
  })

  it.each([
    ['more decimals than a quantum has', '{"px":"84143.05","sz":"1","n":1}'],
    ['a sign', '{"px":"-1","sz":"1","n":1}'],
    ['an exponent', '{"px":"1e3","sz":"1","n":1}'],
    ['a number in place of a text', '{"px":84143,"sz":"1","n":1}'],
    ['a key twice', '{"px":"1","sz":"1","n":1,"n":1}'],
    ['a key missing', '{"px":"1","sz":"1"}'],
    ['a key more', '{"px":"1","sz":"1","n":1,"x":1}'],
    ['an escape', '{"px":"1","sz":"\\u0031","n":1}'],
    ['a leading zero JSON forbids', '{"px":"1","sz":"1","n":01}'],
    ['a fraction of a count', '{"px":"1","sz":"1","n":1.5}'],
    ['white space', '{"px": "1","sz":"1","n":1}'],
    ['digits past what a double holds', '{"px":"1234567890123456","sz":"1","n":1}'],
    ['nothing after the point', '{"px":"1.","sz":"1","n":1}'],
  ])('leaves %s to the parser', (_, level) => {
    const book = (text: string): string =>
      `{"channel":"l2Book","data":{"coin":"BTC","time":1,"levels":[[${text}],[]]}}`
    expect(scan(book('{"px":"1","sz":"1","n":1}'))).not.toBeNull()
    expect(scan(book(level))).toBeNull()
  })

  it('reads numbers of every length, whatever the level before it was like', () => {
    const digits = '987654321'
    for (let whole = 1; whole <= 9; whole++) {
      for (let places = 0; places <= 5 && whole + places <= 9; places++) {
        const point = places === 0 ? '' : '.'
        const text = `${digits.slice(0, whole)}${point}${digits.slice(whole, whole + places)}`
        const level = (number: string, n: number, isPrice: boolean): string =>
          `{"px":"${isPrice ? number : '3.0'}","sz":"${isPrice ? '3.0' : number}","n":${n}}`
        const levelsOf = (isPrice: boolean): string =>
          `${level('1.5', 7, isPrice)},${level(text, 10 ** places, isPrice)},${level('10.0', 23, isPrice)}`
        const scanned = (coin: string, levels: string): unknown =>
          scan(
            `{"channel":"l2Book","data":{"coin":"${coin}","time":1,"levels":[[${levels}],[${levels}]]}}`,
          )
        const units = (decimals: number): number =>
          Number(digits.slice(0, whole + places)) * 10 ** (decimals - places)
        const sizes = [30, 150_000, 30, units(5), 30, 1_000_000]
        expect(scanned('BTC', levelsOf(false))).toMatchObject({ bids: sizes, asks: sizes })
        const prices = [1_500_000, 3, units(6), 3, 10_000_000, 3]
        expect(scanned('kPEPE', levelsOf(true))).toMatchObject({ bids: prices, asks: prices })
      }
    }
  })

  it('leaves books with more levels than there is room for to the parser', () => {
    for (const level of ['{"px":"1.0","sz":"2.0","n":3}', '{"px":"1","n":3,"sz":"2"}']) {
      const book = (bids: number, asks: number): Uint8Array => {
        const sides = [bids, asks].map((count) => `[${Array(count).fill(level)}]`)
        return bytes(`{"channel":"l2Book","data":{"coin":"ETH","time":1,"levels":[${sides}]}}`)
      }
      const frame = new MarketFrame()
      for (const room of [LEVEL_CAPACITY, LEVEL_CAPACITY + 50]) {
        frame.levels = new Float64Array(2 * room)
        const scanner = new FrameScanner(universe)
        expect(scanner.scan(book(room - 30, 30), frame)).toBe(true)
        expect([...frame.levels]).toEqual(Array(room).fill([100, 20_000]).flat())
        expect([frame.bidCount, frame.askCount]).toEqual([room - 30, 30])
        expect(scanner.scan(book(room - 30, 31), frame)).toBe(false)
        expect(scanner.scan(book(room + 1, 0), frame)).toBe(false)
      }
    }
  })

  it('leaves unknown coins, other channels, cut frames and trailing bytes to the parser', () => {
    const good = '{"channel":"l2Book","data":{"coin":"BTC","time":1,"levels":[[],[]]}}'
    expect(scan(good)).not.toBeNull()
    expect(scan(good.replace('BTC', 'BTCX'))).toBeNull()
    expect(scan(good.replace('l2Book', 'book'))).toBeNull()
    expect(scan(`${good} `)).toBeNull()
    for (let length = 0; length < good.length; length++) {
      expect(scan(good.slice(0, length))).toBeNull()
    }
  })

  it('names the channel of a frame', () => {
    expect(channelOf(bytes('{"channel":"userFills","data":{}}'))).toBe('userFills')
    expect(channelOf(bytes('Websocket connection established.'))).toBeNull()
    expect(channelOf(bytes('{"channel":'))).toBeNull()
  })
})

describe('the plausibility of a frame', () => {
  const book = (bids: readonly number[], asks: readonly number[]): boolean => {
    const frame = new MarketFrame()
    frame.kind = 'book'
    frame.levels.set([...bids, ...asks])
    frame.bidCount = bids.length / 2
    frame.askCount = asks.length / 2
    return isPlausible(frame)
  }

  it('accepts ordered sides, empty ones and a crossed book', () => {
    expect(book([100, 1, 99, 1], [101, 1])).toBe(true)
    expect(book([], [])).toBe(true)
    expect(book([105, 1], [101, 1])).toBe(true)
  })

  it('refuses zero and huge prices, empty levels and disorder', () => {
    expect(book([0, 1], [])).toBe(false)
    expect(book([2 ** 31, 1], [])).toBe(false)
    expect(book([100, 0], [])).toBe(false)
    expect(book([99, 1, 100, 1], [])).toBe(false)
    expect(book([], [100, 1, 100, 1])).toBe(false)
  })
})

const capture = sharedFile('data', 'hyperliquid', 'hl_ws_l2book_trades_btc_20250126.raw.gz')
const probed = sharedFile(
  'spec',
  'venues',
  'vectors',
  'hyperliquid',
  'probed',
  'ws_frames_2026-09-24.json',
)

describe(`frames recorded from the venue${sharedNote(capture !== null)}`, () => {
  it.skipIf(capture === null)('are all read by the scanner, as JSON.parse reads them', () => {
    const lines = gunzipSync(readFileSync(capture!)).toString('utf8').trim().split('\n')
    const frame = new MarketFrame()
    const twin = new MarketFrame()
    const scanner = new FrameScanner(universe)
    let frames = 0
    for (const line of lines) {
      const data = bytes(line.slice(line.indexOf('{')))
      const envelope = parseEnvelope(data)
      const channel = envelope?.channel
      if (channel !== 'l2Book' && channel !== 'trades') continue
      frames++
      expect(scanner.scan(data, frame)).toBe(true)
      expect(readMarketData(universe, channel, envelope?.data, twin)).toBe('read')
      expect(contentOf(frame)).toEqual(contentOf(twin))
      expect(isPlausible(frame)).toBe(true)
    }
    expect(frames).toBeGreaterThan(10)
  })

  it.skipIf(probed === null)('of 2026 are read without the parser', () => {
    const recorded = JSON.parse(readFileSync(probed!, 'utf8')) as {
      readonly dir: string
      readonly frame: { readonly channel?: string; readonly data?: { readonly coin?: string } }
    }[]
    const frames = recorded
      .map(({ frame }) => frame)
      .filter(({ channel }) => ['l2Book', 'bbo', 'trades'].includes(channel ?? ''))
      .filter(({ data }) => data?.coin === undefined || universe.byCoin.has(data.coin))
    const outcomes = frames.map((frame) => scan(JSON.stringify(frame)) !== null)
    expect(outcomes).toEqual([true, true, true])
  })
})
