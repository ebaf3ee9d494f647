import type { Abstraction, Profile } from '../state/profiles.ts'
import { createProfile } from '../state/profiles.ts'
import type { VenueState } from '../state/venue-state.ts'
import { asAddress } from '../wire/addresses.ts'
import { wireDecimal } from '../wire/numbers.ts'
import { wireClearinghouse, wireSpotState } from './account.ts'
import { type InfoContext, type InfoHandler, json, wrongShape } from './handler.ts'

const unknown: Profile = createProfile()

const profile = (state: VenueState, user: string): Profile =>
  state.desk.profiles.get(user) ?? unknown

const ofUser =
  (answer: (context: InfoContext, user: string) => unknown): InfoHandler =>
  (request, context) => {
    const user = asAddress(request['user'])
    return user === null ? wrongShape : json(answer(context, user))
  }

/** What a user is to the venue: userRole. */
function wireRole({ state }: InfoContext, user: string): object {
  const { master } = profile(state, user)
  if (master !== null) return { role: 'subAccount', data: { master } }
  if (state.accounts.has(user)) return { role: 'user' }
  const owner = state.ownerOf(user)
  return owner === null ? { role: 'missing' } : { role: 'agent', data: { user: owner.address } }
}

const wireAgents = ({ state }: InfoContext, user: string): object[] =>
  (state.accounts.get(user)?.agents ?? [])
    .filter(({ name }) => name !== '')
    .map(({ name, address, validUntilMs }) => ({ name, address, validUntil: validUntilMs }))

/** Null without sub-accounts. */
function wireSubAccounts({ state, nowMs }: InfoContext, master: string): object[] | null {
  const { subAccounts } = profile(state, master)
  if (subAccounts.size === 0) return null
  return [...subAccounts].map(([name, subAccountUser]) => ({
    name,
    subAccountUser,
    master,
    clearinghouseState: wireClearinghouse(state, subAccountUser, nowMs),
    spotState: wireSpotState(state, subAccountUser),
  }))
}

/** The reply says "default" for accounts joined across dexs only. */
const wireAbstraction = (abstraction: Abstraction): string =>
  abstraction === 'dexAbstraction' ? 'default' : abstraction

const isDexJoined = (abstraction: Abstraction): boolean | null =>
  abstraction === 'default' ? null : abstraction !== 'disabled'

const maxBuilderFee: InfoHandler = (request, { state }) => {
  const user = asAddress(request['user'])
  const builder = asAddress(request['builder'])
  if (user === null || builder === null) return wrongShape
  return json(profile(state, user).builders.get(builder) ?? 0)
}

/** Codes are remembered; who owns them and what they earn is not simulated. */
function wireReferral({ state }: InfoContext, user: string): object {
  const code = profile(state, user).referrer
  return {
    referredBy: code === null ? null : { referrer: `0x${'0'.repeat(40)}`, code },
    cumVlm: wireDecimal(state.accounts.get(user)?.volume ?? 0n, 8),
    unclaimedRewards: '0.0',
    claimedRewards: '0.0',
    builderRewards: '0.0',
    referrerState: { stage: 'needToTrade', data: { required: '10000.0' } },
    rewardHistory: [],
    tokenToState: [],
  }
}

const preTransferCheck = ({ state }: InfoContext, user: string): object => ({
  fee: state.accounts.has(user) ? '0.0' : '1.0',
  isSanctioned: false,
  userExists: state.accounts.has(user),
  userHasSentTx: (state.accounts.get(user)?.requestsUsed ?? 0) > 0,
})

/** userRole, extraAgents, subAccounts, userAbstraction, maxBuilderFee, referral and others. */
export const profileHandlers: Readonly<Record<string, InfoHandler>> = {
  userRole: ofUser(wireRole),
  extraAgents: ofUser(wireAgents),
  subAccounts: ofUser(wireSubAccounts),
  userAbstraction: ofUser(({ state }, user) => wireAbstraction(profile(state, user).abstraction)),
  userDexAbstraction: ofUser(({ state }, user) => isDexJoined(profile(state, user).abstraction)),
  maxBuilderFee,
  approvedBuilders: ofUser(({ state }, user) => [...profile(state, user).builders.keys()]),
  referral: ofUser(wireReferral),
  preTransferCheck: ofUser(preTransferCheck),
}
