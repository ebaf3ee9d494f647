import type { z } from 'zod'
import type { InstrumentId, TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { Connection } from '../lib/connection.ts'
import { operational, shorten, unreadable } from '../lib/failure.ts'
import type { TimerHandle } from '../port.ts'
import { AccountRecovery } from './account-recovery.ts'
import type { Context } from './context.ts'
import type { ExecutionFeed } from './executions.ts'
import { channelOf } from './frame-scanner.ts'
import type { FundingFeed } from './fundings.ts'
import { type MarketData, parseEnvelope } from './market-data.ts'
import type { OrderQueries } from './order-queries.ts'
import { RateFeed } from './rate-feed.ts'
import { keyOf, type Stream, type Subscription, subscriptionsOf } from './subscriptions.ts'
import type { TransferFeed } from './transfers.ts'
import {
  ledgerUpdatesFrame,
  orderUpdates,
  userEventsFrame,
  userFillsFrame,
  userFundingsFrame,
} from './wire.ts'

/** The account's feeds. */
export interface AccountFeeds {
  readonly executions: ExecutionFeed
  readonly fundings: FundingFeed
  readonly transfers: TransferFeed
  readonly orders: OrderQueries
}

/** How long starting and loading go on with a venue that does not answer. */
export const START_TIMEOUT_MS = 60_000
const CONFIRM_TIMEOUT_MS = 10_000
const PING_MS = 20_000
const SILENCE_MS = 40_000

/** The subscriptions of a session over one socket that is kept up. */
export class Streams {
  readonly #context: Context
  readonly #market: MarketData
  readonly #rates: RateFeed
  /** Null when only market data are subscribed. */
  readonly #account: AccountFeeds | null
  readonly #recovery: AccountRecovery | null
  readonly #connection: Connection
  readonly #wanted: ReadonlyMap<string, Subscription>
  readonly #user: string | null
  readonly #up: Record<Stream, boolean> = { book: false, trades: false, account: false }
  #unconfirmed: Set<string>
  #confirmTimer: TimerHandle | null = null
  #settleStart: ((failure: AdapterError | null) => void) | null = null
  #lastTrouble = 'never opened'

  constructor(context: Context, market: MarketData, account: AccountFeeds | null) {
    const { options } = context
    this.#context = context
    this.#market = market
    this.#rates = new RateFeed(context)
    this.#account = account
    this.#wanted = subscriptionsOf(context)
    this.#unconfirmed = this.#needed()
    this.#user = options.userAddress?.toLowerCase() ?? null
    this.#recovery = account === null ? null : this.#createRecovery(account)
    this.#connection = new Connection({
      environment: context.environment,
      url: options.socketUrl,
      ping: '{"method":"ping"}',
      pingMs: options.pingMs ?? PING_MS,
      silenceMs: options.silenceMs ?? SILENCE_MS,
      seed: options.seed ?? 1,
      handlers: {
        opened: () => this.#subscribe(),
        message: (bytes, time) => this.#message(bytes, time),
        lost: (reason) => this.#lost(reason),
      },
    })
  }

  /** Resolves when every subscription is confirmed and the account caught up. */
  start(): Promise<void> {
    const { environment, options } = this.#context
    const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS
    return new Promise((resolve, reject) => {
      const timer = environment.setTimer(() => {
        const text = `not subscribed after ${timeoutMs} ms: ${this.#lastTrouble}`
        this.#settleStart?.(new AdapterError('VENUE_UNREACHABLE', text, 'retry'))
      }, timeoutMs)
      this.#settleStart = (failure) => {
        this.#settleStart = null
        environment.clearTimer(timer)
        if (failure === null) resolve()
        else reject(failure)
      }
      this.#connection.open()
    })
  }

  stop(): void {
    this.#recovery?.stop()
    this.#clearConfirmTimer()
    this.#connection.close()
    this.#settleStart?.(new AdapterError('VENUE_STOPPED', 'stopped while starting', 'retry'))
  }

  #createRecovery({ executions, fundings, transfers }: AccountFeeds): AccountRecovery {
    return new AccountRecovery({
      context: this.#context,
      executions,
      fundings,
      transfers,
      recovered: () => {
        this.#up.account = true
        this.#status('account', null, 'connected')
        this.#settleIfReady()
      },
      troubled: (why) => {
        this.#lastTrouble = why
      },
    })
  }

  #subscribe(): void {
    const { environment, statistics } = this.#context
    statistics.connectionsOpened++
    this.#unconfirmed = this.#needed()
    this.#market.reset()
    for (const { payload, stream, instrument } of this.#wanted.values()) {
      if (stream === 'trades') this.#market.expectHistory(instrument!, environment.now())
      this.#connection.send(JSON.stringify({ method: 'subscribe', subscription: payload }))
    }
    this.#confirmTimer = environment.setTimer(() => {
      const missing = [...this.#unconfirmed].slice(0, 3).join(', ')
      this.#connection.drop(`not confirmed: ${missing}`)
    }, CONFIRM_TIMEOUT_MS)
  }

  #needed(): Set<string> {
    return new Set([...this.#wanted].filter(([, each]) => !each.isOptional).map(([key]) => key))
  }

  #confirm(key: string): void {
    const subscription = this.#wanted.get(key)
    if (subscription === undefined || !this.#unconfirmed.delete(key)) return
    const { stream, instrument } = subscription
    if (stream !== 'account') {
      this.#up[stream] = true
      this.#status(stream, instrument, 'connected')
    } else if (!this.#isAwaiting('account')) this.#recovery?.start()
    if (this.#unconfirmed.size === 0) this.#clearConfirmTimer()
    this.#settleIfReady()
  }

  #isAwaiting(stream: Stream): boolean {
    return [...this.#unconfirmed].some((key) => this.#wanted.get(key)!.stream === stream)
  }

  #settleIfReady(): void {
    if (this.#unconfirmed.size > 0 || (this.#account !== null && !this.#up.account)) return
    this.#connection.settle()
    this.#settleStart?.(null)
  }

  #lost(reason: string): void {
    this.#context.statistics.connectionsLost++
    this.#lastTrouble = reason
    this.#clearConfirmTimer()
    this.#recovery?.stop()
    for (const stream of ['book', 'trades', 'account'] as const) {
      if (!this.#up[stream]) continue
      this.#up[stream] = false
      this.#status(stream, null, 'disconnected')
    }
    this.#context.notice('connectionLost', reason)
  }

  #message(bytes: Uint8Array, time: TimeUs): void {
    const receivedTime = this.#context.receivedTime(time)
    if (this.#market.scanned(bytes, receivedTime)) return
    const channel = channelOf(bytes)
    if (channel === 'l2Book' || channel === 'bbo' || channel === 'trades') {
      this.#market.frame(channel, bytes, receivedTime)
    } else this.#otherFrame(bytes, receivedTime)
  }

  #otherFrame(bytes: Uint8Array, receivedTime: TimeUs): void {
    const envelope = parseEnvelope(bytes)
    if (envelope === null) return this.#unreadableFrame(bytes, receivedTime)
    const { channel, data } = envelope
    switch (channel) {
      case 'l2Book':
      case 'bbo':
      case 'trades':
        return this.#market.frame(channel, bytes, receivedTime)
      case 'subscriptionResponse':
        return this.#confirm(keyOf((data as { readonly subscription?: unknown })?.subscription))
      case 'pong':
        return
      case 'error':
        return this.#venueError(String(data))
      case 'activeAssetCtx':
        return this.#rates.deliver(data, receivedTime)
      case 'userFills':
      case 'orderUpdates':
      case 'userFundings':
      case 'user':
      case 'userNonFundingLedgerUpdates':
        try {
          return this.#accountFrame(channel, data, receivedTime)
        } catch (error) {
          return this.#accountGap(`${channel}: ${operational(error).message}`)
        }
      default:
        this.#context.statistics.framesIgnored++
    }
  }

  #accountFrame(channel: string, data: unknown, receivedTime: TimeUs): void {
    if (this.#account === null) return
    const { executions, fundings, transfers, orders } = this.#account
    const isOurs = (user: string): boolean => user.toLowerCase() === this.#user
    switch (channel) {
      case 'orderUpdates':
        for (const update of read(orderUpdates, data)) orders.update(update, receivedTime)
        return
      case 'userFills': {
        const { user, fills, isSnapshot } = read(userFillsFrame, data)
        if (isOurs(user)) executions.deliver(fills, isSnapshot === true)
        return
      }
      case 'userFundings': {
        const { user, fundings: paid } = read(userFundingsFrame, data)
        if (isOurs(user)) fundings.deliver(paid)
        return
      }
      case 'userNonFundingLedgerUpdates': {
        const { user, nonFundingLedgerUpdates } = read(ledgerUpdatesFrame, data)
        if (isOurs(user)) transfers.deliver(nonFundingLedgerUpdates)
        return
      }
      default:
        return this.#userEvent(data, receivedTime, this.#account)
    }
  }

  /** One channel repeats fills and funding and tells what the venue did by itself. */
  #userEvent(data: unknown, receivedTime: TimeUs, account: AccountFeeds): void {
    const { fills, funding, liquidation, nonUserCancel } = read(userEventsFrame, data)
    if (fills !== undefined) account.executions.deliver(fills, false)
    if (funding !== undefined) account.fundings.deliver([funding])
    for (const each of nonUserCancel ?? []) account.orders.canceledByVenue(each, receivedTime)
    if (liquidation?.liquidated_user.toLowerCase() === this.#user) {
      const text = `the venue liquidated positions worth ${liquidation?.liquidated_ntl_pos}`
      this.#context.notice('liquidated', text)
    }
  }

  /** A frame of the account could not be read: what it said is fetched instead. */
  #accountGap(what: string): void {
    this.#context.statistics.framesRefused++
    if (this.#recovery === null) return
    this.#context.notice('accountFrame', what)
    if (this.#up.account) this.#status('account', null, 'gap')
    this.#up.account = false
    this.#recovery.start()
  }

  /** Nobody can tell what it was about: every stream has a gap. Greetings in plain text are not. */
  #unreadableFrame(bytes: Uint8Array, receivedTime: TimeUs): void {
    if (bytes[0] !== 0x7b) {
      this.#context.statistics.framesIgnored++
      return
    }
    this.#market.gap(receivedTime)
    this.#accountGap('a frame that is not JSON')
  }

  #venueError(text: string): void {
    const subscribed = /^Already subscribed: (\{.*\})$/.exec(text)
    const payload = subscribed === null ? null : parseOrNull(subscribed[1]!)
    if (payload !== null) return this.#confirm(keyOf(payload))
    this.#lastTrouble = shorten(text)
    this.#context.notice('venueError', this.#lastTrouble)
  }

  #status(
    stream: Stream,
    instrument: InstrumentId | null,
    status: 'connected' | 'disconnected' | 'gap',
  ): void {
    const receivedTime = this.#context.receivedTime()
    this.#context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status })
  }

  #clearConfirmTimer(): void {
    if (this.#confirmTimer !== null) this.#context.environment.clearTimer(this.#confirmTimer)
    this.#confirmTimer = null
  }
}

function read<Schema extends z.ZodType>(schema: Schema, data: unknown): z.infer<Schema> {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  throw unreadable(result.error.issues[0]?.path.join('.') ?? 'frame')
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
