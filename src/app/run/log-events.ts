import type { LogLevel } from '../../adapters/mod.ts'
import type { Effect, Event } from '../../core/mod.ts'

type Levels<Name extends string> = Readonly<Record<Name, LogLevel>>

/** What happens all the time is `trace`. Logged with `seq` and the input as `event`. */
export const inputLevels: Levels<Event['kind']> = {
  sessionStarted: 'trace',
  heartbeat: 'trace',
  streamStatus: 'info',
  barsSeeded: 'trace',
  orderReported: 'debug',
  executed: 'info',
  accountReported: 'debug',
  accountQueryFailed: 'warn',
  fundingPaid: 'info',
  sharesSplit: 'info',
  transferred: 'info',
  operatorCommanded: 'info',
  fellBehind: 'warn',
  sessionStopping: 'info',
}

/** Logged with `seq` and the effect as `effect`; an alert has the level of its own. */
export const effectLevels: Levels<Exclude<Effect['kind'], 'alert'>> = {
  submitOrder: 'info',
  cancelOrder: 'info',
  queryOrder: 'debug',
  queryAccount: 'debug',
  orderDenied: 'debug',
  orderShadowed: 'info',
  shadowExecuted: 'info',
  evaluated: 'trace',
  differenceFound: 'warn',
  reconciled: 'debug',
  breakerTripped: 'warn',
  breakerRearmed: 'info',
}

/** What is about the process, not in the journal. */
export const processLevels: Levels<'started' | 'notice' | 'ended' | 'failed'> = {
  started: 'info',
  notice: 'warn',
  ended: 'info',
  failed: 'error',
}

/** Levels of alerts by their own. */
export const alertLevels = { info: 'info', warning: 'warn', critical: 'error' } as const

/** Every name that a line of a session's log can have. */
export const logEventNames: readonly string[] = [
  ...Object.keys(processLevels),
  ...Object.keys(inputLevels),
  ...Object.keys(effectLevels),
  'alert',
]
