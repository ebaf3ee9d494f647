import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
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
  /**
   * A file that would grow beyond this becomes FILE.1, in place of an older one, and a new one is
   * begun: at most twice this much is kept (16 MiB).
   */
  readonly bytesMax?: number
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
  const file = options.to === 'stderr' ? null : openLogFile(options.to.file, options.bytesMax)
  let isOpen = true
  let lostLines = 0
  const write = (line: string): void => {
    try {
      if (!isOpen) throw new Error('the log is closed')
      const bytes = Buffer.from(redactLine(line, redactor))
      if (file === null) writeSync(process.stderr.fd, bytes)
      else file.append(bytes)
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
      if (isOpen) file?.close()
      isOpen = false
    },
  }
}

const BYTES_MAX = 16 * 1024 * 1024

/** A file of bounded size. Throws InputError when it cannot be opened. */
function openLogFile(path: string, bytesMax = BYTES_MAX) {
  let descriptor = guardedOpen(path)
  let size = fstatSync(descriptor).size
  return {
    append(bytes: Uint8Array): void {
      if (size > 0 && size + bytes.length > bytesMax) {
        renameSync(path, `${path}.1`)
        const next = openSync(path, 'a', 0o600)
        closeSync(descriptor)
        descriptor = next
        size = 0
      }
      size += writeSync(descriptor, bytes)
    },
    close: () => closeSync(descriptor),
  }
}

function guardedOpen(path: string): number {
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
