import type { TimeUs } from '../../../../core/mod.ts'
import { isObject, type JsonObject } from '../../json.ts'
import { diffSide } from '../../market/book.ts'
import type { Asset } from '../listing.ts'
import type { Levels, Notice } from '../state/notices.ts'
import { type Codec, decodeFrame, encodeFrame, WireTime } from '../wire/codec.ts'
import type { SocketContext } from './context.ts'
import { corruptMessage } from './corrupt.ts'
import { wireBar, wireBook, wireLevel, wireQuote, wireStatus, wireTrade } from './messages.ts'
import {
  ABNORMAL_CLOSURE,
  AUTHENTICATION_US,
  type Connection,
  NORMAL_CLOSURE,
  type Sink,
  WAITING_BYTES_MAX,
} from './sink.ts'
import { type Channel, type StreamKind, Subscriptions } from './subscriptions.ts'
import { TEST_SYMBOL, type TestMessage } from './test-feed.ts'

/** The venue's errors of market data streams. */
const errors = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
  407: 'slow client',
  409: 'insufficient subscription',
  410: 'invalid subscribe action for this feed',
} as const
type ErrorCode = keyof typeof errors
/** After these the venue ends the socket. */
const fatal: readonly ErrorCode[] = [402, 404, 406, 407, 409]

/** Which stream a client is on. */
export interface DataStream {
  readonly kind: StreamKind
  /** iex, sip, delayed_sip, us, ... One connection of an account is allowed on each. */
  readonly name: string
  readonly needsSip: boolean
  /** Tells the test symbol and nothing else. */
  readonly isTest?: true
}

/** How the hub counts connections of an account on a stream. */
export interface ConnectionCount {
  /** Takes the place of an account on a stream; false when it is taken. */
  take(account: number, stream: string, by: DataConnection): boolean
  release(by: DataConnection): void
}

/** A client of market data: connected, authenticated, subscribed. */
export class DataConnection implements Connection {
  readonly #context: SocketContext
  readonly #sink: Sink
  readonly #codec: Codec
  readonly #stream: DataStream
  readonly #counts: ConnectionCount
  readonly #subscriptions: Subscriptions
  /** Books as this client has them, by asset. */
  readonly #books = new Map<number, { readonly bids: Levels; readonly asks: Levels }>()
  readonly #stalled = new Map<string, TimeUs>()
  #isAuthenticated = false
  #isOpen = true

  constructor(
    context: SocketContext,
    stream: DataStream,
    link: { readonly sink: Sink; readonly codec: Codec; readonly counts: ConnectionCount },
  ) {
    this.#context = context
    this.#stream = stream
    this.#sink = link.sink
    this.#codec = link.codec
    this.#counts = link.counts
    this.#subscriptions = new Subscriptions(stream.kind, context.symbolLimit)
  }

