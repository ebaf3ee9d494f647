import type { InstrumentKind } from '../../../core/mod.ts'
import { parseNumber } from '../csv.ts'
import type { Importer, ReadInput } from '../importer.ts'
import { dataError } from '../source-file.ts'
import type { TableRows } from '../tables.ts'
import { eachLine, fromMilliseconds, parseObject } from './lines.ts'

/** Venues whose public history can be downloaded. */
export type DownloadVenue = 'hyperliquid' | 'binance' | 'alpaca'
/** What can be downloaded of them. */
export type DownloadKind = 'bars' | 'funding' | 'trades'

/** First line of a downloaded file; the rest are the venue's own items, one a line. */
export interface DownloadHeader {
  readonly ornsteinDownload: 1
  readonly venue: DownloadVenue
  readonly kind: DownloadKind
  readonly symbol: string
  /** Length of bars, us; 0 for other kinds. */
  readonly intervalUs: number
  /** Requested span, us; `to` is exclusive. */
  readonly from: number
  readonly to: number
}

/** A file written by `data download`: the venue's items as they came. */
const download = (input: {
  readonly kind: string
  readonly venue: string
  readonly instrumentKind: InstrumentKind
  readonly is: (header: DownloadHeader) => boolean
}): Importer => ({
  kind: input.kind,
  title: `History downloaded from ${input.venue}`,
  venue: input.venue,
  instrumentKind: input.instrumentKind,
  timeZone: 'UTC, bars stamped at their open',
  units: 'prices in the quote currency, quantities in base units',
  continuous: input.instrumentKind !== 'equity',
  recognises: (probe) => {
    const header = probe.container === 'lines' ? parseHeader(probe.first) : null
    return header !== null && input.is(header)
  },
  read: readDownload,
})

export const hyperliquidDownload = download({
  kind: 'hyperliquid-download',
  venue: 'hyperliquid',
  instrumentKind: 'perpetual',
  is: (header) => header.venue === 'hyperliquid',
})
export const binanceDownload = download({
  kind: 'binance-download',
  venue: 'binance',
  instrumentKind: 'spot',
  is: (header) => header.venue === 'binance',
})
/** Alpaca writes crypto pairs with a slash, stocks without. */
export const alpacaStockDownload = download({
  kind: 'alpaca-stock-download',
  venue: 'us-equities',
  instrumentKind: 'equity',
  is: (header) => header.venue === 'alpaca' && !header.symbol.includes('/'),
})
export const alpacaCryptoDownload = download({
  kind: 'alpaca-crypto-download',
  venue: 'alpaca',
  instrumentKind: 'spot',
  is: (header) => header.venue === 'alpaca' && header.symbol.includes('/'),
})

/** Reads a first line, null when it is not one of ours. */
function parseHeader(line: string): DownloadHeader | null {
  if (!line.startsWith('{"ornsteinDownload":1,')) return null
  return parseObject(line) as unknown as DownloadHeader | null
}

async function readDownload(input: ReadInput): Promise<void> {
  const header = input.probe.container === 'lines' ? parseHeader(input.probe.first) : null
  if (header === null) throw dataError('006', `${input.probe.file.name} is not a download`)
  const rows = await input.tables.open(header.kind)
  await eachLine(input, (line, row) => {
    if (row === 1) return
    let item: unknown
    try {
      item = JSON.parse(line)
    } catch {
      input.reject(row, 'unreadable row', `not JSON: ${line.slice(0, 60)}`)
      return
    }
    addItem(rows, header, item, row)
  })
}

function addItem(rows: TableRows, header: DownloadHeader, item: unknown, row: number): void {
  const head = { source_row: row, instrument: header.symbol }
  const fields = (item ?? {}) as Record<string, unknown>
  if (header.kind === 'funding') {
    const venue_us = fromMilliseconds(fields['time'])
    rows.add({ ...head, venue_us, rate: parseNumber(fields['fundingRate']) })
  } else if (header.kind === 'trades') {
    rows.add({
      ...head,
      venue_us: fromMilliseconds(fields['T']),
      price: parseNumber(fields['p']),
      quantity: parseNumber(fields['q']),
      aggressor: fields['m'] === true ? 'sell' : fields['m'] === false ? 'buy' : null,
      trade_id: String(fields['a']),
    })
  } else {
    const [open_us, open, high, low, close, volume, trades] = barOf(header.venue, item)
    const bar = { open_us, close_us: open_us + header.intervalUs, open, high, low, close, volume }
    rows.add({ ...head, ...bar, trades })
  }
}

type Bar = [number, number, number, number, number, number, number]

/** Open time (us), open, high, low, close, volume, trades; NaN for what is missing. */
function barOf(venue: DownloadVenue, item: unknown): Bar {
  if (venue === 'binance') {
    const [t, o, h, l, c, v, , , n] = Array.isArray(item) ? (item as unknown[]) : []
    return [fromMilliseconds(t), ...([o, h, l, c, v, n].map(parseNumber) as Six)]
  }
  const { t, o, h, l, c, v, n } = (item ?? {}) as Record<string, unknown>
  const time = venue === 'alpaca' ? Date.parse(String(t)) * 1000 : fromMilliseconds(t)
  return [time, ...([o, h, l, c, v, n].map(parseNumber) as Six)]
}

type Six = [number, number, number, number, number, number]
