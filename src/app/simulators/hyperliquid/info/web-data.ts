import { wireTwap } from '../state/twap.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireClearinghouse, wireSpotState } from './account.ts'
import { type InfoHandler, json, wrongShape } from './handler.ts'
import { wireFrontendOrders } from './orders.ts'
import { wireAssetContexts, wireMeta } from './universe.ts'

/** A user's running TWAPs on one dex, with their numbers. */
export const wireTwapStates = (state: VenueState, user: string, dex = 0): [number, object][] =>
  state.desk.twaps
    .of(user)
    .filter(({ instrument }) => state.listing.perps[instrument]!.dex === dex)
    .map((twap) => [twap.id, wireTwap(state.listing.instruments[twap.instrument]!, twap)])

/** The unnamed agent of a user, as web pages use one. */
function webAgent(state: VenueState, user: string): object {
  const agent = state.accounts.get(user)?.agents.find(({ name }) => name === '')
  return {
    agentAddress: agent?.address ?? null,
    agentValidUntil: agent?.validUntilMs ?? null,
    cumLedger: '0.0',
  }
}

/** Everything a web page shows of the native dex: webData2. */
export function wireWebData2(state: VenueState, user: string, nowMs: number): object {
  const native = state.listing.dexs[0]!
  return {
    clearinghouseState: wireClearinghouse(state, user, nowMs),
    leadingVaults: [],
    totalVaultEquity: '0.0',
    openOrders: wireFrontendOrders(state, user),
    ...webAgent(state, user),
    meta: wireMeta(native),
    assetCtxs: wireAssetContexts(state, native),
    serverTime: nowMs,
    isVault: false,
    user,
    twapStates: wireTwapStates(state, user),
    spotState: wireSpotState(state, user),
    spotAssetCtxs: [],
    perpsAtOpenInterestCap: [],
  }
}

/** What a web page shows across dexs: webData3. */
export function wireWebData3(state: VenueState, user: string, nowMs: number): object {
  const abstraction = state.desk.profiles.get(user)?.abstraction ?? 'default'
  const isJoined = abstraction !== 'default' && abstraction !== 'dexAbstraction'
  return {
    userState: {
      ...webAgent(state, user),
      serverTime: nowMs,
      isVault: false,
      user,
      ...(abstraction === 'dexAbstraction' ? { dexAbstractionEnabled: true } : {}),
      ...(isJoined ? { abstraction } : {}),
    },
    perpDexStates: state.listing.dexs.map(() => ({
      totalVaultEquity: '0.0',
      perpsAtOpenInterestCap: [],
      leadingVaults: [],
    })),
  }
}

/** webData2. */
export const webDataHandlers: Readonly<Record<string, InfoHandler>> = {
  webData2: (request, { state, nowMs }) => {
    const user = asAddress(request['user'])
    return user === null ? wrongShape : json(wireWebData2(state, user, nowMs))
  },
}
