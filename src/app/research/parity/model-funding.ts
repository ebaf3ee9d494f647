import {
  type ExchangeOptions,
  type ExchangeSnapshot,
  type Execution,
  type MarketBatch,
  type Money,
  SimulatedExchange,
  sign,
  type TimeUs,
} from '../../../core/mod.ts'
import { VenueFeed } from './venue-feed.ts'

/** A payment is settled this long after its hour. */
const SETTLED_US = 1_000_000

/**
 * Funding that the simulated venue would have booked to whoever traded `executions` (sorted by
 * venue time): its own rules, rates and prices, with these positions in place of its own.
 */
export function modelFunding(
  options: ExchangeOptions,
  batch: MarketBatch,
  executions: readonly Execution[],
): { readonly instrument: number; readonly amount: Money }[] {
  const { fundingIntervalUs } = options
  if (fundingIntervalUs === 0 || batch.count === 0 || executions.length === 0) return []
  const feed = new VenueFeed(batch)
  const paid: { instrument: number; amount: Money }[] = []
  let exchange = new SimulatedExchange(options)
  exchange.addAccount(0n)
  const advance = (until: TimeUs): void => {
    while (feed.nextTime <= until) feed.step(exchange)
    exchange.advanceTime(until)
  }
  const last = batch.f64[(batch.count - 1) * 5]!
  const first = Math.ceil(feed.nextTime / fundingIntervalUs) * fundingIntervalUs
  for (let hour = first; hour + SETTLED_US <= last; hour += fundingIntervalUs) {
    const held = positionsAt(options, executions, hour)
    advance(hour)
    if (held.every((quantity) => quantity === 0)) continue
    exchange = holding(options, exchange.snapshot(), held)
    advance(hour + SETTLED_US)
    for (const event of exchange.takeReports(Number.POSITIVE_INFINITY, 0)) {
      if (event.kind === 'fundingPaid') paid.push(event)
    }
    const flat = held.map(() => 0)
    exchange = holding(options, exchange.snapshot(), flat)
  }
  return paid
}

function positionsAt(
  { instruments }: ExchangeOptions,
  executions: readonly Execution[],
  time: TimeUs,
): number[] {
  const held = instruments.map(() => 0)
  for (const { venueTime, instrument, side, quantity } of executions) {
    if (venueTime <= time) held[instrument] = held[instrument]! + sign(side) * quantity
  }
  return held
}

/** The same venue with other positions on its only account. */
function holding(
  options: ExchangeOptions,
  snapshot: ExchangeSnapshot,
  held: readonly number[],
): SimulatedExchange {
  const accounts = snapshot.accounts.map(({ account, outbox }) => ({
    account: {
      ...account,
      positions: account.positions.map((position, i) => ({ ...position, quantity: held[i]! })),
    },
    outbox,
  }))
  return SimulatedExchange.restore(options, { ...snapshot, accounts })
}
