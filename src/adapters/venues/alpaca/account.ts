import {
  type AccountReport,
  price,
  quantity,
  type TimeUs,
  type VenueOpenOrder,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { operational, unreadable } from '../lib/failure.ts'
import { type Context, learnOrder, ourId } from './context.ts'
import type { ExecutionFeed } from './executions.ts'
import { fetchFills } from './history.ts'
import { ask } from './http.ts'
import { followTier, readAccount } from './instruments.ts'
import { floorDivide } from './numbers.ts'
import { readPositions } from './positions.ts'
import { wireOrder } from './wire.ts'

/** Rounds after which an account that keeps trading counts as a failed query. */
const ROUNDS_MAX = 5
const QUERY_WAIT_MS = 20_000
/** Most the venue lists at once. */
const ORDERS_MAX = 500
/** Money has one digit less than the venue's dollars. */
const NANO_PER_MONEY = 10n

/**
 * Answers account queries, one at a time, each with one accountReported or accountQueryFailed. A
 * round reads fills, orders, positions and cash, and the fills again: they belong together only if
 * nothing came in between.
 */
export class AccountQueries {
  readonly #context: Context
  readonly #feed: () => ExecutionFeed | null
  #isRunning = false
  #joined: TimeUs | null = null

  constructor(context: Context, feed: () => ExecutionFeed | null) {
    this.#context = context
    this.#feed = feed
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
      await this.#round(since)
    } catch (error) {
      const { message: text } = operational(error)
      const receivedTime = this.#context.receivedTime()
      this.#context.emit({ kind: 'accountQueryFailed', receivedTime, text })
    }
  }

  async #round(since: TimeUs): Promise<void> {
    const feed = this.#feed()
    if (feed === null) throw new AdapterError('VENUE_STOPPED', 'not started', 'retry')
    let fills = await fetchFills(this.#context, since)
    for (let attempt = 0; attempt < ROUNDS_MAX; attempt++) {
      const streamedBefore = feed.count
      const openOrders = await readOpenOrders(this.#context)
      const positions = await readPositions(this.#context)
      await feed.transfers.deliver()
      const { cash, currency, crypto_tier: tier } = await readAccount(this.#context.send)
      const newer = await fetchFills(this.#context, since)
      const isConsistent = newer.length === fills.length && feed.count === streamedBefore
      fills = newer
      if (!isConsistent) continue
      followTier(this.#context.universe, tier, this.#context.environment.now())
      feed.deliver(fills)
      for (const { instrument } of this.#context.universe.assets) {
        const { id } = instrument
        feed.settle(id, positions.find((each) => each.instrument === id)?.units ?? 0n)
      }
      feed.settleCash(cash)
      const receivedTime = this.#context.receivedTime()
      const account: AccountReport = {
        openOrders,
        positions: positions.map(({ report }) => report),
        balances: [{ currency, amount: floorDivide(cash, NANO_PER_MONEY) }],
        executions: feed.executionsOf(fills),
      }
      this.#context.emit({
        kind: 'accountReported',
        receivedTime,
        venueTime: receivedTime,
        account,
      })
      return
    }
    const text = `the account traded during each of ${ROUNDS_MAX} rounds`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
}

async function readOpenOrders(context: Context): Promise<readonly VenueOpenOrder[]> {
  const body = await ask(context.send, {
    what: 'open orders',
    requestClass: 'query',
    waitMs: QUERY_WAIT_MS,
    operation: ({ orders }) =>
      orders.getAllOrdersRaw({ status: 'open', limit: ORDERS_MAX, direction: 'asc' }),
  })
  const reply = wireOrder.array().safeParse(body)
  if (!reply.success) throw unreadable('open orders')
  if (reply.data.length >= ORDERS_MAX) {
    const text = `${ORDERS_MAX} open orders: the venue lists no more at once`
    throw new AdapterError('VENUE_UNREADABLE', text, 'retry')
  }
  const found: VenueOpenOrder[] = []
  for (const order of reply.data) {
    learnOrder(context, order)
    const asset = context.universe.bySymbol.get(order.symbol)
    if (asset === undefined || order.qty === null || order.limit_price === null) continue
    found.push({
      clientOrderId: ourId(order.client_order_id),
      venueOrderId: order.id,
      instrument: asset.instrument.id,
      side: order.side,
      price: price(Number(order.limit_price / asset.quantum)),
      leavesQuantity: quantity(Number((order.qty - order.filled_qty) / asset.lot)),
      reduceOnly: false,
    })
  }
  return found
}
