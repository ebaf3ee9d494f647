import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Logger, pino } from 'pino'
import { InputError } from '../errors.ts'
import { createRedactor } from './redact.ts'

/** Levels from most to least talkative; `silent` writes nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Where a log goes and what it must never show. */
export interface LogOptions {
  /** A file (appended to, readable by its owner only, directory created) or standard error. */
  readonly to: { readonly file: string } | 'stderr'
  /** `info` by default. */
  readonly level?: LogLevel
  /** Values to take out wherever they appear, beside what looks like a secret anyway. */
  readonly secrets?: readonly string[]
  /** Fields of every line, for example the session. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** A structured log: one JSON object a line, secrets taken out of every line as it leaves. */
export interface Log {
  readonly logger: Logger
  /** Takes this value out of every later line. */
  hide(secret: string): void
  /** Lines that could not be written (a full disk must not stop trading; the journal does). */
  readonly lostLines: number
  /** Closes the file. Later lines are lost. */
  close(): void
}

/**
 * Opens a log. Redaction works on the finished line, so that messages, errors with their causes and
 * stacks, child bindings and nested objects all pass it. Throws InputError when the file cannot be
 * opened.
 */
export function createLog(options: LogOptions): Log {
  const redactor = createRedactor(options.secrets)
  const path = options.to === 'stderr' ? null : options.to.file
  let descriptor: number | null = path === null ? process.stderr.fd : openLog(path)
  let lostLines = 0
  const write = (line: string): void => {
    try {
      if (descriptor === null) throw new Error('the log is closed')
      writeSync(descriptor, redactLine(line, redactor))
    } catch {
      lostLines++
    }
  }
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: options.fields ?? null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      serializers: {
        error: pino.stdSerializers.errWithCause,
        err: pino.stdSerializers.errWithCause,
      },
    },
    { write },
  )
  return {
    logger,
    hide: redactor.hide,
    get lostLines() {
      return lostLines
    },
    close() {
      if (path !== null && descriptor !== null) closeSync(descriptor)
      descriptor = null
    },
  }
}

function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw new InputError({
      code: 'ORN-LOG-001',
      exitCode: 2,
      message: `cannot write the log ${path}`,
      details: [error instanceof Error ? error.message : String(error)],
      cause: error,
    })
  }
}

function redactLine(line: string, redactor: ReturnType<typeof createRedactor>): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    // pino writes JSON; should a serializer ever break a line, its text is still redacted.
    return redactor.text(line)
  }
  return `${JSON.stringify(redactor.value(parsed))}\n`
}
