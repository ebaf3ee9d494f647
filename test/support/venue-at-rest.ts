import { privateKeyToAddress } from 'viem/accounts'
import type { Config } from '../../src/app/config/schema.ts'
import { rehearsalKey } from '../../src/app/run/venue-process.ts'
import { startVenue } from '../venues/venue-process.ts'
import { readVenueAccount, type VenueAccount } from './venue-account.ts'

/** What the venue of a rehearsal that is over says about the rehearsal's account. */
export async function askVenueAtRest(
  stateFolder: string,
  config: Pick<Config, 'seed' | 'market' | 'balance'>,
): Promise<VenueAccount> {
  const user = privateKeyToAddress(rehearsalKey(config.seed) as `0x${string}`).toLowerCase()
  const child = await startVenue([
    ...['--state', stateFolder, '--seed', String(config.seed), '--model', config.market.model],
    ...['--user', user, '--deposit', String(config.balance)],
  ])
  try {
    const ask = async (body: object): Promise<unknown> => {
      const reply = await fetch(`http://127.0.0.1:${child.ready.port}/info`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return reply.json()
    }
    return await readVenueAccount(ask, user)
  } finally {
    await child.kill('SIGTERM')
  }
}
