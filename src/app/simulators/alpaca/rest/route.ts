import type { Json } from '../../json.ts'
import type { Account } from '../state/types.ts'
import type { VenueState } from '../state/venue-state.ts'
import type { Reply } from './reply.ts'

/**
 * Which shape accounts and assets have: since July 2026, when fields of day trading went; since
 * September 2026, when assets were to lose `easy_to_borrow` too; or before both.
 */
export type AccountShape = '2026-07' | '2026-09' | 'legacy'

/** What a request is answered from. */
export interface RestContext {
  readonly state: VenueState
  readonly account: Account
  readonly shape: AccountShape
  /** Parts of the path that the pattern caught, decoded. */
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly body: Json | undefined
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** One endpoint. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: RegExp
  /** True when it changes the venue: then it is logged. */
  readonly isCommand?: true
  /** True when it answers without keys. */
  readonly isPublic?: true
  run(context: RestContext): Reply
}

/** A path with `{}` for parts. */
export const at = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('{}', '([^/]+)')}$`)
