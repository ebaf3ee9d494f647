import {
  BoundedSet,
  type Event,
  type EventOf,
  type Execution,
  type Instrument,
  notional,
  type SeedBar,
  sign,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { TimerHandle, VenueAdapter, VenueSink } from '../port.ts'
import { AccountBooks } from './account-books.ts'
import { AccountQueue } from './account-queue.ts'
import { Comparison } from './comparison.ts'
import { EngineShare } from './engine-share.ts'
import { createView, type ViewOwner } from './engine-view.ts'
import { requireShares } from './opening.ts'
import type {
  AccountState,
  ApprovedOrder,
  EngineBooks,
  EngineView,
  SharedAccount,
  SharedAccountOptions,
  ShareOptions,
} from './options.ts'
import { Owners } from './owners.ts'
import { Payments } from './payments.ts'
import { reportFor } from './report-for.ts'

const ROUTED_MAX = 20_000
const OPENING_ATTEMPTS = 6
const OPENING_PAUSE_MS = 1_000
const CLOSING_PATIENCE_MS = 5_000
/** What was on its way when the account was last compared is listed again. */
const OVERLAP_US = 60_000_000

/**
 * Lets several engines share one account behind one adapter. Each has a view of it that looks like
 * a venue: market data of its instruments, its own orders, executions and payments, and as its
 * position what no other engine holds, so that a difference nobody explains shows in every engine
 * of that instrument. The account has books of its own, and each report is checked against the sum
 * over the engines'. What was counted survives a restart.
 */
export function createSharedAccount(options: SharedAccountOptions): SharedAccount {
  return new Hub(options)
}

/** What exists once the instruments are known. */
interface Parts {
  readonly books: AccountBooks
  readonly payments: Payments
  readonly comparison: Comparison
}

interface Gate {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The one owner of the adapter. */
class Hub implements SharedAccount, ViewOwner {
  readonly adapter: VenueAdapter
  readonly views: readonly EngineView[]
  readonly #options: SharedAccountOptions
  readonly #shares = new Map<string, EngineShare>()
  readonly #left = new Set<string>()
  readonly #owners = new Owners()
  readonly #routed = new BoundedSet(ROUTED_MAX)
  readonly #queue: AccountQueue
  readonly #bars = new Map<string, Promise<readonly SeedBar[]>>()
  #loading: Promise<readonly Instrument[]> | null = null
  #parts: Parts | null = null
  #instruments: readonly Instrument[] = []
  readonly #ready = new Set<string>()
  #gate: Gate | null = null
  #isConnected = false
  #isOpen = false
  #ownAnswer: ((answer: EventOf<'accountReported'> | null) => void) | null = null

  constructor(options: SharedAccountOptions) {
    this.#options = options
    this.adapter = options.adapter
    this.#queue = new AccountQueue((since) => options.adapter.queryAccount(since))
    this.views = options.shares.map((share) => createView(this, share))
  }

  countedUntil(): TimeUs {
    return this.#parts?.books.reportTime ?? 0
  }

  state(): AccountState {
    return {
      venue: this.adapter.venue,
      engines: this.#options.shares.map(({ engine }) => engine),
      ...this.#openParts().comparison.state(),
    }
  }

  async load(share: ShareOptions): Promise<readonly Instrument[]> {
    this.#loading ??= this.#loadAll()
    try {
      const all = await this.#loading
      return share.symbols.map((symbol, id) => ({ ...all.find((i) => i.symbol === symbol)!, id }))
    } catch (error) {
      this.#loading = null
      throw error
    }
  }

  bars(instrument: Instrument, intervalUs: TimeUs, count: number): Promise<readonly SeedBar[]> {
    const { id } = this.#instruments.find(({ symbol }) => symbol === instrument.symbol)!
    const key = `${id} ${intervalUs} ${count}`
    // Of engines that start together: who asks later gets what is there then.
    let bars = this.#isOpen ? undefined : this.#bars.get(key)
    if (bars === undefined) {
      bars = this.adapter.loadBars({ ...instrument, id }, intervalUs, count)
      bars.catch(() => this.#bars.delete(key))
      this.#bars.set(key, bars)
    }
    return bars
  }

  open(options: ShareOptions, books: EngineBooks): void {
    const share = new EngineShare(options, books, this.#instruments)
    this.#shares.set(options.engine, share)
    this.#owners.add(share)
  }

  shareOf(engine: string): EngineShare {
    return this.#shares.get(engine)!
  }

  /** Resolves when every engine has started and has heard of the account. */
  start(engine: string, sink: VenueSink): Promise<void> {
    this.shareOf(engine).connect(sink)
    this.#gate ??= createGate()
    const { promise } = this.#gate
    this.#ready.add(engine)
    if (this.#left.size > 0) this.#close(stopped())
    else if (this.#ready.size === this.#options.shares.length) void this.#begin()
    return promise
  }

  isShared(share: ShareOptions): boolean {
    return this.#options.shares.some(
      (other) =>
        other.engine !== share.engine &&
        other.symbols.some((symbol) => share.symbols.includes(symbol)),
    )
  }

  mayReduceOnly({ instrument, side, price, quantity }: ApprovedOrder): boolean {
    const sharers = [...this.#shares.values()].filter((share) => share.trades(instrument))
    if (sharers.length === 1) return true
    // Netted with what others hold and have in the book, an exit may add at the venue, which would
    // refuse it. Only what is too small for any other order needs its word.
    const each = this.#instruments[instrument]!
    if (notional(each, price, quantity) >= each.minimumNotional) return false
    const held = this.#openParts().books.account.position(instrument).quantity
    return -sign(side) * held >= quantity
  }

  queryAccount(engine: string, since: TimeUs): void {
    this.#queue.ask(this.shareOf(engine), since)
  }

  async stop(engine: string): Promise<void> {
    this.#shares.get(engine)?.leave(this.#options.environment.now())
    this.#left.add(engine)
    if (!this.#isOpen) this.#close(stopped())
  }

  async close(): Promise<void> {
    try {
      if (!this.#isOpen) return
      const { environment } = this.#options
      let timer: TimerHandle | null = null
      const patience = new Promise<null>((resolve) => {
        timer = environment.setTimer(() => resolve(null), CLOSING_PATIENCE_MS)
      })
      const answer = await Promise.race([this.#question(), patience])
      if (timer !== null) environment.clearTimer(timer)
      if (answer !== null) this.#onReport(answer, [])
    } finally {
      await this.adapter.stop()
    }
  }

  async #loadAll(): Promise<readonly Instrument[]> {
    const { shares, memory } = this.#options
    const symbols = [...new Set(shares.flatMap((share) => share.symbols))]
    this.#instruments = await this.adapter.loadInstruments(symbols)
    const engines = shares.map(({ engine }) => engine)
    if (this.#parts !== null) return this.#instruments
    const instruments = this.#instruments
    const books = new AccountBooks({ memory, instruments, engines })
    const tell = this.#tell.bind(this)
    this.#parts = {
      books,
      payments: new Payments({ instruments, books, shares: this.#shares, tell }),
      comparison: new Comparison({ instruments, books, shares: this.#shares, tell }),
    }
    return instruments
  }

  async #begin(): Promise<void> {
    try {
      if (!this.#isConnected) {
        await this.adapter.start({
          market: (batch) => {
            for (const share of this.#shares.values()) share.market(batch)
          },
          event: (event) => this.#onEvent(event),
        })
        this.#isConnected = true
      }
      await this.#openAccount()
      this.#isOpen = true
      this.#gate?.resolve()
      this.#queue.open()
    } catch (error) {
      this.#close(error)
    }
  }

  #close(error: unknown): void {
    const gate = this.#gate
    this.#gate = null
    this.#ready.clear()
    gate?.reject(error)
  }

  /** The first comparison, before any engine may send an order. */
  async #openAccount(): Promise<void> {
    const books = this.#openParts().books
    for (let attempt = 0; attempt < OPENING_ATTEMPTS; attempt++) {
      const answer = await this.#question()
      if (this.#left.size > 0) throw stopped()
      if (answer !== null) {
        if (books.isNew) {
          requireShares(answer.account, [...this.#shares.values()], this.#instruments)
          books.begin(answer)
          // They led to the positions that are taken over.
          for (const { executionId } of answer.account.executions) this.#routed.add(executionId)
        }
        return this.#onReport(answer, this.#queue.takeWaiting())
      }
      await new Promise<void>((resolve) => {
        this.#options.environment.setTimer(resolve, OPENING_PAUSE_MS)
      })
    }
    throw new AdapterError('VENUE_UNREACHABLE', 'the account does not answer', 'retry')
  }

  /** The account's answer to a question of our own; null when it does not answer. */
  async #question(): Promise<EventOf<'accountReported'> | null> {
    const books = this.#openParts().books
    const since = books.isNew ? 0 : Math.max(0, books.reportTime - OVERLAP_US)
    const answer = await new Promise<EventOf<'accountReported'> | null>((resolve) => {
      this.#ownAnswer = resolve
      this.adapter.queryAccount(since)
    })
    this.#ownAnswer = null
    return answer
  }

  #onEvent(event: Event): void {
    switch (event.kind) {
      case 'accountReported':
        if (this.#ownAnswer !== null) return this.#ownAnswer(event)
        return this.#queue.answered((to) => this.#onReport(event, to))
      case 'accountQueryFailed':
        if (this.#ownAnswer !== null) return this.#ownAnswer(null)
        return this.#queue.answered((to) => {
          for (const share of to) share.event(event)
        })
      case 'executed':
        return this.#onExecution(event.execution, event.receivedTime)
      case 'orderReported':
        return this.#onOrderReport(event)
      case 'fundingPaid':
        return this.#openParts().payments.paid(event)
      case 'transferred':
        return this.#openParts().payments.transferred(event)
      case 'sharesSplit':
        if (this.#openParts().books.counts(event.venueTime)) this.#openParts().books.split(event)
        return this.#toTraders(event)
      case 'streamStatus':
        return this.#toTraders(event)
      default:
        for (const share of this.#shares.values()) share.event(event)
    }
  }

  #onExecution(execution: Execution, receivedTime: TimeUs): void {
    const books = this.#openParts().books
    // What was there before is in the positions that are taken over.
    if (books.isNew || !this.#routed.add(execution.executionId)) return
    const { clientOrderId, venueOrderId, instrument } = execution
    const owner = this.#owners.of(clientOrderId, venueOrderId) ?? this.#soleTrader(instrument)
    books.execution(execution, owner !== null)
    if (owner === null) {
      const { symbol } = this.#instruments[instrument]!
      this.#tell('info', 'UNOWNED_EXECUTION', `${symbol}: ${execution.executionId} is nobody's`)
    }
    owner?.executed(execution, receivedTime)
    this.#openParts().payments.moved(execution, owner)
  }

  #onOrderReport(event: EventOf<'orderReported'>): void {
    const { clientOrderId, venueOrderId } = event.report
    const owner = this.#owners.of(clientOrderId, venueOrderId)
    if (owner !== null) owner.event(event)
    else this.#tell('info', 'UNOWNED_ORDER', `order ${clientOrderId} is no engine's`)
  }

  /** Tells it to the engines of its instrument; to all where it is about none. */
  #toTraders(event: EventOf<'streamStatus'> | EventOf<'sharesSplit'>): void {
    const { instrument } = event
    for (const share of this.#shares.values()) {
      if (instrument === null) share.event(event)
      else if (share.trades(instrument)) {
        share.event({ ...event, instrument: share.own[instrument]! } as Event)
      }
    }
  }

  #onReport(event: EventOf<'accountReported'>, to: readonly EngineShare[]): void {
    const { comparison } = this.#openParts()
    const { account, receivedTime, venueTime } = event
    for (const execution of account.executions) this.#onExecution(execution, receivedTime)
    comparison.takeOver(account, venueTime)
    const sums = comparison.sums()
    for (const share of to) {
      const own = reportFor(share, {
        ...{ account, books: sums, owners: this.#owners },
        isSole: (instrument) => this.#soleTrader(instrument) === share,
      })
      share.event({ ...event, account: own })
    }
    comparison.conclude(account, venueTime)
  }

  #soleTrader(instrument: number): EngineShare | null {
    const traders = [...this.#shares.values()].filter((share) => share.trades(instrument))
    return traders.length === 1 ? traders[0]! : null
  }

  #openParts(): Parts {
    if (this.#parts === null) throw new Error('instruments are loaded before an account is used')
    return this.#parts
  }

  #tell(level: 'info' | 'critical', code: string, text: string): void {
    this.#options.notice?.({ level, code, text })
  }
}

function createGate(): Gate {
  let resolve = (): void => {}
  let reject = (_error: unknown): void => {}
  const promise = new Promise<void>((resolveIt, rejectIt) => {
    resolve = resolveIt
    reject = rejectIt
  })
  // Also when every engine has given up waiting.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

const stopped = (): AdapterError =>
  new AdapterError('VENUE_STOPPED', 'another engine of the account did not start', 'fatal')
