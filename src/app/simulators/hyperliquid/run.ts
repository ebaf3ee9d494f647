import { InputError, nearest } from '../../../adapters/mod.ts'
import type { QueueModel } from '../../../core/mod.ts'
import { rowTexts } from '../../data/row-texts.ts'
import { createClock } from '../clock.ts'
import { type ControlServer, serveControl } from '../control.ts'
import { createFaultPlan, type DemandRates } from '../faults.ts'
import { defaultUniverse, type MarketModelKind, wholeUniverse } from '../market/generator.ts'
import { pickInstruments } from '../market/universe.ts'
import { openSqliteStore } from '../store/sqlite-store.ts'
import type { ActionRules } from './exchange/action.ts'
import type { ListingRules } from './listing-terms.ts'
import { termsFor } from './market/known-listing.ts'
import { loadRecordings } from './market/load-recordings.ts'
import type { MarketSpec } from './market/spec.ts'
import { serveVenue, type VenueServer } from './server.ts'
import type { HyperliquidStore } from './store.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
  type VenueUser,
  venueLimits,
} from './venue.ts'
import type { AcceptedNetwork } from './wire/signing.ts'

/** What a venue is run with. */
export interface RunOptions {
  readonly port: number
  /** Null: in memory only. */
  readonly stateFolder: string | null
  readonly seed: number
  /** Files of recorded books; null: generated. */
  readonly recordings: readonly string[] | null
  readonly model: MarketModelKind
  /** Null: the eight of the default universe. */
  readonly coins: readonly string[] | null
  /** Builders' dexs whose coins are listed too. */
  readonly dexs: readonly string[]
  readonly users: readonly VenueUser[]
  readonly network: AcceptedNetwork
  readonly queueModel: QueueModel
  readonly latencyMs: number
  readonly slowBookMs: number
  readonly fastBookMs: number
  readonly enforcesLimits: boolean
  readonly rules: Partial<ActionRules>
  readonly listing: ListingRules
  /** False: sockets begin without a word. */
  readonly greets: boolean
  readonly faults: { readonly rates: DemandRates; readonly seed: number } | null
  /** Port of the control endpoint, 0 for any free one; null: none. */
  readonly controlPort: number | null
}

/** A venue that listens. */
export interface RunningVenue {
  readonly venue: HyperliquidVenue
  readonly server: VenueServer
  readonly control: ControlServer | null
  /** True when it goes on with a stored state. */
  readonly isResumed: boolean
  /** What became of bad rows of the recorded books. */
  readonly rows: readonly string[]
  /** Stores what there is, drops the sockets, stops listening. */
  stop(): Promise<void>
}

const STEP_MS = 10
const CHECKPOINT_MS = 300_000
/** A new market begins this long before now, so that its books are there at once. */
const HEAD_START_US = 2_000_000

/** Starts a venue in real time on loopback. `failed`: it cannot go on. Throws InputError. */
export async function runVenue(
  options: RunOptions,
  failed: (error: unknown) => void,
): Promise<RunningVenue> {
  const market = await chooseMarket(options)
  const store: HyperliquidStore | null =
    options.stateFolder === null ? null : openSqliteStore(options.stateFolder)
  const isResumed = store !== null && store.readIdentity() !== null
  const clock = createClock()
  const faults = createFaultPlan(options.faults ?? { rates: {}, seed: options.seed })
  const isFaulty = options.faults !== null || options.controlPort !== null
  const venue = createHyperliquidVenue({
    market,
    ...(store === null ? {} : { store }),
    seed: options.seed,
    startTime: clock.now() - HEAD_START_US,
    now: clock.now,
    users: options.users,
    network: options.network,
    queueModel: options.queueModel,
    latencyUs: options.latencyMs * 1000,
    cadences: { slowBookUs: options.slowBookMs * 1000, fastBookUs: options.fastBookMs * 1000 },
    rules: options.rules,
    terms: { ...termsFor(symbolsOf(market)), rules: options.listing },
    ...(options.greets ? {} : { greeting: null }),
    ...(options.enforcesLimits ? { limits: venueLimits } : {}),
    ...(isFaulty ? { faults } : {}),
  })
  clock.notBefore(venue.state.time)
  venue.advance(clock.now())
  venue.checkpoint()
  const { port, controlPort } = options
  const server = await serveVenue(venue, { port, now: clock.now, stepMs: STEP_MS, failed })
  const control = controlPort === null ? null : await serveControl(venue, faults, controlPort)
  const timer = setInterval(() => venue.checkpoint(), CHECKPOINT_MS)
  return {
    venue,
    server,
    control,
    isResumed,
    rows: market.kind === 'recorded' ? market.recordings.flatMap(rowTexts) : [],
    async stop() {
      clearInterval(timer)
      await control?.close()
      venue.checkpoint()
      venue.close()
      await server.close()
    },
  }
}

const symbolsOf = (market: MarketSpec): readonly string[] =>
  market.kind === 'generated' ? market.instruments.map(({ instrument }) => instrument.symbol) : []

async function chooseMarket(options: RunOptions): Promise<MarketSpec> {
  if (options.recordings !== null) {
    return { kind: 'recorded', recordings: await loadRecordings(options.recordings) }
  }
  const universe = wholeUniverse()
  const symbols = universe.map(({ instrument }) => instrument.symbol)
  const names = options.coins ?? defaultUniverse().map(({ instrument }) => instrument.symbol)
  const built = options.dexs.flatMap((dex) => {
    const own = symbols.filter((symbol) => symbol.startsWith(`${dex}:`))
    if (own.length === 0) throw unknownDex(dex, symbols)
    return own
  })
  const wanted = [...new Set([...names, ...built])]
  const instruments = pickInstruments(universe, wanted).map((found, i) => {
    if (found === null) throw unknownCoin(wanted[i]!, symbols)
    return found
  })
  return { kind: 'generated', instruments, model: options.model }
}

function unknownCoin(coin: string, symbols: readonly string[]): InputError {
  const near = nearest(coin, symbols)
  return new InputError({
    code: 'ORN-SIM-007',
    exitCode: 2,
    message: `--coins: ${coin} is not in the generated universe`,
    details: [
      ...(near === null ? [] : [`did you mean ${near}?`]),
      `allowed: ${symbols.join(', ')}`,
    ],
  })
}

function unknownDex(dex: string, symbols: readonly string[]): InputError {
  const prefixes = symbols.flatMap((symbol) => symbol.split(':').slice(0, -1))
  return new InputError({
    code: 'ORN-SIM-007',
    exitCode: 2,
    message: `--dexs: ${dex} is not in the generated universe`,
    details: [`allowed: ${[...new Set(prefixes)].join(', ')}`],
  })
}
