import type { VirtualRoute } from '../../src/adapters/mod.ts'
import { createSigner, type Signer } from '../../src/adapters/venues/hyperliquid/signing.ts'
import type { FaultPlan } from '../../src/app/simulators/faults.ts'
import {
  createHyperliquidVenue,
  type HyperliquidVenue,
} from '../../src/app/simulators/hyperliquid/venue.ts'
import {
  formatTrimmed,
  MarketWriter,
  MONEY_UNIT,
  type Price,
  type Side,
  type TimeUs,
} from '../../src/core/mod.ts'
import { createMemoryNonceStore, testAddress } from './hyperliquid-stage.ts'
import { perpetual } from './universe.ts'

/** A second throw-away key that exists only in tests. */
const counterpartyKey = `0x${'5d'.repeat(32)}`

type Levels = readonly (readonly [number, number])[]

/** Twenty levels a side around 50,000; quanta of 0.1, lots of 0.00001. */
export const quietBids: Levels = Array.from({ length: 20 }, (_, i) => [
  500_000 - 10 * i,
  2_000 + 13 * i,
])
export const quietAsks: Levels = Array.from({ length: 20 }, (_, i) => [
  500_050 + 10 * i,
  3_000 + 17 * i,
])

/** Longest pause between two steps of the venue in virtual time. */
const STEP_US = 100_000

/** A simulated Hyperliquid with one quiet BTC book, our account and a counterparty. */
export interface QuietVenue {
  readonly venue: HyperliquidVenue
  /** Serves the venue in memory under virtual time. */
  readonly route: VirtualRoute
  /** Somebody else's IOC order; throws when it does not trade. */
  counterparty(side: Side, price: Price, lots: number): Promise<void>
}

export function createQuietVenue(input: {
  readonly startTime: TimeUs
  readonly now: () => TimeUs
  readonly faults?: FaultPlan
}): QuietVenue {
  const instrument = perpetual(0, 'BTC', 5)
  const writer = new MarketWriter(8)
  const head = { receivedTime: input.startTime, venueTime: input.startTime, instrument: 0 }
  writer.snapshot(head, quietBids.flat(), quietAsks.flat())
  writer.mark(head, 500_025, 500_025)
  writer.funding(head, 12_500)
  const signer = createSigner({
    privateKey: counterpartyKey,
    isTestnet: true,
    nonceStore: createMemoryNonceStore(),
    now: input.now,
  })
  const venue = createHyperliquidVenue({
    market: {
      kind: 'recorded',
      recordings: [{ instruments: [instrument], batch: writer.batch(), info: quietInfo }],
    },
    seed: 1,
    startTime: input.startTime,
    now: input.now,
    network: 'testnet',
    users: [
      { address: testAddress, deposit: 100_000n * MONEY_UNIT },
      { address: signer.address, deposit: 1_000_000n * MONEY_UNIT },
    ],
    cadences: { slowBookUs: 200_000, fastBookUs: 100_000 },
    ...(input.faults === undefined ? {} : { faults: input.faults }),
  })
  return {
    venue,
    route: routeTo(venue),
    counterparty: (side, price, lots) =>
      trade({ venue, signer, now: input.now, side, price, lots }),
  }
}

const quietInfo = {
  kind: 'generated',
  licenceClass: 'own',
  source: 'a quiet book made for tests',
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

/** Serves a venue in memory. */
export const routeTo = (venue: HyperliquidVenue): VirtualRoute => ({
  http: async ({ method, path, headers, body, now }) => {
    const reply = await venue.handleHttp({ method, path, headers, body, receivedTimeUs: now })
    if (reply.status === 0) throw new Error('socket hang up')
    return reply
  },
  socket: ({ send, closed }) => venue.openConnection(send, (code) => closed(code, '')),
})

/** Lets the venue run along with virtual time: call once after making the environment. */
export function keepRunning(
  venue: HyperliquidVenue,
  environment: { now(): TimeUs; at(time: TimeUs, callback: () => void): unknown },
): void {
  const step = (): void => {
    venue.advance(environment.now())
    const soon = environment.now() + STEP_US
    environment.at(Math.max(environment.now() + 1, Math.min(soon, venue.nextWakeTime())), step)
  }
  environment.at(environment.now(), step)
}

async function trade(input: {
  readonly venue: HyperliquidVenue
  readonly signer: Signer
  readonly now: () => TimeUs
  readonly side: Side
  readonly price: Price
  readonly lots: number
}): Promise<void> {
  const { venue, signer, side } = input
  const body = await signer.orders(
    [
      {
        asset: 0,
        isBuy: side === 'buy',
        price: formatTrimmed(input.price, 1),
        size: formatTrimmed(input.lots, 5),
        reduceOnly: false,
        timeInForce: 'Ioc',
        cloid: `0x${'f'.repeat(32)}`,
      },
    ],
    Math.floor(input.now() / 1000) + 60_000,
  )
  const reply = await venue.handleHttp({
    method: 'POST',
    path: '/exchange',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    receivedTimeUs: input.now(),
  })
  if (!reply.body.includes('"filled"')) throw new Error(`the counterparty: ${reply.body}`)
}
