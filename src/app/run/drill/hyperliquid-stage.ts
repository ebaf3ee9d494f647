import { privateKeyToAddress } from 'viem/accounts'
import { createHyperliquidAdapter, type NonceStore } from '../../../adapters/mod.ts'
import {
  type Currency,
  MONEY_DECIMALS,
  type Money,
  moneyFromNumber,
  parseDecimal,
} from '../../../core/mod.ts'
import { leverageOf } from '../../config/leverage.ts'
import { createFaultPlan } from '../../simulators/faults.ts'
import { termsFor } from '../../simulators/hyperliquid/market/known-listing.ts'
import type { MarketSpec } from '../../simulators/hyperliquid/market/spec.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
  type VenueUser,
} from '../../simulators/hyperliquid/venue.ts'
import { pickInstruments, wholeUniverse } from '../../simulators/market/generator.ts'
import { hyperliquidOf } from '../venue-of.ts'
import { dexsOf, rehearsalKey } from '../venue-process.ts'
import {
  createDrillEnvironment,
  type DrillStage,
  type StageOptions,
  type VenueAccountView,
} from './stage.ts'

const STEP_US = 100_000

/** The simulated Hyperliquid with one funded account. */
export function createHyperliquidStage(options: StageOptions): DrillStage {
  const { loaded, seed, startTime } = options
  const { config } = loaded
  const section = hyperliquidOf(loaded, 'a drill')
  const privateKey = rehearsalKey(seed)
  const userAddress = privateKeyToAddress(privateKey as `0x${string}`).toLowerCase()
  const opened: HyperliquidVenue[] = []
  const environment = createDrillEnvironment(
    options,
    {
      http: async ({ method, path, headers, body, now }) => {
        opened[0]!.advance(now)
        const asked = { method, path, headers, body, receivedTimeUs: now }
        const reply = await opened[0]!.handleHttp(asked)
        if (reply.status === 0) throw new Error('the connection was dropped without a reply')
        return reply
      },
      socket: ({ send, closed }) => opened[0]!.openConnection(send, (code) => closed(code, '')),
    },
    () => opened[0]?.idle() ?? Promise.resolve(),
  )
  const wanted = section?.instruments ?? ['BTC', 'ETH']
  const venue = createHyperliquidVenue({
    market: marketOf(options, wanted),
    seed,
    startTime: startTime - 2_000_000,
    now: environment.now,
    users: [userWith(userAddress, config.balance, dexsOf(wanted))],
    terms: termsFor(wanted),
    cadences: { slowBookUs: 5_400_000, fastBookUs: 540_000 },
    faults: createFaultPlan({ seed, rates: options.rates, untilTime: options.faultsUntil }),
  })
  opened.push(venue)
  const step = () => {
    venue.advance(environment.now())
    environment.at(environment.now() + STEP_US, step)
  }
  step()
  const nonceStore = memoryNonces()
  return {
    environment,
    connect: (life, fillsSince) =>
      createHyperliquidAdapter({
        environment: life,
        restUrl: 'http://venue.internal',
        socketUrl: 'ws://venue.internal/ws',
        isTestnet: false,
        userAddress,
        privateKey,
        bookStream: section?.bookStream ?? 'l2BookFast',
        trades: true,
        rates: true,
        nonceStore,
        get fillsSince() {
          return fillsSince()
        },
        seed,
        leverage: leverageOf(section, config),
      }),
    account: () => readAccount(venue, userAddress),
    halt() {},
  }
}

const marketOf = ({ recordings, loaded }: StageOptions, wanted: readonly string[]): MarketSpec =>
  recordings === undefined
    ? {
        kind: 'generated',
        instruments: pickInstruments(wholeUniverse(), wanted).filter((found) => found !== null),
        model: loaded.config.market.model,
      }
    : { kind: 'recorded', recordings }

/** The balance in equal parts on the native exchange and on each dex. */
function userWith(address: string, balance: number, dexs: readonly string[]): VenueUser {
  const deposit = moneyFromNumber(Math.floor(balance / (dexs.length + 1)))
  return { address, deposit, deposits: Object.fromEntries(dexs.map((dex) => [dex, deposit])) }
}

function memoryNonces(): NonceStore {
  let last = 0
  return {
    last: () => last,
    save: (nonce) => {
      last = nonce
    },
  }
}

/** All dexs together. */
async function readAccount(venue: HyperliquidVenue, user: string): Promise<VenueAccountView> {
  const positions = new Map<string, string>()
  const cash = new Map<Currency, Money>()
  let openOrders = 0
  for (const { name: dex, collateral } of venue.state.listing.dexs) {
    const state = (await ask(venue, { type: 'clearinghouseState', user, dex })) as {
      readonly marginSummary: { readonly accountValue: string }
      readonly assetPositions: readonly {
        readonly position: { readonly coin: string; readonly szi: string }
      }[]
    }
    const orders = (await ask(venue, { type: 'openOrders', user, dex })) as readonly unknown[]
    openOrders += orders.length
    for (const { position } of state.assetPositions) positions.set(position.coin, position.szi)
    const value = parseDecimal(state.marginSummary.accountValue, MONEY_DECIMALS)
    if (value === null) throw new Error(`account value ${state.marginSummary.accountValue}`)
    cash.set(collateral.name, (cash.get(collateral.name) ?? 0n) + value)
  }
  return { positions, openOrders, cash, tolerance: 0n }
}

async function ask(venue: HyperliquidVenue, body: object): Promise<unknown> {
  const reply = await venue.handleHttp({
    method: 'POST',
    path: '/info',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    receivedTimeUs: venue.state.time,
  })
  return JSON.parse(reply.body)
}
