import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where a session listens for `ornstein control`, and the file with the token it asks for. */
export interface ControlEndpoint {
  /** A Unix socket's path, on Windows the name of a pipe. */
  readonly socket: string
  readonly token: string
}

const SOCKET = 'control.sock'
const TOKEN = 'control.token'

/** The endpoint of the session in a folder. */
export function controlEndpoint(directory: string, platform = process.platform): ControlEndpoint {
  const token = join(directory, TOKEN)
  if (platform !== 'win32') return { socket: join(directory, SOCKET), token }
  // Pipes live in a name space of their own: the folder's name in full makes them unique.
  const name = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24)
  return { socket: `\\\\.\\pipe\\ornstein-${name}`, token }
}

/** The endpoint of a socket given by its path: the token lies beside it. */
export const endpointOfSocket = (socket: string): ControlEndpoint => ({
  socket,
  token: join(dirname(socket), TOKEN),
})

/** Names of the sessions under a folder of sessions that listen, or did until they were killed. */
export function listeningSessions(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, TOKEN)))
    .sort()
}
