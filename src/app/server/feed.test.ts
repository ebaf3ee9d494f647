import { describe, expect, test } from 'vitest'
import { DemoSession } from '../../../test/support/demo-session.ts'
import { Feed, parseMessage } from './feed.ts'
import type { ListOf, ServerMessage } from './protocol.ts'
import type { AlertView, FillView } from './views.ts'

const START = Date.UTC(2026, 0, 14, 9) * 1000
const SERVER = { clients: 1, memoryMegabytes: 100, eventLoopLagMs: 0, uptimeSeconds: 5 }

class FakeSocket {
  bufferedAmount = 0
  readonly sent: ServerMessage[] = []
  closed: { readonly code: number; readonly reason: string } | null = null
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason }
  }
  take(topic: string) {
    return this.sent.filter((message) => 'topic' in message && message.topic === topic)
  }
}

function stage() {
  const session = new DemoSession({ mode: 'rehearse', seed: 7, startTime: START })
  session.run(5)
  const feed = new Feed({
    projection: session.projection,
    now: () => session.time,
    health: () => SERVER,
  })
  const socket = new FakeSocket()
  const client = feed.attach(socket)
  const run = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      session.run(1)
      feed.tick()
    }
  }
  return { session, feed, socket, client, run }
}

describe('a subscription', () => {
  test('begins with a snapshot and goes on with deltas whose sequence has no gap', () => {
    const { socket, client, run } = stage()
    client.onMessage('{"type":"subscribe","topics":["state","book:0","bars:0"]}')
    run(30)
    for (const topic of ['state', 'book:0', 'bars:0']) {
      const messages = socket.take(topic) as Extract<ServerMessage, { sequence: number }>[]
      expect(messages.map((message) => message.type)[0]).toBe('snapshot')
      expect(messages.length).toBeGreaterThan(10)
      expect(messages.map((message) => message.sequence)).toEqual(messages.map((_, i) => i + 1))
    }
  })

  test('nothing is sent of a topic that did not change', () => {
    const { socket, client, feed } = stage()
    client.onMessage('{"type":"subscribe","topics":["orders","book:1"]}')
    const count = socket.sent.length
    feed.tick()
    feed.tick()
    expect(socket.sent).toHaveLength(count)
  })

  test('a resnapshot starts the topic over at sequence 1', () => {
    const { socket, client, run } = stage()
    client.onMessage('{"type":"subscribe","topics":["book:0"]}')
    run(5)
    client.onMessage('{"type":"resnapshot","topic":"book:0"}')
    expect(socket.take('book:0').at(-1)).toMatchObject({ type: 'snapshot', sequence: 1 })
  })

  test('a topic that does not exist is refused by name', () => {
    const { socket, client } = stage()
    client.onMessage('{"type":"subscribe","topics":["book:9","book","secrets"]}')
    const refused = socket.sent.filter((message) => message.type === 'refused')
    expect(refused.map((message) => message.topic)).toEqual(['book:9', 'book', 'secrets'])
  })

  test('unreadable messages end the connection', () => {
    const { feed, socket, client } = stage()
    client.onMessage('hello')
    expect(socket.closed?.code).toBe(1008)
    expect(feed.clientCount).toBe(0)
  })

  test('heartbeats come once a second with the core’s time', () => {
    const { socket, run } = stage()
    run(10)
    const beats = socket.sent.filter((message) => message.type === 'heartbeat')
    expect(beats).toHaveLength(10)
    expect(beats.at(-1)).toMatchObject({ sequence: 10, coreTime: '2026-01-14T09:00:15.000000Z' })
  })

  test('a hidden page gets numbers every ten seconds but every order at once', () => {
    const { socket, client, run } = stage()
    client.onMessage('{"type":"subscribe","topics":["book:0","fills"]}')
    client.onMessage('{"type":"pace","pace":"hidden"}')
    run(60)
    expect(socket.take('book:0').length).toBeLessThanOrEqual(8)
  })
})

describe('a slow client', () => {
  test('gets nothing while it does not read, then every fill it missed', () => {
    const { session, socket, client, run } = stage()
    client.onMessage('{"type":"subscribe","topics":["fills","alerts","book:0"]}')
    const before = socket.sent.length
    socket.bufferedAmount = 5_000_000
    run(25)
    expect(socket.sent).toHaveLength(before)
    socket.bufferedAmount = 0
    run(3600)
    const seen = new Set<string>()
    for (const message of socket.take('fills')) {
      if (!('data' in message)) continue
      for (const fill of (message.data as ListOf<FillView>).items) seen.add(fill.executionId)
    }
    const all = session.projection.read('fills', 0, session.time, SERVER) as ListOf<FillView>
    expect([...seen]).toEqual(all.items.map((fill) => fill.executionId))
    const alerts = session.projection.read('alerts', 0, session.time, SERVER) as ListOf<AlertView>
    expect(alerts.isPartial).toBe(false)
  })

  test('is closed when it stays behind', () => {
    const { feed, socket, run } = stage()
    socket.bufferedAmount = 5_000_000
    run(35)
    expect(socket.closed?.code).toBe(1013)
    expect(feed.clientCount).toBe(0)
  })
})

describe('reading a client’s message', () => {
  test.each([
    '{}',
    '[]',
    'null',
    '{"type":"subscribe"}',
    '{"type":"subscribe","topics":"state"}',
    '{"type":"subscribe","topics":[1]}',
    '{"type":"resnapshot"}',
    '{"type":"pace","pace":"fast"}',
    '{"type":"operator"}',
  ])('%s is refused', (text) => {
    expect(parseMessage(text)).toBeNull()
  })
})
