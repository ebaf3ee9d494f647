import { InvalidArgumentError } from 'commander'
import { AdapterError, InputError } from '../../adapters/mod.ts'
import { AssertionFailure } from '../../core/mod.ts'
import { ExitCode } from './exit-code.ts'
import { SessionFailure } from './session-failure.ts'

/** What `--json` prints as its last line. Decimals as text, times ISO 8601 UTC. */
export interface Envelope {
  readonly schema: 'ornstein.cli/1'
  readonly command: string
  readonly ok: boolean
  readonly data: unknown
  readonly warnings: readonly string[]
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly details: readonly string[]
    readonly fix: string | null
    readonly exitCode: number
  }
  readonly meta: {
    readonly version: string
    readonly commit: string
    readonly mode: string | null
    readonly runId: string | null
    readonly asOf: string
    readonly durationMs: number
  }
}

/** A failure in the shape that the terminal and the envelope print. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
  readonly fix: string | null
  readonly exitCode: number
}

/** What to do about failures of the machine that have one remedy. */
const fixes: Readonly<Record<string, string>> = {
  REPORT_NOT_WRITTEN: 'make room or name another folder with --report, and run again',
}

/** Turns anything thrown into a failure with a stable code. */
export function toFailure(error: unknown): Failure {
  if (error instanceof SessionFailure) {
    const failure = toFailure(error.cause)
    return { ...failure, details: [...failure.details, ...error.lines] }
  }
  if (error instanceof InputError) {
    const { code, message, details, fix, exitCode } = error
    return { code, message, details, fix, exitCode }
  }
  if (error instanceof AdapterError) {
    const isVenue = error.disposition !== 'fatal' || error.code.startsWith('VENUE')
    const exitCode = isVenue ? ExitCode.venue : ExitCode.data
    const { code, message } = error
    return { code, message, details: causes(error), fix: fixes[code] ?? null, exitCode }
  }
  if (error instanceof InvalidArgumentError) {
    const { message } = error
    return { code: 'ORN-USAGE-005', message, details: [], fix: null, exitCode: ExitCode.usage }
  }
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof AssertionFailure ? 'ORN-BUG-001' : 'ORN-BUG-002'
  return {
    code,
    message: `Internal fault: ${message}`,
    details: [],
    fix: 'Run again with -v for the trace; please report it',
    exitCode: ExitCode.internal,
  }
}

function causes(error: Error): string[] {
  const lines: string[] = []
  let cause = error.cause
  while (cause instanceof Error && lines.length < 5) {
    lines.push(cause.message)
    cause = cause.cause
  }
  return lines
}

/** The failure as lines for people. */
export function renderFailure(failure: Failure): string {
  const lines = [`✗ ${failure.code}  ${failure.message}`]
  for (const detail of failure.details) lines.push(`  ${detail}`)
  if (failure.fix !== null) lines.push(`  Fix    ${failure.fix}`)
  lines.push(`  More   docs/errors.md (exit code ${failure.exitCode})`)
  return `${lines.join('\n')}\n`
}
