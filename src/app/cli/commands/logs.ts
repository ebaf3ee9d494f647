import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InputError, type LogLevel, nearest, sessionPaths } from '../../../adapters/mod.ts'
import { isWanted, readLine, renderLine } from '../../logs/line.ts'
import { openTail } from '../../logs/tail.ts'
import { logEventNames } from '../../run/log-events.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein logs`. */
export interface LogsFlags {
  readonly follow?: boolean
  readonly event?: readonly string[]
  readonly level?: LogLevel
  readonly json?: boolean
}

const POLL_MS = 250

/** Prints the log of a session, and with `--follow` what is added to it until it is interrupted. */
export async function logsCommand(
  session: string | undefined,
  flags: LogsFlags,
): Promise<CommandResult> {
  const names = flags.event ?? []
  for (const name of names) requireName(name)
  const wanted = { names, level: flags.level ?? 'trace' }
  const path = logPath(session)
  const tail = openTail(path)
  let lines = 0
  let unreadable = 0
  const take = (text: string): void => {
    const line = readLine(text)
    if (line === null) {
      unreadable++
      return
    }
    if (!isWanted(line, wanted)) return
    lines++
    process.stdout.write(`${flags.json === true ? text : renderLine(line)}\n`)
  }
  try {
    tail.read(take)
    if (flags.follow === true) await follow(() => tail.read(take))
  } finally {
    tail.close()
  }
  return {
    data: { log: path, lines, unreadable },
    text: '',
    warnings: unreadable === 0 ? [] : [`${unreadable} lines of ${path} cannot be read`],
    exitCode: flags.follow === true ? ExitCode.interrupted : ExitCode.ok,
  }
}

/** Calls again and again until a signal comes or the reader of standard output is gone. */
function follow(read: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearInterval(timer)
      resolve()
    }
    const timer = setInterval(() => {
      try {
        read()
      } catch (error) {
        clearInterval(timer)
        reject(error)
      }
    }, POLL_MS)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
    process.stdout.once('error', end)
  })
}

function requireName(name: string): void {
  if (logEventNames.includes(name)) return
  const guess = nearest(name, logEventNames)
  throw new InputError({
    code: 'ORN-LOG-010',
    exitCode: ExitCode.usage,
    message: `--event ${name} is not the name of a line`,
    details: [guess === null ? `allowed: ${logEventNames.join(', ')}` : `did you mean "${guess}"?`],
    fix: 'docs/log-events.md lists them',
  })
}

/** The log of a session by name, folder or file; of the one that wrote last when none is given. */
function logPath(given: string | undefined): string {
  const path = given === undefined ? latestLog() : pathOf(given)
  if (path !== null && existsSync(path)) return path
  throw new InputError({
    code: 'ORN-LOG-011',
    exitCode: ExitCode.data,
    message: given === undefined ? 'No session has a log here' : `There is no log of "${given}"`,
    details: ['allowed: a log file, a session folder, or a name under .ornstein/sessions'],
  })
}

function pathOf(given: string): string | null {
  if (existsSync(given)) return statSync(given).isDirectory() ? join(given, 'log.ndjson') : given
  return /^[\w.-]+$/.test(given) ? sessionPaths(given).log : null
}

function latestLog(): string | null {
  const folder = dirname(sessionPaths('any').directory)
  if (!existsSync(folder)) return null
  const logs = readdirSync(folder)
    .map((name) => join(folder, name, 'log.ndjson'))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, time: statSync(path).mtimeMs }))
  return logs.sort((a, b) => b.time - a.time)[0]?.path ?? null
}
