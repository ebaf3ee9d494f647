import type { Event, InstrumentId, MarketBatch, TimeUs } from '../../../core/mod.ts'
import type { RateBudget } from '../lib/rate-budget.ts'
import type { AdapterEnvironment, VenueSink } from '../port.ts'
import { BoundedTable } from './bounded-table.ts'
import type { Send } from './http.ts'
import type { Universe } from './instruments.ts'
import type { Nano } from './numbers.ts'
import type { AlpacaOptions, AlpacaStatistics } from './options.ts'
import type { WireOrder } from './wire.ts'

/** What is remembered of an order, ours or not. */
export interface KnownOrder {
  readonly venueOrderId: string
  readonly clientOrderId: string | null
  readonly isImmediate: boolean
  readonly limitPrice: Nano | null
  /** What it is for; null when it was given in dollars. */
  readonly qty: Nano | null
  readonly submittedTime: TimeUs
}

/** What the parts of one adapter share. Mutable where it says so; owned by adapter.ts. */
export interface Context {
  readonly options: AlpacaOptions
  readonly environment: AdapterEnvironment
  readonly statistics: AlpacaStatistics
  readonly budgets: readonly RateBudget[]
  /** To the trading host, and to the one of market data. */
  readonly send: Send
  readonly sendData: Send
  /** Mutable: replaced by loadInstruments. */
  universe: Universe
  /** Mutable: null before start and after stop; nothing is delivered then. */
  sink: VenueSink | null
  /** Mutable: what is held of an instrument, 10^-9, as far as executions were delivered. */
  heldOf: (instrument: InstrumentId) => Nano
  /** Mutable: true while the account's stream is complete. */
  isAccountUp: boolean
  /** The environment's time made non-decreasing. */
  receivedTime(): TimeUs
  emit(event: Event): void
  market(batch: MarketBatch): void
  notice(code: string, text: string): void
  /** Orders by the venue's id, and the venue's ids by ours. Bounded. */
  readonly orders: BoundedTable<string, KnownOrder>
  readonly venueIds: BoundedTable<string, string>
}

/** Our own ids are 32 hex digits; those of other programs are null. */
export const ourId = (id: string): string | null => (/^[0-9a-f]{32}$/.test(id) ? id : null)

/** Remembers an order that the venue told of. */
export function learnOrder(context: Context, order: WireOrder): KnownOrder {
  const known: KnownOrder = {
    venueOrderId: order.id,
    clientOrderId: ourId(order.client_order_id),
    isImmediate: order.time_in_force === 'ioc' || order.time_in_force === 'fok',
    limitPrice: order.limit_price,
    qty: order.qty,
    submittedTime: order.submitted_at,
  }
  context.orders.set(order.id, known)
  if (known.clientOrderId !== null) context.venueIds.set(known.clientOrderId, order.id)
  return known
}

/** Assembles the shared parts. */
export function createContext(
  input: Pick<Context, 'options' | 'statistics' | 'budgets' | 'send' | 'sendData'>,
): Context {
  const { options } = input
  let last = 0
  const context: Context = {
    ...input,
    environment: options.environment,
    universe: { assets: [], bySymbol: new Map() },
    sink: null,
    heldOf: () => 0n,
    isAccountUp: false,
    orders: new BoundedTable(),
    venueIds: new BoundedTable(),
    receivedTime() {
      last = Math.max(last, options.environment.now())
      return last
    },
    emit: (event) => context.sink?.event(event),
    market: (batch) => context.sink?.market(batch),
    notice: (code, text) => options.notice?.({ code, text }),
  }
  return context
}
