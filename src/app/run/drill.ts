import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import {
  createHyperliquidAdapter,
  createVirtualEnvironment,
  type NonceStore,
  type Recording,
  sessionPaths,
  type VirtualEnvironment,
} from '../../adapters/mod.ts'
import { createRandom, moneyFromNumber, type Strategy } from '../../core/mod.ts'
import { leverageOf } from '../config/leverage.ts'
import type { LoadedConfig } from '../config/load.ts'
import { createFaultPlan, type FaultRates } from '../simulators/faults.ts'
import { termsFor } from '../simulators/hyperliquid/market/known-listing.ts'
import type { MarketSpec } from '../simulators/hyperliquid/market/spec.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
  type VenueUser,
} from '../simulators/hyperliquid/venue.ts'
import { pickInstruments, wholeUniverse } from '../simulators/market/generator.ts'
import { checkPromises } from './drill-check.ts'
import { requireKnownCalendar } from './economic-calendar.ts'
import { type LiveSession, startLiveSession } from './live-session.ts'
import type { SessionSummary } from './summary.ts'
import { hyperliquidOf } from './venue-of.ts'
import { dexsOf, rehearsalKey } from './venue-process.ts'

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
  /** In place of the generated market: played from its beginning, its last book stands. */
  readonly recordings?: readonly Recording[]
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
/** Longest virtual time that starting or stopping may take: many coins ask within the rate limit. */
const SETTLING_MS = 600_000
/** Virtual time after the faults stopped in which everything must come right. */
const CONVERGENCE_US = 180_000_000

/**
 * Runs live adapter and simulated venue in one process under virtual time, with faults at the
 * protocol's border; then stops them, closes all positions and demands convergence.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { durationUs, seed } = options
  requireKnownCalendar(options.loaded.config)
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
  const wanted = hyperliquidOf(loaded, 'a drill')?.instruments ?? ['BTC', 'ETH']
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
    market: marketOf(options, wanted),
    seed,
    startTime: START_US - 2_000_000,
    now: environment.now,
    users: [userWith(user, loaded.config.balance, dexsOf(wanted))],
    terms: termsFor(wanted),
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

const marketOf = (options: DrillOptions, wanted: readonly string[]): MarketSpec =>
  options.recordings === undefined
    ? {
        kind: 'generated',
        instruments: pickInstruments(wholeUniverse(), wanted).filter((found) => found !== null),
        model: options.loaded.config.market.model,
      }
    : { kind: 'recorded', recordings: options.recordings }

/** The balance in equal parts on the native exchange and on each dex. */
function userWith(address: string, balance: number, dexs: readonly string[]): VenueUser {
  const deposit = moneyFromNumber(Math.floor(balance / (dexs.length + 1)))
  return { address, deposit, deposits: Object.fromEntries(dexs.map((dex) => [dex, deposit])) }
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
  const venue = hyperliquidOf(loaded, 'a drill')
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
      bookStream: venue?.bookStream ?? 'l2BookFast',
      trades: true,
      rates: true,
      nonceStore: memoryNonces(),
      fillsSince: START_US,
      seed,
      leverage: leverageOf(venue, config),
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
  await environment.runUntilTrue(() => isSettled, SETTLING_MS)
  if (!isSettled) throw new Error(`nothing came of it in ${SETTLING_MS / 1000} s of virtual time`)
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
