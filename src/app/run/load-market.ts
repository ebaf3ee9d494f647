import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { InputError, loadHyperliquidRecording, type Recording } from '../../adapters/mod.ts'
import { assert, MarketWriter, RECORD_BYTES, RecordKind } from '../../core/mod.ts'
import { requireCompanionInstruments, requireWhitelistBefore } from '../config/companions.ts'
import { requireNamedInstruments } from '../config/risk.ts'
import type { Config } from '../config/schema.ts'
import { createMarketModel } from '../simulators/market/generator.ts'
import { defaultUniverse } from '../simulators/market/universe.ts'
import { requireKnownCalendar } from './economic-calendar.ts'
import { requireKnownSellFees } from './sell-fees.ts'

type Data = NonNullable<Config['data']>

/** Like {@link loadMarket}, and refuses settings that could never trade on the data. */
export async function loadFittingMarket(config: Config, folder: string): Promise<Recording> {
  const recording = await loadReadableMarket(config, folder)
  requireKnownSellFees(config, recording.instruments, recording.info)
  requireKnownCalendar(config)
  return recording
}

/** The same where nothing is going to be traded on the data. */
export async function loadReadableMarket(config: Config, folder: string): Promise<Recording> {
  const recording = await loadMarket(config, folder)
  requirePrices(config, recording)
  requireFit(config, recording)
  return recording
}

/** Refuses settings that could never trade on these data: another source, unknown instruments. */
function requireFit(config: Config, { batch, instruments, info }: Recording): void {
  const kinds = decidingKinds(batch)
  if (kinds.size === 0 && batch.count > 0) {
    throw new InputError({
      code: 'ORN-DATA-009',
      exitCode: 4,
      message: 'The data hold funding rates only: nothing to trade on',
      details: ['name a source of bars or of books beside them'],
    })
  }
  requireSource(config, kinds)
  const symbols = instruments.map((instrument) => instrument.symbol)
  requireCompanionInstruments(config, symbols)
  requireNamedInstruments(config, symbols)
  requireWhitelistBefore(config, info.lastTime)
}

function requireSource({ signal }: Config, kinds: ReadonlySet<number>): void {
  const hasBars = kinds.has(RecordKind.bar)
  const hasBooks = kinds.has(RecordKind.snapshot) || kinds.has(RecordKind.delta)
  if (signal.prices === 'book' && kinds.size > 0 && !(hasBars && hasBooks)) {
    throw new InputError({
      code: 'ORN-CONF-013',
      exitCode: 3,
      message: `signal.prices book does not fit data of ${hasBars ? 'bars' : 'books'} alone`,
      details: ['name sources of finished bars and of quotes or books'],
    })
  }
  // What comes first decides: trades are recorded beside bars too.
  const [leading] = kinds
  const isBars = leading === RecordKind.bar
  if (signal.prices === 'book' || leading === undefined) return
  if ((signal.source === 'bar') === isBars) return
  const has = isBars ? 'finished bars' : 'books and trades'
  throw new InputError({
    code: 'ORN-CONF-013',
    exitCode: 3,
    message: `signal.source ${signal.source} does not fit data of ${has}`,
    details: [`allowed here: ${isBars ? 'bar' : 'mid, trade'}`],
  })
}

/** Kinds of the records that decisions are made on, the first first; rates and marks are not. */
function decidingKinds({ count, u8 }: Recording['batch']): ReadonlySet<number> {
  const kinds = new Set<number>()
  for (let i = 0; i < count; i++) {
    const kind = u8[i * RECORD_BYTES + 36]!
    if (kind !== RecordKind.funding && kind !== RecordKind.mark) kinds.add(kind)
  }
  return kinds
}

/** Loads the market data a configuration names. Paths are relative to `folder` (the file's). */
export async function loadMarket(config: Config, folder: string): Promise<Recording> {
  const { data } = config
  if (data === undefined) {
    throw new InputError({
      code: 'ORN-CONF-010',
      exitCode: 3,
      message: 'The configuration has no "data" section, which a backtest needs',
      details: ['allowed kinds: hyperliquid-book, bars, generated, catalog, segments'],
      fix: 'Copy the data section of examples/02-backtest/backtest.yaml',
    })
  }
  switch (data.kind) {
    case 'hyperliquid-book': {
      const { timeBasis } = data
      const book = resolve(folder, data.book)
      const trades = data.trades === undefined ? {} : { trades: resolve(folder, data.trades) }
      const symbol = data.symbol === undefined ? {} : { symbol: data.symbol }
      return named(loadHyperliquidRecording({ book, timeBasis, ...trades, ...symbol }), book)
    }
    case 'generated':
      return generateRecording(data, config.seed)
    case 'bars': {
      const { loadBarRecording } = await import('../../adapters/mod.ts')
      const symbols = data.symbols === undefined ? {} : { symbols: data.symbols }
      const file = resolve(folder, data.file)
      return named(loadBarRecording({ file, ...symbols, ...pricesOf(data) }), file)
    }
    case 'catalog': {
      const { loadRecording } = await import('../../adapters/mod.ts')
      const { sources, timeBasis } = data
      const symbols = data.symbols === undefined ? {} : { symbols: data.symbols }
      const paths = sources.map((source) => {
        const set = resolve(data.directory, source)
        return existsSync(set) ? set : resolve(folder, source)
      })
      const options = { sources: paths, timeBasis, ...symbols, ...pricesOf(data) }
      return named(loadRecording(options), paths[0]!)
    }
    case 'segments': {
      const { loadSegments } = await import('../../adapters/mod.ts')
      return fromSegments(await loadSegments(resolve(folder, data.directory)))
    }
  }
}

