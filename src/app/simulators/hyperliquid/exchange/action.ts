import type { JsonObject } from '../../json.ts'
import type { Account } from '../state/account.ts'
import type { VenueState } from '../state/venue-state.ts'
import type { SignedField } from '../wire/signing.ts'

/** What the venue answers to an action it has read, always with HTTP status 200. */
export type ActionReply =
  | {
      readonly status: 'ok'
      readonly response: { readonly type: string; readonly data?: unknown }
    }
  | { readonly status: 'err'; readonly response: string }

/** Rules that a run may set otherwise than the venue has them. */
export interface ActionRules {
  /** Traded notional that scheduleCancel needs, whole currency units. The venue's is 1,000,000. */
  readonly scheduleCancelVolume: number
  /** What a Gtc order that fills partly and then rests is answered with: both are plausible. */
  readonly partialFillReply: 'resting' | 'filled'
  /** Refuses trigger orders whose limit price lies before their trigger price. */
  readonly triggerLimits: boolean
}

/** The rules as the venue has them, as far as they are known. */
export const venueRules: ActionRules = {
  scheduleCancelVolume: 1_000_000,
  partialFillReply: 'resting',
  triggerLimits: true,
}

/** What an action acts on. */
export interface ActionContext {
  readonly state: VenueState
  readonly account: Account
  readonly rules: ActionRules
  /** Who signed: the account itself, its master or an agent. */
  readonly signer: string
  readonly nonce: number
}

/** An action whose shape has been checked. */
export interface ReadAction {
  /** Requests it counts as. */
  readonly count: number
  /** Executes it at the state's time. Deterministic. */
  run(context: ActionContext): ActionReply
}

/** One type of action. */
export interface ActionKind {
  /** Hashed as a whole (trading), or signed field by field. */
  readonly signing:
    | { readonly kind: 'l1' }
    | {
        readonly kind: 'user'
        readonly primaryType: string
        readonly fields: readonly SignedField[]
        /** Values that clients sign but do not send. */
        readonly defaults: JsonObject
        /** Key of the action that repeats the nonce. */
        readonly nonceKey: 'nonce' | 'time'
      }
  /** Reads it; null when its shape is wrong (422). */
  read(action: JsonObject): ReadAction | null
}

export const l1 = { kind: 'l1' } as const

/**
 * Signing of an action field by field: `fields` are spelled `name type`, between the chain, which
 * comes first, and the nonce, which comes last.
 */
export function userSigned(
  primaryType: string,
  fields: readonly string[],
  changes: { readonly defaults?: JsonObject; readonly nonceKey?: 'nonce' | 'time' } = {},
): ActionKind['signing'] {
  const nonceKey = changes.nonceKey ?? 'nonce'
  const spelled = ['hyperliquidChain string', ...fields, `${nonceKey} uint64`]
  return {
    kind: 'user',
    primaryType,
    fields: spelled.map((field) => {
      const [name, type] = field.split(' ') as [string, SignedField['type']]
      return { name, type }
    }),
    defaults: changes.defaults ?? {},
    nonceKey,
  }
}

export const accepted = (type: string, data: unknown): ActionReply => ({
  status: 'ok',
  response: { type, data },
})

export const done: ActionReply = { status: 'ok', response: { type: 'default' } }

export const refused = (text: string): ActionReply => ({ status: 'err', response: text })
