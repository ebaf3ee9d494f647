import type { TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import { type Context, type KnownOrder, learnOrder } from './context.ts'
import type { Fill } from './fills.ts'
import { ask } from './http.ts'
import { type WireFill, wireFill, wireOrder } from './wire.ts'

const PAGE_SIZE = 100
const PAGES_MAX = 200
const QUERY_WAIT_MS = 20_000

/**
 * All fills of loaded instruments at or after `since`, oldest first, each once. Throws AdapterError:
 * a failed or unreadable page, or more fills than are read.
 */
export async function fetchFills(context: Context, since: TimeUs): Promise<readonly Fill[]> {
  const found = new Map<string, WireFill>()
  let pageToken: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const token: string | null = pageToken
    // The venue leaves out what happened at the instant itself, and reads milliseconds.
    const after = new Date(Math.max(0, Math.floor(since / 1000) - 1))
    const body = await ask(context.send, {
      what: 'activities',
      requestClass: 'query',
      waitMs: QUERY_WAIT_MS,
      operation: ({ activities }) =>
        activities.getAccountActivitiesByActivityTypeRaw({
          activityType: 'FILL',
          after,
          direction: 'asc',
          pageSize: PAGE_SIZE,
          ...(token === null ? {} : { pageToken: token }),
        }),
    })
    const reply = wireFill.array().safeParse(body)
    if (!reply.success) throw unreadable('activities')
    for (const fill of reply.data) found.set(fill.id, fill)
    pageToken = reply.data.at(-1)?.id ?? null
    if (reply.data.length < PAGE_SIZE) return readFills(context, [...found.values()], since)
  }
  throw new AdapterError('VENUE_UNREADABLE', `more than ${found.size} fills since then`, 'retry')
}

async function readFills(
  context: Context,
  fills: readonly WireFill[],
  since: TimeUs,
): Promise<readonly Fill[]> {
  const read: Fill[] = []
  for (const fill of fills) {
    const asset = context.universe.bySymbol.get(fill.symbol)
    if (fill.transaction_time < since) continue
    if (asset === undefined) {
      context.statistics.foreignReports++
      continue
    }
    read.push({
      asset,
      order: context.orders.get(fill.order_id) ?? (await fetchOrder(context, fill.order_id)),
      side: fill.side === 'buy' ? 'buy' : 'sell',
      price: fill.price,
      qty: fill.qty,
      cumulative: fill.cum_qty,
      time: fill.transaction_time,
      held: null,
    })
  }
  return read.sort((a, b) => a.time - b.time)
}

async function fetchOrder(context: Context, orderId: string): Promise<KnownOrder> {
  const body = await ask(context.send, {
    what: `order ${orderId}`,
    requestClass: 'query',
    waitMs: QUERY_WAIT_MS,
    operation: ({ orders }) => orders.getOrderByOrderIDRaw({ orderId }),
  })
  const reply = wireOrder.safeParse(body)
  if (!reply.success) throw unreadable(`order ${orderId}`)
  return learnOrder(context, reply.data)
}
