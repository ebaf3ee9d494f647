import type { AdapterEnvironment } from '../../../adapters/mod.ts'

/** An environment that falls silent at once, as if its process had been killed. */
export interface MortalEnvironment extends AdapterEnvironment {
  /** No timer fires, no answer arrives and nothing is sent any more; what was sent travels on. */
  kill(): void
}

/** Wraps an environment for one life. */
export function createMortalEnvironment(inner: AdapterEnvironment): MortalEnvironment {
  let isAlive = true
  const never = <T>(): Promise<T> => new Promise<T>(() => {})
  const whileAlive =
    <Args extends readonly unknown[]>(body: (...args: Args) => void) =>
    (...args: Args): void => {
      if (isAlive) body(...args)
    }
  const sockets: { close(): void }[] = []
  return {
    now: () => inner.now(),
    setTimer: (callback, delayMs) => inner.setTimer(whileAlive(callback), delayMs),
    clearTimer: (handle) => inner.clearTimer(handle),
    async fetch(url, init) {
      if (!isAlive) return never()
      try {
        const response = await inner.fetch(url, init)
        return isAlive ? response : never()
      } catch (error) {
        if (isAlive) throw error
        return never()
      }
    },
    openSocket(url, handlers) {
      if (!isAlive) return { send: () => {}, close: () => {} }
      const socket = inner.openSocket(url, {
        opened: whileAlive(handlers.opened),
        message: whileAlive(handlers.message),
        closed: whileAlive(handlers.closed),
        failed: whileAlive(handlers.failed),
      })
      sockets.push(socket)
      return {
        send: (text) => {
          if (isAlive) socket.send(text)
        },
        close: () => socket.close(),
      }
    },
    kill() {
      isAlive = false
      for (const socket of sockets) socket.close()
    },
  }
}
