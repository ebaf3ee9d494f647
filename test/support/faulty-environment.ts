import type { AdapterEnvironment, HttpResponse } from '../../src/adapters/mod.ts'

/** What befalls one HTTP exchange. */
type HttpFault =
  | 'none'
  /** It never arrives; the client times out. */
  | 'loseRequest'
  /** It is carried out and answered, but the client times out. */
  | 'loseReply'
  /** The connection fails before anything is sent. */
  | 'refuse'
  /** It is carried out, but the client reads this instead. */
  | HttpResponse

/** What befalls one frame from the venue: nothing, lost, doubled, or replaced by those listed. */
type FrameFault = 'none' | 'lose' | 'double' | readonly string[]

/** A request about to be sent. */
interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body: string
}

/** Faults between an adapter and its venue, in virtual or in real time. Each may change any time. */
export interface Faults {
  http: ((request: OutgoingRequest) => HttpFault) | null
  frame: ((text: string) => FrameFault) | null
  /** While true, new sockets are refused. */
  refusesSockets: boolean
  /** Ends every open socket as a lost network does: no farewell, code 1006. */
  disconnect(): void
}

/** An environment with faults in front of another one. */
export function createFaultyEnvironment(inner: AdapterEnvironment): {
  readonly environment: AdapterEnvironment
  readonly faults: Faults
} {
  const cuts = new Set<() => void>()
  const faults: Faults = {
    http: null,
    frame: null,
    refusesSockets: false,
    disconnect() {
      for (const cut of [...cuts]) cut()
    },
  }
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  const fail = (ms: number, text: string): Promise<never> =>
    new Promise((_, reject) => {
      inner.setTimer(() => reject(new Error(text)), ms)
    })
  const environment: AdapterEnvironment = {
    now: () => inner.now(),
    setTimer: (callback, delayMs) => inner.setTimer(callback, delayMs),
    clearTimer: (handle) => inner.clearTimer(handle),
    fetch(url, init) {
      const request = {
        method: init.method,
        path: new URL(url).pathname,
        body: init.body ?? '',
      }
      const fault = faults.http?.(request) ?? 'none'
      if (fault === 'refuse') return fail(0, 'connection refused')
      const timedOut = `no reply after ${init.timeoutMs} ms`
      if (fault === 'loseRequest') return fail(init.timeoutMs, timedOut)
      const reply = inner.fetch(url, init)
      if (fault === 'none') return reply
      reply.catch(() => undefined)
      if (fault === 'loseReply') return fail(init.timeoutMs, timedOut)
      return reply.then(() => fault)
    },
    openSocket(url, handlers) {
      if (faults.refusesSockets) {
        inner.setTimer(() => handlers.failed(new Error('connection refused')), 0)
        return { send: () => undefined, close: () => undefined }
      }
      let isEnded = false
      const end = (): boolean => {
        cuts.delete(cut)
        if (isEnded) return false
        isEnded = true
        return true
      }
      const socket = inner.openSocket(url, {
        opened: () => {
          if (!isEnded) handlers.opened()
        },
        message(data) {
          if (isEnded) return
          const fault = faults.frame?.(decoder.decode(data)) ?? 'none'
          if (fault === 'lose') return
          if (typeof fault === 'object') {
            for (const text of fault) handlers.message(encoder.encode(text))
            return
          }
          handlers.message(data)
          if (fault === 'double') handlers.message(data)
        },
        closed(code, reason) {
          if (end()) handlers.closed(code, reason)
        },
        failed(error) {
          if (end()) handlers.failed(error)
        },
      })
      const cut = (): void => {
        if (!end()) return
        socket.close()
        handlers.closed(1006, '')
      }
      cuts.add(cut)
      return {
        send: (text) => {
          if (!isEnded) socket.send(text)
        },
        close() {
          if (end()) socket.close()
        },
      }
    },
  }
  return { environment, faults }
}
