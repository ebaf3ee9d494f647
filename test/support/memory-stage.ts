import { existsSync } from 'node:fs'
import { privateKeyToAddress } from 'viem/accounts'
import {
  createHyperliquidAdapter,
  createVirtualEnvironment,
  type JournalOptions,
  type NonceStore,
  type SessionPaths,
  type VirtualEnvironment,
} from '../../src/adapters/mod.ts'
import type { LoadedConfig } from '../../src/app/config/load.ts'
import { createMortalEnvironment } from '../../src/app/run/drill/mortal.ts'
import {
  type LiveParts,
  type LiveSession,
  startLiveSession,
} from '../../src/app/run/live-session.ts'
import { rehearsalKey } from '../../src/app/run/venue-process.ts'
import type { FaultPlan } from '../../src/app/simulators/faults.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import { defaultUniverse } from '../../src/app/simulators/market/generator.ts'
import { createRandom } from '../../src/core/mod.ts'
import { readVenueAccount, type VenueAccount } from './venue-account.ts'

/** A venue in memory under virtual time that outlives the engines that trade at it. */
export interface MemoryStage {
  readonly environment: VirtualEnvironment
  readonly venue: HyperliquidVenue
  readonly user: string
  readonly loaded: LoadedConfig
  /** Durable across lives, as the nonce file is. */
  readonly nonces: NonceStore
  readonly account: () => Promise<VenueAccount>
}

/** 2026-01-05T00:20:00Z: no hour ends in a test's first minutes. */
const START_US = 1_767_572_400_000_000
const STEP_US = 100_000

/** What is special about a stage. */
export interface StageOptions {
  /** When its virtual time begins, us. */
  readonly startTime?: number
  /** Faults at the protocol's border. */
  readonly faults?: FaultPlan
}

/** Sets up the venue of a configuration with one funded account; `arrived` sees every request. */
export function createMemoryStage(
  loaded: LoadedConfig,
  seed: number,
  arrived: (path: string, body: string) => void = () => {},
  { startTime = START_US, faults }: StageOptions = {},
): MemoryStage {
  const { config } = loaded
  const user = privateKeyToAddress(rehearsalKey(seed) as `0x${string}`).toLowerCase()
  const wanted = config.venue?.instruments ?? []
  const universe = defaultUniverse().filter((u) => wanted.includes(u.instrument.symbol))
  const random = createRandom(seed ^ 0x5eed)
  const delay = (mean: number) => () => Math.round(1000 + random.exponential(mean))
  const opened: HyperliquidVenue[] = []
  const environment = createVirtualEnvironment({
    startTime,
    latency: {
      requestUs: delay(20_000),
      replyUs: delay(20_000),
      socketOutUs: delay(20_000),
      socketInUs: delay(20_000),
    },
    idle: () => opened[0]?.idle() ?? Promise.resolve(),
    route: {
      http: ({ method, path, headers, body, now }) => {
        opened[0]!.advance(now)
        arrived(path, body)
        return opened[0]!.handleHttp({ method, path, headers, body, receivedTimeUs: now })
      },
      socket: ({ send, closed }) => opened[0]!.openConnection(send, (code) => closed(code, '')),
    },
  })
  const venue = createHyperliquidVenue({
    market: {
      kind: 'generated',
      instruments: universe.map((u, id) => ({ ...u, instrument: { ...u.instrument, id } })),
      model: config.market.model,
    },
    seed,
    startTime: startTime - 2_000_000,
    now: environment.now,
    users: [{ address: user, deposit: BigInt(config.balance) * 10n ** 8n }],
    cadences: { slowBookUs: 5_400_000, fastBookUs: 540_000 },
    ...(faults === undefined ? {} : { faults }),
  })
  opened.push(venue)
  const step = () => {
    venue.advance(environment.now())
    environment.at(environment.now() + STEP_US, step)
  }
  step()
  let lastNonce = 0
  const nonces = {
    last: () => lastNonce,
    save: (nonce: number) => {
      lastNonce = nonce
    },
  }
  const ask = async (body: object): Promise<unknown> => {
    venue.advance(environment.now())
    const reply = await venue.handleHttp({
      method: 'POST',
      path: '/info',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      receivedTimeUs: environment.now(),
    })
    return JSON.parse(reply.body)
  }
  const account = () => readVenueAccount(ask, user)
  return { environment, venue, user, loaded, nonces, account }
}

/** One engine's life at a stage. */
export interface Life {
  /** Null when it died before it was up. */
  readonly live: LiveSession | null
  /** Why it ended, null while it lives. */
  readonly failure: () => unknown
  /** Says why, and kills. */
  readonly fail: (error: unknown) => void
  readonly kill: () => void
}

/** Starts, or resumes when there is a journal, a session at the stage; resolves when up or dead. */
export async function beginLife(
  stage: MemoryStage,
  paths: SessionPaths,
  journalOptions: JournalOptions = {},
  parts: Partial<LiveParts> = {},
): Promise<Life> {
  const { loaded, user } = stage
  const environment = createMortalEnvironment(stage.environment)
  const resume = existsSync(paths.journal)
  const seed = loaded.config.seed
  let failure: unknown = null
  let live: LiveSession | null = null
  let isOver = false
  const fail = (error: unknown) => {
    failure ??= error
    isOver = true
    environment.kill()
  }
  const starting = startLiveSession({
    mode: 'rehearse',
    config: loaded.config,
    configurationHash: loaded.hash,
    codeHash: '',
    paths,
    resume,
    adapter: createHyperliquidAdapter({
      environment,
      restUrl: 'http://venue.internal',
      socketUrl: 'ws://venue.internal/ws',
      isTestnet: false,
      userAddress: user,
      privateKey: rehearsalKey(seed),
      bookStream: 'l2BookFast',
      trades: true,
      nonceStore: stage.nonces,
      fillsSince: resume ? null : environment.now(),
      seed,
    }),
    environment,
    tap: () => ({ event() {}, market() {}, effects() {}, committed() {} }),
    failed: fail,
    journalOptions,
    snapshotEvery: 150,
    ...parts,
  })
  starting.then((started) => {
    live = started
    isOver = true
  }, fail)
  await stage.environment.runUntilTrue(() => isOver, 120_000)
  return { live, failure: () => failure, fail, kill: environment.kill }
}
