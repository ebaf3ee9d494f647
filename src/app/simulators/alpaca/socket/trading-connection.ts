import type { TimeUs } from '../../../../core/mod.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { type Codec, decodeFrame, encodeFrame } from '../wire/codec.ts'
import type { SocketContext } from './context.ts'
import { corruptUpdate } from './corrupt.ts'
import { ABNORMAL_CLOSURE, type Connection, type Sink, WAITING_BYTES_MAX } from './sink.ts'

const STREAM = 'trade_updates'

/** A client of the account's stream: authenticate, then listen. */
export class TradingConnection implements Connection {
  readonly #context: SocketContext
  readonly #sink: Sink
  readonly #codec: Codec
  #account: number | null = null
  #isListening = false
  #isOpen = true

  constructor(context: SocketContext, sink: Sink, codec: Codec) {
    this.#context = context
    this.#sink = sink
    this.#codec = codec
  }

  message(data: Uint8Array): void {
    if (!this.#isOpen) return
    this.#context.present()
    // Clients send text whatever the codec of what they are sent.
    const frame = decodeFrame('json', data) ?? decodeFrame('msgpack', data)
    if (!isObject(frame)) {
      this.#error('invalid message')
      return
    }
    switch (frame['action']) {
      case 'auth':
      case 'authenticate':
        return this.#authenticate(frame)
      case 'listen':
        return this.#listen(frame['data'])
      default:
        this.#error(`unknown action: ${String(frame['action'])}`)
    }
  }

  close(): void {
    this.#isOpen = false
  }

  drop(): void {
    if (!this.#isOpen) return
    this.close()
    this.#sink.closed(ABNORMAL_CLOSURE)
  }

  /** Tells an update of an account, unless the fault plan has something else in mind. */
  update(account: number, data: Readonly<Record<string, unknown>>, time: TimeUs): void {
    if (!this.#isOpen || !this.#isListening || account !== this.#account) return
    const { faults, agenda } = this.#context
    const frame = { stream: STREAM, data }
    const fault = faults.frame(time, 'private')
    if (fault === 'disconnected') this.drop()
    else if (fault === 'lost') return
    else if (typeof fault === 'object') {
      if ('lateUs' in fault) agenda.at(time + fault.lateUs, () => this.#send(frame))
    } else {
      this.#send(frame)
      if (fault === 'repeated') this.#send(frame)
      if (fault === 'fillAltered') this.#send({ stream: STREAM, data: corruptUpdate(data) })
    }
  }

  #authenticate(frame: JsonObject): void {
    const data = isObject(frame['data']) ? frame['data'] : frame
    const key = data['key_id'] ?? data['key']
    const secret = data['secret_key'] ?? data['secret']
    const account = this.#context.keys.check(key, secret)
    this.#account = account ?? this.#account
    const status = account === null ? 'unauthorized' : 'authorized'
    const more = account === null ? { message: 'access key verification failed' } : {}
    this.#send({ stream: 'authorization', data: { action: 'authenticate', status, ...more } })
  }

  #listen(data: Json | undefined): void {
    if (this.#account === null) {
      this.#send({ stream: 'authorization', data: { action: 'listen', status: 'unauthorized' } })
      return
    }
    const asked = isObject(data) && isArray(data['streams']) ? data['streams'] : []
    this.#isListening = asked.includes(STREAM)
    this.#send({ stream: 'listening', data: { streams: this.#isListening ? [STREAM] : [] } })
  }

  #error(text: string): void {
    this.#send({ action: 'error', data: { error_message: text } })
  }

  #send(frame: unknown): void {
    if (!this.#isOpen) return
    if (this.#sink.waiting() > WAITING_BYTES_MAX) return this.drop()
    const data = encodeFrame(this.#codec, frame)
    const isBinary = this.#context.binaryUpdates && typeof data === 'string'
    this.#sink.send(isBinary ? new TextEncoder().encode(data) : data)
  }
}
