import type { InstrumentId, TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { TimerHandle } from '../port.ts'
import { createConnection } from './connection.ts'
import type { Context } from './context.ts'
import type { ExecutionFeed } from './executions.ts'
import { channelOf } from './frame-scanner.ts'
import type { FundingFeed } from './fundings.ts'
import { shorten, textOf } from './http.ts'
import { type MarketData, parseEnvelope } from './market-data.ts'
import type { OrderQueries } from './order-queries.ts'
import { orderUpdates, userFillsFrame, userFundingsFrame } from './wire.ts'

/** The subscriptions of a session over one socket that is kept up. */
export interface Streams {
  /** Resolves when every subscription is confirmed and the account caught up. */
  start(): Promise<void>
  stop(): void
}

/** The account's feeds; null when only market data are subscribed. */
export interface AccountFeeds {
  readonly executions: ExecutionFeed
  readonly fundings: FundingFeed
  readonly orders: OrderQueries
}

type Stream = 'book' | 'trades' | 'account'

interface Subscription {
  readonly payload: Readonly<Record<string, unknown>>
  readonly stream: Stream
  readonly instrument: InstrumentId | null
}

/** How long starting and loading go on with a venue that does not answer. */
export const START_TIMEOUT_MS = 60_000
const CONFIRM_TIMEOUT_MS = 10_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

/** Makes the streams of a session, not yet started. */
export function createStreams(
  context: Context,
  market: MarketData,
  account: AccountFeeds | null,
): Streams {
  const { environment, options, statistics } = context
  const wanted = subscriptionsOf(context)
  const user = options.userAddress?.toLowerCase() ?? null
  const up: Record<Stream, boolean> = { book: false, trades: false, account: false }
  let unconfirmed = new Set(wanted.keys())
  let generation = 0
  let isAccountConfirmed = false
  let isRecovering = false
  let wantsRecovery = false
  let retries = 0
  let confirmTimer: TimerHandle | null = null
  let retryTimer: TimerHandle | null = null
  let settleStart: ((failure: AdapterError | null) => void) | null = null
  let lastTrouble = 'never opened'

  const clear = (timer: TimerHandle | null): null => {
    if (timer !== null) environment.clearTimer(timer)
    return null
  }
  const status = (
    stream: Stream,
    instrument: InstrumentId | null,
    value: 'connected' | 'disconnected' | 'gap',
  ): void => {
    const receivedTime = context.receivedTime()
    context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status: value })
  }
  const settleIfReady = (): void => {
    if (unconfirmed.size > 0 || (account !== null && !up.account)) return
    connection.settle()
    settleStart?.(null)
    settleStart = null
  }

  const subscribeAll = (): void => {
    statistics.connectionsOpened++
    generation++
    unconfirmed = new Set(wanted.keys())
    market.reset()
    for (const { payload, stream, instrument } of wanted.values()) {
      if (stream === 'trades') market.expectHistory(instrument!, environment.now())
      connection.send(JSON.stringify({ method: 'subscribe', subscription: payload }))
    }
    confirmTimer = environment.setTimer(() => {
      connection.drop(`not confirmed: ${[...unconfirmed].slice(0, 3).join(', ')}`)
    }, CONFIRM_TIMEOUT_MS)
  }

  const confirm = (key: string): void => {
    const subscription = wanted.get(key)
    if (subscription === undefined || !unconfirmed.delete(key)) return
    const { stream, instrument } = subscription
    if (stream !== 'account') {
      up[stream] = true
      status(stream, instrument, 'connected')
    } else if (![...unconfirmed].some((left) => wanted.get(left)!.stream === 'account')) {
      isAccountConfirmed = true
      if (account !== null) void recoverAccount(account)
    }
    if (unconfirmed.size === 0) confirmTimer = clear(confirmTimer)
    settleIfReady()
  }

  /** Fetches what the account's streams may have missed, then calls them connected. */
  const recoverAccount = async (feeds: AccountFeeds): Promise<void> => {
    // Asked for while running: what it is about may be newer than what was fetched, so once more.
    wantsRecovery = true
    if (isRecovering) return
    isRecovering = true
    retryTimer = clear(retryTimer)
    while (wantsRecovery && isAccountConfirmed) {
      wantsRecovery = false
      const mine = generation
      const failure = await catchUp(feeds)
      if (mine !== generation || wantsRecovery) continue
      if (failure === null) {
        retries = 0
        up.account = true
        status('account', null, 'connected')
        settleIfReady()
      } else {
        lastTrouble = failure
        context.notice('executionBackfill', failure)
        const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(retries++, 10))
        retryTimer = environment.setTimer(() => void recoverAccount(feeds), waitMs)
      }
    }
    isRecovering = false
  }

  /** Null when everything missed was delivered, else what went wrong. */
  const catchUp = async (feeds: AccountFeeds): Promise<string | null> => {
    try {
      await feeds.executions.backfill()
    } catch (error) {
      return textOf(error)
    }
    // Funding only moves cash, which every account report corrects: no reason to stay away.
    await feeds.fundings.backfill().catch((error: unknown) => {
      context.notice('fundingBackfill', textOf(error))
    })
    return null
  }

  /** A frame of the account could not be read: what it said is fetched instead. */
  const accountGap = (what: string): void => {
    statistics.framesRefused++
    if (account === null) return
    context.notice('accountFrame', what)
    if (up.account) status('account', null, 'gap')
    up.account = false
    void recoverAccount(account)
  }

  const accountFrame = (channel: string, data: unknown, receivedTime: TimeUs): void => {
    if (account === null || user === null) return
    if (channel === 'orderUpdates') {
      const updates = orderUpdates.parse(data)
      for (const update of updates) account.orders.reportUpdate(update, receivedTime)
    } else if (channel === 'userFills') {
      const frame = userFillsFrame.parse(data)
      if (frame.user.toLowerCase() === user) {
        account.executions.deliver(frame.fills, frame.isSnapshot === true)
      }
    } else {
      const frame = userFundingsFrame.parse(data)
      if (frame.user.toLowerCase() === user) account.fundings.deliver(frame.fundings)
    }
  }

  const otherFrame = (bytes: Uint8Array, receivedTime: TimeUs): void => {
    const envelope = parseEnvelope(bytes)
    if (envelope === null) return unreadableFrame(bytes, receivedTime)
    const { channel, data } = envelope
    switch (channel) {
      case 'l2Book':
      case 'bbo':
      case 'trades':
        return market.frame(channel, bytes, receivedTime)
      case 'subscriptionResponse':
        return confirm(keyOf((data as { readonly subscription?: unknown })?.subscription))
      case 'pong':
        return
      case 'error':
        return venueError(String(data))
      case 'userFills':
      case 'orderUpdates':
      case 'userFundings':
        try {
          return accountFrame(channel, data, receivedTime)
        } catch (error) {
          return accountGap(`${channel}: ${textOf(error)}`)
        }
      default:
        statistics.framesIgnored++
    }
  }

  /** Nobody can tell what it was about: every stream has a gap. Greetings in plain text are not. */
  const unreadableFrame = (bytes: Uint8Array, receivedTime: TimeUs): void => {
    if (bytes[0] !== 0x7b) {
      statistics.framesIgnored++
      return
    }
    market.gap(receivedTime)
    accountGap('a frame that is not JSON')
  }

  const venueError = (text: string): void => {
    const subscribed = /^Already subscribed: (\{.*\})$/.exec(text)
    if (subscribed !== null) {
      try {
        return confirm(keyOf(JSON.parse(subscribed[1]!)))
      } catch {
        // Not what it looked like: reported below.
      }
    }
    lastTrouble = shorten(text)
    context.notice('venueError', lastTrouble)
  }

  const lost = (reason: string): void => {
    generation++
    isAccountConfirmed = false
    statistics.connectionsLost++
    lastTrouble = reason
    confirmTimer = clear(confirmTimer)
    retryTimer = clear(retryTimer)
    for (const stream of ['book', 'trades', 'account'] as const) {
      if (!up[stream]) continue
      up[stream] = false
      status(stream, null, 'disconnected')
    }
    context.notice('connectionLost', reason)
  }

  const connection = createConnection({
    environment,
    url: options.socketUrl,
    ping: '{"method":"ping"}',
    pingMs: options.pingMs ?? 20_000,
    silenceMs: options.silenceMs ?? 30_000,
    seed: options.seed ?? 1,
    handlers: {
      opened: subscribeAll,
      message(bytes) {
        const receivedTime = context.receivedTime()
        const channel = channelOf(bytes)
        if (channel === 'l2Book' || channel === 'bbo' || channel === 'trades') {
          market.frame(channel, bytes, receivedTime)
        } else otherFrame(bytes, receivedTime)
      },
      lost,
    },
  })

  return {
    start() {
      const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS
      return new Promise((resolve, reject) => {
        const timer = environment.setTimer(() => {
          const text = `not subscribed after ${timeoutMs} ms: ${lastTrouble}`
          settleStart?.(new AdapterError('VENUE_UNREACHABLE', text, 'retry'))
        }, timeoutMs)
        settleStart = (failure) => {
          settleStart = null
          environment.clearTimer(timer)
          if (failure === null) resolve()
          else reject(failure)
        }
        connection.open()
      })
    },
    stop() {
      generation++
      isAccountConfirmed = false
      confirmTimer = clear(confirmTimer)
      retryTimer = clear(retryTimer)
      connection.close()
      settleStart?.(new AdapterError('VENUE_STOPPED', 'stopped while starting', 'retry'))
    },
  }
}

