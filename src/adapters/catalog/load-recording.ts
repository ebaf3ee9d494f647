import type { DuckDBConnection } from '@duckdb/node-api'
import {
  type CorporateAction,
  type Instrument,
  MAXIMUM_PRICE,
  MarketCursor,
  MarketWriter,
  median,
  RecordKind,
} from '../../core/mod.ts'
import { EXAMPLES_SHOWN } from './checks/rule.ts'
import { clipRates } from './clip-rates.ts'
import { withDatabase } from './duckdb.ts'
import { type InstrumentStatistics, smallestRecordedDelay } from './instrument-statistics.ts'
import { recordedInstrument } from './instruments.ts'
import { mergeQuotes } from './merge-quotes.ts'
import { nearest } from './nearest.ts'
import type { SourceOptions } from './normalise.ts'
import { type OpenedSource, openSource } from './opened-source.ts'
import { writeChanges } from './rebuild-book.ts'
import type { RecordInput } from './record-input.ts'
import { writeBars, writeBooks, writeFunding, writeQuotes, writeTrades } from './record-writers.ts'
import {
  type ClockSkew,
  estimateSkew,
  type FileCheck,
  type LicenceClass,
  measureCadence,
  type QuarantinedRow,
  type Recording,
  type RecordingGap,
  type RecordingInfo,
  smallestDelay,
  sortBatch,
  type TimeBasis,
} from './recording.ts'
import { levelsOf, type Shape } from './shapes.ts'
import { dataError } from './source-file.ts'

/** What to load and how. */
export interface RecordingOptions extends SourceOptions {
  /** Data files, or folders of data sets; several of one instrument are joined. */
  readonly sources: readonly string[]
  /** Instruments wanted, in the order of their ids; all, sorted by name, when absent. */
  readonly symbols?: readonly string[]
  /** Overrides the lot of a Hyperliquid perpetual that is not in our table. */
  readonly szDecimals?: number
  /** Default "venue". */
  readonly timeBasis?: TimeBasis
  /** Pauses longer than this are gaps. Default 5 s between books, 1.5 lengths between bars. */
  readonly gapLimitUs?: number
  /** Shape that the source at the same place must hold, for callers that mean one. */
  readonly required?: readonly Shape[]
  /**
   * Prices of bars: as traded (the default), or each times adjusted over raw close. Bars without an
   * adjusted close are left out then.
   */
  readonly prices?: 'raw' | 'adjusted'
  /** Delay of data whose receiving was not recorded, bars included, us. Default 0. */
  readonly latencyUs?: number
}

interface Member {
  readonly source: OpenedSource
  readonly instrument: Instrument
  readonly shapes: ReadonlySet<Shape>
}

/** What was found of one symbol. */
interface Found {
  readonly statistics: InstrumentStatistics[]
  readonly sources: Map<OpenedSource, Set<Shape>>
}

interface Written {
  readonly duplicates: number
  readonly history: number
  readonly levels: number
  /** True when some bar has an adjusted close that is not its close. */
  readonly hasAdjustments: boolean
  readonly actions: readonly CorporateAction[]
  readonly quarantined: QuarantinedRow[]
  /** Rows of checked tables that could not become records. */
  readonly rejected: readonly QuarantinedRow[]
}

/**
 * Loads recorded (or generated) market data as packed records: exact integers, bad rows left out
 * with their reasons, repeated trades and history dropped, clock skew removed. Throws InputError
 * (exit code 4).
 */
