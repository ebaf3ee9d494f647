import type { Event, MarketBatch, TimeUs } from '../../../core/mod.ts'
import type { RateBudget } from '../lib/rate-budget.ts'
import type { AdapterEnvironment, VenueSink } from '../port.ts'
import type { AddressBudget } from './address-budget.ts'
import type { Post } from './http.ts'
import type { HyperliquidOptions } from './options.ts'
import type { Signer } from './signing.ts'
import type { HyperliquidStatistics } from './statistics.ts'
import { emptyUniverse, type Universe } from './universe.ts'

/** What the parts of one adapter share. Mutable where it says so; owned by adapter.ts. */
export interface Context {
  readonly options: HyperliquidOptions
  readonly environment: AdapterEnvironment
  readonly statistics: HyperliquidStatistics
  readonly budget: RateBudget
  readonly addressBudget: AddressBudget
  readonly post: Post
  /** Null when there is no key: data only. */
  readonly signer: Signer | null
  /** Mutable: replaced by loadInstruments. */
  universe: Universe
  /** Mutable: null before start and after stop; nothing is delivered then. */
  sink: VenueSink | null
  /** The environment's time, `now` when it was read already, made non-decreasing. */
  receivedTime(now?: TimeUs): TimeUs
  emit(event: Event): void
  market(batch: MarketBatch): void
  notice(code: string, text: string): void
  /** Client order ids by the venue's ids, for reports that carry only the latter. Bounded. */
  readonly clientIds: Map<string, string>
}

/** Entries kept in each of the adapter's lookup tables; the oldest leave first. */
const TABLE_LIMIT = 16_384

/** Sets a key of a bounded table, dropping the oldest entry when it is full. */
export function remember<Key, Value>(table: Map<Key, Value>, key: Key, value: Value): void {
  table.delete(key)
  if (table.size >= TABLE_LIMIT) {
    const oldest = table.keys().next()
    if (oldest.done === false) table.delete(oldest.value)
  }
  table.set(key, value)
}

/** Assembles the shared parts. */
export function createContext(
  input: Pick<Context, 'options' | 'statistics' | 'budget' | 'addressBudget' | 'post' | 'signer'>,
): Context {
  const { options } = input
  let last = 0
  const context: Context = {
    ...input,
    environment: options.environment,
    universe: emptyUniverse,
    sink: null,
    clientIds: new Map(),
    receivedTime(now = options.environment.now()) {
      last = Math.max(last, now)
      return last
    },
    emit(event) {
      context.sink?.event(event)
    },
    market(batch) {
      context.sink?.market(batch)
    },
    notice(code, text) {
      options.notice?.({ code, text })
    },
  }
  return context
}

/** Our 32 hex digits as the venue's client order id, and back; null for anything else. */
export const toCloid = (clientOrderId: string): string => `0x${clientOrderId}`
export function fromCloid(cloid: string | null | undefined): string | null {
  const match = /^0x([0-9a-f]{32})$/i.exec(cloid ?? '')
  return match === null ? null : match[1]!.toLowerCase()
}