/** Name under which a subscription and its confirmation are matched. */
function keyOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return ''
  const { type, coin, user } = payload as Readonly<Record<string, unknown>>
  return typeof coin === 'string' ? `${type} ${coin}` : `${type} ${String(user).toLowerCase()}`
}

function subscriptionsOf(context: Context): ReadonlyMap<string, Subscription> {
  const { options, universe } = context
  const wanted = new Map<string, Subscription>()
  const add = (
    payload: Readonly<Record<string, unknown>>,
    stream: Stream,
    instrument: InstrumentId | null,
  ): void => {
    wanted.set(keyOf(payload), { payload, stream, instrument })
  }
  const book = {
    l2Book: { type: 'l2Book' },
    l2BookFast: { type: 'l2Book', fast: true },
    bbo: { type: 'bbo' },
  }[options.bookStream]
  // The account first: nothing of it is missed while the books arrive.
  if (options.userAddress !== null) {
    for (const type of ['orderUpdates', 'userFills', 'userFundings']) {
      add({ type, user: options.userAddress.toLowerCase() }, 'account', null)
    }
  }
  for (const { instrument } of universe.assets) {
    add({ ...book, coin: instrument.symbol }, 'book', instrument.id)
    if (options.trades) add({ type: 'trades', coin: instrument.symbol }, 'trades', instrument.id)
  }
  return wanted
}
