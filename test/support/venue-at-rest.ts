import { privateKeyToAddress } from 'viem/accounts'
import type { LoadedConfig } from '../../src/app/config/load.ts'
import type { Config } from '../../src/app/config/schema.ts'
import { rehearsalKey } from '../../src/app/run/venue-process.ts'
import { rehearsalArguments, rehearsalKeys } from '../../src/app/run/venues/alpaca.ts'
import { startVenue } from '../venues/venue-process.ts'
import { readAlpacaAccount } from './alpaca-account.ts'
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

/** As {@link askVenueAtRest}, of a rehearsal at the simulated Alpaca. */
export async function askAlpacaAtRest(
  stateFolder: string,
  loaded: LoadedConfig,
): Promise<VenueAccount> {
  const keys = rehearsalKeys(loaded.config.seed)
  const options = { stateDirectory: stateFolder, market: 'generated' }
  // Its clock stands where it stood: a day later it would book that day's fees.
  const start = { keys, time: '2020-01-01T00:00:00Z' }
  const child = await startVenue(rehearsalArguments(loaded, options, start), 'alpaca')
  try {
    const ask = async (path: string): Promise<unknown> => {
      const reply = await fetch(`http://127.0.0.1:${child.ready.port}${path}`, {
        headers: { 'APCA-API-KEY-ID': keys.keyId, 'APCA-API-SECRET-KEY': keys.secret },
      })
      return reply.json()
    }
    return await readAlpacaAccount(ask, loaded.config.venue?.instruments ?? [])
  } finally {
    await child.kill('SIGTERM')
  }
}
