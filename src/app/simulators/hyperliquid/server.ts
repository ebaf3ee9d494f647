import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TimeUs } from '../../../core/mod.ts'
import { BODY_BYTES_MAX, listenOn, readBody } from '../listen.ts'
import { ABNORMAL_CLOSURE } from './socket/connection.ts'
import type { HyperliquidVenue } from './venue.ts'

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
/** A client that reads too slowly is dropped when this much waits for it. */
const BUFFERED_BYTES_MAX = 16 << 20

/** Serves REST and WebSocket on one loopback port, in real time. Throws InputError (2). */
export async function serveVenue(
  venue: HyperliquidVenue,
  options: ServeOptions,
): Promise<VenueServer> {
  const server = createServer((request, response) => {
    void answer(venue, options, request, response)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const sockets = serveSockets(venue, server)
  await listenOn(server, options.port)
  const timer = setInterval(() => venue.advance(options.now()), options.stepMs)
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
  venue: HyperliquidVenue,
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
  const [path = '/'] = (request.url ?? '/').split('?')
  try {
    const reply = await venue.handleHttp({
      method: request.method ?? 'GET',
      path,
      headers: { 'content-type': request.headers['content-type'] },
      body,
      receivedTimeUs,
    })
    if (reply.status === 0) {
      request.socket.destroy()
      return
    }
    const type = reply.contentType === '' ? {} : { 'content-type': reply.contentType }
    response.writeHead(reply.status, {
      ...type,
      'content-length': Buffer.byteLength(reply.body),
    })
    response.end(reply.body)
  } catch (error) {
    request.socket.destroy()
    failed(error)
  }
}

function serveSockets(venue: HyperliquidVenue, server: Server): WebSocketServer {
  const sockets = new WebSocketServer({
    server,
    path: '/ws',
    perMessageDeflate: false,
    maxPayload: BODY_BYTES_MAX,
  })
  sockets.on('error', () => {})
  sockets.on('connection', (socket) => attach(venue, socket))
  return sockets
}

function attach(venue: HyperliquidVenue, socket: WebSocket): void {
  const connection = venue.openConnection(
    (text) => {
      if (socket.bufferedAmount > BUFFERED_BYTES_MAX) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.send(text)
    },
    (code) => {
      if (code === ABNORMAL_CLOSURE) socket.terminate()
      else socket.close(code)
    },
  )
  socket.on('message', (data, isBinary) => {
    if (!isBinary) connection.message(String(data))
  })
  socket.on('close', () => connection.close())
  socket.on('error', () => socket.terminate())
}
