import type { TimeUs } from '../../../../core/mod.ts'
import type { Agenda } from '../../agenda.ts'
import type { FaultPlan, FrameKind } from '../../faults.ts'
import { asUnsigned, isObject, type Json, type JsonObject, parseJson } from '../../json.ts'
import type { Notice } from '../state/notices.ts'
import type { VenueState } from '../state/venue-state.ts'
import type { Channel, Frame, Tick } from './channel.ts'
import { corrupt } from './corrupt.ts'
import type { Quota } from './quota.ts'
import { readChannel } from './subscribe.ts'

/** Close code of a socket that went away without a close frame. */
export const ABNORMAL_CLOSURE = 1006

/** What the venue does with a socket. Both are called synchronously and may not throw. */
export interface ConnectionSink {
  send(text: string): void
  /** The venue drops the socket, without a close frame when the code is 1006. */
  closed(code: number): void
}

/** What a connection needs of the venue. */
export interface ConnectionContext {
  readonly state: VenueState
  readonly agenda: Agenda
  readonly faults: FaultPlan
  readonly quota: Quota
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

/** One client's socket: subscriptions, pings, posts. Knows nothing of TCP. */
export class Connection {
  readonly #context: ConnectionContext
  readonly #sink: ConnectionSink
  /** By normalised text. */
  readonly #channels = new Map<string, Channel>()
  /** Last text of regular frames that are sent on change only. */
  readonly #lastSent = new Map<string, string>()
  #isOpen = true
  #sentTime: TimeUs
  #stalledUntil: TimeUs = 0
  readonly #stalledCoins = new Map<string, TimeUs>()

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
    if (!this.#context.quota.message(time)) return this.drop()
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
    this.#context.quota.disconnect([...this.#channels.values()].map(({ user }) => user))
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
    const view = { state: this.#context.state, time: notice.time }
    for (const channel of this.#channels.values()) {
      const frame = channel.told?.(notice, view) ?? null
      if (frame !== null) this.#deliver(frame, channel, notice.time)
      if (!this.#isOpen) return
    }
  }

  /** Sends the regular frames of one cadence. */
  tick(tick: Tick, time: TimeUs): void {
    const view = { state: this.#context.state, time }
    for (const [key, channel] of this.#channels) {
      if (channel.tick !== tick) continue
      const frame = channel.regular?.(view) ?? null
      if (frame === null) continue
      if (channel.onChange === true) {
        const text = JSON.stringify(frame.data)
        if (this.#lastSent.get(key) === text) continue
        this.#lastSent.set(key, text)
      }
      this.#deliver(frame, channel, time)
      if (!this.#isOpen) return
    }
  }

  /** Drops the socket when nothing has been sent on it for `silenceUs`. */
  dropIfSilent(time: TimeUs, silenceUs: number): void {
    if (time - this.#sentTime >= silenceUs) this.drop()
  }

  #subscribe(text: string, sent: Json | undefined, time: TimeUs): void {
    const { state, faults, quota } = this.#context
    const channel = readChannel(sent, state)
    if (channel === 'invalid') return this.#invalid(text)
    if (channel === 'drop') return this.drop()
    const key = JSON.stringify(channel.echo)
    if (this.#channels.has(key)) return this.#error(`Already subscribed: ${key}`)
    const excess = quota.subscribe(channel.user)
    if (excess !== null) return this.#error(excess)
    this.#channels.set(key, channel)
    this.#confirm('subscribe', channel.echo)
    if (channel.hasSnapshot === true && faults.leavesOutSnapshot(time)) return
    const view = { state, time }
    const first = (channel.first ?? channel.regular)?.call(channel, view) ?? null
    if (first !== null) this.#deliver(first, channel, time)
  }

  #unsubscribe(text: string, sent: Json | undefined): void {
    const channel = readChannel(sent, this.#context.state)
    if (channel === 'invalid' || channel === 'drop') return this.#invalid(text)
    const key = JSON.stringify(channel.echo)
    if (!this.#channels.delete(key)) return this.#error(`Already unsubscribed: ${key}`)
    this.#context.quota.unsubscribe(channel.user)
    this.#lastSent.delete(key)
    this.#confirm('unsubscribe', channel.echo)
  }

  #post(text: string, request: JsonObject, time: TimeUs): void {
    const id = asUnsigned(request['id'])
    const posted = request['request']
    if (id === null || !isObject(posted)) return this.#invalid(text)
    const { type: kind, payload } = posted
    if ((kind !== 'info' && kind !== 'action') || payload === undefined) return this.#invalid(text)
    if (!this.#context.quota.beginPost()) {
      return this.#error(`too many pending post requests id=${id}`)
    }
    void this.#context
      .post({ kind, payload }, time)
      .then((response) => {
        if (response !== null) this.#send({ channel: 'post', data: { id, response } })
      })
      .finally(() => {
        this.#context.quota.endPost()
      })
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
  #deliver(frame: Frame, channel: Channel, time: TimeUs): void {
    const { faults, agenda } = this.#context
    const kind: FrameKind = channel.user === null ? 'market' : 'private'
    if (kind === 'market' && time < this.#stalledUntil) return
    if (time < (this.#stalledCoins.get(coinOf(channel)) ?? 0)) return
    const fault = faults.frame(time, kind)
    if (fault === 'disconnected') return this.drop()
    if (fault === 'lost') return
    if (typeof fault === 'string') {
      const isWrong = fault !== 'none' && fault !== 'repeated'
      if (!isWrong || fault === 'fillAltered') this.#send(frame)
      if (fault === 'repeated') this.#send(frame)
      if (isWrong) this.#send(corrupt(frame, fault))
    } else if ('stalledUs' in fault) this.#stalledUntil = time + fault.stalledUs
    else if ('coinStalledUs' in fault) {
      this.#stalledCoins.set(coinOf(channel), time + fault.coinStalledUs)
    } else {
      const text = JSON.stringify(frame)
      agenda.at(time + fault.lateUs, () => this.#write(text))
    }
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

/** The coin a channel is about; the empty text when it is about none. */
const coinOf = ({ user, echo }: Channel): string =>
  user === null && typeof echo['coin'] === 'string' ? echo['coin'] : ''
