import type { WireFill } from '../state/account.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/addresses.ts'
import { FILLS_PER_REPLY } from './fills.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

/** A fill of a TWAP's slice in the venue's words. */
export interface WireSliceFill {
  readonly fill: WireFill
  readonly twapId: number
}

/** The slices' fills among a user's fills, in the order given. */
export const sliceFills = (fills: readonly WireFill[]): WireSliceFill[] =>
  fills.flatMap((fill) => (fill.twapId === null ? [] : [{ fill, twapId: fill.twapId }]))

const fillsOf = (state: VenueState, user: string): readonly WireFill[] =>
  state.accounts.get(user)?.fills ?? []

/** A user's latest slice fills, newest first. */
export const latestSliceFills = (state: VenueState, user: string): WireSliceFill[] =>
  sliceFills(fillsOf(state, user)).slice(-FILLS_PER_REPLY).reverse()

const userTwapSliceFills: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  return user === null ? wrongShape : json(latestSliceFills(state, user))
}

const userTwapSliceFillsByTime: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const range = readTimeRange(request)
  if (user === null || range === null) return wrongShape
  const slices = fillsOf(state, user).filter(({ twapId }) => twapId !== null)
  return json(sliceFills(inTimeRange(slices, range, FILLS_PER_REPLY)))
}

const twapHistory: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  return user === null ? wrongShape : json([...state.desk.twaps.recordsOf(user)].reverse())
}

/** twapHistory, userTwapSliceFills (newest first), userTwapSliceFillsByTime (oldest first). */
export const twapHandlers: Readonly<Record<string, InfoHandler>> = {
  twapHistory,
  userTwapSliceFills,
  userTwapSliceFillsByTime,
}
