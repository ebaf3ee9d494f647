import { interruption } from '../run/start-session.ts'
import { ExitCode } from './exit-code.ts'

/** Why a session ended; `error` is null unless something failed. */
export interface Ending {
  readonly reason: string
  readonly error: unknown
}

/** Signals sooner than this after the first are its echo: npm forwards what a terminal sends. */
const ECHO_MS = 2_000

/**
 * What ends a session: a signal, the time given, a failure. A further signal, once the echo of the
 * first is over, ends the process at once, orders or not. Signals stay in hand until the process is
 * gone: an echo must not cut off its last words.
 */
export function createEnding() {
  let finish: (ending: Ending) => void = () => {}
  const promise = new Promise<Ending>((resolve) => {
    finish = resolve
  })
  let giveUp: (error: unknown) => void = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Only a session that is still starting waits for it.
  interrupted.catch(() => {})
  let timer: NodeJS.Timeout | null = null
  let firstSignal: number | null = null
  let fault: unknown = null
  const onSignal = (): void => {
    const now = performance.now()
    firstSignal ??= now
    if (now - firstSignal > ECHO_MS) process.exit(ExitCode.interrupted)
    finish({ reason: 'interrupted', error: null })
    giveUp(interruption())
  }
  const fail = (error: unknown): void => {
    fault ??= error
    finish({ reason: 'failure', error })
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  // A bug outside the session's own care: orders are still canceled before the process ends.
  const bugs = ['uncaughtException', 'unhandledRejection'] as const
  for (const bug of bugs) process.on(bug, fail)
  return {
    promise,
    /** Rejects at the first signal. */
    interrupted,
    fail,
    /** The first failure so far, also one after the end; null when there was none. */
    fault: () => fault,
    after: (ms: number) => {
      timer = setTimeout(() => finish({ reason: 'time is up', error: null }), ms)
    },
    /** Lets go of all but the signals. */
    release: () => {
      if (timer !== null) clearTimeout(timer)
      for (const bug of bugs) process.removeListener(bug, fail)
    },
  }
}
