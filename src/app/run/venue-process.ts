import { createHash } from 'node:crypto'
import { defaultUniverse } from '../simulators/market/generator.ts'
import { type SimulatorProcess, startSimulator } from './simulator-process.ts'

/** A simulated Hyperliquid running as a process of its own. */
export interface VenueProcess extends SimulatorProcess {
  readonly restUrl: string
  readonly socketUrl: string
  /** What became of bad rows of a recording. */
  readonly rows: readonly string[]
}

/** How to start one. */
export interface VenueProcessOptions {
  readonly stateDirectory: string
  readonly seed: number
  /** "generated" or the file of a recording. */
  readonly market: string
  /** Rates of its faults as JSON, or "none" (the default). */
  readonly faults?: string
  readonly model: string
  /** Account address that gets the deposit. */
  readonly user: string
  /** In equal parts on the native exchange and each builder's dex of the instruments. */
  readonly deposit: number
  /** What is traded: a generated market has it beside its eight usual coins. */
  readonly instruments?: readonly string[]
  /** Called when it ends without being asked to. */
  readonly died: (text: string) => void
}

/**
 * Key of the rehearsal's account, derived from the seed. It opens nothing but the simulated venue
 * of that seed and is as secret as the seed itself.
 */
export const rehearsalKey = (seed: number): string =>
  `0x${createHash('sha256').update(`ornstein rehearsal ${seed}`).digest('hex')}`

/** Starts the simulated Hyperliquid in a process of its own. */
export async function startVenueProcess(options: VenueProcessOptions): Promise<VenueProcess> {
  const { died } = options
  const process = await startSimulator({
    program: 'hyperliquid',
    arguments: venueArguments(options),
    died,
  })
  const { port, rows = [] } = process.ready as { port: number; rows?: readonly string[] }
  return {
    ...process,
    restUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/ws`,
    rows,
  }
}

function venueArguments(options: VenueProcessOptions): string[] {
  const { instruments = [] } = options
  const usual = defaultUniverse().map(({ instrument }) => instrument.symbol)
  const further = instruments.filter((symbol) => !usual.includes(symbol))
  const isNamed = options.market === 'generated' && further.length > 0
  const dexs = dexsOf(instruments)
  const part = options.deposit / (dexs.length + 1)
  const text = part.toFixed(2)
  return [
    ...['--port', '0', '--state', options.stateDirectory, '--seed', String(options.seed)],
    ...['--market', options.market, '--model', options.model, '--user', options.user],
    ...['--faults', options.faults ?? 'none'],
    ...['--deposit', dexs.length === 0 ? String(options.deposit) : text],
    ...(isNamed ? ['--coins', [...usual, ...further].join(',')] : []),
    ...dexs.flatMap((dex) => ['--deposit-at', `${dex}=${text}`]),
  ]
}

/** The builders' dexs of some coins, each once. */
export const dexsOf = (symbols: readonly string[]): readonly string[] => [
  ...new Set(symbols.flatMap((symbol) => symbol.split(':').slice(0, -1))),
]
