import { InputError } from '../../adapters/mod.ts'
import type { LoadedConfig } from './load.ts'
import type { LoadedEngine, LoadedFleet } from './load-fleet.ts'
import type { Config } from './schema.ts'
import type { VenueSection } from './venue-schema.ts'

/** Engines that trade one account, and what is the account's in their configurations. */
export interface FleetAccount {
  /** Unique in the fleet, fit for a folder's name. */
  readonly name: string
  readonly engines: readonly LoadedEngine[]
  /** A configuration of all they trade with the sum of their balances: what the venue is told. */
  readonly whole: LoadedConfig
}

/** What belongs to the account and must be the same in every engine that trades it. */
const shared = ['seed', 'market', 'fills'] as const

/**
 * Engines by the account they trade. Throws InputError (3) listing all that engines of one account
 * do not agree about.
 */
export function accountsOf(fleet: LoadedFleet): readonly FleetAccount[] {
  const groups = new Map<string, LoadedEngine[]>()
  for (const engine of fleet.engines) {
    const key = accountKey(venueOf(engine))
    groups.set(key, [...(groups.get(key) ?? []), engine])
  }
  const problems = [...groups.values()].flatMap(disagreements)
  if (problems.length > 0) {
    throw new InputError({
      code: 'ORN-FLEET-005',
      exitCode: 3,
      message: `${fleet.path}: engines of one account do not agree about it`,
      details: problems,
      fix: 'Say the same in each of them, or give them accounts of their own',
    })
  }
  const kinds = [...groups.values()].map(([first]) => venueOf(first!).kind)
  return [...groups.values()].map((engines, i) => {
    const { kind } = venueOf(engines[0]!)
    const number = kinds.slice(0, i).filter((other) => other === kind).length
    const name = number === 0 ? kind : `${kind}-${number + 1}`
    return { name, engines, whole: wholeOf(engines) }
  })
}

function venueOf({ name, loaded }: LoadedEngine): VenueSection {
  const { venue } = loaded.config
  if (venue !== undefined) return venue
  throw new InputError({
    code: 'ORN-CONF-012',
    exitCode: 3,
    message: `${loaded.path}: the engine ${name} has no "venue" section`,
    fix: 'Copy the venue section of examples/03-paper/paper.yaml, or of examples/07-alpaca/coins.yaml',
  })
}

const accountKey = (venue: VenueSection): string =>
  venue.kind === 'hyperliquid'
    ? JSON.stringify([venue.kind, venue.network, venue.account?.toLowerCase(), venue.key])
    : JSON.stringify([venue.kind, venue.account, venue.keyId])

/** Settings of a venue that its engines may differ in: the rest is the account's. */
const own: ReadonlySet<string> = new Set(['instruments', 'preseedBars', 'leverages'])

function disagreements(engines: readonly LoadedEngine[]): readonly string[] {
  const [first, ...others] = engines as [LoadedEngine, ...LoadedEngine[]]
  const settings = (engine: LoadedEngine): Readonly<Record<string, unknown>> => ({
    ...Object.fromEntries(shared.map((key) => [key, engine.loaded.config[key]])),
    ...Object.fromEntries(
      Object.entries(venueOf(engine))
        .filter(([key]) => !own.has(key))
        .map(([key, value]) => [`venue.${key}`, value]),
    ),
  })
  const wanted = settings(first)
  return [
    ...others.flatMap((engine) => {
      const found = settings(engine)
      return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
        .filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]))
        .map(
          (key) => `${key}: ${first.name} ${show(wanted[key])}, ${engine.name} ${show(found[key])}`,
        )
    }),
    ...adopters(engines),
    ...leverageProblems(engines),
    ...intervalProblems(engines),
  ]
}

const show = (value: unknown): string => (value === undefined ? 'unset' : JSON.stringify(value))

/** Two engines would take the same difference over. */
function adopters(engines: readonly LoadedEngine[]): readonly string[] {
  return engines
    .filter(({ loaded }) => loaded.config.onDifference === 'adopt')
    .flatMap((engine) =>
      venueOf(engine).instruments.flatMap((symbol) => {
        const others = engines.filter(
          (other) => other !== engine && venueOf(other).instruments.includes(symbol),
        )
        return others.length === 0
          ? []
          : [`onDifference: adopt in ${engine.name}, but ${others[0]!.name} trades ${symbol} too`]
      }),
    )
}

/** One connection delivers finished bars of one length of an instrument. */
function intervalProblems(engines: readonly LoadedEngine[]): readonly string[] {
  const first = new Map<string, { readonly engine: string; readonly interval: number }>()
  return engines
    .filter(({ loaded }) => loaded.config.signal.source === 'bar')
    .flatMap((engine) => {
      const { interval } = engine.loaded.config.signal
      return venueOf(engine).instruments.flatMap((symbol) => {
        const other = first.get(symbol)
        first.set(symbol, other ?? { engine: engine.name, interval })
        return other === undefined || other.interval === interval
          ? []
          : [`signal.interval of the bars of ${symbol}: ${other.engine} and ${engine.name} differ`]
      })
    })
}

type Leverages = Readonly<Record<string, number>>

const leveragesOf = (engine: LoadedEngine): Leverages => {
  const venue = venueOf(engine)
  return venue.kind === 'hyperliquid' ? (venue.leverages ?? {}) : {}
}

function leverageProblems(engines: readonly LoadedEngine[]): readonly string[] {
  const first = new Map<string, { readonly engine: string; readonly value: number }>()
  return engines.flatMap((engine) =>
    Object.entries(leveragesOf(engine)).flatMap(([symbol, value]) => {
      const other = first.get(symbol)
      first.set(symbol, other ?? { engine: engine.name, value })
      return other === undefined || other.value === value
        ? []
        : [`venue.leverages ${symbol}: ${other.engine} ${other.value}, ${engine.name} ${value}`]
    }),
  )
}

function wholeOf(engines: readonly LoadedEngine[]): LoadedConfig {
  const barred = engines.filter(({ loaded }) => loaded.config.signal.source === 'bar')
  // What the venue is told of bars and of the day is theirs, before all of those of shares.
  const ofShares = engines.find(({ loaded }) => loaded.config.strategy.equities !== undefined)
  const first = ofShares ?? barred[0] ?? engines[0]!
  const barsOf = new Map(
    barred.flatMap((engine) => {
      const { interval } = engine.loaded.config.signal
      return venueOf(engine).instruments.map((symbol) => [symbol, interval] as const)
    }),
  )
  const { config } = first.loaded
  const instruments = [...new Set(engines.flatMap((engine) => venueOf(engine).instruments))]
  const leverages = Object.assign({}, ...engines.map(leveragesOf)) as Leverages
  const section = venueOf(first)
  const venue = {
    ...section,
    instruments,
    ...(Object.keys(leverages).length === 0 ? {} : { leverages }),
  } as Config['venue']
  const balance = engines.reduce((sum, { loaded }) => sum + loaded.config.balance, 0)
  const shadow = instruments.filter((symbol) => engines.every((engine) => isIdle(engine, symbol)))
  const whole = { ...config, venue, balance, shadow }
  return { ...first.loaded, config: whole, barsOf }
}

/** True where no order of the engine leaves for the instrument. */
const isIdle = (engine: LoadedEngine, symbol: string): boolean =>
  engine.loaded.config.shadow.includes(symbol) || !venueOf(engine).instruments.includes(symbol)