  /** Greets, and authenticates at once when the handshake held keys. */
  begin(headers: Readonly<Record<string, string | undefined>>): void {
    const { keys, agenda, state } = this.#context
    this.#send([{ T: 'success', msg: 'connected' }])
    if (keys.hasCredentials(headers)) this.#authenticate(keys.accountOf(headers))
    agenda.at(state.time + AUTHENTICATION_US, () => {
      if (!this.#isAuthenticated) this.#error(404)
    })
  }

  message(data: Uint8Array): void {
    if (!this.#isOpen) return
    this.#context.present()
    const frame = decodeFrame(this.#codec, data)
    if (!isObject(frame)) return this.#error(400)
    switch (frame['action']) {
      case 'auth':
        if (this.#isAuthenticated) return this.#error(403)
        return this.#authenticate(this.#context.keys.check(frame['key'], frame['secret']))
      case 'subscribe':
      case 'unsubscribe':
        return this.#subscribe(frame)
      default:
        this.#error(400)
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#counts.release(this)
  }

  drop(): void {
    if (!this.#isOpen) return
    this.close()
    this.#sink.closed(ABNORMAL_CLOSURE)
  }

  get isTest(): boolean {
    return this.#stream.isTest === true
  }

  /** Tells what this client wants to know of the test symbol. */
  publishTest(told: readonly TestMessage[]): void {
    const wanted = told.filter(({ channel }) => this.#subscriptions.has(channel, TEST_SYMBOL))
    if (wanted.length > 0) this.#send(wanted.map(({ message }) => message))
  }

  /** Tells what this client wants to know of what happened, in one frame. */
  publish(notices: readonly Notice[]): void {
    if (!this.#isOpen || !this.#isAuthenticated || this.isTest) return
    const messages: Record<string, unknown>[] = []
    for (const notice of notices) {
      const message = this.#messageOf(notice)
      if (message !== null) this.#deliver(message, messages)
      if (!this.#isOpen) return
    }
    if (messages.length > 0) this.#send(messages)
  }

  #authenticate(account: number | null): void {
    if (account === null) return this.#error(402)
    if (this.#stream.needsSip && !this.#context.hasSip) return this.#error(409)
    if (!this.#counts.take(account, this.#stream.name, this)) return this.#error(406)
    this.#isAuthenticated = true
    this.#send([{ T: 'success', msg: 'authenticated' }])
  }

  #subscribe(frame: JsonObject): void {
    if (!this.#isAuthenticated) return this.#error(401)
    const error = this.#subscriptions.apply(frame)
    if (error !== null) return this.#error(error)
    this.#send([{ T: 'subscription', ...this.#subscriptions.list() }])
    if (this.#stream.kind === 'crypto') this.#startBooks()
  }

  /** A book begins with the whole of it, once. */
  #startBooks(): void {
    const { state, faults } = this.#context
    const messages: Record<string, unknown>[] = []
    for (const asset of state.assets) {
      const isWanted = this.#subscriptions.has('orderbooks', asset.symbol)
      if (!isWanted) this.#books.delete(asset.index)
      if (!isWanted || asset.class !== 'crypto' || this.#books.has(asset.index)) continue
      const { bids, asks, bookTime } = state.data[asset.index]!
      if (bids.length === 0) continue
      this.#books.set(asset.index, { bids, asks })
      if (faults.leavesOutSnapshot(state.time)) continue
      messages.push(wholeBook(asset, bookTime, bids, asks))
    }
    if (messages.length > 0) this.#send(messages)
  }

  #messageOf(notice: Notice): Record<string, unknown> | null {
    if (notice.kind === 'tradeUpdate') return null
    const index = assetOf(notice)
    const asset = this.#context.state.assets[index]!
    if ((asset.class === 'crypto') !== (this.#stream.kind === 'crypto')) return null
    const S = asset.symbol
    if (!this.#subscriptions.has(channelOf(notice), S)) return null
    switch (notice.kind) {
      case 'trade':
        return { T: 't', S, ...wireTrade(asset, notice.trade) }
      case 'quote':
        return { T: 'q', S, ...wireQuote(asset, notice.quote) }
      case 'bar':
        return { T: notice.bar, S, ...wireBar(asset, notice.value) }
      case 'status':
        return { T: 's', S, ...wireStatus(asset, notice.time, notice.halted) }
      case 'book':
        return this.#bookMessage(asset, notice)
    }
  }

  #bookMessage(
    asset: Asset,
    book: Extract<Notice, { kind: 'book' }>,
  ): Record<string, unknown> | null {
    const before = this.#books.get(asset.index)
    this.#books.set(asset.index, book)
    if (before === undefined) return wholeBook(asset, book.time, book.bids, book.asks)
    const [b, a] = (['bids', 'asks'] as const).map((side) => {
      const changes: ReturnType<typeof wireLevel>[] = []
      diffSide(before[side], book[side], (price, lots) => {
        changes.push(wireLevel(asset, price, lots))
      })
      return changes
    })
    if (a!.length + b!.length === 0) return null
    return { T: 'o', S: asset.symbol, t: new WireTime(book.time), b, a }
  }

  /** Puts a message into the frame, unless the fault plan has something else in mind. */
  #deliver(message: Record<string, unknown>, messages: Record<string, unknown>[]): void {
    const { faults, agenda, state } = this.#context
    const { time } = state
    const symbol = String(message['S'])
    const silentUntil = Math.max(this.#stalled.get('') ?? 0, this.#stalled.get(symbol) ?? 0)
    if (time < silentUntil) return
    const fault = faults.frame(time, 'market')
    if (fault === 'none' || fault === 'fillAltered') messages.push(message)
    else if (fault === 'repeated') messages.push(message, message)
    else if (fault === 'disconnected') this.drop()
    else if (fault === 'lost') return
    else if (typeof fault === 'string') messages.push(corruptMessage(message, fault))
    else if ('stalledUs' in fault) this.#stalled.set('', time + fault.stalledUs)
    else if ('coinStalledUs' in fault) this.#stalled.set(symbol, time + fault.coinStalledUs)
    else agenda.at(time + fault.lateUs, () => this.#send([message]))
  }

  #error(code: ErrorCode): void {
    this.#send([{ T: 'error', code, msg: errors[code] }])
    if (!fatal.includes(code) || !this.#isOpen) return
    this.close()
    this.#sink.closed(NORMAL_CLOSURE)
  }

  #send(frame: unknown): void {
    if (!this.#isOpen) return
    if (this.#sink.waiting() > WAITING_BYTES_MAX) {
      this.#sink.send(encodeFrame(this.#codec, [{ T: 'error', code: 407, msg: errors[407] }]))
      return this.drop()
    }
    this.#sink.send(encodeFrame(this.#codec, frame))
  }
}

const wholeBook = (asset: Asset, time: TimeUs, bids: Levels, asks: Levels) => ({
  T: 'o',
  S: asset.symbol,
  t: new WireTime(time),
  ...wireBook(asset, bids, asks),
  r: true,
})

type MarketNotice = Exclude<Notice, { kind: 'tradeUpdate' }>

function assetOf(notice: MarketNotice): number {
  if (notice.kind === 'trade') return notice.trade.asset
  return notice.kind === 'quote' ? notice.quote.asset : notice.asset
}

function channelOf(notice: MarketNotice): Channel {
  switch (notice.kind) {
    case 'trade':
      return 'trades'
    case 'quote':
      return 'quotes'
    case 'book':
      return 'orderbooks'
    case 'status':
      return 'statuses'
    case 'bar':
      return notice.bar === 'b' ? 'bars' : notice.bar === 'u' ? 'updatedBars' : 'dailyBars'
  }
}
