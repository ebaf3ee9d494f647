import type { TimeUs } from '../../../core/mod.ts'
import type { AdapterEnvironment, VenueAdapter } from '../port.ts'

/** Something a person should hear of; nothing depends on it. */
export interface AlpacaNotice {
  readonly code: string
  readonly text: string
}

/** How to reach an Alpaca account. */
export interface AlpacaOptions {
  readonly environment: AdapterEnvironment
  /** Of trading, without a path: `https://paper-api.alpaca.markets`. */
  readonly tradingUrl: string
  /** Of market data: `https://data.alpaca.markets`. */
  readonly dataUrl: string
  /** Of the account's stream: `wss://paper-api.alpaca.markets/stream`. */
  readonly accountStreamUrl: string
  /** Of market data in coins: `wss://stream.data.alpaca.markets/v1beta3/crypto/us`. */
  readonly dataStreamUrl: string
  /** Of market data in shares: `wss://stream.data.alpaca.markets/v2/iex`; needed to trade them. */
  readonly stockStreamUrl?: string
  /** Which exchanges the history of shares counts (iex). */
  readonly stockFeed?: 'iex' | 'sip'
  /** Real money is traded: without this the live account's addresses are refused (false). */
  readonly isLive?: boolean
  readonly keyId: string
  readonly secret: string
  /** Public trades are subscribed too. */
  readonly trades: boolean
  /** False: market data alone; no order can be sent, nothing of the account is delivered (true). */
  readonly hasAccount?: boolean
  /** Finished bars of this length are delivered, us: coins `1m`, shares by session `390m` (none). */
  readonly barIntervalUs?: TimeUs
  /** The same by symbol, where not all have bars, or bars of other lengths. */
  readonly barIntervals?: ReadonlyMap<string, TimeUs>
  /** Executions from here on are delivered, us (from the start on). */
  readonly fillsSince?: TimeUs
  /** After this long without a reply the outcome of a request is unknown (10000). */
  readonly requestTimeoutMs?: number
  /** Longest wait of a new order for room in the rate budget (2000). */
  readonly orderQueueMs?: number
  /** Requests the venue grants a key per minute, of trading and of data each (200). */
  readonly requestsPerMinute?: number
  /** Loading, and starting, give up when not answered or subscribed after this long (60000). */
  readonly startTimeoutMs?: number
  /** Longest time between pings (20000), and silence after which a socket is dropped (40000). */
  readonly pingMs?: number
  readonly silenceMs?: number
  readonly notice?: (notice: AlpacaNotice) => void
}

/** Counters for health displays. */
export interface AlpacaStatistics {
  requestsSent: number
  requestsFailed: number
  requestsDelayed: number
  framesRefused: number
  duplicateTradesDropped: number
  duplicateExecutionsDropped: number
  foreignReports: number
  connectionsLost: number
}

/** The live adapter, with its counters. */
export interface AlpacaAdapter extends VenueAdapter {
  readonly statistics: Readonly<AlpacaStatistics>
}
