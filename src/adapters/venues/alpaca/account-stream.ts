import { AdapterError } from '../../errors.ts'
import { Connection } from '../lib/connection.ts'
import { operational } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { type Context, learnOrder } from './context.ts'
import { parse } from './data-stream.ts'
import { readOrder } from './evidence.ts'
import type { ExecutionFeed } from './executions.ts'
import type { StreamOwner } from './stream-owner.ts'
import { accountFrame, type TradeUpdate, tradeUpdate } from './wire.ts'

const CONFIRM_TIMEOUT_MS = 10_000
const PING_MS = 20_000
const SILENCE_MS = 40_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
const LISTEN = { action: 'listen', data: { streams: ['trade_updates'] } }

/** Fills and ends of orders over one socket that is kept up; what it missed is fetched. */
export class AccountStream {
  readonly #context: Context
  readonly #feed: ExecutionFeed
  readonly #owner: StreamOwner
  readonly #settled: (clientOrderId: string) => void
  readonly #connection: Connection
  #timer: TimerHandle | null = null
  #isListening = false
  /** Counts connections and gaps: what was fetched for an earlier one completes no later one. */
  #generation = 0
  #retries = 0

  /** `settled` is called when how one of our orders ended was told. */
  constructor(input: {
    readonly context: Context
    readonly feed: ExecutionFeed
    readonly owner: StreamOwner
    readonly settled: (clientOrderId: string) => void
  }) {
    const { context } = input
    const { environment, options } = context
    this.#context = context
    this.#feed = input.feed
    this.#owner = input.owner
    this.#settled = input.settled
    this.#connection = new Connection({
      environment,
      url: options.accountStreamUrl,
      // Listening to what is listened to is answered with the list.
      ping: JSON.stringify(LISTEN),
      pingMs: options.pingMs ?? PING_MS,
      silenceMs: options.silenceMs ?? SILENCE_MS,
      seed: 2,
      handlers: {
        opened: () => this.#opened(),
        message: (bytes) => this.#frame(bytes),
        lost: (reason) => this.#lost(reason),
      },
    })
  }

  open(): void {
    this.#connection.open()
  }

  close(): void {
    this.#generation++
    this.#clearTimer()
    this.#connection.close()
    this.#context.isAccountUp = false
  }

  #opened(): void {
    const { keyId, secret } = this.#context.options
    this.#connection.send(JSON.stringify({ action: 'auth', key: keyId, secret }))
    this.#setTimer(() => this.#connection.drop('not listening in time'), CONFIRM_TIMEOUT_MS)
  }

  #frame(bytes: Uint8Array): void {
    const frame = accountFrame.safeParse(parse(bytes))
    if (!frame.success) return this.#gap('a frame that cannot be read')
    const { stream, data } = frame.data
    if (stream === 'authorization') this.#authorized(data)
    else if (stream === 'listening') this.#listening()
    else if (stream === 'trade_updates') {
      const update = tradeUpdate.safeParse(data)
      if (update.success) this.#update(update.data)
      else this.#gap(`trade_updates: ${update.error.issues[0]?.path.join('.') ?? ''}`)
    }
  }

  #authorized(data: unknown): void {
    if ((data as { readonly status?: unknown } | null)?.status === 'authorized') {
      this.#connection.send(JSON.stringify(LISTEN))
      return
    }
    const why = 'the account’s stream does not accept the keys'
    this.#owner.hopeless(new AdapterError('VENUE_CREDENTIALS', why, 'fatal'))
    this.#connection.drop(why)
  }

  #listening(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#connection.settle()
    this.#clearTimer()
    this.#recover()
  }

  #update(update: TradeUpdate): void {
    const { order, price, qty, timestamp } = update
    const asset = this.#context.universe.bySymbol.get(order.symbol)
    const known = learnOrder(this.#context, order)
    if (asset === undefined) {
      this.#context.statistics.foreignReports++
      return
    }
    if (update.event === 'fill' || update.event === 'partial_fill') {
      if (price == null || qty == null) return this.#gap('a fill without price or quantity')
      const held = update.position_qty ?? null
      const { side, filled_qty: cumulative } = order
      const fill = { asset, order: known, side, price, qty, cumulative, time: timestamp, held }
      this.#feed.deliver([fill])
    } else if (known.clientOrderId !== null) this.#report(update, known.clientOrderId)
    if (known.clientOrderId !== null && order.status === 'filled')
      this.#settled(known.clientOrderId)
  }

  #report(update: TradeUpdate, clientOrderId: string): void {
    const { event, order, timestamp } = update
    const receivedTime = this.#context.receivedTime()
    const isRefusal = event === 'order_cancel_rejected'
    const read = readOrder(order)
    const isOpen = read.evidence === 'accepted'
    // An order that cannot rest is told of when it ended.
    if (isOpen && order.time_in_force === 'ioc') return
    if (!isOpen) this.#settled(clientOrderId)
    const report = isRefusal
      ? { ...read, evidence: 'cancelRejected' as const, code: 'other' as const }
      : read
    this.#context.emit({
      kind: 'orderReported',
      receivedTime,
      venueTime: timestamp,
      report: { ...report, clientOrderId },
    })
  }

  /** A frame could not be read: what it said is fetched instead. */
  #gap(why: string): void {
    this.#context.statistics.framesRefused++
    this.#context.notice('accountFrame', why)
    if (!this.#isListening) return
    if (this.#context.isAccountUp) this.#status('gap')
    this.#context.isAccountUp = false
    this.#recover()
  }

  /** Fetches what was missed, again and again until it succeeds; then the stream is complete. */
  #recover(): void {
    const mine = ++this.#generation
    this.#clearTimer()
    this.#feed.progress.hold()
    void this.#feed.backfill().then(
      () => {
        if (mine !== this.#generation) return
        this.#feed.progress.release()
        this.#retries = 0
        this.#context.isAccountUp = true
        this.#status('connected')
        this.#owner.changed()
      },
      (error: unknown) => {
        const { message } = operational(error)
        if (mine !== this.#generation) return
        this.#owner.troubled(message)
        this.#context.notice('executionBackfill', message)
        const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#retries++, 10))
        this.#setTimer(() => this.#recover(), waitMs)
      },
    )
  }

  #lost(reason: string): void {
    this.#generation++
    this.#isListening = false
    this.#clearTimer()
    this.#feed.progress.hold()
    this.#context.statistics.connectionsLost++
    this.#owner.troubled(reason)
    this.#context.notice('connectionLost', reason)
    if (!this.#context.isAccountUp) return
    this.#context.isAccountUp = false
    this.#status('disconnected')
  }

  #status(status: 'connected' | 'disconnected' | 'gap'): void {
    const receivedTime = this.#context.receivedTime()
    const instrument = null
    this.#context.emit({
      kind: 'streamStatus',
      receivedTime,
      stream: 'account',
      instrument,
      status,
    })
  }

  #setTimer(callback: () => void, delayMs: number): void {
    this.#clearTimer()
    this.#timer = this.#context.environment.setTimer(() => {
      this.#timer = null
      callback()
    }, delayMs)
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#context.environment.clearTimer(this.#timer)
    this.#timer = null
  }
}
