import type { Instrument, SeedBar, TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import type { TimerHandle, VenueCapabilities, VenueSink } from '../port.ts'
import { createAccountQueries, readClearinghouse } from './account.ts'
import { loadBars } from './bars.ts'
import { readPlainReply } from './command-reply.ts'
import { createCommands } from './commands.ts'
import { type Context, createContext } from './context.ts'
import { createExecutionFeed } from './executions.ts'
import { createFundingFeed } from './fundings.ts'
import { createPost, type Post, textOf } from './http.ts'
import { createMarketData } from './market-data.ts'
import {
  type BookStream,
  createStatistics,
  type HyperliquidAdapter,
  type HyperliquidOptions,
} from './options.ts'
import { createOrderQueries } from './order-queries.ts'
import { createRateBudget } from './rate-budget.ts'
import { retryQuery } from './retry.ts'
import { createSigner, type SignedRequest } from './signing.ts'
import { type AccountFeeds, createStreams, START_TIMEOUT_MS, type Streams } from './streams.ts'
import { loadUniverse } from './universe.ts'
import { userRoleReply } from './wire.ts'

const streams: Readonly<
  Record<BookStream, { readonly cadenceUs: number; readonly levels: number }>
> = {
  l2Book: { cadenceUs: 5_400_000, levels: 20 },
  l2BookFast: { cadenceUs: 540_000, levels: 5 },
  bbo: { cadenceUs: 0, levels: 1 },
}

/**
 * Hyperliquid perpetuals of the native exchange: orders over HTTP, market data and the account's
 * streams over one socket. Nothing is sent twice; what became of a command whose reply was lost is
 * looked up when the core asks. Throws AdapterError VENUE_CREDENTIALS for a malformed key or address.
 */
export function createHyperliquidAdapter(options: HyperliquidOptions): HyperliquidAdapter {
  const context = assemble(options)
  const { environment, statistics } = context
  const commands = createCommands(context)
  const orderQueries = createOrderQueries(context, commands)
  let executionCount = (): number => 0
  const accountQueries = createAccountQueries(context, () => executionCount())
  let running: Streams | null = null
  let deadManTimer: TimerHandle | null = null
  let hasDeadMan = options.deadManSwitchMs != null && context.signer !== null

  const deadMan = async (): Promise<void> => {
    const { signer } = context
    const afterMs = options.deadManSwitchMs
    if (!hasDeadMan || signer === null || afterMs == null) return
    deadManTimer = environment.setTimer(() => void deadMan(), Math.floor(afterMs / 3))
    try {
      const at = (): number => Math.floor(environment.now() / 1000) + afterMs
      const refusal = await postAction(context, () => signer.scheduleCancel(at()))
      if (refusal === null) return
      hasDeadMan = false
      context.notice('deadManSwitchRefused', refusal)
      if (deadManTimer !== null) environment.clearTimer(deadManTimer)
    } catch (error) {
      context.notice('deadManSwitch', textOf(error))
    }
  }

  /** Posts questions, each until it is answered or patience ends. */
  const patient = (): Post => {
    const deadline = environment.now() + (options.startTimeoutMs ?? START_TIMEOUT_MS) * 1000
    return (request) => retryQuery(environment, deadline, () => context.post(request))
  }

  const openAccount = async (): Promise<AccountFeeds | null> => {
    if (options.userAddress === null) return null
    const asking = { ...context, post: patient() }
    await checkRole(asking)
    // The venue's clock, not ours, separates history from what happens from now on.
    const venueNow = (await readClearinghouse(asking)).time * 1000
    await setLeverage(context)
    const since = options.fillsSince ?? venueNow
    const executions = createExecutionFeed(context, since)
    executionCount = () => executions.count
    return { executions, fundings: createFundingFeed(context, since), orders: orderQueries }
  }

  const stop = (): Promise<void> => {
    commands.stop()
    orderQueries.stop()
    running?.stop()
    context.budget.stop()
    if (deadManTimer !== null) environment.clearTimer(deadManTimer)
    hasDeadMan = false
    context.sink = null
    return Promise.resolve()
  }

  return {
    venue: 'hyperliquid',
    statistics,
    get capabilities() {
      return capabilitiesOf(options.bookStream, hasDeadMan)
    },
    async loadInstruments(symbols) {
      const { userAddress } = options
      context.universe = await loadUniverse({ post: patient(), userAddress, symbols })
      return context.universe.assets.map(({ instrument }) => instrument)
    },
    loadBars(
      instrument: Instrument,
      intervalUs: TimeUs,
      count: number,
    ): Promise<readonly SeedBar[]> {
      const { budget } = context
      const now = environment.now()
      const charge = (weight: number): void => budget.charge(weight)
      return loadBars({ post: patient(), charge, instrument, intervalUs, count, now })
    },
    async start(sink: VenueSink) {
      context.sink = sink
      try {
        const account = await openAccount()
        running = createStreams(context, createMarketData(context), account)
        await running.start()
        await deadMan()
      } catch (error) {
        await stop()
        throw error
      }
    },
    submit: (order) => commands.submit(order),
    cancel: (cancel) => commands.cancel(cancel),
    queryOrder: (clientOrderId) => orderQueries.query(clientOrderId),
    queryAccount: (since) => accountQueries.query(since),
    stop,
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
  const budget = createRateBudget({
    environment,
    weightPerMinute: options.weightPerMinute ?? 1200,
    queueLimit: 2 * (options.commandLimit ?? 200),
    onDelayed: () => {
      statistics.requestsDelayed++
    },
  })
  const post = createPost({
    environment,
    restUrl: options.restUrl,
    budget,
    timeoutMs: options.requestTimeoutMs ?? 10_000,
    statistics,
  })
  const { isTestnet, nonceStore } = options
  const signer =
    privateKey === null
      ? null
      : createSigner({ privateKey, isTestnet, nonceStore, now: () => environment.now() })
  return createContext({ options, statistics, budget, post, signer })
}

const capabilitiesOf = (bookStream: BookStream, deadManSwitch: boolean): VenueCapabilities => ({
  idempotentSubmit: true,
  queryByClientOrderId: true,
  postOnly: true,
  reduceOnly: true,
  deadManSwitch,
  bookCadenceUs: streams[bookStream].cadenceUs,
  bookLevels: streams[bookStream].levels,
})

/** Posts a signed action without items; null when it was done, else the venue's refusal. */
async function postAction(
  context: Context,
  sign: () => Promise<SignedRequest>,
): Promise<string | null> {
  const raw = await context.post({
    path: '/exchange',
    body: sign,
    requestClass: 'cancel',
    weight: 1,
    waitMs: 10_000,
  })
  return readPlainReply(raw)
}

async function setLeverage(context: Context): Promise<void> {
  const { signer, options, universe } = context
  const { leverage } = options
  if (signer === null || leverage == null) return
  for (const { assetId, instrument } of universe.assets) {
    const value = Math.min(leverage.value, instrument.maximumLeverage)
    // A command: not repeated. Orders say for themselves when the margin does not suffice.
    const refusal = await postAction(context, () =>
      signer.updateLeverage(assetId, value, leverage.isCross),
    ).catch(textOf)
    if (refusal !== null) context.notice('leverageRefused', `${instrument.symbol}: ${refusal}`)
  }
}

/**
 * An agent's address answers every account query with an empty account: it must never be taken for
 * the account. Only asked when the key is not the account's own.
 */
async function checkRole(context: Context): Promise<void> {
  const { signer, options } = context
  const user = options.userAddress
  if (user === null || signer?.address === user.toLowerCase()) return
  const raw = await context.post({
    path: '/info',
    body: () => ({ type: 'userRole', user }),
    requestClass: 'query',
    weight: 60,
    waitMs: 30_000,
  })
  const reply = userRoleReply.safeParse(raw)
  if (reply.success && reply.data.role !== 'agent') return
  const why = reply.success ? 'is an agent: name the account it trades for' : 'has no readable role'
  throw new AdapterError('VENUE_CREDENTIALS', `${user} ${why}`, 'fatal')
}
