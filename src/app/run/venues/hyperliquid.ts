import { dirname, join } from 'node:path'
import { privateKeyToAddress } from 'viem/accounts'
import {
  createHyperliquidAdapter,
  createNodeEnvironment,
  openNonceFile,
} from '../../../adapters/mod.ts'
import type { Instrument } from '../../../core/mod.ts'
import { notionalOf } from '../../../strategies/mod.ts'
import { leverageOf } from '../../config/leverage.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { notionalText } from '../../config/notionals.ts'
import { limitLine } from '../../config/show.ts'
import { readAccount } from '../credentials.ts'
import { hyperliquidOf } from '../venue-of.ts'
import { rehearsalKey, startVenueProcess } from '../venue-process.ts'
import { notReady } from './agreement.ts'
import { addresses, type LiveAccount, liveAdapter, openLiveAccount } from './hyperliquid-account.ts'
import type { VenueKind } from './port.ts'
import { feeLines } from './preview.ts'

/** The venue cancels everything after so much silence, where it grants that to the account. */
const DEAD_MAN_MS = 60_000

const nothing = (): void => {}

/** Perpetuals of Hyperliquid and of builders' dexs. */
export const hyperliquid: VenueKind = {
  async simulate(loaded, options) {
    const { config } = loaded
    const section = hyperliquidOf(loaded, 'a rehearsal')!
    const privateKey = rehearsalKey(config.seed)
    const userAddress = privateKeyToAddress(privateKey as `0x${string}`).toLowerCase()
    const venue = await startVenueProcess({
      ...options,
      seed: config.seed,
      model: config.market.model,
      user: userAddress,
      deposit: config.balance,
      instruments: section.instruments,
    })
    return {
      process: venue,
      environment: createNodeEnvironment(),
      warnings: venue.rows,
      notices: [],
      name: `${userAddress.slice(0, 10)}… at the simulated Hyperliquid`,
      connect({ environment, fillsSince, notice }) {
        const nonces = openNonceFile(join(dirname(options.stateDirectory), 'nonce'))
        const adapter = createHyperliquidAdapter({
          environment,
          restUrl: venue.restUrl,
          socketUrl: venue.socketUrl,
          isTestnet: false,
          userAddress,
          privateKey,
          bookStream: section.bookStream,
          trades: true,
          rates: true,
          nonceStore: nonces,
          leverage: leverageOf(section, config),
          get fillsSince() {
            return fillsSince()
          },
          notice,
        })
        return { adapter, release: () => nonces.close() }
      },
    }
  },
  async observe(loaded, from) {
    const { network, restUrl, socketUrl, bookStream } = hyperliquidOf(loaded, 'this mode')!
    const feeAddress = await readAccount(loaded.config, from)
    return {
      name: `Hyperliquid ${network}`,
      currency: 'USDC',
      connect: ({ environment, notice }) => ({
        adapter: createHyperliquidAdapter({
          environment,
          restUrl: restUrl ?? addresses[network].rest,
          socketUrl: socketUrl ?? addresses[network].socket,
          isTestnet: network === 'testnet',
          userAddress: null,
          privateKey: null,
          feeAddress,
          bookStream,
          trades: true,
          rates: true,
          nonceStore: { last: () => 0, save: nothing },
          notice,
        }),
        release: nothing,
      }),
    }
  },
  async openAccount(loaded, { network, account: other }, credentials) {
    if (other !== undefined) {
      throw notReady(loaded.path, ['--account is not for Hyperliquid: --network is'])
    }
    const account = await openLiveAccount(loaded, { network, isTrading: true, credentials })
    const section = hyperliquidOf(loaded, 'ornstein live')!
    const leverage = leverageOf(section, loaded.config)
    return {
      name: `${account.account.slice(0, 10)}… on Hyperliquid ${account.network}`,
      word: account.network,
      lock: `hyperliquid-${account.network}-${account.account}`,
      flags: `--network ${account.network}`,
      preview: () => preview(loaded, account),
      connect({ environment, fillsSince, notice }) {
        const { adapter, nonces } = liveAdapter(account, environment, {
          bookStream: section.bookStream,
          leverage,
          deadManSwitchMs: DEAD_MAN_MS,
          get fillsSince() {
            return fillsSince()
          },
          notice,
        })
        return { adapter, release: () => nonces.close() }
      },
    }
  },
}

/** What a live session is going to trade, for the person who is asked. */
async function preview(loaded: LoadedConfig, account: LiveAccount): Promise<string> {
  const { config } = loaded
  const section = hyperliquidOf(loaded, 'ornstein live')!
  const { adapter, nonces } = liveAdapter(account, createNodeEnvironment(), {
    bookStream: 'l2Book',
    leverage: leverageOf(section, config),
  })
  let instruments: readonly Instrument[]
  try {
    instruments = await adapter.loadInstruments(section.instruments)
  } finally {
    await adapter.stop()
    nonces.close()
  }
  const { signer } = account
  const isAgent = signer !== account.account
  const { leverage } = section
  const symbols = instruments.map(({ symbol }) => symbol)
  return [
    `  network     ${account.network.toUpperCase()}  ${account.restUrl}`,
    `  account     ${account.account}`,
    `  key         ${signer}${isAgent ? ' (not the account: it must be an agent of it)' : ''}`,
    `  leverage    ${leverage === undefined ? 'as the account has it' : `${leverage}, capped by the venue`}`,
    `  entries     ${notionalText(config.strategy, symbols)}, ${config.strategy.kind}`,
    ...feeLines(instruments, (symbol) => notionalOf(config.strategy, symbol)),
    `  ${limitLine(config)}`,
  ].join('\n')
}
