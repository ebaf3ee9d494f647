import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import {
  createHyperliquidAdapter,
  createVirtualEnvironment,
  type NonceStore,
  sessionPaths,
  type VirtualEnvironment,
} from '../../adapters/mod.ts'
import {
  createRandom,
  formatDecimal,
  MONEY_DECIMALS,
  parseDecimal,
  type Strategy,
} from '../../core/mod.ts'
import type { LoadedConfig } from '../config/load.ts'
import { createFaultPlan, type FaultRates } from '../simulators/hyperliquid/faults.ts'
import { createHyperliquidVenue, type HyperliquidVenue } from '../simulators/hyperliquid/venue.ts'
import { defaultUniverse } from '../simulators/market/generator.ts'
import { type LiveSession, startLiveSession } from './live-session.ts'
import type { SessionSummary } from './summary.ts'
import { rehearsalKey } from './venue-process.ts'

/** What a drill does. */
export interface DrillOptions {
  readonly loaded: LoadedConfig
  /** In place of the strategy that the configuration describes. */
  readonly strategy?: Strategy<unknown>
  readonly codeHash: string
  /** Of market, faults and latencies. */
  readonly seed: number
  /** Virtual time with faults, us. */
  readonly durationUs: number
  /** Whether faults are drawn, a subset and rates by the seed. */
  readonly faults: boolean
  readonly progress?: (share: number) => void
}

/** What a drill found. */
export interface DrillResult {
  readonly seed: number
  readonly summary: SessionSummary
  /** Head of the canonical entry stream: the same seed gives the same head. */
  readonly chainHead: string
  readonly entries: number
  readonly rates: FaultRates
  /** Promises of reliability that did not hold after the faults stopped; empty is a pass. */
  readonly violations: readonly string[]
}

/** Start of every drill's virtual time: 2026-01-05T00:00:00Z. */
const START_US = 1_767_571_200_000_000
const STEP_US = 100_000
/** Virtual time after the faults stopped in which everything must come right. */
const CONVERGENCE_US = 180_000_000

/**
 * Runs live adapter and simulated venue in one process under virtual time, with faults at the
 * protocol's border; then stops them, closes all positions and demands convergence.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { durationUs, seed } = options
  const folder = mkdtempSync(join(tmpdir(), 'ornstein-drill-'))
  const rates = options.faults ? drawRates(seed) : {}
  let failure: unknown = null
  try {
    const { venue, environment, user } = createStage(options, rates)
    const live = await startDrillSession(options, { environment, user, folder }, (error) => {
      failure ??= error
    })
    const steps = 50
    for (let i = 1; i <= steps && failure === null; i++) {
      await environment.runUntil(START_US + (durationUs * i) / steps)
      options.progress?.(i / steps)
    }
    if (failure !== null) throw failure
    live.session.operator({ kind: 'flatten' }, { actor: 'drill', reason: 'end of the drill' })
    await environment.run(CONVERGENCE_US / 1000)
    if (failure !== null) throw failure
    const violations = await checkPromises(live, venue, user)
    const stopping = live.stop('shutdown')
    await environment.runUntilTrue(() => live.session.isStopped, 60_000)
    const summary = await settle(stopping, environment)
    const { head, entries } = summary.journal ?? { head: '', entries: 0 }
    return { seed, summary, chainHead: head, entries, rates, violations }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function createStage(options: DrillOptions, rates: FaultRates) {
  const { loaded, seed, durationUs } = options
  const user = privateKeyToAddress(rehearsalKey(seed) as `0x${string}`).toLowerCase()
  const wanted = loaded.config.venue?.instruments ?? ['BTC', 'ETH']
  const universe = defaultUniverse().filter((u) => wanted.includes(u.instrument.symbol))
  const random = createRandom(seed ^ 0x5eed)
  const delay = (mean: number) => () => Math.round(1000 + random.exponential(mean))
  let venue: HyperliquidVenue | null = null
  const environment = createVirtualEnvironment({
    startTime: START_US,
    latency: {
      requestUs: delay(20_000),
      replyUs: delay(20_000),
      socketOutUs: delay(20_000),
      socketInUs: delay(20_000),
    },
    idle: () => venue?.idle() ?? Promise.resolve(),
    route: {
      http: async ({ method, path, headers, body, now }) => {
        opened().advance(now)
        const receivedTimeUs = now
        const reply = await opened().handleHttp({ method, path, headers, body, receivedTimeUs })
        if (reply.status === 0) throw new Error('the connection was dropped without a reply')
        return reply
      },
      socket: ({ send, closed }) => opened().openConnection(send, (code) => closed(code, '')),
    },
  })
  const opened = (): HyperliquidVenue => {
    if (venue === null) throw new Error('the venue exists before the first request')
    return venue
  }
  venue = createHyperliquidVenue({
    market: {
      kind: 'generated',
      instruments: universe.map((u, id) => ({ ...u, instrument: { ...u.instrument, id } })),
      model: loaded.config.market.model,
    },
    seed,
    startTime: START_US - 2_000_000,
    now: environment.now,
    users: [{ address: user, deposit: BigInt(Math.round(loaded.config.balance)) * 10n ** 8n }],
    cadences: { slowBookUs: 5_400_000, fastBookUs: 540_000 },
    faults: createFaultPlan({ seed, rates, untilTime: START_US + durationUs }),
  })
  const step = () => {
    opened().advance(environment.now())
    environment.at(environment.now() + STEP_US, step)
  }
  step()
  return { venue, environment, user }
}

function startDrillSession(
  options: DrillOptions,
  stage: {
    readonly environment: VirtualEnvironment
    readonly user: string
    readonly folder: string
  },
  failed: (error: unknown) => void,
): Promise<LiveSession> {
  const { loaded, seed } = options
  const { environment, user, folder } = stage
  const config = { ...loaded.config, seed }
  const starting = startLiveSession({
    mode: 'drill',
    config,
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    configurationHash: loaded.hash,
    codeHash: options.codeHash,
    paths: sessionPaths('drill', folder),
    resume: false,
    adapter: createHyperliquidAdapter({
      environment,
      restUrl: 'http://venue.internal',
      socketUrl: 'ws://venue.internal/ws',
      isTestnet: false,
      userAddress: user,
      privateKey: rehearsalKey(seed),
      bookStream: config.venue?.bookStream ?? 'l2BookFast',
      trades: true,
      nonceStore: memoryNonces(),
      fillsSince: START_US,
      seed,
    }),
    environment,
    tap: () => ({ event() {}, market() {}, effects() {}, committed() {} }),
    failed,
    journalOptions: { durability: 'none' },
  })
  return settle(starting, environment)
}

/** Runs virtual time until a promise that waits for it has settled. */
async function settle<T>(promise: Promise<T>, environment: VirtualEnvironment): Promise<T> {
  let isSettled = false
  const done = () => {
    isSettled = true
  }
  promise.then(done, done)
  await environment.runUntilTrue(() => isSettled, 120_000)
  return promise
}

