/** Why a session ended; `error` is null unless something failed. */
export interface Ending {
  readonly reason: string
  readonly error: unknown
}

/** What ends a session: a signal, the time given, a failure. */
export function createEnding() {
  let finish: (ending: Ending) => void = () => {}
  const promise = new Promise<Ending>((resolve) => {
    finish = resolve
  })
  let timer: NodeJS.Timeout | null = null
  const onSignal = () => finish({ reason: 'interrupted', error: null })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return {
    promise,
    fail: (error: unknown) => finish({ reason: 'failure', error }),
    after: (ms: number) => {
      timer = setTimeout(() => finish({ reason: 'time is up', error: null }), ms)
    },
    release: () => {
      if (timer !== null) clearTimeout(timer)
      for (const signal of signals) process.removeListener(signal, onSignal)
    },
  }
}
