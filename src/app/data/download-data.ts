import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  DEFAULT_CATALOG,
  type DownloadHeader,
  type DownloadKind,
  type DownloadVenue,
  importFile,
  type Manifest,
  nearest,
} from '../../adapters/mod.ts'
import { alpacaHistory } from './download/alpaca-history.ts'
import { binanceHistory } from './download/binance-history.ts'
import { type DownloadEnvironment, systemEnvironment } from './download/environment.ts'
import { hyperliquidHistory } from './download/hyperliquid-history.ts'
import { createPacer, type HistorySource } from './download/pages.ts'
import { openPart } from './download/part-file.ts'
import { formatTime, textTable } from './text-table.ts'
import { usageError } from './usage-error.ts'

/** What to download. */
export interface DownloadDataOptions {
  readonly venue: DownloadVenue
  /** As the venue spells them: BTC, BTCUSDT, AAPL, BTC/USD. */
  readonly symbols: readonly string[]
  /** Default "bars". */
  readonly kind?: DownloadKind
  /** Length of bars: 1m, 5m, 15m, 1h, 1d. Default 1m. */
  readonly interval?: string
  /** Span, us; `to` is exclusive and defaults to now. */
  readonly from: number
  readonly to?: number
  /** Default `.ornstein/data`. */
  readonly catalog?: string
  /** Overrides the venue's address. */
  readonly baseUrl?: string
  readonly environment?: DownloadEnvironment
  /** Called after each page: items so far and time reached. */
  readonly progress?: (symbol: string, items: number, reached: number | null) => void
}

/** What was downloaded and imported. */
interface DownloadDataReport {
  readonly catalog: string
  readonly sets: readonly DownloadedSet[]
  /** What a user must know: less history than asked for, nothing at all. */
  readonly warnings: readonly string[]
}

/** One symbol's result. */
interface DownloadedSet {
  readonly symbol: string
  readonly items: number
  /** Items that an interrupted run had fetched already. */
  readonly resumed: number
  /** Null when the venue had nothing. */
  readonly manifest: Manifest | null
}

const sources: Readonly<Record<DownloadVenue, HistorySource>> = {
  hyperliquid: hyperliquidHistory,
  binance: binanceHistory,
  alpaca: alpacaHistory,
}

/** Folder of downloads, inside the catalog; hidden, so that it is no data set. */
const FOLDER = '.downloads'

/**
 * Downloads public history page by page into the catalog. An interrupted download goes on where it
 * stopped; files appear whole. Throws InputError (exit code 2, 4) or AdapterError (5).
 */
export async function downloadData(options: DownloadDataOptions): Promise<DownloadDataReport> {
  const { catalog = DEFAULT_CATALOG, environment = systemEnvironment } = options
  const source = sourceOf(options.venue)
  const headers = options.symbols.map((symbol) => headerOf(options, source, symbol, environment))
  if (headers.length === 0) throw usageError('No symbol was named', ['example: BTC'])
  const sets: DownloadedSet[] = []
  const warnings: string[] = []
  const pace = createPacer(environment, source.weightPerMinute)
  for (const header of headers) {
    const set = await downloadOne({ options, source, header, catalog, environment, pace })
    sets.push(set)
    warnings.push(...judge(set, header))
  }
  return { catalog, sets, warnings }
}

async function downloadOne(input: {
  readonly options: DownloadDataOptions
  readonly source: HistorySource
  readonly header: DownloadHeader
  readonly catalog: string
  readonly environment: DownloadEnvironment
  readonly pace: (weight: number) => Promise<void>
}): Promise<DownloadedSet> {
  const { header, options, source, catalog } = input
  const folder = join(catalog, FOLDER)
  mkdirSync(folder, { recursive: true })
  const name = fileName(header)
  const path = join(folder, name)
  if (existsSync(path)) return importDownloaded(catalog, path, header)
  const part = openPart(join(folder, `${partName(header)}.part`), header)
  let items = part.items.length
  try {
    const pages = source.pages({
      environment: input.environment,
      baseUrl: options.baseUrl ?? source.baseUrl,
      header,
      last: part.items.at(-1) ?? null,
      pace: input.pace,
    })
    for await (const page of pages) {
      part.append(page)
      items += page.length
      options.progress?.(header.symbol, items, timeOf(page.at(-1)))
    }
    if (items === 0) return { symbol: header.symbol, items, resumed: 0, manifest: null }
    part.finish(path)
  } finally {
    part.close()
  }
  const set = await importDownloaded(catalog, path, header)
  return { ...set, items, resumed: part.items.length }
}

