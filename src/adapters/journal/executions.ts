import type { Event, Execution, InstrumentId } from '../../core/mod.ts'

/** Executions that an event carries. */
export function executionsOf(event: Event): readonly Execution[] {
  if (event.kind === 'executed') return [event.execution]
  return event.kind === 'accountReported' ? event.account.executions : []
}

/**
 * The event without executions the journal already holds: null when nothing of it is left (a
 * repeated execution), the same object when nothing was known. Applied before an event is stored
 * and stepped, it makes every execution count once for ever.
 */
export function withoutKnownExecutions(
  journal: { hasExecution(executionId: string, instrument?: InstrumentId): boolean },
  event: Event,
): Event | null {
  const isKnown = (execution: Execution): boolean =>
    journal.hasExecution(execution.executionId, execution.instrument)
  if (event.kind === 'executed') return isKnown(event.execution) ? null : event
  if (event.kind !== 'accountReported') return event
  const { executions } = event.account
  const fresh = executions.filter((execution) => !isKnown(execution))
  if (fresh.length === executions.length) return event
  return { ...event, account: { ...event.account, executions: fresh } }
}
