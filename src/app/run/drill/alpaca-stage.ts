import { createAlpacaAdapter } from '../../../adapters/mod.ts'
import { divideHalfEven, isOpen, MONEY_DECIMALS, parseDecimal } from '../../../core/mod.ts'
import { serveInMemory } from '../../simulators/alpaca/in-memory.ts'
import { venueRows } from '../../simulators/alpaca/market/names.ts'
import { generatedMarket } from '../../simulators/alpaca/market/spec.ts'
import { type AlpacaVenue, createAlpacaVenue } from '../../simulators/alpaca/venue.ts'
import { NANO_DECIMALS, readNano } from '../../simulators/alpaca/wire/nano.ts'
import { createFaultPlan } from '../../simulators/faults.ts'
import { venueOf } from '../venue-of.ts'
import { rehearsalKeys } from '../venues/alpaca.ts'
import {
  createDrillEnvironment,
  type DrillStage,
  type StageOptions,
  type VenueAccountView,
} from './stage.ts'

const HEAD_START_US = 2_000_000
const STEP_US = 100_000
/** While no market is open nothing happens that a request would not bring about. */
const CLOSED_STEP_US = 5_000_000

/** Of shares: whole days are drilled, and what goes wrong does not need more of them. */
const QUOTE_US = 2_000_000

/** The simulated Alpaca with one account. */
export function createAlpacaStage(options: StageOptions): DrillStage {
  const { loaded, seed, startTime } = options
  const { config } = loaded
  const section = venueOf(loaded, 'a drill')
  const { keyId, secret } = rehearsalKeys(seed)
  const opened: AlpacaVenue[] = []
  const environment = createDrillEnvironment(
    options,
    serveInMemory(() => opened[0]!),
  )
  const { coins, shares } = venueRows(section.instruments)
  const venue = createAlpacaVenue({
    market: generatedMarket(coins, shares, {
      model: config.market.model,
      shareBookUs: QUOTE_US,
    }),
    seed,
    startTime: startTime - HEAD_START_US,
    now: environment.now,
    accounts: [{ key: keyId, secret, cash: readNano(String(config.balance))! }],
    faults: createFaultPlan({ seed, rates: options.rates, untilTime: options.faultsUntil }),
  })
  opened.push(venue)
  const step = (): void => {
    const now = environment.now()
    venue.advance(now)
    const isQuiet = coins.length === 0 && !isOpen('us-equities', now)
    const soon = now + (isQuiet ? CLOSED_STEP_US : STEP_US)
    environment.at(Math.max(now + 1, Math.min(soon, venue.nextWakeTime())), step)
  }
  step()
  const feed = section.kind === 'alpaca' ? section.feed : 'iex'
  return {
    environment,
    connect: (life, fillsSince) =>
      createAlpacaAdapter({
        environment: life,
        tradingUrl: 'https://venue.internal',
        dataUrl: 'https://venue.internal',
        accountStreamUrl: 'wss://venue.internal/stream',
        dataStreamUrl: 'wss://venue.internal/v1beta3/crypto/us',
        stockStreamUrl: `wss://venue.internal/v2/${feed}`,
        stockFeed: feed,
        keyId,
        secret,
        trades: true,
        ...(config.signal.source === 'bar' ? { barIntervalUs: config.signal.interval } : {}),
        get fillsSince() {
          return fillsSince()
        },
      }),
    account: () => readAccount(venue, { keyId, secret }),
    halt(symbol, isHalted) {
      const told = venue.control('POST /halt', { symbol, halted: isHalted })
      if (told?.status !== 200) throw new Error(`${symbol} cannot be halted`)
    },
  }
}

async function readAccount(
  venue: AlpacaVenue,
  keys: { readonly keyId: string; readonly secret: string },
): Promise<VenueAccountView> {
  const ask = async (path: string): Promise<unknown> => {
    const reply = await venue.handleHttp({
      method: 'GET',
      path,
      query: '',
      headers: { 'apca-api-key-id': keys.keyId, 'apca-api-secret-key': keys.secret },
      body: '',
      receivedTimeUs: venue.state.time,
    })
    return JSON.parse(reply.body)
  }
  const account = (await ask('/v2/account')) as { readonly cash: string }
  const held = (await ask('/v2/positions')) as readonly {
    readonly asset_id: string
    readonly qty: string
  }[]
  const orders = (await ask('/v2/orders')) as readonly unknown[]
  const symbolOf = new Map(venue.state.assets.map(({ id, symbol }) => [id, symbol]))
  const nano = parseDecimal(account.cash, NANO_DECIMALS)
  if (nano === null) throw new Error(`cash ${account.cash}`)
  const fills = venue.state.accounts[0]!.activities.filter(({ kind }) => kind === 'fill').length
  return {
    positions: new Map(held.map(({ asset_id, qty }) => [symbolOf.get(asset_id) ?? asset_id, qty])),
    openOrders: orders.length,
    cash: new Map([['USD', divideHalfEven(nano, 10n ** BigInt(NANO_DECIMALS - MONEY_DECIMALS))]]),
    // It counts a digit more than money has here: each fill and its fee may be rounded.
    tolerance: BigInt(2 * fills),
  }
}
