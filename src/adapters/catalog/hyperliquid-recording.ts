import type { DuckDBConnection } from '@duckdb/node-api'
import {
  type Instrument,
  MarketCursor,
  MarketWriter,
  RecordKind,
  scaleFloat,
} from '../../core/mod.ts'
import { readNumbers, readTexts, sqlPath, withDatabase } from './duckdb.ts'
import { hyperliquidPerpetual, hyperliquidSizeDecimals } from './hyperliquid-instruments.ts'
import { explainDamage, readSchema, requireColumns } from './parquet.ts'
import { provenanceOf } from './provenance.ts'
import {
  estimateSkew,
  type LicenceClass,
  measureCadence,
  type QuarantinedRow,
  type Recording,
  type RecordingFile,
  smallestDelay,
  sortBatch,
  type TimeBasis,
} from './recording.ts'
import { dataError, identifyFile, type SourceFile } from './source-file.ts'

/** Which files make a Hyperliquid recording and how to read them. */
export interface HyperliquidRecordingOptions {
  /** Parquet of books: recv_ts (s), sequence, exchange_timestamp (ms), bid_price_0 ... */
  readonly book: string
  /** Parquet of public trades: timestamp (s), price, size, side, trade_id, exchange_timestamp (ms). */
  readonly trades?: string
  /** The venue's name of the coin; taken from the file's name when absent. */
  readonly symbol?: string
  /** Needed only for a coin that is not in our table. */
  readonly szDecimals?: number
  /** Default "venue". */
  readonly timeBasis?: TimeBasis
  /** Pauses between books longer than this are reported as gaps. Default 5 s. */
  readonly gapLimitUs?: number
  readonly licenceClass?: LicenceClass
  readonly source?: string
}

/**
 * Loads recorded books (and trades) of one perpetual: exact integers, trades deduplicated by id,
 * history sent on subscribing left out, clock skew removed. Throws InputError (exit code 4).
 */
export async function loadHyperliquidRecording(
  options: HyperliquidRecordingOptions,
): Promise<Recording> {
  const book = await identifyFile(options.book)
  const trades = options.trades === undefined ? null : await identifyFile(options.trades)
  const instrument = chooseInstrument(book, options)
  const gapLimitUs = options.gapLimitUs ?? 5_000_000
  const timeBasis = options.timeBasis ?? 'venue'
  const quarantined: QuarantinedRow[] = []
  const writer = new MarketWriter(16_384)
  return withDatabase(async (connection) => {
    const books = await writeBooks({ connection, file: book, instrument, writer, quarantined })
    const prints =
      trades === null
        ? null
        : await writeTrades({ connection, file: trades, instrument, writer, quarantined }, books)
    const raw = writer.batch()
    const skew = estimateSkew(timeBasis === 'venue' ? smallestDelay(raw) : Number.NaN)
    const batch = sortBatch(raw, skew.appliedUs, timeBasis)
    const cadence = measureCadence(bookTimes(batch), instrument.id, gapLimitUs)
    const files: RecordingFile[] = [{ path: book.name, sha256: book.sha256, rows: books.rows }]
    if (trades !== null && prints !== null) {
      files.push({ path: trades.name, sha256: trades.sha256, rows: prints.rows })
    }
    const provenance = provenanceOf(book, options)
    return {
      instruments: [instrument],
      batch,
      info: {
        kind: 'recorded',
        ...provenance,
        files,
        firstTime: batch.f64[0]!,
        lastTime: batch.f64[(batch.count - 1) * 5]!,
        timeBasis,
        skew:
          timeBasis === 'venue'
            ? skew
            : { ...skew, method: 'venue times replaced by received times on request' },
        gaps: cadence.gaps,
        gapLimitUs,
        duplicatesDropped: prints?.duplicates ?? 0,
        historyDropped: prints?.history ?? 0,
        quarantined,
        levels: books.levels,
        cadenceUs: Math.round(cadence.medianUs),
      },
    }
  })
}

function chooseInstrument(book: SourceFile, options: HyperliquidRecordingOptions): Instrument {
  const symbol = options.symbol ?? /(?:^|_)([A-Za-z]+)_\d{8}\.parquet$/.exec(book.name)?.[1]
  if (symbol === undefined) {
    throw dataError('007', `Cannot tell the instrument of ${book.name} from its name`, [
      'a name such as books_BTC_20250904.parquet says it; otherwise the symbol must be given',
    ])
  }
  const szDecimals = options.szDecimals ?? hyperliquidSizeDecimals(symbol)
  if (szDecimals === null) {
    throw dataError('008', `The size decimals of ${symbol} are not known`, [
      `file: ${book.path}`,
      'give szDecimals (the venue lists them in its meta reply)',
    ])
  }
  return hyperliquidPerpetual({ id: 0, symbol, szDecimals })
}

interface Reading {
  readonly connection: DuckDBConnection
  readonly file: SourceFile
  readonly instrument: Instrument
  readonly writer: MarketWriter
  readonly quarantined: QuarantinedRow[]
}

interface BooksRead {
  readonly rows: number
  readonly levels: number
  readonly firstVenueTime: number
}

