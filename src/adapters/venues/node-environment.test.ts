import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createNodeEnvironment } from './node-environment.ts'

const servers: Server[] = []

function listen(server: Server): Promise<number> {
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

afterEach(() => {
  vi.restoreAllMocks()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('the real environment', () => {
  it('shows the system’s time in integer microseconds, never far from it', () => {
    const { now } = createNodeEnvironment()
    const time = now()
    expect(Number.isSafeInteger(time)).toBe(true)
    expect(Math.abs(time / 1000 - Date.now())).toBeLessThan(1_000)
  })

  it('counts microseconds from one look at the system’s clock to the next, and follows when it moved', () => {
    let elapsedMs = 5_000
    let systemMs = 1_790_000_000_000
    vi.spyOn(performance, 'now').mockImplementation(() => elapsedMs)
    vi.spyOn(Date, 'now').mockImplementation(() => systemMs)
    const { now } = createNodeEnvironment()
    const start = now()
    expect(start).toBe(1_790_000_000_000_000)
    elapsedMs += 0.25
    expect(now()).toBe(start + 250)
    // Moved by an hour: noticed within a millisecond.
    systemMs += 3_600_000
    elapsedMs += 0.5
    expect(now()).toBe(start + 750)
    elapsedMs += 0.25
    expect(now()).toBe(start + 3_600_000_000)
    elapsedMs += 0.125
    expect(now()).toBe(start + 3_600_000_125)
    // The counters disagree by less than the tolerance: nothing jumps.
    systemMs += 50
    elapsedMs += 10
    expect(now()).toBe(start + 3_600_010_125)
  })

  it('fires timers, not those cleared', async () => {
    const environment = createNodeEnvironment()
    const fired: string[] = []
    environment.clearTimer(environment.setTimer(() => fired.push('cleared'), 1))
    await new Promise<void>((resolve) => {
      environment.setTimer(() => {
        fired.push('kept')
        resolve()
      }, 5)
    })
    expect(fired).toEqual(['kept'])
  })

  it('posts and reads the reply whatever its status', async () => {
    const port = await listen(
      createServer((request, response) => {
        const parts: Buffer[] = []
        request.on('data', (part: Buffer) => parts.push(part))
        request.on('end', () => {
          response.writeHead(503, { 'content-type': 'application/json' })
          response.end(`${request.method} ${request.headers['x-a']} ${Buffer.concat(parts)}`)
        })
      }),
    )
    const reply = await createNodeEnvironment().fetch(`http://127.0.0.1:${port}/x`, {
      method: 'POST',
      headers: { 'x-a': 'b' },
      body: '{}',
      timeoutMs: 5_000,
    })
    expect(reply).toEqual({ status: 503, contentType: 'application/json', body: 'POST b {}' })
  })

  it('abandons a request after its timeout, and never follows a redirect', async () => {
    const port = await listen(
      createServer((request, response) => {
        if (request.url === '/moved') response.writeHead(302, { location: '/silent' }).end()
      }),
    )
    const { fetch } = createNodeEnvironment()
    const init = { method: 'POST', headers: {}, body: '', timeoutMs: 50 } as const
    await expect(fetch(`http://127.0.0.1:${port}/silent`, init)).rejects.toThrow(/timeout/i)
    const moved = fetch(`http://127.0.0.1:${port}/moved`, { ...init, timeoutMs: 5_000 })
    await expect(moved).rejects.toThrow()
  })

  it('opens sockets without compression, passes bytes both ways and tells why one ended', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server, perMessageDeflate: true })
    let extensions = 'unset'
    sockets.on('connection', (socket, request) => {
      extensions = request.headers['sec-websocket-extensions'] ?? 'none'
      socket.on('message', (data) => {
        socket.send(`got ${String(data)}`)
        socket.close(4001, 'enough')
      })
    })
    const port = await listen(server)
    const told: string[] = []
    await new Promise<void>((resolve) => {
      const socket = createNodeEnvironment().openSocket(`ws://127.0.0.1:${port}/ws`, {
        opened: () => {
          told.push('opened')
          socket.send('hello')
        },
        message: (data) => told.push(new TextDecoder().decode(data)),
        closed: (code, reason) => {
          told.push(`${code} ${reason}`)
          resolve()
        },
        failed: (error) => told.push(error.message),
      })
    })
    expect(told).toEqual(['opened', 'got hello', '4001 enough'])
    expect(extensions).toBe('none')
    sockets.close()
  })

  it('tells that nobody listens', async () => {
    const port = await listen(createServer())
    servers.pop()!.close()
    const failure = await new Promise<Error>((resolve) => {
      createNodeEnvironment().openSocket(`ws://127.0.0.1:${port}`, {
        opened: () => undefined,
        message: () => undefined,
        closed: () => undefined,
        failed: resolve,
      })
    })
    expect(failure.message).toContain('ECONNREFUSED')
  })
})
