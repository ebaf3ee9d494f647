import type { Projection } from './projection.ts'
import { parseTopic } from './projection.ts'
import type { ServerHealth } from './projection-options.ts'
import type { ClientMessage, ServerMessage, TopicKey, TopicName } from './protocol.ts'
import { instant, instantOrNull } from './text.ts'

/** A socket as far as the feed needs it; a `ws` socket fits. */
export interface FeedSocket {
  readonly bufferedAmount: number
  send(text: string): void
  close(code: number, reason: string): void
}

/** What the feed reads from. */
export interface FeedOptions {
  readonly projection: Projection
  /** Real time, us. */
  readonly now: () => number
  readonly health: () => ServerHealth
}

/** Shortest time between two messages of a topic, ms. Lossless topics go out with every tick. */
const PACE_MS: Readonly<Record<TopicName, number>> = {
  orders: 0,
  fills: 0,
  alerts: 0,
  book: 100,
  state: 250,
  positions: 250,
  decisions: 250,
  bars: 1000,
  health: 1000,
  journal: 500,
  equity: 5000,
}
const HIDDEN_PACE_MS = 10_000
const HEARTBEAT_MS = 1000
/** Unsent bytes above which a client gets nothing more until it has read some. */
const BUFFERED_MAX_BYTES = 1_000_000
/** A client that stays that far behind is closed; it reconnects with fresh snapshots. */
const SLOW_MS_MAX = 30_000
const TOPICS_MAX = 64

interface Subscription {
  sequence: number
  /** Revision of the projection up to which the client knows the topic; 0 for nothing. */
  revision: number
  /** Text of the last data sent, for topics without a revision. */
  lastText: string
  sentTime: number
}

interface Client {
  readonly socket: FeedSocket
  readonly subscriptions: Map<TopicKey, Subscription>
  pace: 'normal' | 'hidden'
  heartbeats: number
  heartbeatTime: number
  slowSince: number | null
}

/**
 * Sends the projection to any number of sockets: a snapshot of each topic, then deltas. Nothing is
 * queued per client: each keeps only how far it has read, so a slow one skips intermediate values
 * of coalesced topics, and gets orders, fills and alerts complete from the projection's own lists.
 */
export class Feed {
  readonly #options: FeedOptions
  readonly #clients = new Set<Client>()

  constructor(options: FeedOptions) {
    this.#options = options
  }

  get clientCount(): number {
    return this.#clients.size
  }

  /** Starts serving a socket; the returned functions take its messages and its end. */
  attach(socket: FeedSocket): {
    readonly onMessage: (text: string) => void
    readonly onClose: () => void
  } {
    const client: Client = {
      socket,
      subscriptions: new Map(),
      pace: 'normal',
      heartbeats: 0,
      heartbeatTime: Number.NEGATIVE_INFINITY,
      slowSince: null,
    }
    this.#clients.add(client)
    return {
      onMessage: (text) => this.#onMessage(client, text),
      onClose: () => {
        this.#clients.delete(client)
      },
    }
  }

  /** Sends what is due to everybody. Called ten times a second. */
  tick(): void {
    const nowUs = this.#options.now()
    const texts = new Map<string, string>()
    for (const client of this.#clients) this.#serve(client, nowUs, texts)
  }

  /** Ends every connection. */
  close(): void {
    for (const client of this.#clients) client.socket.close(1001, 'the session ended')
    this.#clients.clear()
  }

  #serve(client: Client, nowUs: number, texts: Map<string, string>): void {
    const nowMs = nowUs / 1000
    if (client.socket.bufferedAmount > BUFFERED_MAX_BYTES) {
      client.slowSince ??= nowMs
      if (nowMs - client.slowSince > SLOW_MS_MAX) {
        client.socket.close(1013, 'the client reads too slowly')
        this.#clients.delete(client)
      }
      return
    }
    client.slowSince = null
    for (const [key, subscription] of client.subscriptions) {
      const pace = PACE_MS[parseTopic(key).name]
      const wait = client.pace === 'hidden' && pace > 0 ? HIDDEN_PACE_MS : pace
      if (subscription.sequence > 0 && nowMs - subscription.sentTime < wait) continue
      this.#send(client, key, subscription, { nowUs, texts })
    }
    if (nowMs - client.heartbeatTime < HEARTBEAT_MS) return
    client.heartbeatTime = nowMs
    client.heartbeats++
    this.#post(client, {
      type: 'heartbeat',
      sequence: client.heartbeats,
      sentTime: instant(nowUs),
      coreTime: instantOrNull(this.#options.projection.coreTime),
    })
  }