export function loadRecording(options: RecordingOptions): Promise<Recording> {
  return withDatabase(async (connection) => {
    const sources: OpenedSource[] = []
    for (const [index, path] of options.sources.entries()) {
      sources.push(await openSource(connection, path, `source_${index}`, options))
    }
    requireSymbols(sources, options.symbols ?? [])
    for (const [index, source] of sources.entries()) {
      requireShape(source, options.required?.[index])
    }
    const members = findInstruments(sources, options)
    const writer = new MarketWriter(16_384)
    const quotes = new MarketWriter(16_384)
    const written = await writeMembers(connection, members, { writer, quotes, options })
    if (writer.count === 0) {
      throw dataError(
        '009',
        `No usable market data in ${sources.map((s) => s.file.path).join(', ')}`,
      )
    }
    const timeBasis = options.timeBasis ?? 'venue'
    const raw = writer.batch()
    const skew = await judgeClocks(connection, sources, {
      smallest: Math.min(smallestDelay(raw), smallestDelay(quotes.batch())),
      timeBasis,
      latencyUs: options.latencyUs ?? 0,
    })
    const books = clipRates(sortBatch(raw, skew.appliedUs, timeBasis))
    const batch =
      quotes.count === 0
        ? books
        : mergeQuotes(books, sortBatch(quotes.batch(), skew.appliedUs, timeBasis))
    const instruments = [...new Set(members.map((member) => member.instrument))]
    return {
      instruments: instruments.sort((a, b) => a.id - b.id),
      batch,
      ...(written.actions.length === 0
        ? {}
        : { actions: written.actions.toSorted((a, b) => a.day - b.day) }),
      info: {
        ...describeSources(sources),
        firstTime: batch.f64[0]!,
        lastTime: batch.f64[(batch.count - 1) * 5]!,
        timeBasis,
        skew,
        ...measure(batch, members, options),
        duplicatesDropped: written.duplicates,
        historyDropped: written.history,
        quarantined: [...written.quarantined, ...written.rejected],
        checks: [...sources.flatMap(checksOfSource), ...checksOfRejected(written.rejected)],
        levels: written.levels,
        ...(written.hasAdjustments ? { adjustment: options.prices ?? 'unsaid' } : {}),
      },
    }
  })
}

function requireShape(source: OpenedSource, shape: Shape | undefined): void {
  if (shape === undefined || source.tables.has(shape)) return
  throw dataError('006', `${source.file.path} holds no ${shape}`, [
    `it holds: ${[...source.tables.keys()].join(', ')}`,
  ])
}

/** Skew over everything loaded; says so where there is only one clock, or one was asked for. */
async function judgeClocks(
  connection: DuckDBConnection,
  sources: readonly OpenedSource[],
  input: {
    readonly smallest: number
    readonly timeBasis: TimeBasis
    readonly latencyUs: number
  },
): Promise<ClockSkew> {
  const none = { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0 }
  if (input.timeBasis === 'received') {
    return { ...none, method: 'venue times replaced by received times on request' }
  }
  for (const source of sources) {
    await connection.run(`set schema = '${source.schema}'`)
    const delay = await smallestRecordedDelay(connection, source.tables)
    if (!Number.isNaN(delay)) return estimateSkew(input.smallest)
  }
  return {
    ...none,
    minimumDelayUs: input.latencyUs,
    method: `received times were not recorded: venue time (bars: close) plus ${input.latencyUs} us`,
  }
}

function findInstruments(sources: readonly OpenedSource[], options: RecordingOptions): Member[] {
  const found = new Map<string, Found>()
  for (const source of sources) {
    for (const [shape, tables] of source.statistics) {
      if (!recordShapes.has(shape)) continue
      for (const statistics of tables) {
        const entry: Found = found.get(statistics.instrument) ?? {
          statistics: [],
          sources: new Map(),
        }
        entry.statistics.push(statistics)
        const shapes = entry.sources.get(source) ?? new Set()
        entry.sources.set(source, shapes.add(shape))
        found.set(statistics.instrument, entry)
      }
    }
  }
  if (found.size === 0 && options.symbols === undefined) {
    throw dataError('009', `No market data in ${sources.map((each) => each.file.path).join(', ')}`)
  }
  return (options.symbols ?? [...found.keys()].sort()).flatMap((symbol, id) => {
    const entry = found.get(symbol)
    if (entry === undefined) {
      throw dataError('009', `Every row of ${symbol} is unusable: nothing to load`)
    }
    const [first] = entry.sources.keys()
    const instrument = makeInstrument(symbol, id, first!, entry.statistics, options)
    return [...entry.sources].map(([source, shapes]) => ({ source, instrument, shapes }))
  })
}

