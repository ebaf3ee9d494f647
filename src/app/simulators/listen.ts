import type { IncomingMessage, Server } from 'node:http'
import { InputError } from '../../adapters/mod.ts'

const HOST = '127.0.0.1'
/** Longest body of a request that is read. */
export const BODY_BYTES_MAX = 1 << 20

/** Lets a server listen on loopback. Throws InputError (2). */
export function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new InputError({
          code: 'ORN-SIM-005',
          exitCode: 2,
          message: `The simulated venue cannot listen on port ${port} of ${HOST}`,
          details: [error.message],
          fix: 'give another port, or 0 for any free one',
          cause: error,
        }),
      )
    })
    server.listen(port, HOST, resolve)
  })
}

/** The whole body of a request, or why there is none. */
export function readBody(request: IncomingMessage): Promise<string | 'tooLong' | 'aborted'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let bytes = 0
    request.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > BODY_BYTES_MAX) resolve('tooLong')
      else parts.push(part)
    })
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    request.on('close', () => resolve('aborted'))
    request.on('error', () => resolve('aborted'))
  })
}
