import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AdapterEnvironment,
  createHyperliquidAdapter,
  createNodeEnvironment,
  type SocketHandlers,
} from '../src/adapters/mod.ts'
import {
  createRandom,
  formatTrimmed,
  MarketCursor,
  OrderBook,
  RecordKind,
} from '../src/core/mod.ts'
import { buildCTwin } from './c-twin.ts'
import { type Benchmark, duel, median, requireEqual, significant, timed } from './harness.ts'

const COINS = 28
const LEVELS = 20
const FRAMES = 2_800
/** Each of one frame a coin: short enough that most rounds run without an interruption. */
const ROUNDS = 6_000
/** Parts the rounds are cut into, with C in between. */
const BLOCKS = 6
const TARGET_US = 2

const coinOf = (index: number): string => `C${String(index).padStart(2, '0')}`
/** Size decimals as the venue's coins have them: few where a coin is dear. */
const decimalsOf = (index: number): number => [5, 4, 2, 1, 0][index % 5]!

/**
 * From the bytes of an l2Book frame on the market-data socket to the updated book of its coin.
 * Counted is what our process does when the socket hands a message over: the adapter's handler, its
 * clock, the scanner, the plausibility checks, the packed record, the engine's cursor and the book.
 * Not counted is what comes before: the kernel and the WebSocket framing.
 */
export const l2bookFrame: Benchmark = {
  name: 'l2book-frame',
  summary:
    'from a 20-level l2Book frame on the socket to the updated book, against C that only reads',
  async run({ folder, shrink }) {
    const books = Array.from({ length: COINS }, () => new OrderBook({ levels: LEVELS }))
    const socket = await openSocket(books)
    const frames = createFrames(COINS * Math.ceil(FRAMES / COINS / shrink))
    const bytes = frames.map((text) => Buffer.from(text))
    const sum = (): number =>
      books.reduce((total, book) => total + book.bidSum() + book.halfMid(), 0)
    const turns = bytes.length / COINS
    const once = (take: (frame: Buffer) => void): (() => void) => {
      let turn = 0
      return () => {
        const from = COINS * (turn++ % turns)
        for (let i = from; i < from + COINS; i++) take(bytes[i]!)
      }
    }
    const scan = once((frame) => socket.message(frame))
    const parse = once((frame) => void JSON.parse(frame.toString('utf8')))
    for (let turn = 0; turn < turns; turn++) scan()
    requireEqual('books after the last frames', sum(), expectedSum(frames))
    for (let turn = 0; turn < 10 * turns; turn++) {
      scan()
      parse()
    }
    const clock = (): number => performance.now() / 1000
    const rounds = Math.ceil(ROUNDS / BLOCKS / shrink)
    const parsing: number[] = []
    const ours = (): number => {
      const times = Array.from({ length: rounds }, () => {
        parsing.push(timed(parse, clock))
        return timed(scan, clock)
      })
      return median(times) / COINS
    }
    const c = cReader(frames, folder)
    const { seconds, reference, ratio } = duel(ours, c.kind === 'built' ? c.read : null, BLOCKS)
    requireEqual('frames left to the parser', socket.parsed(), 0)
    const us = (perFrame: number): number => significant(perFrame * 1e6)
    return [
      {
        name: 'l2Book frame to updated book',
        value: us(seconds),
        unit: 'us median',
        ratio: ratio === null ? null : significant(ratio),
        target: `at most ${TARGET_US} us`,
        met: seconds * 1e6 <= TARGET_US,
        note:
          `${bytes.length} frames of ${COINS} coins, ${LEVELS} levels a side, ` +
          `${Math.round(bytes.reduce((total, { length }) => total + length, 0) / bytes.length)} ` +
          `bytes; handler, scan, checks, record and book; ` +
          `JSON.parse alone ${us(median(parsing) / COINS)} us, ` +
          (c.kind === 'built' ? `C that only reads ${us(reference!)} us` : c.reason),
      },
    ]
  },
}

/** A C program that reads the numbers of all frames, in seconds a frame; it must read the same. */
function cReader(
  frames: readonly string[],
  folder: string,
):
  | { readonly kind: 'built'; read(): number }
  | { readonly kind: 'missing'; readonly reason: string } {
  const twin = buildCTwin('l2book-frame', folder)
  if (twin.kind === 'missing') return twin
  const file = join(folder, 'frames.txt')
  writeFileSync(file, `${frames.join('\n')}\n`)
  const expected = frames.reduce((sum, text) => sum + digitsOf(text), 0)
  return {
    kind: 'built',
    read() {
      const lines = twin.run([file, frames.length, 20])
      for (const [, digits] of lines) requireEqual('digits that C read', digits!, expected)
      return median(lines.map(([seconds]) => seconds!)) / frames.length
    },
  }
}

