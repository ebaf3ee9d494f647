import { createHash } from 'node:crypto'
import {
  type AdapterEnvironment,
  type AlpacaAdapter,
  createAlpacaAdapter,
  createNodeEnvironment,
  InputError,
  nearest,
} from '../../../adapters/mod.ts'
import type { Instrument, TimeUs } from '../../../core/mod.ts'
import { notionalOf } from '../../../strategies/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { notionalText } from '../../config/notionals.ts'
import { limitLine } from '../../config/show.ts'
import type { VenueSectionOf } from '../../config/venue-schema.ts'
import { cryptoRows } from '../../simulators/alpaca/market/names.ts'
import { startSimulator } from '../simulator-process.ts'
import { venueOf } from '../venue-of.ts'
import {
  type AlpacaAddresses,
  type AlpacaKeys,
  addressesOf,
  readKeys,
  requireAgreement,
} from './alpaca-account.ts'
import { clockNotice, rehearsalStart } from './alpaca-clock.ts'
import type { Connection, ConnectOptions, SimulateOptions, VenueKind } from './port.ts'
import { feeLines } from './preview.ts'

/** Clocks that differ by less are the same. */
const CLOCK_TOLERANCE_US = 1_000_000

const nothing = (): void => {}
const CURRENCY = 'USD'

/** Pairs of coins and US shares at Alpaca. */
export const alpaca: VenueKind = {
  async simulate(loaded, options) {
    if (options.market === 'generated') requireGenerated(sectionOf(loaded).instruments)
    const keys = rehearsalKeys(loaded.config.seed)
    const environment = createNodeEnvironment()
    const time = rehearsalStart(loaded.config, environment.now(), options.notBefore ?? null)
    const process = await startSimulator({
      program: 'alpaca',
      arguments: rehearsalArguments(loaded, options, { keys, time }),
      died: options.died,
    })
    const ready = process.ready as {
      readonly port: number
      readonly time: TimeUs
      readonly clockOffsetUs: number
    }
    const isApart = Math.abs(ready.clockOffsetUs) >= CLOCK_TOLERANCE_US
    const host = `127.0.0.1:${ready.port}`
    const simulated: AlpacaAddresses = {
      tradingUrl: `http://${host}`,
      dataUrl: `http://${host}`,
      accountStreamUrl: `ws://${host}/stream`,
      dataStreamUrl: `ws://${host}/v1beta3/crypto/us`,
      stockStreamUrl: `ws://${host}/v2/${sectionOf(loaded).feed}`,
    }
    return {
      process,
      environment: isApart ? byClock(environment, ready.clockOffsetUs) : environment,
      warnings: [],
      notices: isApart ? [clockNotice(ready.time)] : [],
      name: `${keys.keyId} at the simulated Alpaca`,
      connect: (how) => connect(loaded, { addresses: simulated, keys, how, hasAccount: true }),
    }
  },
  async observe(loaded, from) {
    const section = sectionOf(loaded)
    const keys = await readKeys(section, from)
    const addresses = addressesOf(section)
    const hasShares = section.instruments.some((symbol) => !symbol.includes('/'))
    return {
      name: hasShares ? `Alpaca (${section.feed})` : 'Alpaca',
      currency: CURRENCY,
      connect: (how) => connect(loaded, { addresses, keys, how, hasAccount: false }),
    }
  },
  async openAccount(loaded, given, from) {
    const section = sectionOf(loaded)
    requireAgreement(loaded, section, given)
    const keys = await readKeys(section, from)
    const addresses = addressesOf(section)
    const { account } = section
    return {
      name: `${keys.keyId} (${account}) at Alpaca`,
      word: account,
      lock: `alpaca-${account}-${keys.keyId}`,
      flags: `--account ${account}`,
      preview: () => preview(loaded, keys, addresses),
      connect: (how) => connect(loaded, { addresses, keys, how, hasAccount: true }),
    }
  },
}

const sectionOf = (loaded: LoadedConfig): VenueSectionOf<'alpaca'> => {
  const section = venueOf(loaded, 'this mode')
  if (section.kind !== 'alpaca') throw new Error('the table of venues leads here')
  return section
}

