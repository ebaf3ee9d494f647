import { LIVE_TRADING_BASE_PATH } from '@alpacahq/alpaca-trade-api/rest'
import { AdapterError } from '../../errors.ts'
import type { AlpacaOptions } from './options.ts'

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])
const liveHost = new URL(LIVE_TRADING_BASE_PATH).hostname

/**
 * Refuses, before anything is connected, real money that was not asked for, keys of real money at
 * any other place than the venue's, and addresses that are not encrypted (but for this machine's and
 * names under `.test`, which nobody can own). Throws AdapterError VENUE_UNSUPPORTED.
 */
export function requireHosts(options: AlpacaOptions): void {
  const isLive = options.isLive === true
  for (const text of [options.tradingUrl, options.accountStreamUrl]) {
    const isAtLive = new URL(text).hostname === liveHost
    if (isAtLive && !isLive) throw refused(`${text} is real money, and the mode is not live`)
    if (!isAtLive && isLive)
      throw refused(`the mode is live, and ${text} is not the live account’s`)
  }
  const { tradingUrl, dataUrl, accountStreamUrl, dataStreamUrl, stockStreamUrl } = options
  for (const text of [tradingUrl, dataUrl, accountStreamUrl, dataStreamUrl, stockStreamUrl]) {
    if (text === undefined) continue
    const { protocol, hostname } = new URL(text)
    const isOpen = protocol === 'http:' || protocol === 'ws:'
    const isHere = loopback.has(hostname) || hostname.endsWith('.test')
    if (isOpen && !isHere) throw refused(`${text} is not encrypted`)
  }
}

const refused = (text: string): AdapterError => new AdapterError('VENUE_UNSUPPORTED', text, 'fatal')
