import { AdapterError } from '../../errors.ts'
import type { AdapterEnvironment, TimerHandle } from '../port.ts'

/**
 * How urgent a request is. Each class may fill only its share of the minute, so the more urgent
 * ones always find room: a cancel is never blocked by orders, an order never by history.
 */
export type RequestClass = 'cancel' | 'order' | 'query' | 'history'

const shares: Readonly<Record<RequestClass, number>> = {
  cancel: 1,
  order: 0.85,
  query: 0.75,
  history: 0.5,
}
/** Most urgent first. */
const classes = Object.keys(shares) as readonly RequestClass[]

/** A minute, and a margin: the venue's minute may begin a little before or after ours. */
const WINDOW_US = 61_000_000

interface Waiter {
  readonly weight: number
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: AdapterError) => void
}

/** Weights spent within one sliding minute, and bounded queues of those who wait for room. */
export class RateBudget {
  readonly #environment: AdapterEnvironment
  readonly #weightPerMinute: number
  readonly #queueLimit: number
  readonly #delayed: () => void
  readonly #queues: Record<RequestClass, Waiter[]> = {
    cancel: [],
    order: [],
    query: [],
    history: [],
  }
  readonly #spends: { readonly time: number; readonly weight: number }[] = []
  #spent = 0
  #pausedUntil = 0
  #timer: TimerHandle | null = null
  #isStopped = false

  /** At most `queueLimit` wait in each class; `delayed` is called for each that has to. */
  constructor(input: {
    readonly environment: AdapterEnvironment
    readonly weightPerMinute: number
    readonly queueLimit: number
    readonly delayed: () => void
  }) {
    this.#environment = input.environment
    this.#weightPerMinute = input.weightPerMinute
    this.#queueLimit = input.queueLimit
    this.#delayed = input.delayed
  }

  /**
   * Resolves when `weight` may be spent. Rejects with VENUE_THROTTLED (disposition retry: nothing
   * was sent) when the class's queue is full or `waitMs` passed, VENUE_STOPPED after `stop`.
   */
  acquire(requestClass: RequestClass, weight: number, waitMs: number): Promise<void> {
    if (this.#isStopped) return Promise.reject(stopped())
    const now = this.#environment.now()
    this.#forget(now)
    const queue = this.#queues[requestClass]
    if (queue.length === 0 && this.#hasRoom(requestClass, weight, now)) {
      this.charge(weight)
      return Promise.resolve()
    }
    if (queue.length >= this.#queueLimit) {
      return Promise.reject(throttled(`${queue.length} ${requestClass} requests already wait`))
    }
    this.#delayed()
    return new Promise((resolve, reject) => {
      queue.push({ weight, deadline: now + waitMs * 1000, resolve, reject })
      this.#schedule(now)
    })
  }

  /** Spends weight that was only known from the reply (surcharges per item). */
  charge(weight: number): void {
    if (weight <= 0) return
    this.#spends.push({ time: this.#environment.now(), weight })
    this.#spent += weight
  }

  /** The venue said "too many requests": nothing but cancels leaves for `ms`. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#environment.now() + ms * 1000)
  }

  /** Weight spent in the last minute. */
  get spent(): number {
    this.#forget(this.#environment.now())
    return this.#spent
  }

  /** Requests waiting. */
  get waiting(): number {
    return classes.reduce((sum, requestClass) => sum + this.#queues[requestClass].length, 0)
  }

  /** Rejects everybody who waits or comes later. */
  stop(): void {
    this.#isStopped = true
    this.#clearTimer()
    for (const requestClass of classes) {
      for (const waiter of this.#queues[requestClass].splice(0)) waiter.reject(stopped())
    }
  }

  #hasRoom(requestClass: RequestClass, weight: number, now: number): boolean {
    if (requestClass !== 'cancel' && now < this.#pausedUntil) return false
    const limit = Math.floor(this.#weightPerMinute * shares[requestClass])
    // A request heavier than its whole share still passes when nothing else was spent.
    return this.#spent + weight <= limit || this.#spent === 0
  }

  #forget(now: number): void {
    let old = 0
    while (old < this.#spends.length && now - this.#spends[old]!.time > WINDOW_US) {
      this.#spent -= this.#spends[old]!.weight
      old++
    }
    if (old > 0) this.#spends.splice(0, old)
  }

  readonly #pump = (): void => {
    const now = this.#environment.now()
    this.#forget(now)
    for (const requestClass of classes) {
      const queue = this.#queues[requestClass]
      for (let i = queue.length - 1; i >= 0; i--) {
        if (queue[i]!.deadline > now) continue
        const [late] = queue.splice(i, 1)
        late!.reject(throttled(`no room for another ${requestClass} request in time`))
      }
      while (queue.length > 0 && this.#hasRoom(requestClass, queue[0]!.weight, now)) {
        const next = queue.shift()!
        this.charge(next.weight)
        next.resolve()
      }
    }
    this.#schedule(now)
  }

  /** Wakes when something may change: a deadline, weight leaving the window, the end of a pause. */
  #schedule(now: number): void {
    this.#clearTimer()
    let wake = Number.POSITIVE_INFINITY
    for (const requestClass of classes) {
      for (const { deadline } of this.#queues[requestClass]) wake = Math.min(wake, deadline)
    }
    if (wake === Number.POSITIVE_INFINITY) return
    if (this.#spends.length > 0) wake = Math.min(wake, this.#spends[0]!.time + WINDOW_US + 1)
    if (this.#pausedUntil > now) wake = Math.min(wake, this.#pausedUntil)
    const delayMs = Math.max(1, Math.ceil((wake - now) / 1000))
    this.#timer = this.#environment.setTimer(this.#pump, delayMs)
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#environment.clearTimer(this.#timer)
    this.#timer = null
  }
}

const throttled = (why: string): AdapterError =>
  new AdapterError('VENUE_THROTTLED', `not sent: ${why} (rate budget)`, 'retry')

const stopped = (): AdapterError =>
  new AdapterError('VENUE_STOPPED', 'not sent: the adapter was stopped', 'retry')