/** Refuses, before anything is started, names that the generated market cannot have. */
function requireGenerated(symbols: readonly string[]): void {
  const pairs = cryptoRows.map(([symbol]) => symbol)
  const details = symbols.flatMap((symbol) => {
    if (pairs.includes(symbol) || /^[A-Z]{1,5}(\.[A-Z])?$/.test(symbol)) return []
    const guess = nearest(symbol, pairs)
    const hint =
      guess === null
        ? 'allowed: pairs such as BTC/USD, shares such as AAPL'
        : `did you mean "${guess}"?`
    return [`venue.instruments: there is no "${symbol}" at the simulated Alpaca; ${hint}`]
  })
  if (details.length === 0) return
  throw new InputError({
    code: 'ORN-CONF-015',
    exitCode: 3,
    message: 'The configuration names instruments that the session has not',
    details,
  })
}

/** Keys of the account of a rehearsal: they open nothing but the simulated venue of their seed. */
export function rehearsalKeys(seed: number): AlpacaKeys {
  const text = createHash('sha256').update(`ornstein rehearsal at alpaca ${seed}`).digest('hex')
  return { keyId: `PK${text.slice(0, 18).toUpperCase()}`, secret: text.slice(18) }
}

/** What the simulated venue of a rehearsal is started with. */
export function rehearsalArguments(
  loaded: LoadedConfig,
  { stateDirectory, market, faults }: Pick<SimulateOptions, 'stateDirectory' | 'market' | 'faults'>,
  start: { readonly keys: AlpacaKeys; readonly time: string | null },
): string[] {
  const { config } = loaded
  const { instruments } = sectionOf(loaded)
  const { keyId, secret } = start.keys
  const listed = (isPair: boolean): string =>
    instruments.filter((symbol) => symbol.includes('/') === isPair).join(',') || 'none'
  return [
    ...['--port', '0', '--state', stateDirectory, '--seed', String(config.seed)],
    ...['--crypto', listed(true), '--stocks', listed(false)],
    ...['--account', `${keyId}:${secret}=${config.balance}`],
    ...['--faults', faults ?? 'none'],
    ...(market === 'generated' ? ['--model', config.market.model] : ['--replay', market]),
    ...(market === 'generated' && start.time !== null ? ['--time', start.time] : []),
  ]
}

/** The world by a clock that is ahead of the wall's, or behind it. */
const byClock = (environment: AdapterEnvironment, offsetUs: TimeUs): AdapterEnvironment => ({
  ...environment,
  now: () => environment.now() + offsetUs,
})

function connect(
  { config, barsOf }: LoadedConfig,
  to: {
    readonly addresses: AlpacaAddresses
    readonly keys: AlpacaKeys
    readonly how: ConnectOptions
    readonly hasAccount: boolean
  },
): Connection {
  const { addresses, keys, how, hasAccount } = to
  const section = config.venue as VenueSectionOf<'alpaca'>
  const adapter: AlpacaAdapter = createAlpacaAdapter({
    environment: how.environment,
    ...addresses,
    ...keys,
    stockFeed: section.feed,
    isLive: section.account === 'live' && hasAccount,
    hasAccount,
    trades: true,
    ...(config.signal.source === 'bar' ? { barIntervalUs: config.signal.interval } : {}),
    ...(barsOf === undefined ? {} : { barIntervals: barsOf }),
    get fillsSince() {
      return how.fillsSince()
    },
    notice: how.notice,
  })
  return { adapter, release: nothing }
}

/** What a live session is going to trade, for the person who is asked. */
async function preview(
  loaded: LoadedConfig,
  keys: AlpacaKeys,
  addresses: AlpacaAddresses,
): Promise<string> {
  const { config } = loaded
  const section = sectionOf(loaded)
  const { adapter } = connect(loaded, {
    ...{ addresses, keys, hasAccount: true },
    how: { environment: createNodeEnvironment(), fillsSince: () => 0, notice: nothing },
  })
  let instruments: readonly Instrument[]
  try {
    instruments = await adapter.loadInstruments(section.instruments)
  } finally {
    await adapter.stop()
  }
  const symbols = instruments.map(({ symbol }) => symbol)
  const money = section.account === 'live' ? 'REAL MONEY' : 'no real money'
  return [
    `  account     ${section.account.toUpperCase()}  ${addresses.tradingUrl}  (${money})`,
    `  key         ${keys.keyId}`,
    `  entries     ${notionalText(config.strategy, symbols)}, ${config.strategy.kind}`,
    ...feeLines(instruments, (symbol) => notionalOf(config.strategy, symbol)),
    `  ${limitLine(config)}`,
  ].join('\n')
}
