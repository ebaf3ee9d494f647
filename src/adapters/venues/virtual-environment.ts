import { assert, type TimeUs } from '../../core/mod.ts'
import type {
  AdapterEnvironment,
  HttpRequest,
  HttpResponse,
  Socket,
  SocketHandlers,
  TimerHandle,
} from './port.ts'

/** The venue's end of one socket. */
export interface VirtualConnection {
  message(text: string): void
  /** The client went away. */
  close(): void
}

/** A venue in memory: what a server does, as functions of virtual time. */
export interface VirtualRoute {
  http(request: VirtualHttpRequest): HttpResponse | Promise<HttpResponse>
  /** Null refuses the connection. `send` and `closed` reach the client after the latency. */
  socket(input: {
    readonly url: string
    readonly now: TimeUs
    send(text: string): void
    closed(code: number, reason: string): void
  }): VirtualConnection | null
}

/** A request as it arrives at the venue. */
export interface VirtualHttpRequest {
  readonly url: string
  /** Path of the url, for example "/info". */
  readonly path: string
  readonly method: HttpRequest['method']
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Time of arrival. */
  readonly now: TimeUs
}

/**
 * One-way delays in us: constants, or functions called once per message (seeded by their owner).
 */
export interface VirtualLatency {
  readonly requestUs: Delay
  readonly replyUs: Delay
  /** Frames to the venue, and from it. Frames never overtake each other. */
  readonly socketOutUs: Delay
  readonly socketInUs: Delay
}
type Delay = number | (() => number)

/** An environment whose clock only moves when told to. */
export interface VirtualEnvironment extends AdapterEnvironment {
  /**
   * Fires everything due up to `time`, in the order of (time, sequence), letting all promises
   * settle after each; the clock then shows `time`. Errors of callbacks come out here.
   */
  runUntil(time: TimeUs): Promise<void>
  /**
   * The same for a span, and until a condition holds: false when it still did not after `limitMs`.
   */
  run(durationMs: number): Promise<void>
  runUntilTrue(condition: () => boolean, limitMs: number): Promise<boolean>
  /** Calls at a virtual time, at once when it is past. */
  at(time: TimeUs, callback: () => void): TimerHandle
  /** Timers and messages still to come. */
  readonly pending: number
}

interface Entry {
  readonly time: TimeUs
  readonly sequence: number
  readonly callback: () => void
}

const noLatency: VirtualLatency = { requestUs: 0, replyUs: 0, socketOutUs: 0, socketInUs: 0 }

/**
 * Makes an environment in which an adapter and a venue meet in memory under virtual time. Nothing
 * depends on how fast the machine is: the same calls give the same sequence of callbacks.
 */
export function createVirtualEnvironment(input: {
  readonly startTime: TimeUs
  readonly route: VirtualRoute
  readonly latency?: Partial<VirtualLatency>
  /** Resolves when the venue has nothing unfinished that promises alone would not show. */
  readonly idle?: () => Promise<void>
}): VirtualEnvironment {
  const latency = { ...noLatency, ...input.latency }
  const agenda = createAgenda()
  let now = input.startTime
  let isRunning = false

  const at = (time: TimeUs, callback: () => void): TimerHandle => ({
    id: agenda.add(Math.max(now, Math.round(time)), callback),
  })
  const clearTimer = (handle: TimerHandle): void => agenda.remove(handle.id as Entry)

  const runUntilTrue = async (condition: () => boolean, end: TimeUs): Promise<boolean> => {
    assert(!isRunning, 'a virtual environment is run by one caller at a time')
    isRunning = true
    try {
      for (;;) {
        await settlePromises()
        if (input.idle !== undefined) {
          await input.idle()
          await settlePromises()
        }
        if (condition()) return true
        const entry = agenda.takeDue(end)
        if (entry === null) break
        now = entry.time
        entry.callback()
      }
      now = Math.max(now, end)
      return condition()
    } finally {
      isRunning = false
    }
  }
  return {
    now: () => now,
    at,
    setTimer: (callback, delayMs) => at(now + delayMs * 1000, callback),
    clearTimer,
    fetch: (url, init) =>
      exchange({ url, init, at, clearTimer, now: () => now, latency, route: input.route }),
    openSocket: (url, handlers) =>
      createWire({
        at,
        now: () => now,
        latency,
        handlers,
        connect: (send, closed) => input.route.socket({ url, now, send, closed }),
      }),
    async runUntil(time) {
      await runUntilTrue(() => false, time)
    },
    async run(durationMs) {
      await runUntilTrue(() => false, now + durationMs * 1000)
    },
    runUntilTrue: (condition, limitMs) => runUntilTrue(condition, now + limitMs * 1000),
    get pending() {
      return agenda.size()
    },
  }
}

