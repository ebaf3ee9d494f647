import type { IncomingMessage, Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { BODY_BYTES_MAX } from '../listen.ts'
import { headersOf, type ServeOptions, serveOnLoopback, type VenueServer } from '../serve.ts'
import { ABNORMAL_CLOSURE } from './socket/sink.ts'
import type { AlpacaVenue } from './venue.ts'

function splitUrl(url: string): readonly [path: string, query: string] {
  const [path = '/', query = ''] = url.split('?')
  // Base URLs that end in a slash give two.
  return [path.replace(/\/{2,}/g, '/'), query]
}

/** Serves REST and WebSockets on one loopback port. Throws InputError (2). */
export const serveVenue = (venue: AlpacaVenue, options: ServeOptions): Promise<VenueServer> =>
  serveOnLoopback(
    {
      advance: venue.advance,
      answer({ url, ...request }) {
        const [path, query] = splitUrl(url)
        return venue.handleHttp({ ...request, path, query })
      },
      sockets: (server) => serveSockets(venue, server),
    },
    options,
  )

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
  const [path] = splitUrl(request.url ?? '/')
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
