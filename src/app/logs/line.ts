import { type LogLevel, logLevels } from '../../adapters/mod.ts'

/** One line of a session's log. */
export interface LogLine {
  readonly level: LogLevel
  /** ISO 8601, UTC. */
  readonly time: string
  /** Name of what happened. */
  readonly msg: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** Reads a line; null when it is none, as the last one of a killed session may be. */
export function readLine(text: string): LogLine | null {
  try {
    const { level, time, msg, ...facts } = JSON.parse(text) as Record<string, unknown>
    if (typeof msg !== 'string' || typeof time !== 'string') return null
    if (!logLevels.includes(level as LogLevel)) return null
    return { level: level as LogLevel, time, msg, facts }
  } catch {
    return null
  }
}

/** Whether a line is of one of the names (any when empty) and of at least the level. */
export const isWanted = (
  { msg, level }: LogLine,
  wanted: { readonly names: readonly string[]; readonly level: LogLevel },
): boolean =>
  (wanted.names.length === 0 || wanted.names.includes(msg)) &&
  logLevels.indexOf(level) >= logLevels.indexOf(wanted.level)

/** A line for people: time, level, name, what is known, flat. */
export function renderLine({ level, time, msg, facts }: LogLine): string {
  const { session: _, mode: __, event, effect, ...others } = facts
  const known = { ...others, ...own(event), ...own(effect) }
  const shown = Object.entries(known).map(([key, value]) => `${key}=${plain(value)}`)
  return [time, level.padEnd(5), msg, ...shown].join(' ')
}

function own(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {}
  const { kind: _, receivedTime: __, ...rest } = value as Record<string, unknown>
  return rest
}

const plain = (value: unknown): string =>
  typeof value === 'string' && /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)
