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
import { textOf } from './http.ts'
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

/** Answers account queries, one at a time. */
export interface AccountQueries {
  /** One accountReported or accountQueryFailed follows; a query during a query joins it. */
  query(since: TimeUs): void
}

/**
 * Makes the account side of an adapter. `streamed` counts executions delivered by the streams.
 *
 * One round reads fills, open orders, positions and the fills again. Positions belong to the fills
 * only if none came in between, neither in the second list nor through the streams: else again.
 */
export function createAccountQueries(context: Context, streamed: () => number): AccountQueries {
  let running = false
  let joined: TimeUs | null = null

  const round = async (since: TimeUs): Promise<void> => {
    let fills = await fetchFills(context, since)
    for (let attempt = 0; attempt < MAXIMUM_ROUNDS; attempt++) {
      const streamedBefore = streamed()
      const openOrders = await readOpenOrders(context)
      const state = await readClearinghouse(context)
      const latest = fills.at(-1)
      const newer = await fetchFills(context, latest === undefined ? since : latest.time * 1000)
      const merged = merge(fills, newer)
      const isConsistent = merged.length === fills.length && streamed() === streamedBefore
      fills = merged
      if (!isConsistent) continue
      context.emit({
        kind: 'accountReported',
        receivedTime: context.receivedTime(),
        venueTime: state.time * 1000,
        account: assemble(context, { openOrders, state, fills }),
      })
      return
    }
    throw new AdapterError(
      'VENUE_UNREADABLE',
      `the account traded during each of ${MAXIMUM_ROUNDS} rounds`,
      'retry',
    )
  }

  const run = async (since: TimeUs): Promise<void> => {
    running = true
    try {
      if (context.options.userAddress === null) throw noAccount()
      await round(since)
    } catch (error) {
      context.emit({
        kind: 'accountQueryFailed',
        receivedTime: context.receivedTime(),
        text: textOf(error),
      })
    } finally {
      running = false
    }
    if (joined === null) return
    const next = joined
    joined = null
    await run(next)
  }

  return {
    query(since) {
      if (running) {
        joined = joined === null ? since : Math.min(joined, since)
        return
      }
      void run(since)
    },
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
