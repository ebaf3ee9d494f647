import type { Importer } from '../importer.ts'
import { binanceAggregateTrades } from './binance-aggregate-trades.ts'
import { binanceSpotCapture, binanceUsdmCapture } from './binance-capture.ts'
import { bookSummaries } from './book-summaries.ts'
import { bybitBooks } from './bybit-books.ts'
import { equityDaily } from './equity-daily.ts'
import { equityIntraday } from './equity-intraday.ts'
import { hyperliquidBars } from './hyperliquid-bars.ts'
import { hyperliquidBooks } from './hyperliquid-books.ts'
import { hyperliquidCapture } from './hyperliquid-capture.ts'
import { hyperliquidFunding } from './hyperliquid-funding.ts'
import { hyperliquidQuotes } from './hyperliquid-quotes.ts'
import { hyperliquidReplies } from './hyperliquid-replies.ts'
import { hyperliquidTrades } from './hyperliquid-trades.ts'
import { builderUniverse, sectorTable, universeTable } from './reference-tables.ts'
import { spotBars } from './spot-bars.ts'
import { standxBars } from './standx-bars.ts'
import { standxBooks } from './standx-books.ts'
import { standxTrades } from './standx-trades.ts'
import { tardisBooks, tardisChanges, tardisQuotes, tardisTrades } from './tardis.ts'
import {
  alpacaCryptoDownload,
  alpacaStockDownload,
  binanceDownload,
  hyperliquidDownload,
} from './venue-download.ts'

/** Every kind of file that can be imported. At most one recognises a file. */
export const importers: readonly Importer[] = [
  hyperliquidBooks,
  hyperliquidTrades,
  hyperliquidQuotes,
  hyperliquidBars,
  hyperliquidFunding,
  hyperliquidCapture,
  hyperliquidReplies,
  spotBars,
  binanceSpotCapture,
  binanceUsdmCapture,
  binanceAggregateTrades,
  bookSummaries,
  bybitBooks,
  standxBooks,
  standxTrades,
  standxBars,
  tardisBooks,
  tardisTrades,
  tardisChanges,
  tardisQuotes,
  equityDaily,
  equityIntraday,
  sectorTable,
  universeTable,
  builderUniverse,
  hyperliquidDownload,
  binanceDownload,
  alpacaStockDownload,
  alpacaCryptoDownload,
]
