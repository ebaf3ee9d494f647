import { isArray, type Json, type JsonObject } from '../wire/json.ts'
import { requestTexts } from '../wire/texts.ts'
import {
  type ActionContext,
  type ActionKind,
  accepted,
  l1,
  type ReadAction,
  refused,
} from './action.ts'
import { type PlaceStatus, placeOrder } from './place.ts'
import { draftOrder, readWireOrder, type WireOrder } from './read-order.ts'

const groupings: readonly (Json | undefined)[] = ['na', 'normalTpsl', 'positionTpsl']

function readOrders(action: JsonObject): readonly WireOrder[] | null {
  if (!groupings.includes(action['grouping']) || !isArray(action['orders'])) return null
  const orders: WireOrder[] = []
  for (const value of action['orders']) {
    const order = readWireOrder(value)
    if (order === null) return null
    orders.push(order)
  }
  return orders
}

/**
 * Places a batch. An order that cannot be read (price, size) fails the whole batch with one error,
 * before anything is placed; every other refusal concerns one order only.
 */
export function placeBatch(
  context: ActionContext,
  orders: readonly WireOrder[],
): readonly PlaceStatus[] {
  const drafts = orders.map((order) => draftOrder(context.state.listing, order))
  const unreadable = drafts.find((drafted) => !drafted.ok && drafted.scope === 'request')
  if (unreadable !== undefined && !unreadable.ok) return [{ error: unreadable.text }]
  return drafts.map((drafted) =>
    drafted.ok ? placeOrder(context, drafted.draft) : { error: drafted.text },
  )
}

/** order: `{type, orders, grouping, builder?}`. */
export const orderAction: ActionKind = {
  signing: l1,
  read(action): ReadAction | null {
    const orders = readOrders(action)
    if (orders === null) return null
    return {
      count: Math.max(1, orders.length),
      run(context) {
        if (orders.length === 0) return refused(requestTexts.emptyBatch)
        return accepted('order', { statuses: placeBatch(context, orders) })
      },
    }
  },
}
