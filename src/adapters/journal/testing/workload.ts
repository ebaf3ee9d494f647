import { createRandom, type Effect, type Event, type MarketBatch } from '../../../core/mod.ts'
import type { Journal, JournalItem } from '../types.ts'
import { alert, executed, heartbeat, market } from './kit.ts'

/** One call on a journal. */
export type Operation =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'market'; readonly batch: MarketBatch }
  | { readonly kind: 'effects'; readonly effects: readonly Effect[]; readonly time: number }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'flush' }

/** A session's calls, the same for the same seed. Received times count the market records. */
export function workload(seed: number, length: number): readonly Operation[] {
  const random = createRandom(seed)
  const operations: Operation[] = []
  let time = 1
  for (let i = 0; i < length; i++) {
    const dice = random.next()
    if (dice < 0.45) {
      const count = 1 + random.integer(40)
      operations.push({ kind: 'market', batch: market({ start: time, count }) })
      time += count
    } else if (dice < 0.6) operations.push({ kind: 'event', event: heartbeat(time) })
    else if (dice < 0.7) operations.push({ kind: 'event', event: executed(time, `x${i}`) })
    else if (dice < 0.9) {
      const effects = Array.from({ length: 1 + random.integer(3) }, (_, k) => alert(`${i}.${k}`))
      operations.push({ kind: 'effects', effects, time })
    } else operations.push({ kind: dice < 0.95 ? 'snapshot' : 'flush' })
  }
  return operations
}

/** What a call leaves in the journal, a word per record and entry. */
export function traceOf(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'market':
      return timesOf(operation.batch)
    case 'event':
      return [`event ${operation.event.kind} ${operation.event.receivedTime}`]
    case 'effects':
      return operation.effects.map((effect) => `effect ${(effect as { text: string }).text}`)
    case 'snapshot':
      return ['snapshot']
    case 'flush':
      return []
  }
}

/** The same words out of a journal. */
export function traceOfItem(item: JournalItem): readonly string[] {
  switch (item.kind) {
    case 'genesis':
      return []
    case 'event':
      return [`event ${item.payload.kind} ${item.payload.receivedTime}`]
    case 'effect':
      return [`effect ${(item.payload as { text: string }).text}`]
    case 'snapshotTaken':
      return ['snapshot']
    case 'market':
      return timesOf(item.batch)
  }
}

/** Makes a call, without the first `skip` words of its trace (those are stored already). */
export function apply(journal: Journal, operation: Operation, skip: number): void {
  switch (operation.kind) {
    case 'market':
      journal.appendMarket(operation.batch, skip)
      break
    case 'event':
      journal.appendEvent(operation.event)
      break
    case 'effects':
      journal.appendEffects(operation.effects, operation.time)
      break
    case 'snapshot':
      journal.saveSnapshot(journal.head.seq, `state at ${journal.head.seq}`)
      break
    case 'flush':
      journal.flush()
  }
}

const timesOf = (batch: MarketBatch): readonly string[] =>
  Array.from({ length: batch.count }, (_, i) => `market ${batch.f64[i * 5]}`)
