import { InputError, loadBarRecording, nearest, type Recording } from '../../../adapters/mod.ts'
import type { TimeUs } from '../../../core/mod.ts'
import { createClock, type VenueClock } from '../clock.ts'
import { type ControlServer, serveControl } from '../control.ts'
import { createFaultPlan, type DemandRates } from '../faults.ts'
import type { VenueServer } from '../serve.ts'
import { openSqliteStore } from '../store/sqlite-store.ts'
import { type GeneratedMarket, type MarketSpec, replayTerms } from './market/spec.ts'
import type { AccountShape } from './rest/route.ts'
import { serveVenue } from './server.ts'
import type { AlpacaStore } from './store.ts'
import {
  type AlpacaVenue,
  createAlpacaVenue,
  REQUESTS_PER_MINUTE,
  type VenueAccount,
} from './venue.ts'

/** Which market to run: a generated one, or files of bars to play again. */
export type MarketChoice =
  | GeneratedMarket
  | {
      readonly kind: 'files'
      readonly files: readonly string[]
      /** Names to play, as the venue spells them; null for all. */
      readonly symbols: readonly string[] | null
    }

/** What a venue is run with. */
export interface RunOptions {
  readonly port: number
  /** Null: in memory only. */
  readonly stateFolder: string | null
  readonly seed: number
  readonly market: MarketChoice
  readonly accounts: readonly VenueAccount[]
  /** Venue time at the start; null: now. */
  readonly startTime: TimeUs | null
  /** How many times faster than real time it runs. */
  readonly speed: number
  readonly shape: AccountShape
  readonly plan: 'free' | 'paid'
  readonly mode: 'paper' | 'live'
  readonly enforcesLimits: boolean
  readonly latencyMs: number
  readonly faults: { readonly rates: DemandRates; readonly seed: number } | null
  /** Port of the control endpoint, 0 for any free one; null: none. */
  readonly controlPort: number | null
}

/** A venue that listens. */
export interface RunningVenue {
  readonly venue: AlpacaVenue
  readonly server: VenueServer
  readonly clock: VenueClock
  readonly control: ControlServer | null
  /** True when it goes on with a stored state. */
  readonly isResumed: boolean
  /** Stores what there is, drops the sockets, stops listening. */
  stop(): Promise<void>
}

const STEP_MS = 10
const MINUTE_US = 60_000_000
/** Of venue time: what a restart may have to repeat. */
const CHECKPOINT_MS = 300_000
const CHECKPOINT_MS_MIN = 10_000
/** A new market begins this long before now, so that its books are there at once. */
const HEAD_START_US = 2_000_000

/** Starts a venue on loopback. `failed`: it cannot go on. Throws InputError. */
export async function runVenue(
  options: RunOptions,
  failed: (error: unknown) => void,
): Promise<RunningVenue> {
  const store: AlpacaStore | null =
    options.stateFolder === null ? null : openSqliteStore(options.stateFolder)
  const isResumed = store !== null && store.readIdentity() !== null
  const market = await chooseMarket(options.market)
  const { speed } = options
  const startTime = options.startTime ?? firstTime(market)
  const isVirtual = startTime !== null || speed !== 1
  // A clock of its own stands still while the venue is not running; the wall's does not.
  const stood = isVirtual && isResumed ? lastTime(store) : null
  const from = stood === null ? startTime : Math.max(stood, startTime ?? stood)
  const clock = createClock({ speed, ...(from === null ? {} : { startTime: from }) })
  const faults = createFaultPlan(options.faults ?? { rates: {}, seed: options.seed })
  const isFaulty = options.faults !== null || options.controlPort !== null
  const venue = createAlpacaVenue({
    market,
    ...(store === null ? {} : { store }),
    seed: options.seed,
    startTime: clock.now() - HEAD_START_US,
    now: clock.now,
    accounts: options.accounts,
    shape: options.shape,
    plan: options.plan,
    mode: options.mode,
    latencyUs: options.latencyMs * 1000,
    requestsPerMinute: options.enforcesLimits ? REQUESTS_PER_MINUTE : null,
    ...(isFaulty ? { faults } : {}),
  })
  clock.notBefore(venue.state.time)
  venue.advance(clock.now())
  venue.checkpoint()
  const server = await serveVenue(venue, {
    port: options.port,
    now: clock.now,
    stepMs: STEP_MS,
    failed,
  })
  const { controlPort } = options
  const control = controlPort === null ? null : await serveControl(venue, faults, controlPort)
  const timer = setInterval(
    () => venue.checkpoint(),
    Math.max(CHECKPOINT_MS_MIN, CHECKPOINT_MS / speed),
  )
  return {
    venue,
    server,
    clock,
    control,
    isResumed,
    async stop() {
      clearInterval(timer)
      await control?.close()
      venue.checkpoint()
      venue.close()
      await server.close()
    },
  }
}

async function chooseMarket(choice: MarketChoice): Promise<MarketSpec> {
  if (choice.kind === 'generated') return choice
  const recordings: Recording[] = []
  const { symbols } = choice
  for (const file of choice.files) recordings.push(await loadBars(file, symbols ?? []))
  if (symbols === null) return { kind: 'replayed', recordings }
  const names = recordings.flatMap(({ instruments }) =>
    instruments.map((instrument) => replayTerms(instrument).symbol),
  )
  for (const symbol of symbols) {
    if (names.includes(symbol)) continue
    const near = nearest(symbol, names)
    throw new InputError({
      code: 'ORN-SIM-007',
      exitCode: 2,
      message: `${symbol} is not in the bars to play again`,
      details: [
        ...(near === null ? [] : [`did you mean ${near}?`]),
        `they hold: ${names.join(', ')}`,
      ],
    })
  }
  return { kind: 'replayed', recordings, symbols }
}

/** Bars of a file: only those wanted where the file knows them, which is quicker; else all. */
async function loadBars(file: string, symbols: readonly string[]): Promise<Recording> {
  const coins = symbols.filter((name) => name.includes('/'))
  const shares = symbols.filter((name) => !name.includes('/'))
  for (const names of [coins.map((name) => name.replace('/USD', 'USDT')), shares]) {
    if (names.length === 0) continue
    try {
      return await loadBarRecording({ file, symbols: names })
    } catch (error) {
      if (!(error instanceof InputError && error.code === 'ORN-DATA-017')) throw error
    }
  }
  return loadBarRecording({ file })
}

/** Where bars to play again begin; null for a generated market, which begins now. */
const firstTime = (market: MarketSpec): TimeUs | null =>
  market.kind === 'generated'
    ? null
    : Math.min(...market.recordings.map(({ info }) => info.firstTime)) - MINUTE_US + HEAD_START_US

/** The last venue time a store knows of; null when it knows none. */
function lastTime(store: AlpacaStore): TimeUs | null {
  const checkpoint = store.readCheckpoint()
  let time = checkpoint?.snapshot.time ?? null
  for (const { entry } of store.entriesAfter(checkpoint?.sequence ?? 0)) {
    time = entry.kind === 'pause' ? entry.until : entry.time
  }
  return time
}
