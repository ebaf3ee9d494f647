import type { Notice } from '../state/notices.ts'
import { codecOf } from '../wire/codec.ts'
import type { SocketContext } from './context.ts'
import { type ConnectionCount, DataConnection, type DataStream } from './data-connection.ts'
import type { Connection, Sink } from './sink.ts'
import { TEST_EVERY_US, testMessages } from './test-feed.ts'
import { TradingConnection } from './trading-connection.ts'

/** A WebSocket handshake. */
export interface Handshake {
  /** Path with leading slash, without query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** All sockets of the venue. */
export interface Hub {
  readonly size: number
  /** Opens a socket; null when the path has none. */
  open(handshake: Handshake, sink: Sink): Connection | null
  publish(notices: readonly Notice[]): void
  dropAll(): void
}

const streams: Readonly<Record<string, DataStream>> = {
  '/v2/iex': { kind: 'stocks', name: 'stocks', needsSip: false },
  '/v2/sip': { kind: 'stocks', name: 'stocks', needsSip: true },
  '/v2/delayed_sip': { kind: 'stocks', name: 'stocks', needsSip: false },
  '/v2/test': { kind: 'stocks', name: 'test', needsSip: false, isTest: true },
  '/v1beta3/crypto/us': { kind: 'crypto', name: 'crypto', needsSip: false },
  '/v1beta3/crypto/us-1': { kind: 'crypto', name: 'crypto', needsSip: false },
  '/v1beta3/crypto/eu-1': { kind: 'crypto', name: 'crypto', needsSip: false },
  '/v1beta2/crypto': { kind: 'crypto', name: 'crypto', needsSip: false },
}

/** An empty hub. */
export function createHub(context: SocketContext): Hub {
  const trading = new Set<TradingConnection>()
  const data = new Set<DataConnection>()
  const places = new Map<string, DataConnection>()
  const counts: ConnectionCount = {
    take(account, stream, by) {
      const place = `${account} ${stream}`
      if (places.has(place)) return false
      places.set(place, by)
      return true
    },
    release(by) {
      for (const [place, holder] of places) if (holder === by) places.delete(place)
      data.delete(by)
      context.state.listening = data.size > 0
    },
  }
  let isTesting = false
  /** Tells the test symbol each second while anybody listens. */
  const tellTest = (): void => {
    const { agenda, state } = context
    isTesting = true
    const time = (Math.floor(state.time / TEST_EVERY_US) + 1) * TEST_EVERY_US
    agenda.at(time, () => {
      const listeners = [...data].filter((each) => each.isTest)
      const messages = testMessages(time)
      for (const each of listeners) each.publishTest(messages)
      isTesting = listeners.length > 0
      if (isTesting) tellTest()
    })
  }
  return {
    get size() {
      return trading.size + data.size
    },
    open({ path, headers }, sink) {
      const codec = codecOf(headers['content-type'])
      if (path === '/stream') {
        const connection = new TradingConnection(context, sink, codec)
        trading.add(connection)
        return connection
      }
      const stream = streams[path]
      if (stream === undefined) return null
      const connection = new DataConnection(context, stream, { sink, codec, counts })
      data.add(connection)
      context.state.listening = true
      connection.begin(headers)
      if (stream.isTest === true && !isTesting) tellTest()
      return connection
    },
    publish(notices) {
      if (notices.length === 0) return
      for (const notice of notices) {
        if (notice.kind !== 'tradeUpdate') continue
        for (const each of trading) each.update(notice.account, notice.data, context.state.time)
      }
      for (const each of [...data]) each.publish(notices)
    },
    dropAll() {
      for (const each of [...trading, ...data]) each.drop()
      trading.clear()
    },
  }
}