/** Prices and sizes of a frame without their points, added up. */
function digitsOf(text: string): number {
  const levels = text.matchAll(/"(?:px|sz)":"([^"]+)"/g)
  return [...levels].reduce((sum, [, number]) => sum + Number(number!.replace('.', '')), 0)
}

/** The market-data socket of a session that is started, with the engine's books behind it. */
async function openSocket(
  books: readonly OrderBook[],
): Promise<{ message(bytes: Uint8Array): void; parsed(): number }> {
  let handlers: SocketHandlers | null = null
  const universe = Array.from({ length: COINS }, (_, i) => ({
    name: coinOf(i),
    szDecimals: decimalsOf(i),
    maxLeverage: 40,
  }))
  const environment: AdapterEnvironment = {
    now: createNodeEnvironment().now,
    setTimer: () => ({ id: 0 }),
    clearTimer: () => undefined,
    fetch: () =>
      Promise.resolve({
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({ universe, marginTables: [] }),
      }),
    openSocket(_, given) {
      handlers = given
      queueMicrotask(() => given.opened())
      return {
        send(text) {
          const { subscription } = JSON.parse(text) as { subscription?: unknown }
          const data = { method: 'subscribe', subscription }
          const echo = JSON.stringify({ channel: 'subscriptionResponse', data })
          queueMicrotask(() => given.message(Buffer.from(echo)))
        },
        close: () => undefined,
      }
    },
  }
  const adapter = createHyperliquidAdapter({
    environment,
    restUrl: 'http://bench',
    socketUrl: 'ws://bench',
    isTestnet: false,
    userAddress: null,
    privateKey: null,
    bookStream: 'l2Book',
    trades: false,
    nonceStore: { last: () => 0, save: () => undefined },
  })
  await adapter.loadInstruments(universe.map(({ name }) => name))
  const cursor = new MarketCursor()
  await adapter.start({
    event: () => undefined,
    market(batch) {
      for (let i = 0; i < batch.count; i++) {
        cursor.load(batch, i)
        if (cursor.kind !== RecordKind.snapshot) continue
        const book = books[cursor.instrument]!
        book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
      }
    },
  })
  const { message } = handlers!
  return { message, parsed: () => adapter.statistics.framesParsed }
}

/** Books as the venue writes them: five significant figures, levels some ticks apart. */
function createFrames(count: number): readonly string[] {
  const random = createRandom(20_261_121)
  const mids = Array.from({ length: COINS }, () => 20_000 + Math.floor(60_000 * random.next()))
  return Array.from({ length: count }, (_, i) => {
    const coin = i % COINS
    mids[coin]! += Math.floor(5 * random.next()) - 2
    const side = (direction: 1 | -1): readonly unknown[] => {
      let figures = mids[coin]!
      return Array.from({ length: LEVELS }, () => {
        figures += direction * (1 + Math.floor(3 * random.next()))
        const lots = 1 + Math.floor(10 ** (3 + 3 * random.next()))
        return {
          px: withPoint(formatTrimmed(figures, 6 - decimalsOf(coin))),
          sz: withPoint(formatTrimmed(lots, decimalsOf(coin))),
          n: 1 + Math.floor(20 * random.next()),
        }
      })
    }
    const levels = [side(-1), side(1)]
    const data = { coin: coinOf(coin), time: 1_790_000_000_000 + 50 * i, levels }
    return JSON.stringify({ channel: 'l2Book', data })
  })
}

const withPoint = (text: string): string => (text.includes('.') ? text : `${text}.0`)

/** What the books must add up to: the last frame of each coin, read by the book of means. */
function expectedSum(frames: readonly string[]): number {
  let sum = 0
  for (const text of frames.slice(-COINS)) {
    const { data } = JSON.parse(text) as {
      data: { coin: string; levels: readonly { readonly px: string; readonly sz: string }[][] }
    }
    const decimals = decimalsOf(Number(data.coin.slice(1)))
    const whole = (value: string, scale: number): number => Math.round(Number(value) * 10 ** scale)
    const [bids, asks] = data.levels
    for (const { sz } of bids!) sum += whole(sz, decimals)
    sum += whole(bids![0]!.px, 6 - decimals) + whole(asks![0]!.px, 6 - decimals)
  }
  return sum
}
