import { loadRecording, type RecordingOptions } from './load-recording.ts'
import type { Recording } from './recording.ts'
import type { Shape } from './shapes.ts'

/** Which files make a Hyperliquid recording and how to read them. */
export interface HyperliquidRecordingOptions
  extends Omit<RecordingOptions, 'sources' | 'symbols' | 'required'> {
  /** Parquet of books: recv_ts (s), sequence, exchange_timestamp (ms), bid_price_0 ... */
  readonly book: string
  /** Parquet of trades: timestamp (s), price, size, side, trade_id, exchange_timestamp (ms). */
  readonly trades?: string
  /** Parquet of best bids and asks, joined into the books as changes of the touch. */
  readonly bbo?: string
}

/**
 * Loads recorded books (and trades) of one perpetual; the symbol is taken from the files' names
 * when it is not given. Throws InputError (exit code 4).
 */
export function loadHyperliquidRecording(options: HyperliquidRecordingOptions): Promise<Recording> {
  const { book, trades, bbo, ...rest } = options
  const parts: readonly (readonly [string | undefined, Shape])[] = [
    [book, 'books'],
    [trades, 'trades'],
    [bbo, 'quotes'],
  ]
  const given = parts.flatMap(([path, shape]) => (path === undefined ? [] : [{ path, shape }]))
  return loadRecording({
    ...rest,
    sources: given.map(({ path }) => path),
    required: given.map(({ shape }) => shape),
  })
}
