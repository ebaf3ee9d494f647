import type { SessionSummary } from '../run/summary.ts'

/** A failure that ended a session, with what a person needs to go on from there. */
export class SessionFailure extends Error {
  override readonly name = 'SessionFailure'
  override readonly cause: unknown
  readonly lines: readonly string[]

  constructor(cause: unknown, lines: readonly string[]) {
    super(cause instanceof Error ? cause.message : String(cause))
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack
    this.cause = cause
    this.lines = lines
  }
}

/** What a session that failed leaves at its venue: nobody could ask the venue any more. */
export function leftBehind({ positions, openOrders }: SessionSummary): string {
  const held = positions.map(({ instrument, quantity }) => `${instrument} ${quantity}`)
  const orders = `${openOrders} open order${openOrders === 1 ? '' : 's'}`
  const what = `${held.length === 0 ? 'no position' : held.join(', ')}; ${orders}`
  return `Left behind, as far as the journal knows: ${what}`
}
