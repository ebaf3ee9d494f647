import type { FleetAccount } from '../config/fleet-accounts.ts'
import type { CredentialSources } from './credentials.ts'
import { notReady, tradingProblems } from './venues/agreement.ts'
import type { GivenAccount, TradedPlace } from './venues/port.ts'
import { venueKindOf } from './venues/table.ts'

/**
 * The accounts that a file with several engines and a command line agree on, by name. Throws
 * InputError (6) naming what is missing, for an account or for any of its engines.
 */
export async function openTraded(
  plans: readonly FleetAccount[],
  given: GivenAccount,
  credentials: CredentialSources,
): Promise<ReadonlyMap<string, TradedPlace>> {
  const problems = plans.flatMap(({ engines, whole }) =>
    engines.flatMap(({ name, loaded }) =>
      tradingProblems(loaded, isRealMoney(whole)).map((problem) => `${name}: ${problem}`),
    ),
  )
  const path = plans[0]?.whole.path ?? ''
  if (problems.length > 0) throw notReady(path, problems)
  const traded = new Map<string, TradedPlace>()
  for (const { name, whole } of plans) {
    const kind = whole.config.venue?.kind
    // Each venue has a flag of its own for what money it is.
    const own = kind === 'hyperliquid' ? { network: given.network } : { account: given.account }
    const place = await venueKindOf(whole, 'ornstein live').openAccount(whole, own, credentials)
    traded.set(name, place)
  }
  return traded
}

const isRealMoney = ({ config: { venue } }: FleetAccount['whole']): boolean =>
  venue?.kind === 'hyperliquid' ? venue.network === 'mainnet' : venue?.account === 'live'
