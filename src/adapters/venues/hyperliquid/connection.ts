import { createRandom } from '../../../core/mod.ts'
import type { AdapterEnvironment, Socket, TimerHandle } from '../port.ts'
import { textOf } from './http.ts'

/** What the owner of a connection is told. */
export interface ConnectionHandlers {
  opened(): void
  message(data: Uint8Array): void
  /** Called once for each connection that was opened or tried, with why it ended. */
  lost(reason: string): void
}

/** A socket that is kept up: watched, pinged and reopened for ever, at a bounded rate. */
export interface Connection {
  open(): void
  /** Sends when the socket is open; false when it is not. */
  send(text: string): boolean
  /** Ends the present socket as if it had failed; another one follows. */
  drop(reason: string): void
  /** Tells that the connection proved useful: the next wait starts small again. */
  settle(): void
  /** Ends it for good. */
  close(): void
}

/** First wait before reopening, doubled at each failure up to the last, each times 0.5 to 1. */
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 30_000
/** The venue allows 30 new sockets a minute to an address. */
const OPENS_PER_MINUTE = 20
const MINUTE_US = 60_000_000
const OPEN_TIMEOUT_MS = 10_000

/** Makes a closed connection. `silenceMs` without any frame, pongs included, ends a socket. */
export function createConnection(input: {
  readonly environment: AdapterEnvironment
  readonly url: string
  readonly ping: string
  readonly pingMs: number
  readonly silenceMs: number
  readonly seed: number
  readonly handlers: ConnectionHandlers
}): Connection {
  const { environment, handlers } = input
  const random = createRandom(input.seed)
  const opens: number[] = []
  let socket: Socket | null = null
  let generation = 0
  let isOpen = false
  let isClosed = true
  let failures = 0
  let lastFrameTime = 0
  let reopenTimer: TimerHandle | null = null
  let watchTimer: TimerHandle | null = null

  const stopTimer = (timer: TimerHandle | null): null => {
    if (timer !== null) environment.clearTimer(timer)
    return null
  }

  const watch = (mine: number): void => {
    watchTimer = environment.setTimer(
      () => {
        if (mine !== generation) return
        const silentMs = (environment.now() - lastFrameTime) / 1000
        if (silentMs >= input.silenceMs) return end(mine, `nothing received for ${silentMs} ms`)
        socket?.send(input.ping)
        watch(mine)
      },
      Math.min(input.pingMs, input.silenceMs / 2),
    )
  }

  const end = (mine: number, reason: string): void => {
    if (mine !== generation || isClosed) return
    generation++
    isOpen = false
    watchTimer = stopTimer(watchTimer)
    const ended = socket
    socket = null
    ended?.close()
    failures++
    scheduleOpen()
    handlers.lost(reason)
  }

  const scheduleOpen = (): void => {
    const now = environment.now()
    while (opens.length > 0 && now - opens[0]! > MINUTE_US) opens.shift()
    const exponential = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10))
    let waitMs = exponential * (0.5 + 0.5 * random.next())
    if (opens.length >= OPENS_PER_MINUTE) {
      waitMs = Math.max(waitMs, (opens[0]! + MINUTE_US - now) / 1000)
    }
    reopenTimer = environment.setTimer(openSocket, Math.ceil(waitMs))
  }

  const openSocket = (): void => {
    reopenTimer = null
    const mine = ++generation
    opens.push(environment.now())
    watchTimer = environment.setTimer(
      () => end(mine, `not open after ${OPEN_TIMEOUT_MS} ms`),
      OPEN_TIMEOUT_MS,
    )
    try {
      const opened = environment.openSocket(input.url, {
        opened() {
          if (mine !== generation) return
          isOpen = true
          lastFrameTime = environment.now()
          watchTimer = stopTimer(watchTimer)
          watch(mine)
          handlers.opened()
        },
        message(data) {
          if (mine !== generation) return
          lastFrameTime = environment.now()
          handlers.message(data)
        },
        closed: (code, reason) =>
          end(mine, `closed by the venue (${code}${reason === '' ? '' : ` ${reason}`})`),
        failed: (error) => end(mine, textOf(error)),
      })
      if (mine === generation) socket = opened
      else opened.close()
    } catch (error) {
      end(mine, textOf(error))
    }
  }

  return {
    open() {
      isClosed = false
      openSocket()
    },
    send(text) {
      if (!isOpen || socket === null) return false
      socket.send(text)
      return true
    },
    drop: (reason) => end(generation, reason),
    settle() {
      failures = 0
    },
    close() {
      isClosed = true
      generation++
      isOpen = false
      reopenTimer = stopTimer(reopenTimer)
      watchTimer = stopTimer(watchTimer)
      const ended = socket
      socket = null
      ended?.close()
    },
  }
}
