import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { BODY_BYTES_MAX } from '../listen.ts'
import { type ServeOptions, serveOnLoopback, type VenueServer } from '../serve.ts'
import { ABNORMAL_CLOSURE } from './socket/connection.ts'
import type { HyperliquidVenue } from './venue.ts'

export type { VenueServer } from '../serve.ts'

/** A client that reads too slowly is dropped when this much waits for it. */
const BUFFERED_BYTES_MAX = 16 << 20

/** Serves REST and WebSocket on one loopback port, in real time. Throws InputError (2). */
export const serveVenue = (venue: HyperliquidVenue, options: ServeOptions): Promise<VenueServer> =>
  serveOnLoopback(
    {
      advance: venue.advance,
      async answer({ method, url, headers, body, receivedTimeUs }) {
        const [path = '/'] = url.split('?')
        const reply = await venue.handleHttp({ method, path, headers, body, receivedTimeUs })
        const { status, contentType } = reply
        const type = contentType === '' ? {} : { 'content-type': contentType }
        return { status, headers: type, body: reply.body }
      },
      sockets: (server) => serveSockets(venue, server),
    },
    options,
  )

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