  #send(
    client: Client,
    key: TopicKey,
    subscription: Subscription,
    tick: { readonly nowUs: number; readonly texts: Map<string, string> },
  ): void {
    const { projection } = this.#options
    const revision = projection.revision(key)
    const isFirst = subscription.sequence === 0
    if (!isFirst && revision !== null && revision === subscription.revision) return
    const data = this.#dataText(key, isFirst ? 0 : subscription.revision, tick)
    if (!isFirst && revision === null && data === subscription.lastText) return
    subscription.lastText = revision === null ? data : ''
    subscription.revision = revision ?? 0
    subscription.sequence++
    subscription.sentTime = tick.nowUs / 1000
    const head = JSON.stringify({
      type: isFirst ? 'snapshot' : 'delta',
      topic: key,
      sequence: subscription.sequence,
      mode: projection.options.mode,
      runId: projection.runId,
      receivedTime: instantOrNull(projection.coreTime),
      sentTime: instant(tick.nowUs),
    })
    client.socket.send(`${head.slice(0, -1)},"data":${data}}`)
  }

  /** Data as text; made once a tick for all clients that stand at the same revision. */
  #dataText(
    key: TopicKey,
    since: number,
    tick: { readonly nowUs: number; readonly texts: Map<string, string> },
  ): string {
    const cached = tick.texts.get(`${key}|${since}`)
    if (cached !== undefined) return cached
    const { projection, health } = this.#options
    const data = projection.read(key, since, projection.asOf(tick.nowUs), health())
    const text = JSON.stringify(data)
    tick.texts.set(`${key}|${since}`, text)
    return text
  }

  #onMessage(client: Client, text: string): void {
    const message = parseMessage(text)
    if (message === null) {
      client.socket.close(1008, 'unreadable message')
      this.#clients.delete(client)
      return
    }
    switch (message.type) {
      case 'subscribe':
        for (const topic of message.topics) this.#subscribe(client, topic)
        break
      case 'unsubscribe':
        for (const topic of message.topics) client.subscriptions.delete(topic)
        return
      case 'resnapshot':
        if (client.subscriptions.has(message.topic)) this.#subscribe(client, message.topic)
        break
      case 'pace':
        client.pace = message.pace
        return
    }
    this.#serve(client, this.#options.now(), new Map())
  }

  #subscribe(client: Client, topic: TopicKey): void {
    if (!this.#options.projection.has(topic)) {
      return this.#post(client, { type: 'refused', topic, text: 'no such topic' })
    }
    if (client.subscriptions.size >= TOPICS_MAX && !client.subscriptions.has(topic)) {
      return this.#post(client, { type: 'refused', topic, text: `at most ${TOPICS_MAX} topics` })
    }
    client.subscriptions.set(topic, { sequence: 0, revision: 0, lastText: '', sentTime: 0 })
  }

  #post(client: Client, message: ServerMessage): void {
    client.socket.send(JSON.stringify(message))
  }
}

const isTopicList = (value: unknown): value is readonly TopicKey[] =>
  Array.isArray(value) &&
  value.length <= TOPICS_MAX &&
  value.every((item) => typeof item === 'string' && item.length <= 32)

/** A client's message, or null when it is none. */
export function parseMessage(text: string): ClientMessage | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, topics, topic, pace } = value as Record<string, unknown>
  if ((type === 'subscribe' || type === 'unsubscribe') && isTopicList(topics)) {
    return { type, topics }
  }
  if (type === 'resnapshot' && isTopicList([topic])) return { type, topic: topic as TopicKey }
  if (type === 'pace' && (pace === 'normal' || pace === 'hidden')) return { type, pace }
  return null
}