function memoryNonces(): NonceStore {
  let last = 0
  return {
    last: () => last,
    save: (nonce) => {
      last = nonce
    },
  }
}

/** A subset of the faults, each at a rate of its own, by the seed. */
export function drawRates(seed: number): FaultRates {
  const random = createRandom(seed ^ 0xfa17)
  const highest: Required<FaultRates> = {
    commandRefused: 0.1,
    commandRateLimited: 0.1,
    commandLost: 0.1,
    replyLost: 0.2,
    replyFailed: 0.2,
    replyLate: 0.2,
    queryFailed: 0.2,
    queryLost: 0.1,
    privateLost: 0.1,
    privateRepeated: 0.2,
    privateLate: 0.2,
    marketLost: 0.05,
    marketRepeated: 0.05,
    marketLate: 0.05,
    marketStalled: 0.0005,
    disconnected: 0.0005,
    snapshotMissing: 0.2,
  }
  const chosen = Object.entries(highest).map(([name, most]) => [
    name,
    random.next() < 0.5 ? Math.round(random.next() * most * 1e6) / 1e6 : 0,
  ])
  return Object.fromEntries(chosen) as FaultRates
}

/** The account as the venue states it over its own protocol. */
interface VenueAccountView {
  readonly positions: ReadonlyMap<string, string>
  readonly openOrders: number
  /** Account value as decimal text. */
  readonly value: string
}

async function askVenue(venue: HyperliquidVenue, user: string): Promise<VenueAccountView> {
  const ask = async (body: object): Promise<unknown> => {
    const reply = await venue.handleHttp({
      method: 'POST',
      path: '/info',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      receivedTimeUs: venue.state.time,
    })
    return JSON.parse(reply.body)
  }
  const state = (await ask({ type: 'clearinghouseState', user })) as {
    readonly marginSummary: { readonly accountValue: string }
    readonly assetPositions: readonly {
      readonly position: { readonly coin: string; readonly szi: string }
    }[]
  }
  const orders = (await ask({ type: 'openOrders', user })) as readonly unknown[]
  return {
    positions: new Map(state.assetPositions.map((p) => [p.position.coin, p.position.szi])),
    openOrders: orders.length,
    value: state.marginSummary.accountValue,
  }
}

/** What must hold once the faults have stopped and everything was flattened. */
async function checkPromises(
  live: LiveSession,
  venue: HyperliquidVenue,
  user: string,
): Promise<string[]> {
  const { world } = live.engine
  const theirs = await askVenue(venue, user)
  const violations: string[] = []
  for (const { id, symbol, quantityDecimals } of world.config.instruments) {
    const ours = world.ledger.position(id).quantity
    const venues = Number(parseDecimal(theirs.positions.get(symbol) ?? '0', quantityDecimals))
    if (ours !== venues) violations.push(`P5 ${symbol}: position ${ours}, venue ${venues}`)
    if (world.stops[id] !== null) violations.push(`P5 ${symbol} stopped: ${world.stops[id]}`)
    if (ours !== 0) violations.push(`P7 ${symbol} was not flattened: ${ours} lots are left`)
  }
  for (const record of world.orders.allActive()) {
    const { clientOrderId, instrument } = record.order
    violations.push(`P6 order ${clientOrderId} of ${instrument} is still ${record.state}`)
  }
  if (theirs.openOrders > 0) violations.push(`P3 the venue still holds ${theirs.openOrders} orders`)
  if (!world.reconcile.done) violations.push('P10 not reconciled')
  const cash = world.ledger.cash('USDC')
  if (violations.length === 0 && cash !== parseDecimal(theirs.value, MONEY_DECIMALS)) {
    violations.push(`P11 cash ${formatDecimal(cash, MONEY_DECIMALS)}, venue ${theirs.value}`)
  }
  if (world.ledger.imbalanceOfBooks('USDC') !== 0n) violations.push('P11 the books do not balance')
  return violations
}
