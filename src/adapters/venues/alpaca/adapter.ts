import { z } from 'zod'
import type {
  Approved,
  CancelOrder,
  ClientOrderId,
  Instrument,
  NewOrder,
  ReplacedOrder,
  SeedBar,
  TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { RateBudget } from '../lib/rate-budget.ts'
import { retryQuery } from '../lib/retry.ts'
import type { VenueCapabilities, VenueSink } from '../port.ts'
import { AccountQueries } from './account.ts'
import { AccountStream } from './account-stream.ts'
import { barIntervalOf } from './bar-interval.ts'
import { COIN_BAR_US, loadBars, SESSION_BAR_US } from './bars.ts'
import { Commands } from './commands.ts'
import { type Context, createContext } from './context.ts'
import { DataStream } from './data-stream.ts'
import { ExecutionFeed } from './executions.ts'
import { requireHosts } from './hosts.ts'
import { ask, createSend, type Send } from './http.ts'
import { loadUniverse, readAccount } from './instruments.ts'
import { BOOK_LEVELS } from './market-data.ts'
import { readTime } from './numbers.ts'
import type { AlpacaAdapter, AlpacaOptions, AlpacaStatistics } from './options.ts'
import { OrderQueries } from './order-queries.ts'
import { createRequestBuilder } from './requests.ts'
import { SessionBars } from './session-bars.ts'
import type { StreamOwner } from './stream-owner.ts'

const REQUESTS_PER_MINUTE = 200
const REQUEST_TIMEOUT_MS = 10_000
const START_TIMEOUT_MS = 60_000
/** Requests of one urgency that may wait for room. */
const QUEUE_LIMIT = 400

const capabilities: Omit<VenueCapabilities, 'bookLevels'> = {
  idempotentSubmit: true,
  queryByClientOrderId: true,
  postOnly: false,
  replace: true,
  reduceOnly: false,
  deadManSwitch: false,
  bookCadenceUs: 0,
}

/**
 * Alpaca's pairs of coins and its shares: orders over HTTP, market data over a socket each and the
 * account's updates over another. Nothing is sent twice; what became of a command whose reply was
 * lost is looked up by our order id when the core asks. Throws AdapterError: VENUE_CREDENTIALS
 * without keys, VENUE_UNSUPPORTED for addresses that do not fit the mode.
 */
export function createAlpacaAdapter(options: AlpacaOptions): AlpacaAdapter {
  return new Session(options)
}

/** One connection of an account to the venue, from loading to stopping. */
class Session implements AlpacaAdapter {
  readonly venue = 'alpaca'
  readonly statistics: AlpacaStatistics
  readonly #context: Context
  readonly #commands: Commands
  readonly #orders: OrderQueries
  readonly #accounts: AccountQueries
  #feed: ExecutionFeed | null = null
  #streams: readonly { open(): void; close(): void }[] = []
  #endStart: ((error: AdapterError) => void) | null = null
  /** Counts stops: a start that was overtaken by one opens nothing any more. */
  #stops = 0

  constructor(options: AlpacaOptions) {
    this.#context = assemble(options)
    this.statistics = this.#context.statistics
    this.#commands = new Commands(this.#context, (id) => this.#orders.query(id))
    this.#orders = new OrderQueries({
      context: this.#context,
      isPending: (id) => this.#commands.isPending(id),
      settled: (id) => this.#commands.settled(id),
    })
    this.#accounts = new AccountQueries(this.#context, () => this.#feed)
  }

  get capabilities(): VenueCapabilities {
    const { assets } = this.#context.universe
    const hasShares = assets.some(({ instrument }) => instrument.kind === 'equity')
    return { ...capabilities, bookLevels: hasShares ? 1 : BOOK_LEVELS }
  }

  async loadInstruments(symbols: readonly string[]): Promise<readonly Instrument[]> {
    const { send, sendData, environment } = this.#context
    const universe = await loadUniverse({
      send: this.#patient(send),
      sendData: this.#patient(sendData),
      symbols,
      now: environment.now(),
    })
    this.#context.universe = universe
    return universe.assets.map(({ instrument }) => instrument)
  }

  loadBars(instrument: Instrument, intervalUs: TimeUs, count: number): Promise<readonly SeedBar[]> {
    const { sendData, environment, options } = this.#context
    const now = environment.now()
    const feed = options.stockFeed ?? 'iex'
    return loadBars({ send: this.#patient(sendData), feed, instrument, intervalUs, count, now })
  }

  /** May be called again after it failed. */
  async start(sink: VenueSink): Promise<void> {
    this.#context.sink = sink
    const stops = this.#stops
    try {
      const feed = this.#context.options.hasAccount === false ? null : await this.#openFeed()
      if (stops !== this.#stops) throw stopped()
      this.#feed = feed
      await this.#openStreams(feed)
    } catch (error) {
      this.#closeStreams()
      this.#context.sink = null
      throw error
    }
  }

  submit(order: Approved<NewOrder>): void {
    this.#commands.submit(order)
  }

  replace(order: Approved<NewOrder>, replaced: Approved<ReplacedOrder>): void {
    this.#commands.submit(order, replaced)
  }

  cancel(cancel: Approved<CancelOrder>): void {
    this.#commands.cancel(cancel)
  }

  queryOrder(clientOrderId: ClientOrderId): void {
    this.#orders.query(clientOrderId)
  }

  queryAccount(since: TimeUs): void {
    this.#accounts.query(since)
  }

  stop(): Promise<void> {
    this.#stops++
    this.#commands.stop()
    this.#orders.stop()
    this.#closeStreams()
    this.#endStart?.(stopped())
    for (const budget of this.#context.budgets) budget.stop()
    this.#context.sink = null
    return Promise.resolve()
  }

  /** The account's executions, those of the past read. */
  async #openFeed(): Promise<ExecutionFeed> {
    const send = this.#patient(this.#context.send)
    await requireOpen(send)
    const since = this.#context.options.fillsSince ?? (await readClock(send))
    const feed = new ExecutionFeed(this.#context, since)
    await retryQuery(this.#context.environment, this.#deadline(), () => feed.begin())
    this.#context.heldOf = (instrument) => feed.heldOf(instrument)
    return feed
  }

  /** Resolves when market data are subscribed and the account's stream caught up. */
  #openStreams(feed: ExecutionFeed | null): Promise<void> {
    const { environment, options } = this.#context
    let trouble = 'never opened'
    let taken: string | null = null
    return new Promise((resolve, reject) => {
      const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS
      const end = (error: AdapterError | null): void => {
        this.#endStart = null
        environment.clearTimer(timer)
        if (error === null) resolve()
        else reject(error)
      }
      const timer = environment.setTimer(() => {
        const text = `not subscribed after ${timeoutMs} ms: ${trouble}`
        const other = `another session has the connection of this key: ${taken}`
        end(
          taken === null
            ? new AdapterError('VENUE_UNREACHABLE', text, 'retry')
            : new AdapterError('VENUE_REFUSED', other, 'fatal'),
        )
      }, timeoutMs)
      this.#endStart = end
      const owner = {
        changed: () => {
          if (
            data.every(({ isUp }) => isUp) &&
            (feed === null || this.#context.isAccountUp) &&
            this.#endStart !== null
          )
            end(null)
        },
        troubled: (why: string) => {
          trouble = why
        },
        taken: (why: string) => {
          taken = why
        },
        hopeless: (error: AdapterError) => this.#endStart?.(error),
      }
      const data = dataStreams(this.#context, owner)
      const settled = (id: ClientOrderId): void => this.#commands.settled(id)
      const account =
        feed === null ? [] : [new AccountStream({ context: this.#context, feed, owner, settled })]
      this.#streams = [...data, ...account, ...this.#sessionBars()]
      for (const stream of this.#streams) stream.open()
    })
  }

  /** What delivers the bars of sessions, where they are wanted. */
  #sessionBars(): readonly SessionBars[] {
    const { options, universe } = this.#context
    const instruments = universe.assets.map(({ instrument }) => instrument)
    for (const { symbol, kind } of instruments) {
      const interval = barIntervalOf(options, symbol)
      if (interval === null || interval === (kind === 'spot' ? COIN_BAR_US : SESSION_BAR_US))
        continue
      const text = `finished bars are delivered of coins, 1 minute each, or of shares, 390 minutes each: a session; not of ${symbol} with ${interval / 1_000_000} s`
      throw new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')
    }
    const shares = instruments.filter(
      ({ symbol }) => barIntervalOf(options, symbol) === SESSION_BAR_US,
    )
    if (shares.length === 0) return []
    const load = (instrument: Instrument) => this.loadBars(instrument, SESSION_BAR_US, 2)
    return [new SessionBars(this.#context, shares, load)]
  }

  #closeStreams(): void {
    for (const stream of this.#streams) stream.close()
    this.#streams = []
  }

  #deadline(): TimeUs {
    const { environment, options } = this.#context
    return environment.now() + (options.startTimeoutMs ?? START_TIMEOUT_MS) * 1000
  }

  /** Sends questions, each until it is answered or patience ends. */
  #patient(send: Send): Send {
    const deadline = this.#deadline()
    const stops = this.#stops
    return (asked) =>
      retryQuery(this.#context.environment, deadline, () => {
        if (stops !== this.#stops) throw stopped()
        return send(asked)
      })
  }
}

/** One stream for coins and one for shares, as far as there are any. */
function dataStreams(context: Context, owner: StreamOwner): readonly DataStream[] {
  const { options, universe } = context
  return (['spot', 'equity'] as const).flatMap((kind) => {
    const assets = universe.assets.filter(({ instrument }) => instrument.kind === kind)
    if (assets.length === 0) return []
    const url = kind === 'spot' ? options.dataStreamUrl : options.stockStreamUrl
    if (url === undefined) {
      throw new AdapterError('VENUE_UNSUPPORTED', 'no stream of shares is named', 'fatal')
    }
    return [new DataStream(context, { owner, kind, url, assets })]
  })
}

const stopped = (): AdapterError =>
  new AdapterError('VENUE_STOPPED', 'stopped while starting', 'retry')

/** An account that may not trade is refused before anything is sent. */
async function requireOpen(send: Send): Promise<void> {
  const account = await readAccount(send)
  const isBlocked = account.trading_blocked === true || account.account_blocked === true
  if (account.status === 'ACTIVE' && !isBlocked) return
  const text = `the account is ${isBlocked ? 'blocked' : account.status}: it may not trade`
  throw new AdapterError('VENUE_CREDENTIALS', text, 'fatal')
}

const clockReply = z.object({ timestamp: z.string() })

/** The venue's own time, us: it separates history from what happens from now on. */
async function readClock(send: Send): Promise<TimeUs> {
  const body = await ask(send, {
    what: 'clock',
    requestClass: 'query',
    waitMs: 30_000,
    operation: ({ clock }) => clock.legacyClockRaw(),
  })
  const reply = clockReply.safeParse(body)
  const time = reply.success ? readTime(reply.data.timestamp) : null
  if (time === null) throw unreadable('clock')
  return time
}

function assemble(options: AlpacaOptions): Context {
  const { environment } = options
  const statistics: AlpacaStatistics = {
    requestsSent: 0,
    requestsFailed: 0,
    requestsDelayed: 0,
    framesRefused: 0,
    duplicateTradesDropped: 0,
    duplicateExecutionsDropped: 0,
    foreignReports: 0,
    connectionsLost: 0,
  }
  if (options.keyId === '' || options.secret === '') {
    throw new AdapterError('VENUE_CREDENTIALS', 'an API key and its secret are needed', 'fatal')
  }
  requireHosts(options)
  const createBudget = (): RateBudget =>
    new RateBudget({
      environment,
      weightPerMinute: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
      queueLimit: QUEUE_LIMIT,
      delayed: () => {
        statistics.requestsDelayed++
      },
    })
  const budgets = [createBudget(), createBudget()]
  const build = createRequestBuilder(options)
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const [send, sendData] = budgets.map((budget) =>
    createSend({ environment, build, budget, timeoutMs, statistics, keyId: options.keyId }),
  ) as [Send, Send]
  return createContext({ options, statistics, budgets, send, sendData })
}
