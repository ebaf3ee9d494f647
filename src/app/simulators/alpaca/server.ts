import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TimeUs } from '../../../core/mod.ts'
import { BODY_BYTES_MAX, listenOn, readBody } from '../listen.ts'
import { ABNORMAL_CLOSURE } from './socket/sink.ts'
import type { AlpacaVenue } from './venue.ts'

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

/** Longer than clients keep idle connections, so that they close them first. */
const KEEP_ALIVE_MS = 75_000

type Headers = Readonly<Record<string, string | undefined>>

const headersOf = ({ headers }: IncomingMessage): Headers => headers as Headers

const splitUrl = (url: string | undefined): readonly [path: string, query: string] => {
  const [path = '/', query = ''] = (url ?? '/').split('?')
  // Base URLs that end in a slash give two.
  return [path.replace(/\/{2,}/g, '/'), query]
}

/** Serves REST and WebSockets on one loopback port. Throws InputError (2). */
export async function serveVenue(venue: AlpacaVenue, options: ServeOptions): Promise<VenueServer> {
  const server = createServer((request, response) => {
    void answer(venue, options, request, response)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const sockets = serveSockets(venue, server)
  await listenOn(server, options.port)
  const timer = setInterval(() => {
    try {
      venue.advance(options.now())
    } catch (error) {
      options.failed(error)
    }
  }, options.stepMs)
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
  venue: AlpacaVenue,
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
  const [path, query] = splitUrl(request.url)
  try {
    const reply = await venue.handleHttp({
      method: request.method ?? 'GET',
      path,
      query,
      headers: headersOf(request),
      body,
      receivedTimeUs,
    })
    if (reply.status === 0) {
      request.socket.destroy()
      return
    }
    const hasBody = reply.status !== 204
    const length = hasBody ? { 'content-length': Buffer.byteLength(reply.body) } : {}
    response.writeHead(reply.status, { ...reply.headers, ...length })
    response.end(hasBody ? reply.body : undefined)
  } catch (error) {
    request.socket.destroy()
    failed(error)
  }
}

function serveSockets(venue: AlpacaVenue, server: Server): WebSocketServer {
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    maxPayload: BODY_BYTES_MAX,
  })
  sockets.on('error', () => {})
  sockets.on('connection', (socket, request) => attach(venue, socket, request))
  return sockets
}

const UNKNOWN_PATH = 1008

function attach(venue: AlpacaVenue, socket: WebSocket, request: IncomingMessage): void {
  socket.on('error', () => socket.terminate())
  const [path] = splitUrl(request.url)
  const sink = {
    send(data: string | Uint8Array) {
      if (socket.readyState === socket.OPEN) socket.send(data)
    },
    closed(code: number) {
      if (code === ABNORMAL_CLOSURE) socket.terminate()
      else socket.close(code)
    },
    waiting: () => socket.bufferedAmount,
  }
  const connection = venue.openConnection({ path, headers: headersOf(request) }, sink)
  if (connection === null) {
    socket.close(UNKNOWN_PATH, 'no such stream')
    return
  }
  socket.on('message', (data) => connection.message(data as Buffer))
  socket.on('close', () => connection.close())
}
