import type { OperatorCommand } from '../../core/mod.ts'
import type { Projection } from './projection.ts'
import type { ServerHealth } from './projection-options.ts'
import type { ErrorBody, OperatorRequest, OperatorResult } from './protocol.ts'
import type { ControlKind, PositionView, StateView } from './views.ts'

/** Carries an operator's command to whoever journals it; resolves with what became of it. */
export type OperatorHandler = (
  command: OperatorCommand,
  actor: string,
  reason: string,
) => Promise<OperatorResult>

const KINDS: readonly ControlKind[] = [
  'pause',
  'resume',
  'cancelAll',
  'flatten',
  'acceptDifference',
]
const REASON_MAX = 500

/** A readable request, or why it is none. */
export type ParsedRequest =
  | { readonly request: OperatorRequest; readonly problem: null }
  | { readonly request: null; readonly problem: ErrorBody }

/**
 * Reads the body of an operator request. What cannot be read is refused as a whole: an unreadable
 * command counts as dangerous, never as the nearest readable one.
 */
export function parseOperatorRequest(body: unknown): ParsedRequest {
  if (typeof body !== 'object' || body === null) {
    return problem('the body is not a JSON object', 'send { kind, reason, confirm }')
  }
  const { kind, instrument, reason, confirm, ...rest } = body as Record<string, unknown>
  const extra = Object.keys(rest)
  if (extra.length > 0) {
    return problem(
      `unknown key ${JSON.stringify(extra[0])}`,
      'send only kind, instrument, reason and confirm',
    )
  }
  if (!KINDS.includes(kind as ControlKind)) {
    return problem(`kind is ${JSON.stringify(kind)}`, `kind is one of ${KINDS.join(', ')}`)
  }
  const isAboutOne = kind === 'acceptDifference'
  if (isAboutOne !== (instrument !== undefined)) {
    const fix = 'acceptDifference names the id of one instrument, the other commands none'
    return problem(`instrument is ${JSON.stringify(instrument) ?? 'missing'}`, fix)
  }
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > REASON_MAX) {
    return problem('the reason is missing', `reason is text of 1 to ${REASON_MAX} characters`)
  }
  if (typeof confirm !== 'string') {
    return problem('the confirmation is missing', `confirm repeats the kind, here "${kind}"`)
  }
  const command = { kind: kind as ControlKind, reason: reason.trim(), confirm }
  const request = isAboutOne ? { ...command, instrument: instrument as number } : command
  return { request, problem: null }
}

/** The command of a request that was checked. */
export function operatorCommand(request: OperatorRequest): OperatorCommand {
  const { kind, instrument } = request
  return kind === 'acceptDifference' ? { kind, instrument: instrument! } : { kind }
}

/** Why the command is not passed on, or null when it is. */
export function checkOperatorRequest(
  request: OperatorRequest,
  { state, stopped }: ReturnType<typeof currentFacts>,
): ErrorBody | null {
  const control = state.controls[request.kind]
  const wanted = control.confirmWord ?? request.kind
  if (request.confirm !== wanted) {
    return errorBody('confirm does not match', `confirm must be "${wanted}"`)
  }
  if (!control.enabled) {
    return errorBody(`${request.kind} does nothing now: ${control.reason}`, 'look at the state')
  }
  const { instrument } = request
  if (instrument !== undefined && !stopped.includes(instrument)) {
    const fix = `instrument is one of ${stopped.join(', ')}`
    return errorBody(`instrument ${JSON.stringify(instrument)} does not differ`, fix)
  }
  return null
}

/** What an operator's command is checked against: the state and the positions as they are now. */
export function currentFacts(projection: Projection, nowUs: number, server: ServerHealth) {
  const read = (key: 'state' | 'positions') =>
    projection.read(key, 0, projection.asOf(nowUs), server)
  const positions = read('positions') as readonly PositionView[]
  return {
    state: read('state') as StateView,
    /** Ids of the instruments that stand still because the venue's position differs. */
    stopped: positions.filter((one) => one.stopped !== null).map((one) => one.instrument),
  }
}

const errorBody = (what: string, fix: string): ErrorBody => ({
  error: { code: 'ORN-WEB-010', what, fix },
})

const problem = (what: string, fix: string): ParsedRequest => ({
  request: null,
  problem: errorBody(what, fix),
})
