import { AdapterError } from '../../errors.ts'
import { Connection } from '../lib/connection.ts'
import { shorten } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { barIntervalOf } from './bar-interval.ts'
import { COIN_BAR_US } from './bars.ts'
import type { Context } from './context.ts'
import type { Asset } from './instruments.ts'
import { MarketData } from './market-data.ts'
import type { StreamOwner } from './stream-owner.ts'

const CONFIRM_TIMEOUT_MS = 10_000
const PING_MS = 20_000
const SILENCE_MS = 40_000
/** After these another try does not help: keys, symbols, what was paid for. */
const hopeless: ReadonlySet<number> = new Set([402, 405, 409, 410])
/** One connection a key is allowed; the place of one that was killed is free a little later. */
const CONNECTION_LIMIT = 406

/** Books, trades and bars of coins over one socket that is kept up: greeted, authenticated, subscribed. */
export class DataStream {
  readonly #context: Context
  readonly #owner: StreamOwner
  readonly #kind: 'spot' | 'equity'
  readonly #assets: readonly Asset[]
  readonly #market: MarketData
  readonly #connection: Connection
  #confirmTimer: TimerHandle | null = null
  #isUp = false

  constructor(
    context: Context,
    input: {
      readonly owner: StreamOwner
      readonly kind: 'spot' | 'equity'
      readonly url: string
      readonly assets: readonly Asset[]
    },
  ) {
    const { environment, options } = context
    const { owner, kind, url, assets } = input
    this.#context = context
    this.#owner = owner
    this.#kind = kind
    this.#assets = assets
    this.#market = new MarketData(context, assets, (symbol) => {
      if (kind === 'equity') return
      this.#send({ action: 'unsubscribe', orderbooks: [symbol] })
      this.#send({ action: 'subscribe', orderbooks: [symbol] })
    })
    this.#connection = new Connection({
      environment,
      url,
      // Subscribing to what is subscribed is answered with the list.
      ping: JSON.stringify(this.#subscription()),
      pingMs: options.pingMs ?? PING_MS,
      silenceMs: options.silenceMs ?? SILENCE_MS,
      seed: 1,
      handlers: {
        opened: () => {
          this.#market.reset()
          this.#confirmTimer = environment.setTimer(() => {
            this.#confirmTimer = null
            this.#connection.drop('not subscribed in time')
          }, CONFIRM_TIMEOUT_MS)
        },
        message: (bytes) => this.#frame(bytes),
        lost: (reason) => this.#lost(reason),
      },
    })
  }

  get isUp(): boolean {
    return this.#isUp
  }

  open(): void {
    this.#connection.open()
  }

  close(): void {
    this.#clearTimer()
    this.#connection.close()
  }

  #subscription() {
    const symbols = this.#assets.map(({ instrument }) => instrument.symbol)
    const books = this.#kind === 'spot' ? { orderbooks: symbols } : { quotes: symbols }
    const { options } = this.#context
    const barsOf = symbols.filter((symbol) => barIntervalOf(options, symbol) === COIN_BAR_US)
    const hasBars = this.#kind === 'spot' && barsOf.length > 0
    return {
      action: 'subscribe',
      ...books,
      ...(options.trades ? { trades: symbols } : {}),
      ...(hasBars ? { bars: barsOf } : {}),
    }
  }

  #send(frame: unknown): void {
    this.#connection.send(JSON.stringify(frame))
  }

  #frame(bytes: Uint8Array): void {
    const receivedTime = this.#context.receivedTime()
    const messages = parse(bytes)
    if (!Array.isArray(messages)) return this.#market.gap(receivedTime)
    for (const raw of messages as readonly unknown[]) {
      const message = raw as Readonly<Record<string, unknown>>
      const type = message?.['T']
      if (type === 'success') this.#greeted(message['msg'])
      else if (type === 'subscription') this.#subscribed()
      else if (type === 'error') this.#refused(Number(message['code']), String(message['msg']))
      else if (typeof type === 'string') this.#market.message(type, message, receivedTime)
      else this.#market.gap(receivedTime)
    }
  }

  #greeted(message: unknown): void {
    const { keyId, secret } = this.#context.options
    if (message === 'connected') this.#send({ action: 'auth', key: keyId, secret })
    else if (message === 'authenticated') this.#send(this.#subscription())
  }

  #subscribed(): void {
    if (this.#isUp) return
    this.#isUp = true
    this.#clearTimer()
    this.#connection.settle()
    this.#status('connected')
    this.#owner.changed()
  }

  #refused(code: number, text: string): void {
    const why = `market data: error ${code}: ${shorten(text)}`
    this.#context.notice('venueError', why)
    if (code === CONNECTION_LIMIT) this.#owner.taken(why)
    if (hopeless.has(code)) {
      this.#owner.hopeless(
        code === 402
          ? new AdapterError('VENUE_CREDENTIALS', why, 'fatal')
          : new AdapterError('VENUE_UNSUPPORTED', why, 'fatal'),
      )
    }
    this.#connection.drop(why)
  }

  #lost(reason: string): void {
    this.#clearTimer()
    this.#context.statistics.connectionsLost++
    this.#owner.troubled(reason)
    this.#context.notice('connectionLost', reason)
    if (!this.#isUp) return
    this.#isUp = false
    this.#status('disconnected')
  }

  #status(status: 'connected' | 'disconnected'): void {
    const receivedTime = this.#context.receivedTime()
    const streams = this.#context.options.trades ? (['book', 'trades'] as const) : ['book' as const]
    const isWhole = this.#assets.length === this.#context.universe.assets.length
    const whose = isWhole ? [null] : this.#assets.map(({ instrument }) => instrument.id)
    for (const stream of streams) {
      for (const instrument of whose) {
        this.#context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status })
      }
    }
  }

  #clearTimer(): void {
    if (this.#confirmTimer !== null) this.#context.environment.clearTimer(this.#confirmTimer)
    this.#confirmTimer = null
  }
}

const decoder = new TextDecoder()

/** A frame's JSON, also of binary frames; undefined when it is none. */
export function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
}
