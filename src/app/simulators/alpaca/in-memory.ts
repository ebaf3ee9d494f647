import type { VirtualRoute } from '../../../adapters/mod.ts'
import type { AlpacaVenue } from './venue.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** Serves a venue in memory under virtual time; it is asked for when the first request arrives. */
export const serveInMemory = (venue: () => AlpacaVenue): VirtualRoute => ({
  http: async ({ url, method, path, headers, body, now }) => {
    const query = new URL(url).search.slice(1)
    const asked = { method, path, query, headers, body, receivedTimeUs: now }
    const reply = await venue().handleHttp(asked)
    if (reply.status === 0) throw new Error('socket hang up')
    const contentType = reply.headers['content-type'] ?? ''
    return { status: reply.status, contentType, body: reply.body }
  },
  socket({ url, send, closed }) {
    const connection = venue().openConnection(
      { path: new URL(url).pathname, headers: {} },
      {
        send: (data) => send(typeof data === 'string' ? data : decoder.decode(data)),
        closed: (code) => closed(code, ''),
        waiting: () => 0,
      },
    )
    if (connection === null) return null
    return {
      message: (text) => connection.message(encoder.encode(text)),
      close: () => connection.close(),
    }
  },
})
