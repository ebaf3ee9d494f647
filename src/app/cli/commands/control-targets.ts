import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError, nearest, sessionPaths } from '../../../adapters/mod.ts'
import {
  type ControlEndpoint,
  controlEndpoint,
  endpointOfSocket,
  listeningSessions,
} from '../../control/endpoint.ts'
import { ExitCode } from '../exit-code.ts'

/** Flags that say who is asked. */
interface TargetFlags {
  readonly session?: string
  readonly engine?: string
  readonly sock?: string
}

/** Who is asked. */
export interface ControlTarget {
  readonly engine: string
  readonly endpoint: ControlEndpoint
}

/**
 * The session that flags name, or every engine of one that has several; without flags what runs
 * under `root`. Throws InputError when that is not clear.
 */
export function chooseTargets(flags: TargetFlags, root: string): readonly ControlTarget[] {
  const { sock, session, engine } = flags
  if (sock !== undefined) return [{ engine: '', endpoint: endpointOfSocket(sock) }]
  const folder = dirname(sessionPaths('any', root).directory)
  const names = listeningSessions(folder)
  const targetOf = (name: string): ControlTarget => ({
    engine: name.slice(name.lastIndexOf('.') + 1),
    endpoint: controlEndpoint(sessionPaths(name, root).directory),
  })
  const engines = names.filter((name) => session === undefined || fleetOf(name) === session)
  if (engine !== undefined) {
    const found = engines.filter(
      (name) => fleetOf(name) !== null && targetOf(name).engine === engine,
    )
    if (found.length === 1) return [targetOf(found[0]!)]
    throw unknownEngine(engine, found.length > 1 ? found : engines)
  }
  if (session !== undefined) {
    if (!names.includes(session) && engines.length > 0) return engines.map(targetOf)
    const { directory } = sessionPaths(session, root)
    if (!existsSync(directory)) throw unknownSession(session, folder, names)
    return [targetOf(session)]
  }
  const fleets = new Set(names.map(fleetOf))
  if (names.length === 1 || (fleets.size === 1 && !fleets.has(null))) return names.map(targetOf)
  throw new InputError({
    code: 'ORN-CTL-005',
    exitCode: ExitCode.usage,
    message:
      names.length === 0
        ? 'No session listens under .ornstein/sessions'
        : `${names.length} sessions listen here: ${names.join(', ')}`,
    fix: 'Name one: --session NAME, or its socket: --sock PATH',
  })
}

/** The session that an engine's is part of; null where the name is none of an engine's. */
function fleetOf(name: string): string | null {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? null : name.slice(0, dot)
}

/** What is said of a coin is said to one engine. */
export const engineless = (command: string, targets: readonly ControlTarget[]): InputError =>
  new InputError({
    code: 'ORN-CTL-007',
    exitCode: ExitCode.usage,
    message: `control ${command} is about one engine`,
    details: [`engines: ${targets.map(({ engine }) => engine).join(', ')}`],
    fix: '--engine NAME',
  })

function unknownEngine(engine: string, names: readonly string[]): InputError {
  const engines = names.filter((name) => fleetOf(name) !== null)
  const isSeveral = engines.every((name) => name.endsWith(`.${engine}`)) && engines.length > 1
  return new InputError({
    code: 'ORN-CTL-007',
    exitCode: ExitCode.usage,
    message: isSeveral
      ? `Several sessions have an engine "${engine}"`
      : `There is no engine "${engine}" that listens`,
    details: [`engines: ${engines.length === 0 ? 'none' : engines.join(', ')}`],
    fix: isSeveral ? '--session NAME beside it' : 'Engines are those of a file with several',
  })
}

function unknownSession(name: string, folder: string, listening: readonly string[]): InputError {
  const all = existsSync(folder) ? readdirSync(folder).sort() : []
  const guess = nearest(name, all)
  return new InputError({
    code: 'ORN-CTL-005',
    exitCode: ExitCode.usage,
    message: `There is no session "${name}" under .ornstein/sessions`,
    details: [
      ...(guess === null ? [] : [`did you mean "${guess}"?`]),
      `sessions: ${all.length === 0 ? 'none' : all.join(', ')}`,
      `of these listen: ${listening.length === 0 ? 'none' : listening.join(', ')}`,
    ],
  })
}
