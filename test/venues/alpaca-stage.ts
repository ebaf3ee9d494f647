import { cryptoRows, stockRows } from '../../src/app/simulators/alpaca/market/names.ts'
import { generatedMarket } from '../../src/app/simulators/alpaca/market/spec.ts'
import {
  type AlpacaVenue,
  type AlpacaVenueOptions,
  createAlpacaVenue,
} from '../../src/app/simulators/alpaca/venue.ts'
import { decodeFrame } from '../../src/app/simulators/alpaca/wire/codec.ts'
import { readNano } from '../../src/app/simulators/alpaca/wire/nano.ts'
import { readTime } from '../../src/app/simulators/alpaca/wire/times.ts'
import type { FaultPlan } from '../../src/app/simulators/faults.ts'

export const KEY = 'PKTEST'
export const SECRET = 'test-secret'

/** A body or frame whose fields are looked at one by one. */
// biome-ignore lint/suspicious/noExplicitAny: replies are held to vectors, not to our own types
export type Any = any

/** What is asked and answered of a venue in memory and virtual time. */
export interface Stage {
  readonly venue: AlpacaVenue
  /** Venue time. */
  now(): number
  /** Lets time go by, seconds. */
  pass(seconds: number): void
  /** Goes on to an instant. */
  until(iso: string): void
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Any; headers: Readonly<Record<string, string>> }>
  get(path: string): Promise<Any>
  order(body: Record<string, unknown>): Promise<{ status: number; body: Any }>
  open(path: string, headers?: Record<string, string>): TestSocket
}

/** A client's end of a socket. */
export interface TestSocket {
  /** Everything it was sent, decoded. */
  readonly frames: Any[]
  readonly raw: (string | Uint8Array)[]
  /** Close code once the venue ended it. */
  closed: number | null
  /** Bytes that wait for a client that does not read. */
  waiting: number
  send(frame: unknown): void
  sendBytes(bytes: Uint8Array): void
  close(): void
  /** Authenticates on a market data stream and subscribes. */
  begin(subscription: Record<string, unknown>): void
  /** All messages of market data of a type. */
  of(type: string): Any[]
}

const row = (symbol: string) => [...cryptoRows, ...stockRows].find(([name]) => name === symbol)!

/** A market of these coins and shares. Without coins the nights cost no time. */
export const marketOf = (coins: readonly string[], shares: readonly string[]) =>
  generatedMarket(coins.map(row), shares.map(row), {
    coinBookUs: 2_000_000,
    historyMinutes: 120,
    historyDays: 30,
  })

/** Options of a small venue at an instant; more of them override. */
export function optionsAt(iso: string, more: Partial<AlpacaVenueOptions> = {}): AlpacaVenueOptions {
  const startTime = readTime(iso)!
  return {
    market: marketOf(['BTC/USD', 'DOGE/USD'], ['AAPL', 'SPY', 'GME', 'URA']),
    seed: 7,
    startTime,
    now: () => startTime,
    accounts: [{ key: KEY, secret: SECRET, cash: readNano('100000')! }],
    ...more,
  }
}

/** A venue in memory that begins at an instant. */
export function createStage(
  iso: string,
  more: Partial<AlpacaVenueOptions> & { readonly faults?: FaultPlan } = {},
): Stage {
  let time = readTime(iso)!
  const venue = createAlpacaVenue({ ...optionsAt(iso, more), now: () => time })
  const advance = (to: number): void => {
    time = to
    venue.advance(time)
  }
  advance(time + 2_000_000)
  const ask: Stage['ask'] = async (method, path, body, headers) => {
    const [bare = '', query = ''] = path.split('?')
    const reply = await venue.handleHttp({
      method,
      path: bare,
      query,
      headers: headers ?? { 'apca-api-key-id': KEY, 'apca-api-secret-key': SECRET },
      body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      receivedTimeUs: time,
    })
    return {
      status: reply.status,
      body: reply.body === '' ? null : JSON.parse(reply.body),
      headers: reply.headers,
    }
  }
  return {
    venue,
    now: () => time,
    pass: (seconds) => advance(time + seconds * 1e6),
    until: (to) => advance(readTime(to)!),
    ask,
    get: async (path) => (await ask('GET', path)).body,
    order: (body) => ask('POST', '/v2/orders', body),
    open: (path, headers = {}) => openSocket(venue, path, headers),
  }
}

function openSocket(venue: AlpacaVenue, path: string, headers: Record<string, string>): TestSocket {
  const codec = (headers['content-type'] ?? '').includes('msgpack') ? 'msgpack' : 'json'
  const frames: Any[] = []
  const raw: (string | Uint8Array)[] = []
  const socket: TestSocket = {
    frames,
    raw,
    closed: null,
    waiting: 0,
    send: (frame) => connection?.message(new TextEncoder().encode(JSON.stringify(frame))),
    sendBytes: (bytes) => connection?.message(bytes),
    close: () => connection?.close(),
    begin(subscription) {
      socket.send({ action: 'auth', key: KEY, secret: SECRET })
      socket.send({ action: 'subscribe', ...subscription })
    },
    of: (type) => frames.flat().filter((message: Any) => message.T === type),
  }
  const connection = venue.openConnection(
    { path, headers },
    {
      send(data) {
        raw.push(data)
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
        frames.push(decodeFrame(codec, bytes))
      },
      closed(code) {
        socket.closed = code
      },
      waiting: () => socket.waiting,
    },
  )
  return socket
}