async function writeBooks(reading: Reading): Promise<BooksRead> {
  const { connection, file, instrument, writer, quarantined } = reading
  const columns = await readSchema(connection, file)
  const heads = ['recv_ts', 'sequence', 'exchange_timestamp']
  requireColumns(file, columns, [...heads, 'bid_price_0', 'bid_size_0'], 'Hyperliquid books')
  const levels = columns.filter((column) => /^bid_price_\d+$/.test(column.name)).length
  const names = Array.from({ length: levels }, (_, n) => [
    `bid_price_${n}`,
    `bid_size_${n}`,
    `ask_price_${n}`,
    `ask_size_${n}`,
  ]).flat()
  requireColumns(file, columns, names, 'Hyperliquid books')
  const cells = await readNumbers(
    connection,
    ['file_row_number', ...heads, ...names],
    `from read_parquet(${sqlPath(file.path)}, file_row_number = true) order by recv_ts, sequence, file_row_number`,
  ).catch((cause) => Promise.reject(explainDamage(file, cause)))
  const [rowNumbers, received, , venue] = cells as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let firstVenueTime = Number.POSITIVE_INFINITY
  for (let row = 0; row < rowNumbers.length; row++) {
    const reject = (rule: string, text: string): void => {
      quarantined.push({ file: file.name, row: rowNumbers[row]! + 1, rule, text })
    }
    const receivedTime = Math.round(received[row]! * 1e6)
    const venueTime = venue[row]! * 1000
    if (!Number.isSafeInteger(receivedTime) || !Number.isSafeInteger(venueTime)) {
      reject('time', `recv_ts ${received[row]}, exchange_timestamp ${venue[row]}`)
      continue
    }
    const sides = [0, 2].map((offset) => readLevels(cells, 4 + offset, row, levels, instrument))
    const bad = sides.find((side) => typeof side === 'string')
    if (bad !== undefined) {
      reject('level', bad as string)
      continue
    }
    const [bids, asks] = sides as [number[], number[]]
    writer.snapshot({ receivedTime, venueTime, instrument: instrument.id }, bids, asks)
    firstVenueTime = Math.min(firstVenueTime, venueTime)
  }
  if (writer.count === 0) throw dataError('009', `${file.name} holds no usable book`)
  return { rows: rowNumbers.length, levels, firstVenueTime }
}

/** One side as flat (price, quantity) pairs in integers, or a sentence on what is wrong with it. */
function readLevels(
  cells: readonly Float64Array[],
  first: number,
  row: number,
  levels: number,
  instrument: Instrument,
): number[] | string {
  const side: number[] = []
  for (let level = 0; level < levels; level++) {
    const px = cells[first + level * 4]![row]!
    const sz = cells[first + level * 4 + 1]![row]!
    if (Number.isNaN(px) && Number.isNaN(sz)) break
    const price = scaleFloat(px, instrument.priceDecimals)
    const lots = scaleFloat(sz, instrument.quantityDecimals)
    if (price === null || price <= 0) return `level ${level}: price ${px}`
    if (lots === null || lots <= 0) return `level ${level}: size ${sz}`
    side.push(price, lots)
  }
  return side
}

interface TradesRead {
  readonly rows: number
  readonly duplicates: number
  readonly history: number
}

async function writeTrades(reading: Reading, books: BooksRead): Promise<TradesRead> {
  const { connection, file, instrument, writer, quarantined } = reading
  const names = ['timestamp', 'price', 'size', 'trade_id', 'exchange_timestamp']
  requireColumns(file, await readSchema(connection, file), [...names, 'side'], 'Hyperliquid trades')
  const rest = `from read_parquet(${sqlPath(file.path)}, file_row_number = true) order by file_row_number`
  const cells = await readNumbers(connection, names, rest).catch((cause) =>
    Promise.reject(explainDamage(file, cause)),
  )
  const sides = await readTexts(connection, 'side', rest)
  const [received, px, sz, ids, venue] = cells as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const seen = new Set<number>()
  let duplicates = 0
  let history = 0
  for (let row = 0; row < sides.length; row++) {
    const reject = (rule: string, text: string): void => {
      quarantined.push({ file: file.name, row: row + 1, rule, text })
    }
    const tradeId = ids[row]!
    const receivedTime = Math.round(received[row]! * 1e6)
    const venueTime = venue[row]! * 1000
    const price = scaleFloat(px[row]!, instrument.priceDecimals)
    const lots = scaleFloat(sz[row]!, instrument.quantityDecimals)
    const side = sides[row]!
    if (!Number.isSafeInteger(receivedTime) || !Number.isSafeInteger(venueTime)) {
      reject('time', `timestamp ${received[row]}, exchange_timestamp ${venue[row]}`)
    } else if (price === null || price <= 0) reject('price', `price ${px[row]}`)
    else if (lots === null || lots <= 0) reject('size', `size ${sz[row]}`)
    else if (side !== 'buy' && side !== 'sell') reject('side', `side "${side}"`)
    else if (!Number.isSafeInteger(tradeId)) reject('trade id', `trade_id ${tradeId}`)
    else if (seen.has(tradeId)) duplicates++
    else {
      seen.add(tradeId)
      if (venueTime < books.firstVenueTime) history++
      else writer.trade({ receivedTime, venueTime, instrument: 0 }, side, price, lots, tradeId)
    }
  }
  return { rows: sides.length, duplicates, history }
}

function bookTimes(batch: Recording['batch']): number[] {
  const cursor = new MarketCursor()
  const times: number[] = []
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind === RecordKind.snapshot) times.push(cursor.receivedTime)
  }
  return times
}
