import { join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import {
  type AdapterEnvironment,
  createHyperliquidAdapter,
  type HyperliquidAdapter,
  type HyperliquidOptions,
  type NonceFile,
  openNonceFile,
  type Secret,
} from '../../../adapters/mod.ts'
import { type LoadedConfig, readWritten } from '../../config/load.ts'
import type { VenueSectionOf } from '../../config/venue-schema.ts'
import { accountOf, type CredentialSources, readVenueKey } from '../credentials.ts'
import { hyperliquidOf } from '../venue-of.ts'
import { disagreements, notReady, tradingProblems } from './agreement.ts'

/** An account at a venue with the key that signs for it. */
export interface LiveAccount {
  readonly network: Network
  readonly restUrl: string
  readonly socketUrl: string
  /** Lower case. */
  readonly account: string
  /** Address of the key: the account's own, or an agent's. */
  readonly signer: string
  readonly key: Secret
}

/** Which money: nothing is assumed about it. */
export type Network = 'mainnet' | 'testnet'

/** Where each network is. */
export const addresses = {
  mainnet: { rest: 'https://api.hyperliquid.xyz', socket: 'wss://api.hyperliquid.xyz/ws' },
  testnet: {
    rest: 'https://api.hyperliquid-testnet.xyz',
    socket: 'wss://api.hyperliquid-testnet.xyz/ws',
  },
} as const

/**
 * The account that a configuration and a command line agree on. Throws InputError (6) naming all
 * that is missing or does not agree; `isTrading` also asks for what live orders need.
 */
export async function openLiveAccount(
  loaded: LoadedConfig,
  how: {
    readonly network: string | undefined
    readonly isTrading: boolean
    readonly credentials: CredentialSources
  },
): Promise<LiveAccount> {
  const { config, path } = loaded
  const venue = hyperliquidOf(loaded, 'this command')
  const written = (readWritten(loaded) ?? {}) as { readonly venue?: { readonly network?: unknown } }
  const problems = [
    ...(venue === undefined
      ? ['there is no "venue" section']
      : disagreements({
          ...{ key: 'venue.network', flag: '--network', allowed: 'mainnet or testnet' },
          configured: venue.network,
          written: written.venue?.network,
          given: how.network,
        })),
    ...addressProblems(venue),
    ...(venue?.key === undefined ? ['venue.key is not written: no order can be signed'] : []),
    ...(how.isTrading ? tradingProblems(loaded, venue?.network === 'mainnet') : []),
  ]
  if (problems.length > 0) throw notReady(path, problems)
  const key = (await readVenueKey(config, how.credentials))!
  // Also says what is wrong with a key, without showing it.
  const account = accountOf(config, key)!
  const { network, restUrl, socketUrl } = venue!
  return {
    network,
    restUrl: restUrl ?? addresses[network].rest,
    socketUrl: socketUrl ?? addresses[network].socket,
    account,
    signer: privateKeyToAddress(key.reveal() as `0x${string}`).toLowerCase(),
    key,
  }
}

/** Mainnet is at its own address and nowhere else, so that no other venue gets its signatures. */
function addressProblems(venue: VenueSectionOf<'hyperliquid'> | undefined): readonly string[] {
  if (venue === undefined) return []
  const { network, restUrl, socketUrl } = venue
  if ((restUrl === undefined) !== (socketUrl === undefined)) {
    return ['venue.restUrl and venue.socketUrl: both or none']
  }
  if (restUrl === undefined || socketUrl === undefined) return []
  return [restUrl, socketUrl].flatMap((text) => {
    const { hostname, protocol } = new URL(text)
    const isMainnet = hostname === new URL(addresses.mainnet.rest).hostname
    const isOpen = protocol === 'http:' || protocol === 'ws:'
    return [
      ...(isMainnet === (network === 'mainnet') ? [] : [`${text} is not an address of ${network}`]),
      ...(isOpen && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
        ? [`${text} is not encrypted`]
        : []),
    ]
  })
}

/** An adapter that signs for an account. Nonces are the key's, whatever session uses it. */
export function liveAdapter(
  live: LiveAccount,
  environment: AdapterEnvironment,
  options: Pick<
    HyperliquidOptions,
    'bookStream' | 'leverage' | 'fillsSince' | 'notice' | 'deadManSwitchMs'
  >,
): { readonly adapter: HyperliquidAdapter; readonly nonces: NonceFile } {
  const file = `hyperliquid-${live.network}-${live.signer}`
  const nonces = openNonceFile(join('.ornstein', 'nonces', file))
  const { restUrl, socketUrl, account, key } = live
  const adapter = createHyperliquidAdapter({
    environment,
    ...{ restUrl, socketUrl, userAddress: account, privateKey: key.reveal() },
    isTestnet: live.network === 'testnet',
    trades: true,
    rates: true,
    nonceStore: nonces,
    ...options,
    get fillsSince() {
      return options.fillsSince ?? null
    },
  })
  return { adapter, nonces }
}
