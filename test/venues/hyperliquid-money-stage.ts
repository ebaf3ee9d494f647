import { hyperliquidPerpetual } from '../../src/adapters/mod.ts'
import type { ListingTerms } from '../../src/app/simulators/hyperliquid/listing-terms.ts'
import type { Account } from '../../src/app/simulators/hyperliquid/state/account.ts'
import { findRefusal, type Refusal } from '../../src/app/simulators/hyperliquid/state/admission.ts'
import type { OrderRecord, WireTif } from '../../src/app/simulators/hyperliquid/state/order.ts'
import type { VenueState } from '../../src/app/simulators/hyperliquid/state/venue-state.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import {
  MarketWriter,
  MONEY_UNIT,
  type Money,
  type Price,
  type Quantity,
  type Side,
  type TimeUs,
} from '../../src/core/mod.ts'

/** An hour begins. */
export const stageStart: TimeUs = Date.UTC(2026, 0, 5, 12, 0, 0) * 1000
export const usd = (amount: number): Money =>
  BigInt(Math.round(amount * 1e6)) * (MONEY_UNIT / 1_000_000n)
export const alice = `0x${'a1'.repeat(20)}`
export const bob = `0x${'b0'.repeat(20)}`

/** What a scripted market does: books of 20 levels a tick apart around a price, marks with it. */
export interface Move {
  /** Seconds after the start. */
  readonly at: number
  readonly coin: string
  /** Currency units. */
  readonly price: number
  /** Default: the price. */
  readonly mark?: number
  readonly oracle?: number
  /** Lots per level. Default 1,000,000. */
  readonly lots?: number
  /** Only prices are pushed. */
  readonly keepsBook?: boolean
}

const coins = ['BTC', 'xyz:GOLD', 'xyz:HOOD', 'xyz:HIMS', 'flx:OIL']

/** A venue whose market is a script. Two decimals of size, four of price, leverage at most 10. */
export function createMoneyStage(
  moves: readonly Move[],
  changes: {
    readonly terms?: ListingTerms
    readonly deposit?: Money
    readonly deposits?: Readonly<Record<string, Money>>
  } = {},
): {
  readonly venue: HyperliquidVenue
  readonly state: VenueState
  readonly account: Account
  readonly id: (coin: string) => number
  readonly run: (seconds: number) => void
  readonly order: (
    coin: string,
    side: Side,
    size: number,
    more?: {
      price?: number
      tif?: WireTif
      reduceOnly?: boolean
      builderTenthsBp?: number
      account?: Account
    },
  ) => OrderRecord | Refusal
} {
  const instruments = coins.map((symbol, id) =>
    hyperliquidPerpetual({ id, symbol, szDecimals: 2, maximumLeverage: 10 }),
  )
  const writer = new MarketWriter(64)
  const first = coins.map((coin): Move => ({ at: 0, coin, price: 100 }))
  for (const move of [...first, ...moves].sort((a, b) => a.at - b.at)) writeMove(writer, move)
  const users = [alice, bob].map((address) => ({
    address,
    deposit: changes.deposit ?? usd(10_000),
    ...(changes.deposits === undefined ? {} : { deposits: changes.deposits }),
  }))
  const venue = createHyperliquidVenue({
    market: { kind: 'recorded', recordings: [{ instruments, batch: writer.batch(), info }] },
    seed: 1,
    startTime: stageStart,
    now: () => stageStart,
    users,
    ...(changes.terms === undefined ? {} : { terms: changes.terms }),
  })
  const { state } = venue
  venue.advance(stageStart + 1)
  const account = state.accounts.get(alice)!
  return {
    venue,
    state,
    account,
    id: (coin) => coins.indexOf(coin),
    run: (seconds) => venue.advance(stageStart + Math.round(seconds * 1e6)),
    order(coin, side, size, more = {}) {
      const instrument = state.listing.find(coin)!
      const limit = more.price ?? (state.mark(instrument.id) / 1e4) * (side === 'buy' ? 1.05 : 0.95)
      const draft = {
        instrument,
        side,
        price: (Math.round(limit * 100) * 100) as Price,
        lots: Math.round(size * 100) as Quantity,
        tif: more.tif ?? 'Ioc',
        reduceOnly: more.reduceOnly ?? false,
        cloid: null,
        ...(more.builderTenthsBp === undefined
          ? {}
          : { builder: { address: bob, feeTenthsBp: more.builderTenthsBp } }),
      }
      const user = more.account ?? account
      return findRefusal(state, user, draft) ?? state.place(user, draft)
    },
  }
}

function writeMove(writer: MarketWriter, move: Move): void {
  const time = stageStart + Math.round(move.at * 1e6)
  const head = { receivedTime: time, venueTime: time, instrument: coins.indexOf(move.coin) }
  const quanta = Math.round(move.price * 100) * 100
  const lots = move.lots ?? 1_000_000
  const side = (way: 1 | -1): number[] =>
    Array.from({ length: 20 }, (_, i) => [quanta + way * 100 * (i + 1), lots]).flat()
  if (move.keepsBook !== true) writer.snapshot(head, side(-1), side(1))
  const mark = Math.round((move.mark ?? move.price) * 1e4)
  writer.mark(head, mark, Math.round((move.oracle ?? move.mark ?? move.price) * 1e4))
}

const info = {
  kind: 'generated',
  licenceClass: 'own',
  source: 'a script made for tests',
  files: [],
  firstTime: 0,
  lastTime: 0,
  timeBasis: 'venue',
  skew: { estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0, method: 'none' },
  gaps: [],
  gapLimitUs: 0,
  duplicatesDropped: 0,
  historyDropped: 0,
  quarantined: [],
  checks: [],
  levels: 20,
  cadenceUs: 0,
} as const

/** By token: what accounts hold, and what the venue's books say they hold. */
export function holdings(state: VenueState): {
  accounts: Map<number, Money>
  books: Map<number, Money>
} {
  const accounts = new Map<number, Money>()
  const add = (token: number, amount: Money) =>
    accounts.set(token, (accounts.get(token) ?? 0n) + amount)
  for (const { cash, spot, positions } of state.accounts.values()) {
    for (const [token, amount] of spot) add(token, amount)
    for (const [dex, amount] of cash) add(state.listing.dexs[dex]!.collateral.index, amount)
    for (const [id, { margin }] of positions) {
      add(state.listing.dexs[state.listing.perps[id]!.dex]!.collateral.index, margin ?? 0n)
    }
  }
  const books = new Map<number, Money>()
  for (const [token, each] of state.clearinghouse.books) {
    books.set(token, each.deposited + each.profit - each.fees + each.funding - each.seized)
  }
  return { accounts, books }
}
