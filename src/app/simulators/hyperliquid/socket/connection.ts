import type { TimeUs } from '../../../../core/mod.ts'
import type { Agenda } from '../agenda.ts'
import type { FaultPlan, FrameKind } from '../faults.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asUnsigned, isObject, type Json, type JsonObject, parseJson } from '../wire/json.ts'
import { type Frame, firstFrame, noticeFrame, presentFrame } from './frames.ts'
import { readSubscription, type Subscription, userOf } from './subscription.ts'

/** Close code of a socket that went away without a close frame. */
export const ABNORMAL_CLOSURE = 1006

/** What the venue does with a socket. Both are called synchronously and may not throw. */
export interface ConnectionSink {
  send(text: string): void
  /** The venue drops the socket, without a close frame when the code is 1006. */
  closed(code: number): void
}

/** Limits of one socket; null: not enforced. */
export interface SocketLimits {
  readonly subscriptions: number | null
  readonly users: number | null
  readonly messagesPerMinute: number | null
  readonly inflightPosts: number | null
}

/** What a connection needs of the venue. */
export interface ConnectionContext {
  readonly state: VenueState
  readonly agenda: Agenda
  readonly faults: FaultPlan
  readonly limits: SocketLimits
  /** Lets the venue run up to the present and returns venue time. */
  present(): TimeUs
  /** Answers a posted request; null payload type means an error text. */
  post(
    request: { readonly kind: 'info' | 'action'; readonly payload: Json },
    time: TimeUs,
  ): Promise<PostReply | null>
  /** Called once, however it ends. */
  ended(connection: Connection): void
}

/** The part of a post frame behind "response"; `null` instead means that no answer is sent. */
export type PostReply = {
  readonly type: 'info' | 'action' | 'error'
  readonly payload: unknown
}

/** Which regular frames are due. */
export type Tick = 'fastBook' | 'slowBook' | 'mids' | 'second'

const tickOf = (subscription: Subscription): Tick | null => {
  switch (subscription.type) {
    case 'l2Book':
      return subscription.fast ? 'fastBook' : 'slowBook'
    case 'allMids':
      return 'mids'
    case 'candle':
    case 'activeAssetCtx':
      return 'second'
    default:
      return null
  }
}

/** One client's socket: subscriptions, pings, posts. Knows nothing of TCP. */
export class Connection {
  readonly #context: ConnectionContext
  readonly #sink: ConnectionSink
  /** By normalised text. */
  readonly #subscriptions = new Map<string, Subscription>()
  /** Last text of regular frames that are sent on change only. */
  readonly #lastSent = new Map<string, string>()
  #isOpen = true
  #sentTime: TimeUs
  #stalledUntil: TimeUs = 0
  #inflight = 0
  #minute = 0
  #messages = 0

  constructor(context: ConnectionContext, sink: ConnectionSink, greeting: string | null) {
    this.#context = context
    this.#sink = sink
    this.#sentTime = context.present()
    if (greeting !== null) this.#write(greeting)
  }

