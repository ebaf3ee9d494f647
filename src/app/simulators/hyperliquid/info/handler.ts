import type { JsonObject } from '../../json.ts'
import type { ListedDex } from '../listing.ts'
import type { VenueState } from '../state/venue-state.ts'

/** What an info request is answered with. */
export type InfoReply =
  | { readonly kind: 'json'; readonly body: unknown }
  /** A field is missing or of the wrong type: 422. */
  | { readonly kind: 'wrongShape' }
  /** The venue fails with 500 and a JSON null: unknown dex, unknown coin of fundingHistory. */
  | { readonly kind: 'failure' }

/** What info handlers see. */
export interface InfoContext {
  readonly state: VenueState
  /** Venue milliseconds of the request. */
  readonly nowMs: number
}

/** Answers one type of info request. Reads the state, never changes it. */
export type InfoHandler = (request: JsonObject, context: InfoContext) => InfoReply

export const json = (body: unknown): InfoReply => ({ kind: 'json', body })
export const wrongShape: InfoReply = { kind: 'wrongShape' }
export const failure: InfoReply = { kind: 'failure' }

/** The dex a request names, the native one when it names none; null when there is no such dex. */
export function dexOf(state: VenueState, request: JsonObject): ListedDex | null {
  const { dex } = request
  if (dex == null) return state.listing.dexs[0]!
  return typeof dex === 'string' ? state.listing.dexNamed(dex) : null
}