/** Shapes that become records. */
const recordShapes = new Set<Shape>(['books', 'bookChanges', 'quotes', 'trades', 'bars', 'funding'])

function requireSymbols(sources: readonly OpenedSource[], symbols: readonly string[]): void {
  const available = [...new Set(sources.flatMap((source) => source.available))].sort()
  const missing = symbols.find((symbol) => !available.includes(symbol))
  if (missing === undefined) return
  const near = nearest(missing, available)
  throw dataError('017', `There are no data of instrument ${missing}`, [
    `available: ${available.slice(0, 12).join(', ')}${available.length > 12 ? ', ...' : ''}`,
    ...(near === null ? [] : [`nearest: ${near}`]),
  ])
}

function makeInstrument(
  symbol: string,
  id: number,
  source: OpenedSource,
  statistics: readonly InstrumentStatistics[],
  options: RecordingOptions,
): Instrument {
  const most = (pick: (each: InstrumentStatistics) => number): number =>
    Math.min(8, Math.max(...statistics.map(pick)))
  const highest = Math.max(...statistics.map((each) => each.maximumPrice))
  const instrument = recordedInstrument({
    id,
    venue: source.venue,
    symbol,
    kind: source.instrumentKind,
    found: {
      price: most((each) => each.priceDecimals),
      quantity: most((each) => each.quantityDecimals),
    },
    ...(options.prices === 'adjusted' ? { highest } : {}),
    ...(options.szDecimals === undefined ? {} : { szDecimals: options.szDecimals }),
  })
  if (highest * 10 ** instrument.priceDecimals > MAXIMUM_PRICE) {
    throw dataError('018', `Prices of ${symbol} are too large for packed records`, [
      `highest: ${highest}, quantum: 10^-${instrument.priceDecimals}`,
      `allowed: ${MAXIMUM_PRICE} quanta`,
    ])
  }
  return instrument
}

async function writeMembers(
  connection: DuckDBConnection,
  members: readonly Member[],
  output: {
    readonly writer: MarketWriter
    readonly quotes: MarketWriter
    readonly options: RecordingOptions
  },
): Promise<Written> {
  const quarantined: QuarantinedRow[] = []
  const rejected: QuarantinedRow[] = []
  const firstBook = new Map<Instrument, number>()
  let duplicates = 0
  let history = 0
  let levels = 0
  let hasAdjustments = false
  const actions: CorporateAction[] = []
  for (const source of new Set(members.map((member) => member.source))) {
    for (const row of source.quarantined) {
      if (row.rule === 'duplicate' && source.tables.has('trades')) duplicates++
      else quarantined.push(row)
    }
  }
  const inputOf = async (member: Member, writer: MarketWriter): Promise<RecordInput> => {
    await connection.run(`set schema = '${member.source.schema}'`)
    const file = member.source.file.path
    return {
      connection,
      instrument: member.instrument,
      writer,
      latencyUs: output.options.latencyUs ?? 0,
      reject: (row, rule, text) => rejected.push({ file, row, rule, text }),
    }
  }
  const instrumentsWith = (shape: Shape): Set<Instrument> =>
    new Set(members.filter((each) => each.shapes.has(shape)).map((each) => each.instrument))
  const deep = instrumentsWith('books')
  const changed = instrumentsWith('bookChanges')
  for (const member of members) {
    const { shapes, instrument, source } = member
    const seen = (time: number, depth: number): void => {
      firstBook.set(instrument, Math.min(firstBook.get(instrument) ?? time, time))
      levels = Math.max(levels, depth)
    }
    const input = await inputOf(member, output.writer)
    if (shapes.has('books')) {
      const columns = source.tables.get('books')!
      seen(await writeBooks(input, columns), levelsOf(columns))
    }
    if (shapes.has('bookChanges')) {
      const rebuilt = await writeChanges(input)
      seen(rebuilt.firstVenueTime, rebuilt.levels)
    }
    // Changes and quotes of one instrument are not joined: their order shows only in update ids.
    if (shapes.has('quotes') && !changed.has(instrument)) {
      const isDeep = deep.has(instrument)
      const time = await writeQuotes(await inputOf(member, isDeep ? output.quotes : output.writer))
      if (!isDeep) seen(time, 1)
    }
    if (shapes.has('bars')) {
      const bars = await writeBars(input, output.options.prices ?? 'raw')
      hasAdjustments = bars.differs || hasAdjustments
      actions.push(...bars.actions)
    }
    if (shapes.has('funding')) await writeFunding(input)
  }
  for (const member of members) {
    if (!member.shapes.has('trades')) continue
    const input = await inputOf(member, output.writer)
    history += await writeTrades(
      input,
      firstBook.get(member.instrument) ?? Number.NEGATIVE_INFINITY,
    )
  }
  return { duplicates, history, levels, hasAdjustments, actions, quarantined, rejected }
}

