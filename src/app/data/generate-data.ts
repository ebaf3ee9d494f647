import { createHash } from 'node:crypto'
import {
  DEFAULT_CATALOG,
  dataError,
  type Manifest,
  nearest,
  writeRecords,
} from '../../adapters/mod.ts'
import { MarketWriter } from '../../core/mod.ts'
import {
  createMarketModel,
  defaultUniverse,
  type MarketModel,
  type MarketModelKind,
  type SimulatedInstrument,
} from '../simulators/market/generator.ts'
import { formatTime, textTable } from './text-table.ts'
import { usageError } from './usage-error.ts'

/** Which market to generate. */
interface GenerateDataOptions {
  readonly model: MarketModelKind
  readonly seed: number
  /** Length in days, fractions allowed; above 0. */
  readonly days: number
  /** Catalog to write to. Default `.ornstein/data`. */
  readonly catalog?: string
  /** Symbols of the built-in universe; all when absent. */
  readonly instruments?: readonly string[]
  /** Start, us. Default 2026-01-05 00:00 UTC. */
  readonly startTime?: number
  /** Time between books, a multiple of 100 ms. Default 500 ms. */
  readonly cadenceUs?: number
  /** Levels per side. Default 20. */
  readonly levels?: number
  /** Constant delay of everything received, us. Default 150 ms. */
  readonly latencyUs?: number
  /** Called about once a generated minute with the share that is done. */
  readonly progress?: (share: number) => void
}

/** The data set that was written. */
interface GenerateDataReport {
  readonly catalog: string
  readonly manifest: Manifest
  /** Same model, seed, span and settings give the same hash. */
  readonly settingsHash: string
}

const MINUTE_US = 60_000_000
const DAY_US = 86_400_000_000

/**
 * Generates books, trades, minute bars and funding as one data set of the catalog. The same
 * options give the same data. Throws InputError (exit code 2 or 4).
 */
export async function generateData(options: GenerateDataOptions): Promise<GenerateDataReport> {
  const { seed, model, catalog = DEFAULT_CATALOG } = options
  const cadenceUs = options.cadenceUs ?? 500_000
  const startTime = options.startTime ?? Date.UTC(2026, 0, 5) * 1000
  requireSettings(options, cadenceUs)
  const universe = chooseUniverse(options.instruments)
  const latencyUs = options.latencyUs ?? 150_000
  const levels = options.levels ?? 20
  const duration = Math.round((options.days * DAY_US) / MINUTE_US) * MINUTE_US
  const settings = { model, seed, startTime, duration, cadenceUs, levels, latencyUs, universe }
  const settingsHash = createHash('sha256').update(stable(settings)).digest('hex')
  const market = createMarketModel({
    instruments: universe,
    seed,
    model,
    startTime,
    bookCadenceUs: cadenceUs,
    levels,
    latencyUs,
  })
  const manifest = await writeRecords(
    catalog,
    {
      id: `generated-${model.toLowerCase()}-s${seed}-${settingsHash.slice(0, 8)}`,
      kind: 'generated-market',
      title: `Generated market, ${model}`,
      origin: 'generated',
      instruments: universe.map((each) => each.instrument),
      provenance: {
        source: `generated market, model ${model}, seed ${seed}`,
        licenceClass: 'own',
      },
      file: { name: `model ${model}, seed ${seed}`, sha256: settingsHash, bytes: 0 },
      books: levels,
    },
    async (records) => {
      const writer = new MarketWriter(1 << 14)
      for (let done = 0; done < duration; done += MINUTE_US) {
        market.advance(startTime + done + MINUTE_US, writer)
        addBars(market, universe, writer, latencyUs)
        records.add(writer.batch())
        writer.clear()
        options.progress?.(Math.min(1, (done + MINUTE_US) / duration))
      }
    },
  )
  return { catalog, manifest, settingsHash }
}

/** Writes the minute that just ended, from its trades. */
function addBars(
  market: MarketModel,
  universe: readonly SimulatedInstrument[],
  writer: MarketWriter,
  latencyUs: number,
): void {
  for (const { instrument } of universe) {
    const [candle] = market.candles(instrument.id, 2)
    const venueTime = candle!.openTime + MINUTE_US
    const head = { venueTime, receivedTime: venueTime + latencyUs, instrument: instrument.id }
    writer.bar(head, candle!)
  }
}

function requireSettings(options: GenerateDataOptions, cadenceUs: number): void {
  const refuse = (what: string, seen: unknown, allowed: string): never => {
    throw usageError(`Cannot generate a market with this ${what}`, [
      `${what}: ${String(seen)}`,
      `allowed: ${allowed}`,
    ])
  }
  if (options.model !== 'zeroEdge' && options.model !== 'plantedEdge') {
    refuse('model', options.model, 'zeroEdge, plantedEdge')
  }
  if (!Number.isInteger(options.seed)) refuse('seed', options.seed, 'a whole number')
  if (!(options.days >= MINUTE_US / DAY_US && options.days <= 366)) {
    refuse('length in days', options.days, 'from one minute (0.0007) to 366')
  }
  if (!(cadenceUs > 0 && cadenceUs % 100_000 === 0)) {
    refuse('cadence', `${cadenceUs} us`, 'multiples of 100,000 us')
  }
}

function chooseUniverse(symbols: readonly string[] | undefined): readonly SimulatedInstrument[] {
  const all = defaultUniverse()
  if (symbols === undefined) return all
  return symbols.map((symbol, id) => {
    const found = all.find((each) => each.instrument.symbol === symbol)
    if (found !== undefined) return { ...found, instrument: { ...found.instrument, id } }
    const names = all.map((each) => each.instrument.symbol)
    const near = nearest(symbol, names)
    throw dataError('017', `The generated market has no instrument ${symbol}`, [
      `available: ${names.join(', ')}`,
      ...(near === null ? [] : [`nearest: ${near}`]),
    ])
  })
}

/** JSON with money as text. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))

/** The report as lines for people. */
export function renderGenerate({ catalog, manifest }: GenerateDataReport): string {
  const rows = manifest.tables.map((table) => [
    table.shape,
    table.instruments.length,
    table.rows,
    table.bytes,
  ])
  return [
    `${manifest.title}: ${formatTime(manifest.firstTime)} to ${formatTime(manifest.lastTime)}`,
    textTable(['table', 'instruments', 'rows', 'bytes'], rows),
    `data set ${manifest.id} in ${catalog}`,
  ].join('\n')
}
