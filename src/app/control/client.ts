import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { InputError } from '../../adapters/mod.ts'
import type { ControlEndpoint } from './endpoint.ts'
import type { ControlReply } from './request.ts'

const ANSWER_TIMEOUT_MS = 10_000
/** A snapshot of hundreds of coins stays far below it. */
const REPLY_BYTES_MAX = 32 * 1024 * 1024

/** Sends one request to a running session. Throws InputError (5) when nobody answers. */
export async function askSession(
  endpoint: ControlEndpoint,
  request: Readonly<Record<string, unknown>>,
): Promise<ControlReply> {
  const token = readToken(endpoint)
  const text = await exchange(endpoint, `${JSON.stringify({ token, ...request })}\n`)
  try {
    return JSON.parse(text) as ControlReply
  } catch (cause) {
    throw unreachable(endpoint, 'its answer cannot be read', cause)
  }
}

function readToken(endpoint: ControlEndpoint): string {
  try {
    return readFileSync(endpoint.token, 'utf8').trim()
  } catch (cause) {
    throw unreachable(endpoint, `its token ${endpoint.token} cannot be read`, cause)
  }
}

function exchange(endpoint: ControlEndpoint, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const socket = createConnection(endpoint.socket)
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy()
      reject(unreachable(endpoint, why, cause))
    }
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`))
    socket.on('error', (error) => fail(error.message, error))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > REPLY_BYTES_MAX) fail('its answer is too long')
    })
    socket.on('end', () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    socket.write(line)
  })
}

const unreachable = (endpoint: ControlEndpoint, why: string, cause?: unknown): InputError =>
  new InputError({
    code: 'ORN-CTL-002',
    exitCode: 5,
    message: 'The session does not answer',
    details: [`${endpoint.socket}: ${why}`],
    fix: 'Look whether it runs; a session that was killed leaves its token behind',
    ...(cause === undefined ? {} : { cause }),
  })
