import type {
  Approved,
  CancelOrder,
  ClientOrderId,
  Instrument,
  InstrumentId,
  Money,
  NewOrder,
  SeedBar,
  TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { RateBudget } from '../lib/rate-budget.ts'
import { retryQuery } from '../lib/retry.ts'
import type { VenueCapabilities, VenueSink } from '../port.ts'
import { AccountQueries, readClearinghouse } from './account.ts'
import { AddressBudget } from './address-budget.ts'
import { loadBars } from './bars.ts'
import { COMMAND_LIMIT, Commands } from './commands.ts'
import { type Context, createContext } from './context.ts'
import { checkCredentials } from './credentials.ts'
import { DeadManSwitch } from './dead-man-switch.ts'
import { ExecutionFeed } from './executions.ts'
import { FeeWatch } from './fee-watch.ts'
import { FundingFeed } from './fundings.ts'
import { createPost, type Post } from './http.ts'
import { planLeverage, setLeverage } from './leverage.ts'
import { MarketData } from './market-data.ts'
import { NATIVE } from './names.ts'
import type {
  AssetFacts,
  AssetTransfer,
  BookStream,
  HyperliquidAdapter,
  HyperliquidOptions,
} from './options.ts'
import { OrderQueries } from './order-queries.ts'
import { createSigner } from './signing.ts'
import { createStatistics, type HyperliquidStatistics } from './statistics.ts'
import { type AccountFeeds, START_TIMEOUT_MS, Streams } from './streams.ts'
import { requireSubscribable } from './subscriptions.ts'
import { TransferFeed } from './transfers.ts'
import { Treasury } from './treasury.ts'
import { loadUniverse } from './universe.ts'

const WEIGHT_PER_MINUTE = 1_200
const REQUEST_TIMEOUT_MS = 10_000

/** Cadences and depths as measured at the venue. */
const bookStreams: Readonly<
  Record<BookStream, { readonly cadenceUs: number; readonly levels: number }>
> = {
  l2Book: { cadenceUs: 5_400_000, levels: 20 },
  l2BookFast: { cadenceUs: 540_000, levels: 5 },
  bbo: { cadenceUs: 0, levels: 1 },
}

/**
 * Hyperliquid perpetuals, native and of builders' dexs: orders over HTTP, market data and the account's
 * streams over one socket. Nothing is sent twice; what became of a command whose reply was lost is
 * looked up when the core asks. Throws AdapterError VENUE_CREDENTIALS for a malformed key or
 * address.
 */
export function createHyperliquidAdapter(options: HyperliquidOptions): HyperliquidAdapter {
  return new Session(options)
}

/** One connection of an account to the venue, from loading to stopping. */
class Session implements HyperliquidAdapter {
  readonly venue = 'hyperliquid'
  readonly statistics: HyperliquidStatistics
  readonly #context: Context
  readonly #commands: Commands
  readonly #orders: OrderQueries
  readonly #accounts: AccountQueries
  readonly #deadMan: DeadManSwitch
  readonly #feeWatch: FeeWatch
  readonly #treasury: Treasury
  #executions: ExecutionFeed | null = null
  #streams: Streams | null = null
  /** Counts stops: a start that was overtaken by one opens nothing any more. */
  #stops = 0

  constructor(options: HyperliquidOptions) {
    this.#context = assemble(options)
    this.statistics = this.#context.statistics
    this.#commands = new Commands(this.#context)
    this.#orders = new OrderQueries(this.#context, this.#commands)
    this.#accounts = new AccountQueries(this.#context, () => this.#executions?.count ?? 0)
    this.#deadMan = new DeadManSwitch(this.#context)
    this.#feeWatch = new FeeWatch(this.#context)
    this.#treasury = new Treasury(this.#context)
  }

  get capabilities(): VenueCapabilities {
    const { bookStream } = this.#context.options
    return {
      idempotentSubmit: true,
      queryByClientOrderId: true,
      postOnly: true,
      reduceOnly: true,
      deadManSwitch: this.#deadMan.isWorking,
      bookCadenceUs: bookStreams[bookStream].cadenceUs,
      bookLevels: bookStreams[bookStream].levels,
    }
  }

  async loadInstruments(symbols: readonly string[]): Promise<readonly Instrument[]> {
    const { userAddress, feeAddress } = this.#context.options
    requireSubscribable(this.#context.options, symbols.length)
    const post = this.#patientPost()
    const feesOf = userAddress ?? feeAddress ?? null
    const universe = await loadUniverse({ post, feesOf, symbols })
    // A leverage that cannot be is told now, not once trading began.
    if (this.#context.options.leverage != null) {
      planLeverage(universe, this.#context.options.leverage)
    }
    this.#context.universe = universe
    return universe.assets.map(({ instrument }) => instrument)
  }

  facts(instrument: InstrumentId): AssetFacts {
    const { dex, assetId, margin } = this.#context.universe.assets[instrument]!
    return { dex, assetId, margin, fees: this.#feeWatch.feesOf(instrument) }
  }

  transferSpotToPerp(amount: Money): Promise<void> {
    return this.#treasury.transferUsdc(amount, true)
  }

  transferPerpToSpot(amount: Money): Promise<void> {
    return this.#treasury.transferUsdc(amount, false)
  }

  sendAsset(transfer: AssetTransfer): Promise<void> {
    return this.#treasury.sendAsset(transfer)
  }

  loadBars(instrument: Instrument, intervalUs: TimeUs, count: number): Promise<readonly SeedBar[]> {
    const { budget, environment } = this.#context
    const charge = (weight: number): void => budget.charge(weight)
    const now = environment.now()
    return loadBars({ post: this.#patientPost(), charge, instrument, intervalUs, count, now })
  }

  /** May be called again after it failed. */
  async start(sink: VenueSink): Promise<void> {
    this.#context.sink = sink
    const stops = this.#stops
    try {
      const account = await this.#openAccount()
      if (stops !== this.#stops) {
        throw new AdapterError('VENUE_STOPPED', 'stopped while starting', 'retry')
      }
      this.#streams = new Streams(this.#context, new MarketData(this.#context), account)
      await this.#streams.start()
      await this.#deadMan.start()
      this.#feeWatch.start()
    } catch (error) {
      this.#streams?.stop()
      this.#streams = null
      this.#context.sink = null
      throw error
    }
  }

  submit(order: Approved<NewOrder>): void {
    this.#commands.submit(order)
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
    this.#deadMan.stop()
    this.#feeWatch.stop()
    this.#streams?.stop()
    this.#context.budget.stop()
    this.#context.sink = null
    return Promise.resolve()
  }

  async #openAccount(): Promise<AccountFeeds | null> {
    const { options, universe, addressBudget } = this.#context
    if (options.userAddress === null) return null
    const post = this.#patientPost()
    await checkCredentials(this.#context, post)
    await addressBudget.refresh(post)
    // The venue's clock, not ours, separates history from what happens from now on.
    const [dex] = universe.dexs
    const { time } = await readClearinghouse({ options, post }, dex?.name ?? NATIVE)
    await setLeverage(this.#context)
    const since = options.fillsSince ?? time * 1000
    const executions = new ExecutionFeed(this.#context, since)
    this.#executions = executions
    return {
      executions,
      fundings: new FundingFeed(this.#context, since),
      transfers: new TransferFeed(this.#context, since),
      orders: this.#orders,
    }
  }

  /** Posts questions, each until it is answered or patience ends. */
  #patientPost(): Post {
    const { environment, options, post } = this.#context
    const deadline = environment.now() + (options.startTimeoutMs ?? START_TIMEOUT_MS) * 1000
    const stops = this.#stops
    return (request) =>
      retryQuery(environment, deadline, () => {
        if (stops !== this.#stops) {
          throw new AdapterError('VENUE_STOPPED', 'stopped while starting', 'fatal')
        }
        return post(request)
      })
  }
}

function assemble(options: HyperliquidOptions): Context {
  const { environment, userAddress, privateKey } = options
  if (userAddress !== null && !/^0x[0-9a-fA-F]{40}$/.test(userAddress)) {
    const text = `the account address ${userAddress} is not 0x and 40 hexadecimal digits`
    throw new AdapterError('VENUE_CREDENTIALS', text, 'fatal')
  }
  if (privateKey !== null && userAddress === null) {
    const text = 'a key needs the address of the account it trades for'
    throw new AdapterError('VENUE_CREDENTIALS', text, 'fatal')
  }
  const statistics = createStatistics()
  const budget = new RateBudget({
    environment,
    weightPerMinute: options.weightPerMinute ?? WEIGHT_PER_MINUTE,
    queueLimit: 2 * (options.commandLimit ?? COMMAND_LIMIT),
    delayed: () => {
      statistics.requestsDelayed++
    },
  })
  const post = createPost({
    environment,
    restUrl: options.restUrl,
    budget,
    timeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    statistics,
  })
  const { isTestnet, nonceStore } = options
  const signer =
    privateKey === null
      ? null
      : createSigner({ privateKey, isTestnet, nonceStore, now: () => environment.now() })
  const addressBudget = new AddressBudget({
    environment,
    user: userAddress,
    notice: (code, text) => options.notice?.({ code, text }),
  })
  return createContext({ options, statistics, budget, addressBudget, post, signer })
}
