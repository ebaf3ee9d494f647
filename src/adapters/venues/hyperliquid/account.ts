import {
  type AccountReport,
  type Execution,
  parseSafeDecimal,
  price,
  quantity,
  signedQuantity,
  type TimeUs,
  type VenueOpenOrder,
  type VenuePosition,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { type Context, fromCloid } from './context.ts'
import { executionIdOf, fetchFills, readFill, readMoney } from './executions.ts'
import { operational } from './http.ts'
import { unreadable } from './universe.ts'
import {
  clearinghouseReply,
  openOrdersReply,
  type WireClearinghouse,
  type WireFill,
  type WireOpenOrder,
} from './wire.ts'

/** Rounds after which an account that keeps trading counts as a failed query. */
const MAXIMUM_ROUNDS = 5

/**
 * Answers account queries, one at a time, each with one accountReported or accountQueryFailed.
 *
 * One round reads fills, open orders, positions and the fills again. Positions belong to the fills
 * only if none came in between, neither in the second list nor through the streams: else again.
 */
export class AccountQueries {
  readonly #context: Context
  readonly #streamed: () => number
  #isRunning = false
  #joined: TimeUs | null = null

  /** `streamed` counts executions delivered by the streams. */
  constructor(context: Context, streamed: () => number) {
    this.#context = context
    this.#streamed = streamed
  }

  /** Queries during a query are answered together by one that follows it. */
  query(since: TimeUs): void {
    if (this.#isRunning) {
      this.#joined = this.#joined === null ? since : Math.min(this.#joined, since)
      return
    }
    void this.#run(since)
  }

  async #run(since: TimeUs): Promise<void> {
    this.#isRunning = true
    for (let next: TimeUs | null = since; next !== null; ) {
      this.#joined = null
      await this.#answer(next)
      next = this.#joined
    }
    this.#isRunning = false
  }

  async #answer(since: TimeUs): Promise<void> {
    try {
      if (this.#context.options.userAddress === null) throw noAccount()
      await this.#round(since)
    } catch (error) {
      const { message: text } = operational(error)
      const receivedTime = this.#context.receivedTime()
      this.#context.emit({ kind: 'accountQueryFailed', receivedTime, text })
    }
  }

  async #round(since: TimeUs): Promise<void> {
    let fills = await fetchFills(this.#context, since)
    for (let attempt = 0; attempt < MAXIMUM_ROUNDS; attempt++) {
      const streamedBefore = this.#streamed()
      const openOrders = await readOpenOrders(this.#context)
      const state = await readClearinghouse(this.#context)
      const latest = fills.at(-1)?.time
      const newer = await fetchFills(this.#context, latest === undefined ? since : latest * 1000)
      const merged = merge(fills, newer)
      const isConsistent = merged.length === fills.length && this.#streamed() === streamedBefore
      fills = merged
      if (!isConsistent) continue
      const account = assemble(this.#context, { openOrders, state, fills })
      const receivedTime = this.#context.receivedTime()
      const venueTime = state.time * 1000
      this.#context.emit({ kind: 'accountReported', receivedTime, venueTime, account })
      return
    }
    const text = `the account traded during each of ${MAXIMUM_ROUNDS} rounds`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
}

async function readOpenOrders(context: Context): Promise<readonly WireOpenOrder[]> {
  const raw = await ask(context, 'openOrders', 20)
  const reply = openOrdersReply.safeParse(raw)
  if (!reply.success) throw unreadable('openOrders')
  return reply.data
}

/** The account's margin state. Throws AdapterError when it is not exactly of its shape. */
export async function readClearinghouse(context: Context): Promise<WireClearinghouse> {
  const reply = clearinghouseReply.safeParse(await ask(context, 'clearinghouseState', 2))
  if (!reply.success) throw unreadable('clearinghouseState')
  return reply.data
}

function ask(context: Context, type: string, weight: number): Promise<unknown> {
  return context.post({
    path: '/info',
    body: () => ({ type, user: context.options.userAddress }),
    requestClass: 'query',
    weight,
    waitMs: 20_000,
  })
}

const noAccount = (): AdapterError =>
  new AdapterError('VENUE_UNSUPPORTED', 'this session has no account: market data only', 'fatal')

function merge(fills: readonly WireFill[], newer: readonly WireFill[]): readonly WireFill[] {
  const all = new Map<string, WireFill>()
  for (const fill of [...fills, ...newer]) all.set(executionIdOf(fill), fill)
  return [...all.values()].sort((a, b) => a.time - b.time)
}

function assemble(
  context: Context,
  read: {
    readonly openOrders: readonly WireOpenOrder[]
    readonly state: WireClearinghouse
    readonly fills: readonly WireFill[]
  },
): AccountReport {
  const openOrders: VenueOpenOrder[] = []
  for (const order of read.openOrders) {
    const asset = context.universe.byCoin.get(order.coin)
    if (asset === undefined) continue
    const { id, priceDecimals, quantityDecimals } = asset.instrument
    openOrders.push({
      clientOrderId: fromCloid(order.cloid) ?? context.clientIds.get(order.oid) ?? null,
      venueOrderId: order.oid,
      instrument: id,
      side: order.side === 'B' ? 'buy' : 'sell',
      price: price(exact(order.limitPx, priceDecimals, 'openOrders')),
      leavesQuantity: quantity(exact(order.sz, quantityDecimals, 'openOrders')),
      reduceOnly: order.reduceOnly === true,
    })
  }
  const executions: Execution[] = []
  for (const fill of read.fills) {
    const execution = readFill(context, fill)
    if (execution !== 'foreign') executions.push(execution)
  }
  return {
    openOrders,
    positions: positionsOf(context, read.state),
    balances: [balanceOf(read.state)],
    executions,
  }
}

function positionsOf(context: Context, state: WireClearinghouse): readonly VenuePosition[] {
  const positions: VenuePosition[] = []
  for (const { position } of state.assetPositions) {
    const asset = context.universe.byCoin.get(position.coin)
    if (asset === undefined) {
      context.statistics.foreignReports++
      continue
    }
    const { id, priceDecimals, quantityDecimals } = asset.instrument
    const lots = exact(position.szi, quantityDecimals, 'clearinghouseState')
    if (lots === 0) continue
    positions.push({
      instrument: id,
      quantity: signedQuantity(lots),
      averageEntryPrice:
        position.entryPx == null ? null : Number(position.entryPx) * 10 ** priceDecimals,
    })
  }
  return positions
}

/** Cash of a perpetuals account: its value less what open positions have not realised. */
function balanceOf(state: WireClearinghouse): AccountReport['balances'][number] {
  let amount = readMoney(state.marginSummary.accountValue)
  for (const { position } of state.assetPositions) {
    const unrealised = readMoney(position.unrealizedPnl)
    if (amount === null || unrealised === null) throw unreadable('clearinghouseState')
    amount -= unrealised
  }
  if (amount === null) throw unreadable('clearinghouseState')
  return { currency: 'USDC', amount }
}

function exact(text: string, decimals: number, what: string): number {
  const value = parseSafeDecimal(text, decimals)
  if (value === null) throw unreadable(what)
  return value
}
