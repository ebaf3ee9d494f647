import { durationText } from './format.ts'
import type { Freshness, HealthView, StateView } from './protocol.ts'
import { clockText, milliseconds, type Zone } from './time.ts'

/** What a panel's chip shows. `isStale` dims the panel and hatches it. */
export interface Chip {
  readonly tone: 'quiet' | 'busy' | 'warn' | 'danger'
  readonly text: string
  readonly isStale: boolean
}

/** Everything a chip is made of. */
export interface ChipFacts {
  readonly state: StateView | null
  readonly health: HealthView | null
  readonly isConnected: boolean
  readonly isResyncing: boolean
  readonly nowMs: number
  readonly zone: Zone
}

const quiet = (text: string): Chip => ({ tone: 'quiet', text, isStale: false })
const REAL_TIME = new Set(['rehearse', 'paper', 'shadow', 'live'])

/** True when the session runs in real time, so that ages mean something. */
export const isRealTime = (state: StateView | null): boolean =>
  state !== null && REAL_TIME.has(state.mode)

/** What overrides every panel's own chip: no connection, a silent engine, time that is not real. */
function general(facts: ChipFacts): Chip | null {
  const { state } = facts
  if (!facts.isConnected) return { tone: 'warn', text: 'disconnected', isStale: true }
  if (state === null) return { tone: 'busy', text: 'loading', isStale: false }
  if (state.fault !== null) return { tone: 'warn', text: 'broken', isStale: true }
  if (facts.isResyncing) return { tone: 'busy', text: 'resync', isStale: false }
  if (state.engineState === 'silent') return { tone: 'warn', text: 'stale', isStale: true }
  if (!isRealTime(state)) return quiet(`sim t=${clockText(state.coreTime, facts.zone)}`)
  return null
}

/** Chip of something last heard of at `time`, judged by its warn and stale ages. */
export function ageChip(
  time: string | null,
  budget: { readonly warnSeconds: number; readonly staleSeconds: number },
  facts: ChipFacts,
): Chip {
  const over = general(facts)
  if (over !== null) return over
  if (time === null) return { tone: 'busy', text: 'waiting', isStale: false }
  const age = (facts.nowMs - milliseconds(time)) / 1000
  const text = durationText(age)
  if (age > budget.staleSeconds) return { tone: 'warn', text: `stale ${text}`, isStale: true }
  if (age > budget.warnSeconds) return { tone: 'warn', text: `delayed ${text}`, isStale: false }
  return quiet(`live ${text}`)
}

/** Chip of a market stream of an instrument. */
export function bookChip(instrument: number, time: string | null, facts: ChipFacts): Chip {
  const over = general(facts)
  if (over !== null) return over
  const stream = facts.health?.streams.find(
    (one) => one.stream === 'book' && one.instrument === instrument,
  )
  if (stream === undefined) return { tone: 'busy', text: 'loading', isStale: false }
  if (stream.freshness === 'down') return { tone: 'warn', text: 'stream down', isStale: true }
  if (stream.freshness === 'gap') return { tone: 'warn', text: 'gap', isStale: true }
  return ageChip(time ?? stream.lastTime, stream, facts)
}

/** Chip of the account: positions, equity, orders. */
export function accountChip(facts: ChipFacts): Chip {
  const over = general(facts)
  if (over !== null) return over
  const stream = facts.health?.streams.find((one) => one.stream === 'account')
  if (stream === undefined) return { tone: 'busy', text: 'loading', isStale: false }
  if (stream.freshness === 'down') return { tone: 'warn', text: 'stream down', isStale: true }
  return ageChip(stream.lastTime, stream, facts)
}

/** Chip of what hangs on marks: stale when the book of anything held is. */
export function markChip(held: readonly number[], facts: ChipFacts): Chip {
  const account = accountChip(facts)
  if (account.isStale) return account
  for (const instrument of held) {
    const book = bookChip(instrument, null, facts)
    if (book.isStale) return { ...book, text: `marks ${book.text}` }
  }
  return account
}

/**
 * Chip of the decisions: halted, warming, or the age of the last evaluation. An evaluation is only
 * recorded when it says something new, so its age alone never makes it stale: its inputs' does.
 */
export function decisionChip(
  time: string | null,
  warm: { readonly have: number; readonly need: number } | null,
  book: Chip,
  facts: ChipFacts,
): Chip {
  if (facts.state?.engineState === 'halted') {
    return { tone: 'danger', text: 'halted', isStale: false }
  }
  if (book.isStale) return book
  if (warm !== null && warm.have < warm.need) {
    return { tone: 'busy', text: `warming ${warm.have}/${warm.need}`, isStale: false }
  }
  const over = general(facts)
  if (over !== null) return over
  if (time === null) return { tone: 'busy', text: 'waiting', isStale: false }
  return quiet(`evaluated ${durationText((facts.nowMs - milliseconds(time)) / 1000)} ago`)
}

/** A freshness in a word, for tables. */
export const freshnessWord: Record<Freshness, string> = {
  live: 'live',
  warming: 'waiting',
  delayed: 'delayed',
  stale: 'stale',
  down: 'down',
  gap: 'gap',
}
