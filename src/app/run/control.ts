import type { SessionPaths } from '../../adapters/mod.ts'
import type { Config } from '../config/schema.ts'
import { controlEndpoint } from '../control/endpoint.ts'
import { configuredParameters } from '../control/parameters.ts'
import { type ControlServer, serveControl } from '../control/server.ts'
import type { Projection } from '../server/projection.ts'
import type { LiveSession } from './live-session.ts'

/**
 * Serves a session's control socket in its folder. A session goes on without one: what keeps it
 * from being made is a notice, and `ornstein control` then says that nobody answers.
 */
export async function serveSessionControl(
  projection: Projection,
  { session, engine }: Pick<LiveSession, 'session' | 'engine'>,
  facts: {
    readonly config: Config
    readonly paths: SessionPaths
    readonly now: () => number
    readonly notice: (text: string) => void
  },
): Promise<ControlServer | null> {
  const { notice, now } = facts
  const subject = {
    projection,
    configured: configuredParameters(engine.world.config, facts.config),
    operator: (command: Parameters<typeof session.operator>[0], actor: string, reason: string) => {
      if (session.isStopped) return { accepted: false, text: 'the session has stopped' }
      session.operator(command, { actor, reason })
      return { accepted: true, text: 'journaled and carried out' }
    },
    now,
  }
  try {
    const endpoint = controlEndpoint(facts.paths.directory)
    return await serveControl(subject, { endpoint, notice })
  } catch (error) {
    notice(`no control socket: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}