const pricesOf = ({ prices }: { readonly prices?: 'raw' | 'adjusted' | undefined }) =>
  prices === undefined ? {} : { prices }

/**
 * Refuses bars whose splits and dividends nobody decided about: as traded they are jumps that look
 * like signals.
 */
function requirePrices({ data }: Config, { info }: Recording): void {
  if (data?.kind !== 'bars' && data?.kind !== 'catalog') return
  if (info.adjustment === 'unsaid') {
    throw new InputError({
      code: 'ORN-DATA-023',
      exitCode: 4,
      message: 'The bars have adjusted closes that differ from their closes',
      details: ['data.prices is not set; allowed: adjusted, raw'],
      fix: 'data.prices: adjusted, or raw where splits and dividends may look like signals',
    })
  }
}

/** A configuration has no --symbol: an instrument that cannot be told is named another way. */
async function named(loading: Promise<Recording>, path: string): Promise<Recording> {
  try {
    return await loading
  } catch (cause) {
    if (!(cause instanceof InputError) || cause.code !== 'ORN-DATA-007') throw cause
    const { code, exitCode, message, details } = cause
    const fix =
      'name it as data.symbol (kind hyperliquid-book), rename the file like ' +
      'hl_l2book20_BTC_20250904.parquet, or name the data set that ornstein data import ' +
      `${basename(path)} --symbol BTC makes`
    throw new InputError({ code, exitCode, message, details, fix })
  }
}

const LATENCY_US = 150_000

function generateRecording(data: Extract<Data, { kind: 'generated' }>, seed: number): Recording {
  const universe = defaultUniverse()
  const chosen = (data.instruments ?? universe.map((u) => u.instrument.symbol)).map(
    (symbol, id) => {
      const found = universe.find((u) => u.instrument.symbol === symbol)
      assert(found !== undefined, `the schema lets ${symbol} through, which is not in the universe`)
      return { ...found, instrument: { ...found.instrument, id } }
    },
  )
  const startTime = Date.parse(data.start) * 1000
  const model = createMarketModel({
    instruments: chosen,
    seed,
    model: data.model,
    startTime,
    latencyUs: LATENCY_US,
  })
  const writer = new MarketWriter(1 << 16)
  model.advance(startTime + data.duration, writer)
  return {
    instruments: chosen.map((c) => c.instrument),
    batch: writer.batch(),
    info: {
      kind: 'generated',
      licenceClass: 'own',
      source: `generated market, model ${data.model}, seed ${seed}`,
      files: [],
      firstTime: startTime + LATENCY_US,
      lastTime: startTime + data.duration + LATENCY_US,
      timeBasis: 'venue',
      skew: {
        estimatedUs: 0,
        appliedUs: 0,
        minimumDelayUs: LATENCY_US,
        method: 'received times are generated with a constant delay',
      },
      gaps: [],
      gapLimitUs: 5_000_000,
      duplicatesDropped: 0,
      historyDropped: 0,
      quarantined: [],
      checks: [],
      levels: 20,
      cadenceUs: 500_000,
    },
  }
}

function fromSegments(loaded: Pick<Recording, 'instruments' | 'batch'>): Recording {
  const { batch } = loaded
  const firstTime = batch.count > 0 ? batch.f64[0]! : 0
  const lastTime = batch.count > 0 ? batch.f64[(batch.count - 1) * 5]! : 0
  return {
    ...loaded,
    info: {
      kind: 'recorded',
      licenceClass: 'own',
      source: 'segments recorded by a session',
      files: [],
      firstTime,
      lastTime,
      timeBasis: 'venue',
      skew: {
        estimatedUs: 0,
        appliedUs: 0,
        minimumDelayUs: 0,
        method: 'received times are those of the recording session',
      },
      gaps: [],
      gapLimitUs: 0,
      duplicatesDropped: 0,
      historyDropped: 0,
      quarantined: [],
      checks: [],
      levels: 20,
      cadenceUs: 0,
    },
  }
}
