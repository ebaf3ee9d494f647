/** How a user's margin accounts are joined, in the venue's words. */
export type Abstraction =
  | 'default'
  | 'disabled'
  | 'dexAbstraction'
  | 'unifiedAccount'
  | 'portfolioMargin'

/** What the venue remembers of a user besides money. Plain data. */
export interface Profile {
  abstraction: Abstraction
  /** Referral code it was brought by, or null. */
  referrer: string | null
  /** Highest fee each builder may take, tenths of a basis point. */
  readonly builders: Map<string, number>
  /** Addresses of its sub-accounts by name. */
  readonly subAccounts: Map<string, string>
  /** Whose sub-account it is, or null. */
  readonly master: string | null
}

/** What is remembered of somebody new. */
export const createProfile = (master: string | null = null): Profile => ({
  abstraction: 'default',
  referrer: null,
  builders: new Map(),
  subAccounts: new Map(),
  master,
})

/** The profile of an address, made when it has none. */
export function profileOf(profiles: Map<string, Profile>, address: string): Profile {
  const found = profiles.get(address)
  if (found !== undefined) return found
  const profile = createProfile()
  profiles.set(address, profile)
  return profile
}
