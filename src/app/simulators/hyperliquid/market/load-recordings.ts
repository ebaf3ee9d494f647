import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { loadHyperliquidRecording, type Recording } from '../../../../adapters/mod.ts'

/** Loads recorded books, each with the trades that lie beside it under the matching name. */
export async function loadRecordings(files: readonly string[]): Promise<readonly Recording[]> {
  const recordings: Recording[] = []
  for (const book of files) {
    const trades = tradesBeside(book)
    recordings.push(await loadHyperliquidRecording(trades === null ? { book } : { book, trades }))
  }
  return recordings
}

/**
 * hl_l2book20_BTC_x.parquet has its trades in hl_trades_BTC_x.parquet; null when there are none.
 */
function tradesBeside(book: string): string | null {
  const name = basename(book).replace(/l2book\d*/, 'trades')
  const path = join(dirname(book), name)
  return name !== basename(book) && existsSync(path) ? path : null
}
