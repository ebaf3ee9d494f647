import { commitId, packageVersion } from '../package.ts'
import type { Envelope, Failure } from './envelope.ts'

/** What a command hands back. */
export interface CommandResult {
  readonly data: unknown
  /** Lines for people; not printed with --json. */
  readonly text: string
  readonly warnings?: readonly string[]
  readonly exitCode?: number
  /** Of work that was done in part: what was not done, and why. */
  readonly error?: Failure
  readonly mode?: string | null
  readonly runId?: string | null
}

/** Flags every command understands. */
export interface CommonFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Runs a command's body: prints its result or its failure and ends with the exit code. */
export async function runCommand(
  command: string,
  flags: CommonFlags,
  body: () => Promise<CommandResult>,
): Promise<void> {
  const started = performance.now()
  const meta = (mode: string | null, runId: string | null): Envelope['meta'] => ({
    version: packageVersion(),
    commit: commitId(),
    mode,
    runId,
    asOf: new Date().toISOString(),
    durationMs: Math.round(performance.now() - started),
  })
  try {
    const result = await body()
    const warnings = result.warnings ?? []
    const exitCode = result.exitCode ?? 0
    if (flags.json === true) {
      printJson({
        schema: 'ornstein.cli/1',
        command,
        ok: exitCode === 0,
        data: result.data,
        warnings,
        ...(result.error === undefined ? {} : { error: result.error }),
        meta: meta(result.mode ?? null, result.runId ?? null),
      })
    } else {
      for (const warning of warnings) process.stderr.write(`⚠ ${warning}\n`)
      const end = result.text === '' || result.text.endsWith('\n') ? '' : '\n'
      process.stdout.write(`${result.text}${end}`)
    }
    process.exitCode = exitCode
  } catch (error) {
    // Loaded when needed: printing help must not wait for everything an error may be made of.
    const { renderFailure, toFailure } = await import('./envelope.ts')
    const failure = toFailure(error)
    process.stderr.write(renderFailure(failure))
    if (flags.verbose === true && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    if (flags.json === true) {
      printJson({
        schema: 'ornstein.cli/1',
        command,
        ok: false,
        data: null,
        warnings: [],
        error: failure,
        meta: meta(null, null),
      })
    }
    process.exitCode = failure.exitCode
  }
}

/** Prints the envelope of a command line that could not be read; people have had the message. */
export function reportUsage(command: string, message: string): void {
  const asOf = new Date().toISOString()
  printJson({
    schema: 'ornstein.cli/1',
    command,
    ok: false,
    data: null,
    warnings: [],
    error: { code: 'ORN-USAGE-001', message, details: [], fix: null, exitCode: 2 },
    meta: {
      version: packageVersion(),
      commit: commitId(),
      mode: null,
      runId: null,
      asOf,
      durationMs: 0,
    },
  })
}

// A reader that left (head, less, a closed terminal) is not our failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

function printJson(envelope: Envelope): void {
  const replacer = (_key: string, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value
  process.stdout.write(`${JSON.stringify(envelope, replacer)}\n`)
}
