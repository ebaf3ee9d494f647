import type { VirtualRoute } from '../../src/adapters/mod.ts'
import { serveInMemory } from '../../src/app/simulators/alpaca/in-memory.ts'
import { generatedMarket } from '../../src/app/simulators/alpaca/market/spec.ts'
import { addTrade, setBook } from '../../src/app/simulators/alpaca/state/market-data.ts'
import { meetBook, meetTrade } from '../../src/app/simulators/alpaca/state/matching.ts'
import { type AlpacaVenue, createAlpacaVenue } from '../../src/app/simulators/alpaca/venue.ts'
import { readNano } from '../../src/app/simulators/alpaca/wire/nano.ts'
import type { FaultPlan } from '../../src/app/simulators/faults.ts'
import type { Price, Side, TimeUs } from '../../src/core/mod.ts'

type Levels = readonly (readonly [number, number])[]

/** Twenty levels a side around 50,000 dollars; quanta of a cent, lots of 0.000001. */
export const quietBids: Levels = Array.from({ length: 20 }, (_, i) => [
  5_000_000 - i,
  20_000 + 130 * i,
])
export const quietAsks: Levels = Array.from({ length: 20 }, (_, i) => [
  5_000_005 + i,
  30_000 + 170 * i,
])

export const demoKey = 'PKTESTACCOUNT'
export const demoSecret = 'secret-of-the-test-account'

/** Longest pause between two steps of the venue in virtual time. */
const STEP_US = 100_000
const DAY_US = 86_400_000_000

/** A simulated Alpaca with one quiet BTC/USD book and our account. */
export interface QuietAlpaca {
  readonly venue: AlpacaVenue
  /** Serves the venue in memory under virtual time. */
  readonly route: VirtualRoute
  /** The quiet book, so many quanta higher. */
  move(quanta: number): void
  /** A trade of the market; somebody else is its aggressor; to a thousandth of a lot. */
  counterparty(side: Side, price: Price, lots: number): void
}

export function createQuietAlpaca(input: {
  readonly startTime: TimeUs
  readonly now: () => TimeUs
  readonly faults?: FaultPlan
}): QuietAlpaca {
  const market = generatedMarket([['BTC/USD', 'Bitcoin', 50_000, 0, 1, 1e-12, 60_000]], [], {
    coinBookUs: DAY_US,
    historyMinutes: 120,
    historyDays: 5,
  })
  const venue = createAlpacaVenue({
    market,
    seed: 1,
    startTime: input.startTime,
    now: input.now,
    accounts: [{ key: demoKey, secret: demoSecret, cash: readNano('100000')! }],
    ...(input.faults === undefined ? {} : { faults: input.faults }),
  })
  venue.advance(input.startTime + 1)
  const { state } = venue
  const asset = state.assets[0]!
  const data = state.data[0]!
  const move = (quanta: number): void => {
    venue.advance(input.now())
    const [bids, asks] = [quietBids, quietAsks].map((levels) =>
      levels.flatMap(([price, lots]) => [price + quanta, lots]),
    ) as [number[], number[]]
    const book = { time: state.time, bids, asks }
    setBook(data, 0, book)
    state.tell({ kind: 'book', asset: 0, ...book })
    meetBook(state, 0)
  }
  move(0)
  return {
    venue,
    route: serveInMemory(() => venue),
    move,
    counterparty(side, price, lots) {
      venue.advance(input.now())
      const trade = {
        asset: 0,
        time: state.time,
        id: data.lastTradeId + 1,
        price,
        lots,
        aggressor: side,
        conditions: [],
      }
      addTrade(data, asset, trade, { session: null, tellsLate: false })
      state.tell({ kind: 'trade', trade })
      meetTrade(state, {
        asset: 0,
        price: BigInt(price) * asset.quantum,
        qty: (BigInt(Math.round(lots * 1_000)) * asset.lot) / 1_000n,
        aggressor: side,
      })
    },
  }
}

/** Lets the venue run along with virtual time: call once after making the environment. */
export function keepRunning(
  venue: AlpacaVenue,
  environment: { now(): TimeUs; at(time: TimeUs, callback: () => void): unknown },
): void {
  const step = (): void => {
    venue.advance(environment.now())
    const soon = environment.now() + STEP_US
    environment.at(Math.max(environment.now() + 1, Math.min(soon, venue.nextWakeTime())), step)
  }
  environment.at(environment.now(), step)
}