  /** A text frame from the client. */
  message(text: string): void {
    if (!this.#isOpen) return
    const time = this.#context.present()
    if (this.#exceedsRate(time)) return this.drop()
    const request = parseJson(text)
    const read = isObject(request) ? request : null
    switch (read?.['method']) {
      case 'ping':
        return this.#send({ channel: 'pong', data: undefined })
      case 'subscribe':
        return this.#subscribe(text, read['subscription'], time)
      case 'unsubscribe':
        return this.#unsubscribe(text, read['subscription'])
      case 'post':
        return this.#post(text, read, time)
      default:
        return this.#invalid(text)
    }
  }

  /** The client closed the socket. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#context.ended(this)
  }

  /** Ends the socket without a close frame. */
  drop(): void {
    if (!this.#isOpen) return
    this.close()
    this.#sink.closed(ABNORMAL_CLOSURE)
  }

  /** Tells the subscribers among this client's subscriptions. */
  publish(notice: Notice): void {
    for (const subscription of this.#subscriptions.values()) {
      const frame = noticeFrame(subscription, notice)
      if (frame !== null) this.#deliver(frame, subscription, notice.time)
      if (!this.#isOpen) return
    }
  }

  /** Sends the regular frames of one cadence. */
  tick(tick: Tick, time: TimeUs): void {
    for (const [key, subscription] of this.#subscriptions) {
      if (tickOf(subscription) !== tick) continue
      const frame = presentFrame(subscription, this.#context.state, time)
      if (frame === null) continue
      if (subscription.type === 'candle') {
        const text = JSON.stringify(frame.data)
        if (this.#lastSent.get(key) === text) continue
        this.#lastSent.set(key, text)
      }
      this.#deliver(frame, subscription, time)
      if (!this.#isOpen) return
    }
  }

  /** Drops the socket when nothing has been sent on it for `silenceUs`. */
  dropIfSilent(time: TimeUs, silenceUs: number): void {
    if (time - this.#sentTime >= silenceUs) this.drop()
  }

  #subscribe(text: string, sent: Json | undefined, time: TimeUs): void {
    const read = isObject(sent) ? readSubscription(sent) : 'invalid'
    if (read === 'invalid') return this.#invalid(text)
    if (read === 'drop' || !this.#isListed(read.subscription)) return this.drop()
    const { subscription, echo } = read
    const key = JSON.stringify(echo)
    if (this.#subscriptions.has(key)) return this.#error(`Already subscribed: ${key}`)
    const excess = this.#excess(subscription)
    if (excess !== null) return this.#error(excess)
    this.#subscriptions.set(key, subscription)
    this.#confirm('subscribe', echo)
    const { state, faults } = this.#context
    const isFills = subscription.type === 'userFills' || subscription.type === 'userFundings'
    if (isFills && faults.leavesOutSnapshot(time)) return
    const first = firstFrame(subscription, state, time)
    if (first !== null) this.#deliver(first, subscription, time)
  }

  #unsubscribe(text: string, sent: Json | undefined): void {
    const read = isObject(sent) ? readSubscription(sent) : 'invalid'
    if (read === 'invalid' || read === 'drop') return this.#invalid(text)
    const key = JSON.stringify(read.echo)
    if (!this.#subscriptions.delete(key)) return this.#error(`Already unsubscribed: ${key}`)
    this.#lastSent.delete(key)
    this.#confirm('unsubscribe', read.echo)
  }

  #post(text: string, request: JsonObject, time: TimeUs): void {
    const id = asUnsigned(request['id'])
    const posted = request['request']
    if (id === null || !isObject(posted)) return this.#invalid(text)
    const { type: kind, payload } = posted
    if ((kind !== 'info' && kind !== 'action') || payload === undefined) return this.#invalid(text)
    const { inflightPosts } = this.#context.limits
    if (inflightPosts !== null && this.#inflight >= inflightPosts) {
      return this.#error(`too many pending post requests id=${id}`)
    }
    this.#inflight++
    void this.#context
      .post({ kind, payload }, time)
      .then((response) => {
        if (response !== null) this.#send({ channel: 'post', data: { id, response } })
      })
      .finally(() => {
        this.#inflight--
      })
  }

  #isListed(subscription: Subscription): boolean {
    if (!('coin' in subscription)) return true
    return this.#context.state.listing.find(subscription.coin) !== null
  }

  /** Which limit one more subscription would pass, in the venue's words. */
  #excess(subscription: Subscription): string | null {
    const { subscriptions, users } = this.#context.limits
    if (subscriptions !== null && this.#subscriptions.size >= subscriptions) {
      return `Cannot subscribe to more than ${subscriptions} channels.`
    }
    if (users === null || userOf(subscription) === null) return null
    const tracked = new Set([...this.#subscriptions.values()].map(userOf))
    tracked.delete(null)
    tracked.add(userOf(subscription))
    return tracked.size > users ? `Cannot track more than ${users} total users.` : null
  }

  #exceedsRate(time: TimeUs): boolean {
    const { messagesPerMinute } = this.#context.limits
    const minute = Math.floor(time / 60_000_000)
    this.#messages = minute === this.#minute ? this.#messages + 1 : 1
    this.#minute = minute
    return messagesPerMinute !== null && this.#messages > messagesPerMinute
  }

  #confirm(method: string, subscription: JsonObject): void {
    this.#send({ channel: 'subscriptionResponse', data: { method, subscription } })
  }

  #invalid(text: string): void {
    this.#error(`Error parsing JSON into valid websocket request: ${text}`)
  }

  #error(text: string): void {
    this.#send({ channel: 'error', data: text })
  }

  /** Sends a frame of a subscription, unless the fault plan has something else in mind. */
  #deliver(frame: Frame, subscription: Subscription, time: TimeUs): void {
    const { faults, agenda } = this.#context
    const kind: FrameKind = userOf(subscription) === null ? 'market' : 'private'
    if (kind === 'market' && time < this.#stalledUntil) return
    const fault = faults.frame(time, kind)
    if (fault === 'disconnected') return this.drop()
    if (fault === 'lost') return
    if (typeof fault === 'object' && 'stalledUs' in fault) {
      this.#stalledUntil = time + fault.stalledUs
      return
    }
    if (typeof fault === 'object') {
      const text = JSON.stringify(frame)
      agenda.at(time + fault.lateUs, () => this.#write(text))
      return
    }
    this.#send(frame)
    if (fault === 'repeated') this.#send(frame)
  }

  #send(frame: Frame): void {
    this.#write(JSON.stringify(frame))
  }

  #write(text: string): void {
    if (!this.#isOpen) return
    this.#sentTime = Math.max(this.#sentTime, this.#context.state.time)
    this.#sink.send(text)
  }
}
