import type { TimeUs } from '../../../../core/mod.ts'

/** Limits of all sockets of one address together, as the venue counts; null: not enforced. */
export interface SocketLimits {
  readonly connections: number | null
  readonly connectionsPerMinute: number | null
  readonly subscriptions: number | null
  readonly users: number | null
  readonly messagesPerMinute: number | null
  readonly inflightPosts: number | null
}

const MINUTE_US = 60_000_000

/** Counts of one address's sockets. Everything on the loopback is one address. */
export class Quota {
  readonly #limits: SocketLimits
  readonly #users = new Map<string, number>()
  readonly #opened: TimeUs[] = []
  #connections = 0
  #subscriptions = 0
  #posts = 0
  #minute = 0
  #messages = 0

  constructor(limits: SocketLimits) {
    this.#limits = limits
  }

  /** One more socket; false when it is one too many. */
  connect(time: TimeUs): boolean {
    const { connections, connectionsPerMinute } = this.#limits
    while (this.#opened.length > 0 && this.#opened[0]! <= time - MINUTE_US) this.#opened.shift()
    if (connections !== null && this.#connections >= connections) return false
    if (connectionsPerMinute !== null && this.#opened.length >= connectionsPerMinute) return false
    if (connectionsPerMinute !== null) this.#opened.push(time)
    this.#connections++
    return true
  }

  /** A socket ended with these users of its subscriptions, null for market data. */
  disconnect(users: readonly (string | null)[]): void {
    this.#connections--
    for (const user of users) this.unsubscribe(user)
  }

  /** One more message from a client; false when it is one too many. */
  message(time: TimeUs): boolean {
    const minute = Math.floor(time / MINUTE_US)
    this.#messages = minute === this.#minute ? this.#messages + 1 : 1
    this.#minute = minute
    const { messagesPerMinute } = this.#limits
    return messagesPerMinute === null || this.#messages <= messagesPerMinute
  }

  /** One more subscription; what it would pass, in the venue's words, or null when counted. */
  subscribe(user: string | null): string | null {
    const { subscriptions, users } = this.#limits
    if (subscriptions !== null && this.#subscriptions >= subscriptions) {
      return `Cannot subscribe to more than ${subscriptions} channels.`
    }
    if (user !== null) {
      const known = this.#users.get(user) ?? 0
      if (users !== null && known === 0 && this.#users.size >= users) {
        return `Cannot track more than ${users} total users.`
      }
      this.#users.set(user, known + 1)
    }
    this.#subscriptions++
    return null
  }

  unsubscribe(user: string | null): void {
    this.#subscriptions--
    if (user === null) return
    const left = (this.#users.get(user) ?? 0) - 1
    if (left > 0) this.#users.set(user, left)
    else this.#users.delete(user)
  }

  /** One more post without an answer yet; false when it is one too many. */
  beginPost(): boolean {
    const { inflightPosts } = this.#limits
    if (inflightPosts !== null && this.#posts >= inflightPosts) return false
    this.#posts++
    return true
  }

  endPost(): void {
    this.#posts--
  }
}
