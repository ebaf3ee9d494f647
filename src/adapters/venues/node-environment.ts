import { performance } from 'node:perf_hooks'
import WebSocket from 'ws'
import type { AdapterEnvironment } from './port.ts'

/** Frames larger than this end the socket: the largest known ones are a tenth of it. */
const MAXIMUM_FRAME_BYTES = 16 * 1024 * 1024
const HANDSHAKE_TIMEOUT_MS = 10_000
/** The clock is set anew when the system's was moved by more than this. */
const CLOCK_TOLERANCE_US = 100_000
/** How long the system's clock is not looked at again: reading both costs twice as much as one. */
const CLOCK_CHECK_US = 1_000

/**
 * The real world: system clock in microseconds, timers, fetch and WebSocket without compression.
 */
export function createNodeEnvironment(): AdapterEnvironment {
  let offsetUs = Date.now() * 1000 - performance.now() * 1000
  let checkUs = 0
  return {
    now() {
      const elapsedUs = performance.now() * 1000
      const fine = elapsedUs + offsetUs
      if (elapsedUs < checkUs) return Math.round(fine)
      checkUs = elapsedUs + CLOCK_CHECK_US
      const coarse = Date.now() * 1000
      if (Math.abs(fine - coarse) <= CLOCK_TOLERANCE_US) return Math.round(fine)
      offsetUs += coarse - fine
      return coarse
    },
    setTimer: (callback, delayMs) => ({ id: setTimeout(callback, delayMs) }),
    clearTimer: (handle) => clearTimeout(handle.id as NodeJS.Timeout),
    async fetch(url, init) {
      const response = await fetch(url, {
        method: init.method,
        headers: init.headers,
        body: init.body,
        signal: AbortSignal.timeout(init.timeoutMs),
        // A redirect could carry a signed request elsewhere.
        redirect: 'error',
      })
      return {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        body: await response.text(),
      }
    },
    openSocket(url, handlers) {
      const socket = new WebSocket(url, {
        perMessageDeflate: false,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        maxPayload: MAXIMUM_FRAME_BYTES,
        followRedirects: false,
      })
      socket.on('open', () => handlers.opened())
      socket.on('message', (data: Buffer) => handlers.message(data))
      socket.on('close', (code, reason) => handlers.closed(code, reason.toString('utf8')))
      socket.on('error', (error) => handlers.failed(error))
      return {
        send(text) {
          if (socket.readyState === WebSocket.OPEN) socket.send(text)
        },
        // No farewell is waited for: whoever closes has already turned to another socket.
        close: () => socket.terminate(),
      }
    },
  }
}
