import { assert, type TimeUs } from '../../core/mod.ts'
import type {
  AdapterEnvironment,
  HttpRequest,
  HttpResponse,
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

/** One-way delays in us: constants, or functions called once per message (seeded by their owner). */
export interface VirtualLatency {
  readonly requestUs: Delay
  readonly replyUs: Delay
  /** Frames to the venue, and from it. Frames never overtake each other. */
  readonly socketOutUs: Delay
  readonly socketInUs: Delay
}
type Delay = number | (() => number)

/** What befalls one HTTP exchange. */
export type HttpFault =
  | 'none'
  /** It never arrives; the client times out. */
  | 'loseRequest'
  /** It is carried out and answered, but the client times out. */
  | 'loseReply'
  /** The connection fails before anything is sent. */
  | 'refuse'
  /** It is carried out, but the client reads this instead. */
  | HttpResponse

/** What befalls one frame: nothing, lost, doubled, or replaced by the frames listed. */
export type FrameFault = 'none' | 'lose' | 'double' | readonly string[]

/** Faults to inject; each is asked once per message and may be replaced at any time. */
export interface VirtualFaults {
  http: ((request: Omit<VirtualHttpRequest, 'now'>) => HttpFault) | null
  /** Frames from the venue. */
  frame: ((text: string) => FrameFault) | null
}

/** An environment whose clock only moves when told to. */
export interface VirtualEnvironment extends AdapterEnvironment {
  /**
   * Fires everything due up to `time`, in the order of (time, sequence), letting all promises
   * settle after each; the clock then shows `time`. Errors of callbacks come out here.
   */
  runUntil(time: TimeUs): Promise<void>
  /** The same for a span, and until a condition holds: false when it still did not after `limitMs`. */
  run(durationMs: number): Promise<void>
  runUntilTrue(condition: () => boolean, limitMs: number): Promise<boolean>
  /** Calls at a virtual time, at once when it is past. */
  at(time: TimeUs, callback: () => void): TimerHandle
  /** Ends every open socket as a lost network does: no farewell, code 1006. */
  disconnect(): void
  /** While true, new sockets are refused. */
  refusesSockets: boolean
  readonly faults: VirtualFaults
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
}): VirtualEnvironment {
  const latency = { ...noLatency, ...input.latency }
  const agenda = createAgenda()
  const sockets = new Set<() => void>()
  const faults: VirtualFaults = { http: null, frame: null }
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
  const environment: VirtualEnvironment = {
    faults,
    refusesSockets: false,
    now: () => now,
    at,
    setTimer: (callback, delayMs) => at(now + delayMs * 1000, callback),
    clearTimer,
    fetch: (url, init) =>
      exchange({ url, init, at, clearTimer, now: () => now, latency, faults, route: input.route }),
    openSocket(url, handlers) {
      const wire = createWire({
        at,
        now: () => now,
        latency,
        faults,
        handlers,
        connect: (send, closed) =>
          environment.refusesSockets ? null : input.route.socket({ url, now, send, closed }),
        ended: () => sockets.delete(wire.cut),
      })
      sockets.add(wire.cut)
      return wire.socket
    },
    disconnect() {
      for (const cut of [...sockets]) cut()
    },
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
  return environment
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
  readonly faults: VirtualFaults
  readonly route: VirtualRoute
}

/** One HTTP request and its reply, each after its latency, or the fault that befell it. */
function exchange(input: ExchangeInput): Promise<HttpResponse> {
  const { url, init, at, now, latency, route } = input
  const headers = Object.fromEntries(
    Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const path = new URL(url).pathname
  const request = { url, path, method: init.method, headers, body: init.body ?? '' }
  const fault = input.faults.http?.(request) ?? 'none'
  return new Promise((resolve, reject) => {
    if (fault === 'refuse') {
      at(now(), () => reject(new Error('connection refused')))
      return
    }
    const timeout = at(now() + init.timeoutMs * 1000, () =>
      reject(new Error(`no reply after ${init.timeoutMs} ms`)),
    )
    if (fault === 'loseRequest') return
    const answer = (reply: HttpResponse): void => {
      if (fault === 'loseReply') return
      at(now() + delayOf(latency.replyUs), () => {
        input.clearTimer(timeout)
        resolve(typeof fault === 'object' ? fault : reply)
      })
    }
    at(now() + delayOf(latency.requestUs), () => {
      Promise.resolve()
        .then(() => route.http({ ...request, now: now() }))
        .then(answer, (error: unknown) => {
          input.clearTimer(timeout)
          reject(error instanceof Error ? error : new Error(String(error)))
        })
    })
  })
}

interface WireInput {
  readonly at: (time: TimeUs, callback: () => void) => TimerHandle
  readonly now: () => TimeUs
  readonly latency: VirtualLatency
  readonly faults: VirtualFaults
  readonly handlers: SocketHandlers
  readonly connect: (
    send: (text: string) => void,
    closed: (code: number, reason: string) => void,
  ) => VirtualConnection | null
  readonly ended: () => void
}

/** One socket: both directions in order, each message after its latency. */
function createWire(input: WireInput) {
  const { latency, faults, handlers } = input
  const encoder = new TextEncoder()
  let connection: VirtualConnection | null = null
  let isEnded = false
  let isCut = false

  const end = (): boolean => {
    if (isEnded) return false
    isEnded = true
    input.ended()
    return true
  }
  const outward = inOrder(input, latency.socketOutUs)
  const inward = inOrder(input, latency.socketInUs)
  const receive = (text: string): void => {
    const fault = faults.frame?.(text) ?? 'none'
    const frames =
      fault === 'none' ? [text] : fault === 'lose' ? [] : fault === 'double' ? [text, text] : fault
    for (const frame of frames) {
      inward(() => {
        if (!isEnded) handlers.message(encoder.encode(frame))
      })
    }
  }
  outward(() => {
    if (isEnded) return
    connection = input.connect(receive, (code, reason) =>
      inward(() => {
        if (end()) handlers.closed(code, reason)
      }),
    )
    inward(() => {
      if (isEnded) return
      if (connection !== null) handlers.opened()
      else if (end()) handlers.failed(new Error('connection refused'))
    })
  })
  return {
    /** Ends it from outside, for both ends at once. */
    cut(): void {
      if (!end()) return
      isCut = true
      connection?.close()
      handlers.closed(1006, '')
    },
    socket: {
      send(text: string): void {
        if (isEnded) return
        outward(() => {
          if (!isCut) connection?.message(text)
        })
      },
      close(): void {
        if (end()) outward(() => connection?.close())
      },
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
