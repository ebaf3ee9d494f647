import { join } from 'node:path'
import { createLog, type Log, type LogLevel, type SessionPaths } from '../../adapters/mod.ts'
import type { Effect, Event } from '../../core/mod.ts'
import type { SessionTap } from './session.ts'

/** The log of a session, beside its journal: for people, never read back. */
export interface SessionLog {
  /** Begins to write; before this nothing is. Throws InputError when the file cannot be opened. */
  open(paths: SessionPaths): void
  /** Something the venue's connection wants an operator to read. */
  notice(text: string): void
  started(facts: object): void
  ended(facts: object): void
  failed(error: unknown): void
  /** Logs what happens from {@link started} on: what a resumed session did before was logged. */
  over(tap: SessionTap): SessionTap
  close(): void
}

type Quiet = 'heartbeat' | 'barsSeeded' | 'sessionStarted'

/** `trace` is what happens all the time. */
const eventLevels: Readonly<Record<Exclude<Event['kind'], Quiet>, LogLevel>> = {
  streamStatus: 'info',
  orderReported: 'debug',
  executed: 'info',
  accountReported: 'debug',
  accountQueryFailed: 'warn',
  fundingPaid: 'info',
  transferred: 'info',
  operatorCommanded: 'info',
  fellBehind: 'warn',
  sessionStopping: 'info',
}
const effectLevels: Readonly<Record<Exclude<Effect['kind'], 'alert'>, LogLevel>> = {
  submitOrder: 'info',
  cancelOrder: 'info',
  queryOrder: 'debug',
  queryAccount: 'debug',
  orderDenied: 'debug',
  evaluated: 'trace',
  differenceFound: 'warn',
  reconciled: 'debug',
  breakerTripped: 'warn',
}

/** Makes the log of a session; `level` is `info` by default. */
export function createSessionLog(options: {
  readonly level?: LogLevel
  readonly fields: Readonly<Record<string, unknown>>
}): SessionLog {
  let log: Log | null = null
  let isStarted = false
  const say = (level: LogLevel, facts: object, text: string): void => {
    if (log !== null && level !== 'silent') log.logger[level](facts, text)
  }
  const levelOf = (effect: Effect): LogLevel =>
    effect.kind === 'alert' ? alertLevels[effect.level] : effectLevels[effect.kind]
  return {
    open(paths) {
      const to = { file: join(paths.directory, 'log.ndjson') }
      log = createLog({ ...options, to })
    },
    notice: (text) => say('warn', {}, text),
    started(facts) {
      isStarted = true
      say('info', facts, 'started')
    },
    ended: (facts) => say('info', facts, 'ended'),
    failed: (error) => say('error', { error }, 'failed'),
    over: (tap) => ({
      ...tap,
      event(event, seq) {
        tap.event(event, seq)
        if (!isStarted) return
        const level = eventLevels[event.kind as Exclude<Event['kind'], Quiet>] ?? 'trace'
        say(level, { seq, event }, event.kind)
      },
      effects(effects, seq, time) {
        tap.effects(effects, seq, time)
        if (!isStarted) return
        effects.forEach((effect, i) => {
          say(levelOf(effect), { seq: seq + i, effect }, effect.kind)
        })
      },
    }),
    close: () => log?.close(),
  }
}

const alertLevels = { info: 'info', warning: 'warn', critical: 'error' } as const
