/** What may be done about an operational failure. */
export type Disposition = 'retry' | 'fatal' | 'unknown'

/**
 * Root of all operational failures (socket, HTTP, parse, disk). Thrown only in adapters and turned
 * into events before they reach core. `code` is stable, AREA_WHAT in capitals, and listed in
 * docs/errors.md; its area VENUE is that of exit code 5.
 */
export class AdapterError extends Error {
  override readonly name: string = 'AdapterError'
  readonly code: string
  readonly disposition: Disposition

  constructor(code: string, message: string, disposition: Disposition, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.disposition = disposition
  }
}

/** A user's mistake in a file or a flag: says where, what was found and what is allowed. */
export class InputError extends Error {
  override readonly name = 'InputError'
  /** Stable code, ORN-<AREA>-<nnn>. */
  readonly code: string
  /** Documented exit code of the command line. */
  readonly exitCode: number
  /** Evidence lines: file, line or key, value seen, what is allowed, nearest spelling. */
  readonly details: readonly string[]
  /** A command or an edit that mends it. */
  readonly fix: string | null

  constructor(input: {
    readonly code: string
    readonly exitCode: number
    readonly message: string
    readonly details?: readonly string[]
    readonly fix?: string
    readonly cause?: unknown
  }) {
    super(input.message, input.cause === undefined ? undefined : { cause: input.cause })
    this.code = input.code
    this.exitCode = input.exitCode
    this.details = input.details ?? []
    this.fix = input.fix ?? null
  }
}
