import type { SessionFold } from './folds/session-fold.ts'
import { duration } from './text.ts'
import type { EngineState } from './views.ts'

/** Real time without any event after which the engine counts as silent. */
const SILENCE_US = 5_000_000

/** What the engine's state follows from, beside the session itself. */
export interface EngineFacts {
  readonly isRealTime: boolean
  readonly now: number
  readonly hasPosition: boolean
  readonly openOrders: number
  readonly warmth: readonly { readonly have: number; readonly need: number }[]
}

/** The strongest statement about what the engine is doing, with one sentence that explains it. */
export function describeEngine(
  session: SessionFold,
  facts: EngineFacts,
): { readonly state: EngineState; readonly reason: string } {
  const { started, time, paused } = session
  if (started === null) return { state: 'starting', reason: 'The session has not started yet.' }
  if (session.stopping !== null) {
    return { state: 'stopping', reason: `The session is stopping: ${session.stopping}.` }
  }
  if (facts.isRealTime && time !== null && facts.now - time > SILENCE_US) {
    const since = duration((facts.now - time) / 1e6)
    return { state: 'silent', reason: `The engine has not spoken for ${since}.` }
  }
  if (session.isFlattening && (facts.hasPosition || facts.openOrders > 0)) {
    return { state: 'flattening', reason: 'Closing every position, no new entries.' }
  }
  if (session.trips.length > 0) {
    return { state: 'halted', reason: `Halted: ${session.haltText}.` }
  }
  if (paused !== null) {
    return { state: 'paused', reason: `Paused by ${paused.by}: ${paused.reason}.` }
  }
  if (session.reconciledTime === null) {
    return { state: 'reconciling', reason: 'Waiting for the venue to confirm the account.' }
  }
  const first = facts.warmth[0]
  if (first !== undefined && facts.warmth.every(({ have, need }) => have < need)) {
    return { state: 'warming', reason: `Warming up, ${first.have} of ${first.need} bars.` }
  }
  return { state: 'armed', reason: 'Entries are allowed where every gate passes.' }
}
