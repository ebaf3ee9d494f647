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
const classes = Object.keys(shares) as readonly RequestClass[]

const WINDOW_US = 60_000_000
/** The venue may count a request later than we sent it; its minute then reaches into ours. */
const WINDOW_MARGIN_US = 1_000_000

/** Weights spent within one sliding minute, and bounded queues of those who wait for room. */
export interface RateBudget {
  /**
   * Resolves when `weight` may be spent. Rejects with VENUE_THROTTLED (disposition retry: nothing
   * was sent) when the class's queue is full or `waitMs` passed, VENUE_STOPPED after `stop`.
   */
  acquire(requestClass: RequestClass, weight: number, waitMs: number): Promise<void>
  /** Spends weight that was only known from the reply (surcharges per item). */
  charge(weight: number): void
  /** The venue said "too many requests": nothing but cancels leaves for `ms`. */
  pause(ms: number): void
  /** Weight spent in the last minute. */
  spent(): number
  /** Requests waiting. */
  waiting(): number
  stop(): void
}

interface Waiter {
  readonly weight: number
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: AdapterError) => void
}

interface Spend {
  readonly time: number
  readonly weight: number
}

/** Makes a {@link RateBudget} of `weightPerMinute` with at most `queueLimit` waiting per class. */
export function createRateBudget(input: {
  readonly environment: AdapterEnvironment
  readonly weightPerMinute: number
  readonly queueLimit: number
  readonly onDelayed: () => void
}): RateBudget {
  const { environment, weightPerMinute, queueLimit } = input
  const queues: Record<RequestClass, Waiter[]> = { cancel: [], order: [], query: [], history: [] }
  const spends: Spend[] = []
  let spentWeight = 0
  let pausedUntil = 0
  let timer: TimerHandle | null = null
  let isStopped = false

  const spend = (weight: number): void => {
    spends.push({ time: environment.now(), weight })
    spentWeight += weight
  }
  const forget = (now: number): void => {
    let old = 0
    while (old < spends.length && now - spends[old]!.time > WINDOW_US + WINDOW_MARGIN_US) {
      spentWeight -= spends[old]!.weight
      old++
    }
    if (old > 0) spends.splice(0, old)
  }
  const hasRoom = (requestClass: RequestClass, weight: number, now: number): boolean => {
    if (requestClass !== 'cancel' && now < pausedUntil) return false
    // A request heavier than its whole share still passes when nothing else was spent.
    const limit = Math.floor(weightPerMinute * shares[requestClass])
    return spentWeight + weight <= limit || spentWeight === 0
  }
  const expire = (now: number): void => {
    for (const requestClass of classes) {
      const queue = queues[requestClass]
      for (let i = queue.length - 1; i >= 0; i--) {
        if (queue[i]!.deadline > now) continue
        const [late] = queue.splice(i, 1)
        late!.reject(throttled(`no room for a ${requestClass} request in time`))
      }
    }
  }
  const pump = (): void => {
    const now = environment.now()
    forget(now)
    expire(now)
    for (const requestClass of classes) {
      const queue = queues[requestClass]
      while (queue.length > 0 && hasRoom(requestClass, queue[0]!.weight, now)) {
        const next = queue.shift()!
        spend(next.weight)
        next.resolve()
      }
    }
    schedule(now)
  }
  const schedule = (now: number): void => {
    if (timer !== null) environment.clearTimer(timer)
    timer = null
    let wake = Number.POSITIVE_INFINITY
    for (const requestClass of classes) {
      for (const waiter of queues[requestClass]) wake = Math.min(wake, waiter.deadline)
    }
    if (wake === Number.POSITIVE_INFINITY) return
    if (spends.length > 0) wake = Math.min(wake, spends[0]!.time + WINDOW_US + WINDOW_MARGIN_US + 1)
    if (pausedUntil > now) wake = Math.min(wake, pausedUntil)
    const delayMs = Math.max(1, Math.ceil((wake - now) / 1000))
    timer = environment.setTimer(pump, delayMs)
  }

  return {
    acquire(requestClass, weight, waitMs) {
      if (isStopped) return Promise.reject(stopped())
      const now = environment.now()
      forget(now)
      const queue = queues[requestClass]
      if (queue.length === 0 && hasRoom(requestClass, weight, now)) {
        spend(weight)
        return Promise.resolve()
      }
      if (queue.length >= queueLimit) {
        return Promise.reject(throttled(`${queueLimit} ${requestClass} requests already wait`))
      }
      input.onDelayed()
      return new Promise((resolve, reject) => {
        queue.push({ weight, deadline: now + waitMs * 1000, resolve, reject })
        schedule(now)
      })
    },
    charge: spend,
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, environment.now() + ms * 1000)
    },
    spent() {
      forget(environment.now())
      return spentWeight
    },
    waiting: () => classes.reduce((sum, requestClass) => sum + queues[requestClass].length, 0),
    stop() {
      isStopped = true
      if (timer !== null) environment.clearTimer(timer)
      timer = null
      for (const requestClass of classes) {
        for (const waiter of queues[requestClass].splice(0)) waiter.reject(stopped())
      }
    },
  }
}

const throttled = (why: string): AdapterError =>
  new AdapterError('VENUE_THROTTLED', `not sent: ${why} (rate budget)`, 'retry')

const stopped = (): AdapterError =>
  new AdapterError('VENUE_STOPPED', 'not sent: the adapter was stopped', 'retry')
