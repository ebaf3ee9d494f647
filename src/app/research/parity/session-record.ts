import { dirname, join } from 'node:path'
import { type Genesis, type Recording, readJournal } from '../../../adapters/mod.ts'
import {
  assert,
  type Effect,
  type Event,
  type EventOf,
  type Execution,
  type TimeUs,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { loadMarket } from '../../run/load-market.ts'

/** An order or a cancel as the session sent it. */
export type SentCommand = Extract<Effect, { kind: 'submitOrder' | 'cancelOrder' }>

/** Something of a journal that is not market data, in the journal's order. */
export type SessionItem =
  | { readonly kind: 'event'; readonly records: number; readonly event: Event }
  | {
      readonly kind: 'command'
      readonly records: number
      readonly time: TimeUs
      readonly command: SentCommand
    }

/** What a journal holds, as far as a comparison with a backtest needs it. */
export interface SessionRecord {
  readonly genesis: Genesis
  readonly config: Config
  /** The session's own market data. */
  readonly recording: Recording
  /** `records`: how many market records come before the item. */
  readonly items: readonly SessionItem[]
  /** Executions of the session's own orders, each once, in the order in which they were heard. */
  readonly executions: readonly Execution[]
  /** Funding that the venue booked, each payment once. */
  readonly funding: readonly EventOf<'fundingPaid'>[]
  /** Executions of orders that the session did not send, and positions taken over. */
  readonly foreign: { readonly executions: number; readonly adoptions: number }
}

/** Reads a journal and the market data beside it. Throws InputError when either is damaged. */
export async function readSession(path: string): Promise<SessionRecord> {
  const items: SessionItem[] = []
  let genesis: Genesis | null = null
  let records = 0
  let adoptions = 0
  for (const item of readJournal(path)) {
    if (item.kind === 'genesis') genesis = item.payload
    else if (item.kind === 'market') records += item.batch.count
    else if (item.kind === 'event') items.push({ kind: 'event', records, event: item.payload })
    else if (item.kind === 'effect') {
      const { payload, time } = item
      if (payload.kind === 'submitOrder' || payload.kind === 'cancelOrder') {
        items.push({ kind: 'command', records, time, command: payload })
      } else if (payload.kind === 'differenceFound' && payload.resolution === 'adopted') {
        adoptions++
      }
    }
  }
  assert(genesis !== null, 'a journal begins with its genesis')
  const config = genesis.configuration as Config
  const data = { kind: 'segments', directory: join(dirname(path), 'segments') } as const
  const recording = await loadMarket({ ...config, data }, process.cwd())
  assert(recording.batch.count >= records, 'the journal refers to more records than there are')
  return { genesis, config, recording, items, ...bookings(items, adoptions) }
}

/** Executions and funding by the engine's rules: history is none of the session's, each once. */
function bookings(items: readonly SessionItem[], adoptions: number) {
  const own = new Set<string>()
  const seen = new Set<string>()
  const executions: Execution[] = []
  const funding: EventOf<'fundingPaid'>[] = []
  let foreign = 0
  let historyTime: TimeUs | null = null
  const take = (execution: Execution): void => {
    if (seen.has(execution.executionId)) return
    seen.add(execution.executionId)
    if (own.has(execution.clientOrderId ?? '')) executions.push(execution)
    else foreign++
  }
  for (const item of items) {
    if (item.kind === 'command') {
      if (item.command.kind === 'submitOrder') own.add(item.command.order.clientOrderId)
      continue
    }
    const { event } = item
    if (event.kind === 'executed') take(event.execution)
    else if (event.kind === 'accountReported') {
      if (historyTime === null) {
        historyTime = event.venueTime
        for (const { executionId } of event.account.executions) seen.add(executionId)
      } else for (const execution of event.account.executions) take(execution)
    } else if (event.kind === 'fundingPaid') {
      const key = `funding ${event.fundingId}`
      if (event.venueTime <= (historyTime ?? -1) || seen.has(key)) continue
      seen.add(key)
      funding.push(event)
    }
  }
  return { executions, funding, foreign: { executions: foreign, adoptions } }
}