const checksOfSource = ({ file, checks }: OpenedSource): FileCheck[] =>
  checks.map((check) => ({ file: file.path, ...check }))

/** Findings on the way from tables to records, in the shape of the others. */
function checksOfRejected(rows: readonly QuarantinedRow[]): FileCheck[] {
  const groups = Map.groupBy(rows, ({ file, rule }) => `${file}: ${rule}`)
  return [...groups.values()].map((members) => ({
    file: members[0]!.file,
    table: 'records',
    check: members[0]!.rule,
    outcome: 'quarantined',
    count: members.length,
    examples: members.slice(0, EXAMPLES_SHOWN).map(({ row, text }) => `row ${row}: ${text}`),
  }))
}

const rank: Readonly<Record<LicenceClass, number>> = { own: 0, A: 1, B: 2, C: 3 }

/** The strictest licence of all, and everything that went in. */
function describeSources(
  sources: readonly OpenedSource[],
): Pick<RecordingInfo, 'kind' | 'licenceClass' | 'source' | 'files'> {
  const classes = sources.map((source) => source.provenance.licenceClass)
  return {
    kind: sources.every((source) => source.origin === 'generated') ? 'generated' : 'recorded',
    licenceClass: classes.reduce((worst, each) => (rank[each] > rank[worst] ? each : worst)),
    source: [...new Set(sources.map((source) => source.provenance.source))].join('; '),
    files: sources.map((source) => source.file),
  }
}

/** Gaps and the median cadence over books, or over bars where there are no books. */
function measure(
  batch: Recording['batch'],
  members: readonly Member[],
  options: RecordingOptions,
): Pick<RecordingInfo, 'gaps' | 'gapLimitUs' | 'cadenceUs'> {
  const hasBooks = members.some(
    ({ shapes }) => shapes.has('books') || shapes.has('bookChanges') || shapes.has('quotes'),
  )
  const times = new Map<number, number[]>(members.map(({ instrument }) => [instrument.id, []]))
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    const isBook = cursor.kind === RecordKind.snapshot || cursor.kind === RecordKind.delta
    if (hasBooks ? isBook : cursor.kind === RecordKind.bar) {
      const list = times.get(cursor.instrument)!
      if (list.at(-1) !== cursor.receivedTime) list.push(cursor.receivedTime)
    }
  }
  const cadences = [...times].map(([id, list]) => measureCadence(list, id, Infinity).medianUs)
  const cadence = median(cadences.filter((each) => !Number.isNaN(each)))
  const cadenceUs = Number.isNaN(cadence) ? 0 : Math.round(cadence)
  const gapLimitUs = options.gapLimitUs ?? (hasBooks ? 5_000_000 : 1.5 * cadenceUs)
  const closes = !members.every(({ source }) => source.continuous)
  const gaps: RecordingGap[] = []
  if (hasBooks || !closes) {
    for (const [id, list] of times) gaps.push(...measureCadence(list, id, gapLimitUs).gaps)
  }
  return { gaps, gapLimitUs, cadenceUs }
}
