import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebSocketServer } from 'ws'
import type { TimeUs } from '../../core/mod.ts'
import { listenOn, readBody } from './listen.ts'

/** A venue reachable over loopback. */
export interface VenueServer {
  readonly port: number
  /** Stops listening and ends all sockets. */
  close(): Promise<void>
}

/** How to serve a venue. */
export interface ServeOptions {
  /** 0 for any free one. */
  readonly port: number
  /** Present time in us; the same clock the venue has. */
  readonly now: () => TimeUs
  /** Longest pause between two steps of the market, ms. */
  readonly stepMs: number
  /** Called when the venue cannot go on (its store fails). The process must stop. */
  readonly failed: (error: unknown) => void
}

/** An HTTP request as it came in. */
export interface ServedRequest {
  readonly method: string
  /** As in the request: path and query. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly receivedTimeUs: TimeUs
}

/** An HTTP reply. Status 0: the connection is dropped without one. */
export interface ServedReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is served. */
export interface Served {
  advance(toTime: TimeUs): void
  /** Rejects only when the venue cannot go on. */
  answer(request: ServedRequest): Promise<ServedReply>
  /** Attaches the venue's sockets to the server. */
  sockets(server: Server): WebSocketServer
}

/** Longer than clients keep idle connections, so that they close them first. */
const KEEP_ALIVE_MS = 75_000
const NO_CONTENT = 204

/** Headers of a request: those that come several times are lists only where nobody reads them. */
export const headersOf = ({ headers }: IncomingMessage): ServedRequest['headers'] =>
  headers as ServedRequest['headers']

/** Serves REST and WebSockets on one loopback port, in real time. Throws InputError (2). */
export async function serveOnLoopback(served: Served, options: ServeOptions): Promise<VenueServer> {
  const server = createServer((request, response) => {
    void answer(served, options, request, response)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const sockets = served.sockets(server)
  await listenOn(server, options.port)
  const timer = setInterval(() => served.advance(options.now()), options.stepMs)
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer)
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  served: Served,
  { now, failed }: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const receivedTimeUs = now()
  const body = await readBody(request)
  if (body === 'aborted') return
  if (body === 'tooLong') {
    response.writeHead(413).end()
    request.destroy()
    return
  }
  try {
    const reply = await served.answer({
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: headersOf(request),
      body,
      receivedTimeUs,
    })
    if (reply.status === 0) {
      request.socket.destroy()
      return
    }
    const isEmpty = reply.status === NO_CONTENT
    const length = isEmpty ? {} : { 'content-length': Buffer.byteLength(reply.body) }
    response.writeHead(reply.status, { ...reply.headers, ...length })
    response.end(isEmpty ? undefined : reply.body)
  } catch (error) {
    request.socket.destroy()
    failed(error)
  }
}
