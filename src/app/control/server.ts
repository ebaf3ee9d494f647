import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { InputError, writeFileAtomically } from '../../adapters/mod.ts'
import { answerRequest, type ControlSubject } from './answer.ts'
import type { ControlEndpoint } from './endpoint.ts'
import { type ControlReply, REQUEST_BYTES_MAX, readRequest, refuse } from './request.ts'

/** A session's control socket. */
export interface ControlServer {
  readonly endpoint: ControlEndpoint
  /** Stops listening and removes socket and token. */
  readonly close: () => Promise<void>
}

const READ_TIMEOUT_MS = 5000
const CONNECTIONS_MAX = 16

/**
 * Listens on a Unix socket (on Windows a named pipe) of the owner alone, one request of one line
 * per connection, each with the token that lies beside the socket. A socket that a killed session
 * left is taken over; the session's lock keeps two from listening. Throws InputError (2).
 */
export async function serveControl(
  subject: ControlSubject,
  options: {
    readonly endpoint: ControlEndpoint
    /** Told once when somebody asks without the token. */
    readonly notice: (text: string) => void
    /** Time for a request to arrive, ms (5000). */
    readonly readTimeoutMs?: number
  },
): Promise<ControlServer> {
  const { endpoint } = options
  const token = randomBytes(32).toString('base64url')
  const guard = createGuard(token, options.notice)
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const answer = (line: Buffer): ControlReply => answerLine(subject, guard, line)
    serveOne(socket, answer, options.readTimeoutMs ?? READ_TIMEOUT_MS)
  })
  server.maxConnections = CONNECTIONS_MAX
  await listen(server, endpoint)
  writeFileAtomically(endpoint.token, `${token}\n`)
  return {
    endpoint,
    close: () =>
      new Promise((resolve) => {
        rmSync(endpoint.token, { force: true })
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function listen(server: Server, { socket }: ControlEndpoint): Promise<void> {
  const isFile = process.platform !== 'win32'
  if (isFile) {
    mkdirSync(dirname(socket), { recursive: true })
    removeStale(socket)
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(socket, String(cause.message), cause)))
    server.listen(socket, resolve)
  })
  if (isFile) chmodSync(socket, 0o600)
  server.unref()
}

/** Removes what an earlier session left, and nothing that is no socket. */
function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw cannotListen(path, 'a file is there that is no socket')
  rmSync(path)
}

const cannotListen = (path: string, why: string, cause?: unknown): InputError =>
  new InputError({
    code: 'ORN-CTL-001',
    exitCode: 2,
    message: `The control socket ${path} cannot be made: ${why}`,
    fix: 'Choose a session with a shorter or another name: --session NAME',
    ...(cause === undefined ? {} : { cause }),
  })

/** Compares tokens in constant time, and says once that somebody came without it. */
function createGuard(token: string, notice: (text: string) => void): (given: unknown) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(token)
  let hasSaid = false
  return (given) => {
    if (typeof given === 'string' && timingSafeEqual(digest(given), expected)) return true
    if (!hasSaid) notice('control: a request without the right token was refused')
    hasSaid = true
    return false
  }
}

/** Reads one line of one connection and answers it; whoever is slow or long is cut off. */
function serveOne(
  socket: Socket,
  answer: (line: Buffer) => ControlReply,
  readTimeoutMs: number,
): void {
  let received = Buffer.alloc(0)
  let isDone = false
  const reply = (value: ControlReply): void => {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    socket.end(`${JSON.stringify(value)}\n`)
    // A client that does not read must not keep the connection.
    setTimeout(() => socket.destroy(), readTimeoutMs).unref()
  }
  const timer = setTimeout(
    () => reply(refuse('timeout', `no whole line within ${readTimeoutMs} ms`)),
    readTimeoutMs,
  )
  timer.unref()
  socket.on('error', () => socket.destroy())
  socket.on('close', () => clearTimeout(timer))
  socket.on('end', () => reply(refuse('bad_request', 'the request ended without a newline')))
  socket.on('data', (chunk: Buffer) => {
    if (isDone) return
    received = Buffer.concat([received, chunk])
    const end = received.indexOf(10)
    if (end >= 0 ? end >= REQUEST_BYTES_MAX : received.length >= REQUEST_BYTES_MAX) {
      reply(refuse('request_too_large', `a request has at most ${REQUEST_BYTES_MAX} bytes`))
    } else if (end >= 0) {
      reply(answer(received.subarray(0, end)))
    }
  })
}

function answerLine(
  subject: ControlSubject,
  isToken: (given: unknown) => boolean,
  line: Buffer,
): ControlReply {
  let body: unknown
  try {
    body = JSON.parse(line.toString('utf8'))
  } catch {
    return refuse('bad_request', 'the line is not JSON')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse('bad_request', 'the line is not a JSON object')
  }
  const { token, ...rest } = body as Record<string, unknown>
  if (!isToken(token)) return refuse('unauthorized', 'the token is not that of this session')
  const request = readRequest(rest)
  if (!('cmd' in request)) return request
  try {
    return answerRequest(subject, request)
  } catch {
    return refuse('internal_error', 'the request failed inside the session')
  }
}
