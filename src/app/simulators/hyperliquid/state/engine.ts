import {
  type ExchangeOptions,
  type ExchangeSnapshot,
  type Instrument,
  type QueueModel,
  SimulatedExchange,
} from '../../../../core/mod.ts'
import type { MatchingEngine } from './engine-port.ts'

/** More than anything costs: whether an account can pay is the clearinghouse's question. */
const UNLIMITED = 10n ** 30n

/** How to make the venue's matching engine. */
export interface EngineOptions {
  readonly instruments: readonly Instrument[]
  readonly queueModel: QueueModel
  /** From an engine of the same options. */
  readonly snapshot?: unknown
}

/**
 * The matching engine: books, queues and executions. Money is not its matter here: it charges no
 * fees, pays no funding and refuses nobody for want of margin.
 */
export function createEngine(options: EngineOptions): MatchingEngine {
  const exchangeOptions = describe(options)
  const { snapshot } = options
  let exchange =
    snapshot === undefined
      ? new SimulatedExchange(exchangeOptions)
      : SimulatedExchange.restore(exchangeOptions, snapshot as ExchangeSnapshot)
  return {
    addAccount: () => exchange.addAccount(UNLIMITED),
    submit: (account, order, time) => exchange.submit(account, order, time),
    cancel: (account, cancel, time) => exchange.cancel(account, cancel, time),
    advanceMarket: (cursor) => exchange.advanceMarket(cursor),
    advanceTime: (time) => exchange.advanceTime(time),
    takeReports: (until, account) => exchange.takeReports(until, account),
    position: (account, instrument) => exchange.position(account, instrument),
    seizePosition(account, instrument) {
      const seized = withoutPosition(exchange.snapshot(), account, instrument)
      exchange = SimulatedExchange.restore(exchangeOptions, seized)
    },
    book: (instrument) => exchange.book(instrument),
    markPrice: (instrument) => exchange.markPrice(instrument),
    snapshot: () => exchange.snapshot(),
  }
}

const describe = (options: EngineOptions): ExchangeOptions => ({
  instruments: options.instruments.map((instrument) => ({
    ...instrument,
    // One currency for all: the engine clears nothing.
    quoteCurrency: 'USD',
    fees: { makerE9: 0, takerE9: 0 },
  })),
  queueModel: options.queueModel,
  entryLatencyUs: 0,
  responseLatencyUs: 0,
  arrivalMatch: 'current',
  fundingIntervalUs: 0,
  bars: null,
  moneyDecimals: 8,
})

/** The engine knows no way to take a position away without a trade: its state is written anew. */
function withoutPosition(
  snapshot: ExchangeSnapshot,
  account: number,
  instrument: number,
): ExchangeSnapshot {
  const flat = { quantity: 0, cost: '0', entryTime: null }
  const accounts = snapshot.accounts.map((each, index) => {
    if (index !== account) return each
    const positions = each.account.positions.map((position, id) =>
      id === instrument ? { ...position, ...flat } : position,
    )
    return { ...each, account: { ...each.account, positions } }
  })
  return { ...snapshot, accounts }
}
