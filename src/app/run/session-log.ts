import { join } from 'node:path'
import { createLog, type Log, type LogLevel, type SessionPaths } from '../../adapters/mod.ts'
import type { Effect } from '../../core/mod.ts'
import { alertLevels, effectLevels, inputLevels, processLevels } from './log-events.ts'
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
    notice: (text) => say(processLevels.notice, { text }, 'notice'),
    started(facts) {
      isStarted = true
      say(processLevels.started, facts, 'started')
    },
    ended: (facts) => say(processLevels.ended, facts, 'ended'),
    failed: (error) => say(processLevels.failed, { error }, 'failed'),
    over: (tap) => ({
      ...tap,
      event(event, seq) {
        tap.event(event, seq)
        if (!isStarted) return
        say(inputLevels[event.kind], { seq, event }, event.kind)
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