/** Every promise that can settle without a timer has settled when the next macrotask runs. */
const settlePromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const delayOf = (delay: Delay): number => (typeof delay === 'number' ? delay : delay())

function createAgenda() {
  /** Latest first, so that the next one is taken from the end. */
  const entries: Entry[] = []
  let sequence = 0
  const indexOf = (time: TimeUs, order: number): number => {
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = entries[middle]!
      if (entry.time > time || (entry.time === time && entry.sequence > order)) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    add(time: TimeUs, callback: () => void): Entry {
      const entry = { time, sequence: sequence++, callback }
      entries.splice(indexOf(time, entry.sequence), 0, entry)
      return entry
    },
    remove(entry: Entry): void {
      const index = indexOf(entry.time, entry.sequence)
      if (entries[index] === entry) entries.splice(index, 1)
    },
    takeDue(end: TimeUs): Entry | null {
      const next = entries.at(-1)
      if (next === undefined || next.time > end) return null
      entries.pop()
      return next
    },
    size: () => entries.length,
  }
}

interface ExchangeInput {
  readonly url: string
  readonly init: HttpRequest
  readonly at: (time: TimeUs, callback: () => void) => TimerHandle
  readonly clearTimer: (handle: TimerHandle) => void
  readonly now: () => TimeUs
  readonly latency: VirtualLatency
  readonly route: VirtualRoute
}

/** One HTTP request and its reply, each after its latency. */
function exchange(input: ExchangeInput): Promise<HttpResponse> {
  const { url, init, at, now, latency, route } = input
  const headers = Object.fromEntries(
    Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const path = new URL(url).pathname
  const request = { url, path, method: init.method, headers, body: init.body ?? '' }
  return new Promise((resolve, reject) => {
    const timeout = at(now() + init.timeoutMs * 1000, () =>
      reject(new Error(`no reply after ${init.timeoutMs} ms`)),
    )
    const end = (): void => input.clearTimer(timeout)
    at(now() + delayOf(latency.requestUs), () => {
      Promise.resolve()
        .then(() => route.http({ ...request, now: now() }))
        .then(
          (reply) => {
            at(now() + delayOf(latency.replyUs), () => {
              end()
              resolve(reply)
            })
          },
          (error: unknown) => {
            end()
            reject(error instanceof Error ? error : new Error(String(error)))
          },
        )
    })
  })
}

interface WireInput {
  readonly at: (time: TimeUs, callback: () => void) => TimerHandle
  readonly now: () => TimeUs
  readonly latency: VirtualLatency
  readonly handlers: SocketHandlers
  readonly connect: (
    send: (text: string) => void,
    closed: (code: number, reason: string) => void,
  ) => VirtualConnection | null
}

/** One socket: both directions in order, each message after its latency. */
function createWire(input: WireInput): Socket {
  const { latency, handlers } = input
  const encoder = new TextEncoder()
  const outward = inOrder(input, latency.socketOutUs)
  const inward = inOrder(input, latency.socketInUs)
  let connection: VirtualConnection | null = null
  let isEnded = false
  const receive = (text: string): void =>
    inward(() => {
      if (!isEnded) handlers.message(encoder.encode(text))
    })
  const closed = (code: number, reason: string): void =>
    inward(() => {
      if (isEnded) return
      isEnded = true
      handlers.closed(code, reason)
    })
  outward(() => {
    if (isEnded) return
    // A venue may greet while it accepts: the client hears of the opening first.
    const greetings: string[] = []
    let hears = (text: string): unknown => greetings.push(text)
    connection = input.connect((text) => hears(text), closed)
    inward(() => {
      if (isEnded) return
      if (connection !== null) return handlers.opened()
      isEnded = true
      handlers.failed(new Error('connection refused'))
    })
    hears = receive
    for (const text of greetings) receive(text)
  })
  return {
    send(text) {
      if (!isEnded) outward(() => connection?.message(text))
    },
    close() {
      if (isEnded) return
      isEnded = true
      outward(() => connection?.close())
    },
  }
}

/** Calls in the order given, each after its own delay but never before the one ahead of it. */
function inOrder(input: WireInput, delay: Delay): (callback: () => void) => void {
  let last = 0
  return (callback) => {
    last = Math.max(last, input.now() + delayOf(delay))
    input.at(last, callback)
  }
}