/** Imports a complete download. */
async function importDownloaded(
  catalog: string,
  path: string,
  header: DownloadHeader,
): Promise<DownloadedSet> {
  const source = `public history of ${header.venue}`
  const { manifest } = await importFile(catalog, path, { source })
  return { symbol: header.symbol, items: manifest.rowsRead, resumed: manifest.rowsRead, manifest }
}

function sourceOf(venue: string): HistorySource {
  const source = (sources as Readonly<Record<string, HistorySource>>)[venue]
  if (source !== undefined) return source
  const near = nearest(venue, Object.keys(sources))
  throw usageError(`History of venue ${venue} cannot be downloaded`, [
    `allowed: ${Object.keys(sources).join(', ')}`,
    ...(near === null ? [] : [`nearest: ${near}`]),
  ])
}

function headerOf(
  options: DownloadDataOptions,
  source: HistorySource,
  symbol: string,
  environment: DownloadEnvironment,
): DownloadHeader {
  const { kind = 'bars', interval = '1m', venue } = options
  const now = environment.now()
  const to = Math.min(options.to ?? now, now)
  if (!source.kinds.includes(kind)) {
    throw usageError(`${venue} has no history of ${kind}`, [`allowed: ${source.kinds.join(', ')}`])
  }
  const intervalUs = kind === 'bars' ? source.intervals[interval] : 0
  if (intervalUs === undefined) {
    throw usageError(`Bars of length ${interval} cannot be downloaded`, [
      `allowed: ${Object.keys(source.intervals).join(', ')}`,
    ])
  }
  if (!Number.isSafeInteger(options.from) || !(options.from < to)) {
    throw usageError('The span to download is empty', [
      `from ${formatTime(options.from)} to ${formatTime(to)} (the end is not included)`,
    ])
  }
  const step = intervalUs > 0 ? intervalUs : 1000
  const from = Math.ceil(options.from / step) * step
  return {
    ornsteinDownload: 1,
    venue,
    kind,
    symbol,
    intervalUs,
    from,
    to: Math.floor(to / 1000) * 1000,
  }
}

const stamp = (time: number): string => new Date(time / 1000).toISOString().replace(/[:.]/g, '')

/** What a download is called while its end is open. */
const partName = (header: DownloadHeader): string => {
  const symbol = header.symbol.replace(/[^A-Za-z0-9]+/g, '-')
  const what = header.kind === 'bars' ? `bars-${header.intervalUs / 60e6}m` : header.kind
  return `${header.venue}-${symbol}-${what}-${stamp(header.from)}`
}

const fileName = (header: DownloadHeader): string => `${partName(header)}-${stamp(header.to)}.jsonl`

/** Time of an item, us, whatever the venue calls it. */
function timeOf(item: unknown): number | null {
  if (Array.isArray(item)) return Number(item[0]) * 1000
  const { t, T, time } = (item ?? {}) as Record<string, unknown>
  if (typeof t === 'string') return Date.parse(t) * 1000
  const ms = t ?? T ?? time
  return typeof ms === 'number' ? ms * 1000 : null
}

function judge(set: DownloadedSet, header: DownloadHeader): string[] {
  if (set.manifest === null) return [`${set.symbol}: the venue has nothing in this span`]
  const first = set.manifest.firstTime ?? header.from
  const slack = Math.max(header.intervalUs, 3_600_000_000)
  if (first - header.from <= slack) return []
  return [
    `${set.symbol}: history begins at ${formatTime(first)}, ` +
      `${formatTime(header.from)} was asked for (venues keep only so much)`,
  ]
}

/** The report as lines for people. */
export function renderDownload({ catalog, sets }: DownloadDataReport): string {
  const rows = sets.map(({ symbol, items, resumed, manifest }) => [
    symbol,
    items,
    resumed,
    formatTime(manifest?.firstTime ?? null),
    formatTime(manifest?.lastTime ?? null),
    manifest?.id ?? 'nothing',
  ])
  const table = textTable(['symbol', 'items', 'resumed', 'first', 'last', 'data set'], rows)
  return `${table}\ncatalog ${catalog}`
}
