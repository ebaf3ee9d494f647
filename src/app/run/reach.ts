import { type AdapterEnvironment, InputError, type TimerHandle } from '../../adapters/mod.ts'

/** A start gives up when nothing has answered for this long, ms. */
const UNREACHED_LIMIT_MS = 60_000

/** Watches over a start against a venue that may be out of reach. */
export interface Reach {
  /** The same world; what fails in it while the session starts is said and counted. */
  readonly environment: AdapterEnvironment
  /** Rejects with InputError ORN-RUN-002 when waiting makes no sense any more. */
  readonly ended: Promise<never>
  /**
   * The outcome of the start. Once up, the adapter's own notices say what happens; a start that
   * failed leaves no timer behind that would keep the process.
   */
  readonly settle: <Value>(start: Promise<Value>) => Promise<Value>
  /** What the connection says while the session starts: named when the start is given up. */
  readonly heard: (text: string) => void
}

/**
 * Says what cannot be reached while a session starts, and ends the start when nothing answered for
 * a minute or when the session's own time (`lastsMs`) is over. An answer starts the minute anew.
 */
export function watchReach(
  environment: AdapterEnvironment,
  options: { readonly lastsMs: number | null; readonly notice: (text: string) => void },
): Reach {
  const { lastsMs, notice } = options
  let isUp = false
  let trouble: string | null = null
  let failures = 0
  let unreached: TimerHandle | null = null
  let giveUp: (error: unknown) => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  // Also when nobody waits any more.
  ended.catch(() => {})
  const give = (seconds: number, limit: string) => () =>
    giveUp(notUp(`The session was not up ${limit} ${seconds} s`, trouble))
  const own = lastsMs === null ? null : environment.setTimer(give(lastsMs / 1000, 'after'), lastsMs)
  const letGo = (timer: TimerHandle | null): void => {
    if (timer !== null) environment.clearTimer(timer)
  }
  const reached = (): void => {
    letGo(unreached)
    unreached = null
    failures = 0
  }
  const failed = (url: string, error: unknown): void => {
    if (isUp) return
    failures++
    trouble = `cannot reach ${new URL(url).host}: ${rootOf(error)}`
    notice(`${trouble}; trying again (${failures})`)
    const seconds = UNREACHED_LIMIT_MS / 1000
    unreached ??= environment.setTimer(
      give(seconds, 'and nothing had answered for'),
      UNREACHED_LIMIT_MS,
    )
  }
  const pending = new Set<TimerHandle>()
  return {
    ended,
    heard(text) {
      trouble = text
    },
    async settle(start) {
      try {
        const value = await start
        isUp = true
        return value
      } finally {
        letGo(own)
        letGo(unreached)
        if (!isUp) pending.forEach(letGo)
        pending.clear()
      }
    },
    environment: {
      ...environment,
      setTimer(callback, delayMs) {
        if (isUp) return environment.setTimer(callback, delayMs)
        const timer = environment.setTimer(() => {
          pending.delete(timer)
          callback()
        }, delayMs)
        pending.add(timer)
        return timer
      },
      async fetch(url, init) {
        try {
          const response = await environment.fetch(url, init)
          reached()
          return response
        } catch (error) {
          failed(url, error)
          throw error
        }
      },
      openSocket: (url, handlers) =>
        environment.openSocket(url, {
          ...handlers,
          opened() {
            reached()
            handlers.opened()
          },
          failed(error) {
            failed(url, error)
            handlers.failed(error)
          },
        }),
    },
  }
}

const notUp = (message: string, trouble: string | null): InputError =>
  new InputError({
    code: 'ORN-RUN-002',
    exitCode: 5,
    message,
    details: trouble === null ? [] : [trouble],
    fix: 'Look at the network, a proxy or a firewall, and at the venue, then start again',
  })

/** The cause behind "fetch failed". */
function rootOf(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return root instanceof Error ? root.message : String(root)
}
