import {
  type AccountReport,
  type Currency,
  type Execution,
  type Money,
  parseSafeDecimal,
  price,
  quantity,
  signedQuantity,
  type TimeUs,
  type VenueOpenOrder,
  type VenuePosition,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { operational, unreadable } from '../lib/failure.ts'
import { type Context, fromCloid } from './context.ts'
import { executionIdOf, fetchFills, readFill } from './executions.ts'
import { readMoney } from './money-text.ts'
import { dexLabel, NATIVE, qualify } from './names.ts'
import type { UsedDex } from './universe.ts'
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
 * One round reads fills, open orders and positions of every dex, and the fills again. Positions
 * belong to the fills only if none came in between, neither in the second list nor through the
 * streams: else again.
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
      const states = await readDexStates(this.#context)
      const latest = fills.at(-1)?.time
      const newer = await fetchFills(this.#context, latest === undefined ? since : latest * 1000)
      const merged = merge(fills, newer)
      const isConsistent = merged.length === fills.length && this.#streamed() === streamedBefore
      fills = merged
      if (!isConsistent) continue
      const account = assemble(this.#context, states, fills)
      const receivedTime = this.#context.receivedTime()
      // What holds for all of them held at the first.
      const venueTime = Math.min(...states.map(({ state }) => state.time)) * 1000
      this.#context.emit({ kind: 'accountReported', receivedTime, venueTime, account })
      return
    }
    const text = `the account traded during each of ${MAXIMUM_ROUNDS} rounds`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
}

/** What one dex says about the account. */
interface DexState {
  readonly dex: UsedDex
  readonly openOrders: readonly WireOpenOrder[]
  readonly state: WireClearinghouse
}

/** One dex that does not answer makes the whole account unknown: its positions are not gone. */
async function readDexStates(context: Context): Promise<readonly DexState[]> {
  const states: DexState[] = []
  for (const dex of context.universe.dexs) {
    const openOrders = await readOpenOrders(context, dex.name)
    states.push({ dex, openOrders, state: await readClearinghouse(context, dex.name) })
  }
  return states
}

async function readOpenOrders(context: Context, dex: string): Promise<readonly WireOpenOrder[]> {
  const reply = openOrdersReply.safeParse(await ask(context, 'openOrders', 20, dex))
  if (!reply.success) throw unreadable(`openOrders of ${dexLabel(dex)}`)
  return reply.data
}

/** The account's margin state on a dex. Throws AdapterError when it is not exactly of its shape. */
export async function readClearinghouse(
  context: Pick<Context, 'options' | 'post'>,
  dex: string,
): Promise<WireClearinghouse> {
  const reply = clearinghouseReply.safeParse(await ask(context, 'clearinghouseState', 2, dex))
  if (!reply.success) throw unreadable(`clearinghouseState of ${dexLabel(dex)}`)
  return reply.data
}

function ask(
  { options, post }: Pick<Context, 'options' | 'post'>,
  type: string,
  weight: number,
  dex: string,
): Promise<unknown> {
  const user = options.userAddress
  const body = dex === NATIVE ? { type, user } : { type, user, dex }
  return post({
    path: '/info',
    what: `${type} of ${dexLabel(dex)}`,
    body: () => body,
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
  states: readonly DexState[],
  fills: readonly WireFill[],
): AccountReport {
  const executions: Execution[] = []
  for (const fill of fills) {
    const execution = readFill(context, fill)
    if (execution !== 'foreign') executions.push(execution)
  }
  return {
    openOrders: states.flatMap((each) => openOrdersOf(context, each)),
    positions: states.flatMap((each) => positionsOf(context, each)),
    balances: balancesOf(states),
    executions,
  }
}

function openOrdersOf(context: Context, { dex, openOrders }: DexState): readonly VenueOpenOrder[] {
  const found: VenueOpenOrder[] = []
  for (const order of openOrders) {
    const asset = context.universe.byCoin.get(qualify(dex.name, order.coin))
    if (asset === undefined) continue
    const { id, priceDecimals, quantityDecimals } = asset.instrument
    found.push({
      clientOrderId: fromCloid(order.cloid) ?? context.clientIds.get(order.oid) ?? null,
      venueOrderId: order.oid,
      instrument: id,
      side: order.side === 'B' ? 'buy' : 'sell',
      price: price(exact(order.limitPx, priceDecimals, 'openOrders')),
      leavesQuantity: quantity(exact(order.sz, quantityDecimals, 'openOrders')),
      reduceOnly: order.reduceOnly === true,
    })
  }
  return found
}

function positionsOf(context: Context, { dex, state }: DexState): readonly VenuePosition[] {
  const positions: VenuePosition[] = []
  for (const { position } of state.assetPositions) {
    const asset = context.universe.byCoin.get(qualify(dex.name, position.coin))
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

/** Cash by currency: dexs with the same collateral are added up. */
function balancesOf(states: readonly DexState[]): AccountReport['balances'] {
  const amounts = new Map<Currency, Money>()
  for (const { dex, state } of states) {
    amounts.set(dex.currency, (amounts.get(dex.currency) ?? 0n) + cashOf(state))
  }
  return [...amounts].map(([currency, amount]) => ({ currency, amount }))
}

/** Cash of a perpetuals account: its value less what open positions have not realised. */
function cashOf(state: WireClearinghouse): Money {
  let amount = readMoney(state.marginSummary.accountValue)
  for (const { position } of state.assetPositions) {
    const unrealised = readMoney(position.unrealizedPnl)
    if (amount === null || unrealised === null) throw unreadable('clearinghouseState')
    amount -= unrealised
  }
  if (amount === null) throw unreadable('clearinghouseState')
  return amount
}

function exact(text: string, decimals: number, what: string): number {
  const value = parseSafeDecimal(text, decimals)
  if (value === null) throw unreadable(what)
  return value
}
