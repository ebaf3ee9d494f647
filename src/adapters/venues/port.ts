import type {
  Approved,
  CancelOrder,
  ClientOrderId,
  Event,
  Instrument,
  MarketBatch,
  NewOrder,
  ReplacedOrder,
  SeedBar,
  TimeUs,
} from '../../core/mod.ts'

/** What a venue can and cannot do; differences between venues live here, not in names. */
export interface VenueCapabilities {
  /** Sending the same order twice can never rest twice (same bytes or same id are refused). */
  readonly idempotentSubmit: boolean
  /** Orders can be looked up by our client order id. */
  readonly queryByClientOrderId: boolean
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** An order can take the place of one that rests at once: either both happen or neither does. */
  readonly replace?: boolean
  /** The venue cancels everything when we fall silent. */
  readonly deadManSwitch: boolean
  /** Declared cadence of each book stream, us; 0 means on change. Age budgets derive from it. */
  readonly bookCadenceUs: number
  /** Levels per side the chosen book stream carries. */
  readonly bookLevels: number
}

/** Everything an adapter touches outside itself, injected so that drills run it in virtual time. */
export interface AdapterEnvironment {
  /** Integer microseconds since 1970. */
  now(): TimeUs
  setTimer(callback: () => void, delayMs: number): TimerHandle
  clearTimer(handle: TimerHandle): void
  fetch(url: string, init: HttpRequest): Promise<HttpResponse>
  openSocket(url: string, handlers: SocketHandlers): Socket
}

export type TimerHandle = { readonly id: unknown }

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** The request is abandoned after this long; its outcome is then unknown. */
  readonly timeoutMs: number
}

export interface HttpResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface SocketHandlers {
  opened(): void
  message(data: Uint8Array): void
  closed(code: number, reason: string): void
  failed(error: Error): void
}

export interface Socket {
  send(text: string): void
  close(): void
}

/** Where an adapter delivers what it learned. Calls come in the order things were received. */
export interface VenueSink {
  /** Market data; records carry the session's instrument ids and are consumed before returning. */
  market(batch: MarketBatch): void
  event(event: Event): void
}

/** A venue as the driver sees it. Commands return nothing: outcomes arrive at the sink. */
export interface VenueAdapter {
  readonly venue: string
  readonly capabilities: VenueCapabilities
  /** Loads the instruments named, in that order (ids 0, 1, ...). Throws AdapterError. */
  loadInstruments(symbols: readonly string[]): Promise<readonly Instrument[]>
  /**
   * History for warming up, oldest first: `count` finished bars at most, then the one that is
   * forming where the venue shows it.
   */
  loadBars(instrument: Instrument, intervalUs: TimeUs, count: number): Promise<readonly SeedBar[]>
  /** Connects streams and starts delivering. Resolves when subscribed. */
  start(sink: VenueSink): Promise<void>
  submit(order: Approved<NewOrder>): void
  /**
   * Sends an order that takes the place of another one; there where `capabilities.replace` is. The
   * end of the other one is reported like a cancel's: `canceled` when the new order took its place,
   * `cancelRejected` (and the new one `rejected`) when it did not, both `unknown` when nobody knows.
   */
  replace?(order: Approved<NewOrder>, replaced: Approved<ReplacedOrder>): void
  cancel(cancel: Approved<CancelOrder>): void
  queryOrder(clientOrderId: ClientOrderId): void
  /**
   * The whole account with executions at or after `since`; one accountReported or
   * accountQueryFailed.
   */
  queryAccount(since: TimeUs): void
  /** Closes streams and timers. Pending outcomes are reported as unknown first. */
  stop(): Promise<void>
}
