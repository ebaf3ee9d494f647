/** What may be asked of a running session. */
export const controlCommands = [
  'get',
  'get_all',
  'snapshot',
  'set',
  'pause',
  'resume',
  'cancel_all',
  'halt',
  'flatten',
] as const
export type ControlCommand = (typeof controlCommands)[number]

/** Longest request, bytes, the newline included. */
export const REQUEST_BYTES_MAX = 4096

/** Why a request was refused; stable names. */
export type ControlError =
  | 'bad_request'
  | 'unauthorized'
  | 'request_too_large'
  | 'timeout'
  | 'unknown_command'
  | 'unknown_symbol'
  | 'unknown_key'
  | 'out_of_range'
  | 'not_adjustable'
  | 'refused'
  | 'internal_error'

/** The one line that answers a request. */
export type ControlReply =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: ControlError; readonly text: string }

/** A request as it was read, its token already checked. */
export interface ControlRequest {
  readonly cmd: ControlCommand
  /** The coin of `get` and `set`, spelt as the venue spells it. */
  readonly coin: string | null
  readonly key: string | null
  /** Of `set`; of `halt` the seconds it lasts, null until somebody resumes. */
  readonly value: number | null
  readonly actor: string
  readonly reason: string
  readonly confirm: string | null
}

const TEXT_MAX = 500
/** A week, seconds. */
const HALT_MAX = 604_800
const ACTOR_MAX = 64

/** Makes a refusal. */
export const refuse = (
  error: ControlError,
  text: string,
): ControlReply & { readonly ok: false } => ({
  ok: false,
  error,
  text,
})

/** Reads a request of which the token was taken off; refuses as a whole what it cannot read. */
export function readRequest(
  body: Readonly<Record<string, unknown>>,
): ControlRequest | (ControlReply & { readonly ok: false }) {
  const { cmd, params = {}, actor, reason, confirm, ...rest } = body
  const extra = Object.keys(rest)[0]
  if (extra !== undefined) return refuse('bad_request', `unknown key ${JSON.stringify(extra)}`)
  if (!controlCommands.includes(cmd as ControlCommand)) {
    const allowed = controlCommands.join(', ')
    return refuse('unknown_command', `${show(cmd)} is not a command; allowed: ${allowed}`)
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    return refuse('bad_request', 'params is not an object')
  }
  const { coin, key, value, ...others } = params as Record<string, unknown>
  const surplus = [
    ...Object.keys(others),
    ...(cmd !== 'get' && cmd !== 'set' && coin !== undefined ? ['coin'] : []),
    ...(cmd !== 'set' && key !== undefined ? ['key'] : []),
    ...(cmd !== 'set' && cmd !== 'halt' && value !== undefined ? ['value'] : []),
  ]
  if (surplus.length > 0) {
    return refuse('bad_request', `${String(cmd)} takes no parameter ${show(surplus[0])}`)
  }
  if ((cmd === 'get' || cmd === 'set') && !isText(coin, ACTOR_MAX)) {
    return refuse('bad_request', 'params.coin is missing')
  }
  if (cmd === 'set' && !(isText(key, ACTOR_MAX) && Number.isFinite(value))) {
    return refuse('bad_request', 'params.key is text and params.value a number')
  }
  if (cmd === 'halt' && value !== undefined && !isHaltLength(value)) {
    return refuse(
      'out_of_range',
      `params.value is ${show(value)}; allowed: 1 to ${HALT_MAX} seconds`,
    )
  }
  if (isRead(cmd as ControlCommand)) {
    const nobody = { key: null, value: null, actor: '', reason: '', confirm: null }
    return { cmd: cmd as ControlCommand, coin: (coin as string | undefined) ?? null, ...nobody }
  }
  if (!isText(actor, ACTOR_MAX)) {
    return refuse('bad_request', `actor is text of 1 to ${ACTOR_MAX} characters`)
  }
  if (!isText(reason, TEXT_MAX)) {
    return refuse('bad_request', `reason is text of 1 to ${TEXT_MAX} characters`)
  }
  if (confirm !== undefined && !isText(confirm, TEXT_MAX)) {
    return refuse('bad_request', 'confirm is not text')
  }
  return {
    cmd: cmd as ControlCommand,
    coin: (coin as string | undefined) ?? null,
    key: (key as string | undefined) ?? null,
    value: (value as number | undefined) ?? null,
    actor: actor.trim(),
    reason: reason.trim(),
    confirm: (confirm as string | undefined) ?? null,
  }
}

/** True for commands that change nothing and need no reason. */
export const isRead = (cmd: ControlCommand): boolean =>
  cmd === 'get' || cmd === 'get_all' || cmd === 'snapshot'

const isHaltLength = (value: unknown): boolean =>
  typeof value === 'number' && value >= 1 && value <= HALT_MAX

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= longest

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing'
