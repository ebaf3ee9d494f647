import {
  divideHalfEven,
  type Instrument,
  type InstrumentId,
  type Money,
  notional,
  type Side,
  sign,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { OrderRecord, WireLiquidation } from './order.ts'

/** Bounds of what is remembered of each user, as the venue's own. */
export const FILLS_KEPT = 10_000
export const HISTORY_KEPT = 2_000
export const FUNDINGS_KEPT = 10_000
export const LEDGER_KEPT = 10_000

/** One perpetual position. Plain data; absent when flat. */
export interface Position {
  /** Signed lots, never 0. */
  lots: number
  /** What the open lots cost, always positive. */
  entryNotional: Money
  /** Funding since it was opened and since its size last changed; positive is paid. */
  fundingSinceOpen: Money
  fundingSinceChange: Money
  /** Collateral set aside for it when it is isolated; null when it is cross. */
  margin: Money | null
}

/** A fill in the venue's own words (the reply of userFills). */
export interface WireFill {
  readonly coin: string
  readonly px: string
  readonly sz: string
  readonly side: 'B' | 'A'
  readonly time: number
  readonly startPosition: string
  readonly dir: string
  readonly closedPnl: string
  readonly hash: string
  readonly oid: number
  readonly crossed: boolean
  readonly fee: string
  readonly tid: number
  readonly cloid?: string
  readonly feeToken: string
  /** Part of the fee that the order's builder gets. */
  readonly builderFee?: string
  /** Part of the fee that the dex's deployer gets. */
  readonly deployerFee?: string
  /** On both sides of a liquidation. */
  readonly liquidation?: WireLiquidation
  readonly twapId: number | null
}

/** A funding payment in the venue's own words; negative `usdc` was paid. */
export interface WireFunding {
  readonly time: number
  readonly hash: string
  readonly coin: string
  readonly usdc: string
  readonly szi: string
  readonly fundingRate: string
  readonly nSamples: null
}

/** A change of balances other than by trading and funding, in the venue's own words. */
export interface WireLedgerUpdate {
  readonly time: number
  readonly hash: string
  readonly delta: { readonly type: string } & Readonly<Record<string, unknown>>
}

/** Notional traded on one day, UTC. */
export interface DayVolume {
  /** Days since 1970. */
  readonly day: number
  taker: Money
  maker: Money
}

/** A wallet that may sign trading actions for the user until it expires. */
export interface Agent {
  readonly address: string
  /** Empty for the unnamed agent. */
  readonly name: string
  readonly validUntilMs: number
}

/** A user with a deposit. Plain data, mutated by the fold of actions and fills only. */
export interface Account {
  /** Lower case. */
  readonly address: string
  /** The matching engine's number of it. */
  readonly index: number
  /** Collateral by dex index: deposits, profit, fees, funding; isolated margins are not in it. */
  readonly cash: Map<number, Money>
  /** Spot balances by token index. */
  readonly spot: Map<number, Money>
  readonly positions: Map<InstrumentId, Position>
  /** Leverage chosen per coin; absent means the highest. */
  readonly leverage: Map<InstrumentId, number>
  /** Coins the user has switched to isolated margin. */
  readonly isolated: Set<InstrumentId>
  /** Funding paid over all time, by instrument. */
  readonly fundingPaid: Map<InstrumentId, Money>
  /** Resting orders by venue order id, oldest first. */
  readonly open: Map<number, OrderRecord>
  /** Orders whose life ended, oldest first. */
  readonly closed: OrderRecord[]
  /** Latest order of each client order id still remembered. */
  readonly byCloid: Map<string, OrderRecord>
  /** Oldest first. */
  readonly fills: WireFill[]
  readonly fundings: WireFunding[]
  /** Deposits, withdrawals, transfers, seizures; oldest first. */
  readonly ledger: WireLedgerUpdate[]
  /** Notional traded on each day that is still remembered, oldest first. */
  readonly days: DayVolume[]
  /** When a liquidation last took a part of a position, by dex and, if isolated, coin. */
  readonly partlyLiquidated: Map<string, TimeUs>
  readonly agents: Agent[]
  /** Dead man's switch: when everything is canceled, or null. */
  scheduledCancel: TimeUs | null
  /** Day number and count of the scheduled cancels that fired. */
  scheduledDay: number
  scheduledFired: number
  /** Notional traded over all time. */
  volume: Money
  requestsUsed: number
}

/** A user without orders or positions. */
export function createAccount(address: string, index: number): Account {
  return {
    address,
    index,
    cash: new Map(),
    spot: new Map(),
    positions: new Map(),
    leverage: new Map(),
    isolated: new Set(),
    fundingPaid: new Map(),
    open: new Map(),
    closed: [],
    byCloid: new Map(),
    fills: [],
    fundings: [],
    ledger: [],
    days: [],
    partlyLiquidated: new Map(),
    agents: [],
    scheduledCancel: null,
    scheduledDay: 0,
    scheduledFired: 0,
    volume: 0n,
    requestsUsed: 0,
  }
}

/** The account whose agent an address is at a time, or null. */
export function findOwner(
  accounts: Iterable<Account>,
  agent: string,
  time: TimeUs,
): Account | null {
  for (const account of accounts) {
    const found = account.agents.find(({ address }) => address === agent)
    if (found !== undefined && found.validUntilMs > time / 1000) return account
  }
  return null
}

/** Resting orders of all accounts on an instrument. */
export function* ordersOn(
  accounts: Iterable<Account>,
  instrument: InstrumentId,
): Iterable<OrderRecord> {
  for (const { open } of accounts) {
    for (const order of open.values()) if (order.instrument === instrument) yield order
  }
}

/** What one execution did to a position. */
export interface PositionChange {
  readonly startLots: number
  /** Lots that enlarged the position or opened the other side. */
  readonly openedLots: number
  /** Of an isolated position: collateral that its closed part gives back. */
  readonly releasedMargin: Money
  /** Profit of the lots it closed, before fees. */
  readonly closedPnl: Money
  readonly direction: string
}

/**
 * Applies an execution of `lots` (positive) at `price` quanta to the account's position. A position
 * that it opens is isolated, with no margin yet, if wanted.
 */
export function applyExecution(
  account: Account,
  instrument: Instrument,
  execution: {
    readonly side: Side
    readonly price: number
    readonly lots: number
    readonly isIsolated?: boolean
  },
): PositionChange {
  const { side, price, lots, isIsolated = false } = execution
  const before = account.positions.get(instrument.id)
  const startLots = before?.lots ?? 0
  const signed = sign(side) * lots
  const closing = startLots * signed < 0 ? Math.min(lots, Math.abs(startLots)) : 0
  const opening = lots - closing
  const endLots = startLots + signed
  let closedPnl = 0n
  let releasedMargin = 0n
  let entryNotional = before?.entryNotional ?? 0n
  let margin = before?.margin ?? null
  if (closing > 0) {
    if (margin !== null) {
      releasedMargin = divideHalfEven(margin * BigInt(closing), BigInt(Math.abs(startLots)))
      margin -= releasedMargin
    }
    const cost = divideHalfEven(entryNotional * BigInt(closing), BigInt(Math.abs(startLots)))
    closedPnl = (notional(instrument, price, closing) - cost) * BigInt(Math.sign(startLots))
    entryNotional -= cost
  }
  entryNotional += notional(instrument, price, opening)
  account.volume += notional(instrument, price, lots)
  if (endLots === 0) account.positions.delete(instrument.id)
  else {
    const flipped = startLots * endLots <= 0
    account.positions.set(instrument.id, {
      lots: endLots,
      entryNotional,
      fundingSinceOpen: flipped ? 0n : (before?.fundingSinceOpen ?? 0n),
      fundingSinceChange: 0n,
      margin: flipped && isIsolated ? 0n : margin,
    })
  }
  return {
    startLots,
    openedLots: opening,
    closedPnl,
    releasedMargin,
    direction: describeDirection(startLots, endLots),
  }
}

/** The venue's words for what a fill did to a position. */
export function describeDirection(startLots: number, endLots: number): string {
  if (startLots > 0 && endLots < 0) return 'Long > Short'
  if (startLots < 0 && endLots > 0) return 'Short > Long'
  if (startLots > 0 || (startLots === 0 && endLots > 0)) {
    return endLots > startLots ? 'Open Long' : 'Close Long'
  }
  return endLots < startLots ? 'Open Short' : 'Close Short'
}

/** Notes a funding payment on the position; `amount` is positive when received. */
export function noteFunding(account: Account, instrument: InstrumentId, amount: Money): void {
  account.fundingPaid.set(instrument, (account.fundingPaid.get(instrument) ?? 0n) - amount)
  const position = account.positions.get(instrument)
  if (position === undefined) return
  position.fundingSinceOpen -= amount
  position.fundingSinceChange -= amount
}

/** Appends to a list that remembers at most `kept` entries, forgetting the oldest. */
export function remember<T>(list: T[], item: T, kept: number): void {
  list.push(item)
  if (list.length > kept) list.splice(0, list.length - kept)
}
