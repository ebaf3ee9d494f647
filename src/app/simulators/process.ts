import { InputError } from '../../adapters/mod.ts'
import type { TimeUs } from '../../core/mod.ts'

/** How a venue's process ends. */
export interface ProcessEnding {
  /** Ends when standard input closes, after the grace; otherwise only by signals. */
  readonly isSupervised: boolean
  readonly graceMs: number
}

/** Ctrl-C in a terminal reaches the whole process group: a supervised venue outlives it. */
export function obeySignals(options: ProcessEnding, stop: (code: number) => void): void {
  process.on('SIGTERM', () => stop(0))
  process.stdout.on('error', () => {})
  if (!options.isSupervised) {
    process.on('SIGINT', () => stop(130))
    return
  }
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  process.stdin.on('error', () => {})
  let isEnding = false
  const end = (): void => {
    if (!isEnding) setTimeout(() => stop(0), options.graceMs)
    isEnding = true
  }
  process.stdin.on('end', end)
  process.stdin.on('close', end)
  process.stdin.resume()
}

/** Says why a venue's process cannot go on, as JSON when it is the user's mistake, and ends it. */
export function failProcess(error: unknown): never {
  if (error instanceof InputError) {
    const { code, message, details, fix } = error
    process.stderr.write(`${JSON.stringify({ code, message, details, fix })}\n`)
    process.exit(error.exitCode)
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

const END_CHECK_MS = 250

/** Says once that a market that ends is over: its books stand still and nothing trades any more. */
export function watchForTheEnd(
  venue: { readonly marketEndTime: TimeUs; readonly state: { readonly time: TimeUs } },
  text: string,
  ended: () => void,
): void {
  if (venue.marketEndTime === Number.POSITIVE_INFINITY) return
  const timer = setInterval(() => {
    if (venue.state.time < venue.marketEndTime) return
    clearInterval(timer)
    const line = { marketEnded: true, time: venue.marketEndTime, text }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    ended()
  }, END_CHECK_MS)
}
