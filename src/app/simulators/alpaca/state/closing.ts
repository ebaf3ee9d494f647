import { setStatus } from './events.ts'
import { accountOf, type Floor, ordersOf } from './floor.ts'
import type { Order, OrderStatus } from './types.ts'

/** How an order ends without having filled. */
export type Ending = Extract<OrderStatus, 'canceled' | 'expired' | 'replaced' | 'rejected'>

/** True until an order has ended. */
export const isOpenOrder = (floor: Floor, order: Order): boolean =>
  accountOf(floor, order).open.has(order.id)

/** Takes an order out of what may trade. */
export function removeOrder(floor: Floor, order: Order): void {
  accountOf(floor, order).open.delete(order.id)
  floor.openOrders[order.asset]!.delete(order)
  order.isWorking = false
}

/** Ends an order and what depends on it: its legs, the other one of its pair. */
export function endOrder(floor: Floor, order: Order, how: Ending): void {
  if (!isOpenOrder(floor, order)) return
  removeOrder(floor, order)
  if (how === 'canceled') order.canceledAt = floor.time
  if (how === 'expired') order.expiredAt = floor.time
  if (how === 'replaced') order.replacedAt = floor.time
  if (how === 'rejected') order.failedAt = floor.time
  setStatus(floor, order, how)
  if (how === 'replaced') return
  for (const related of relatedTo(floor, order)) endOrder(floor, related, how)
}

/** Legs of an order, and the siblings of a leg; of a pair that cancels each other, the other. */
export function relatedTo(floor: Floor, order: Order): Order[] {
  const account = accountOf(floor, order)
  const parent = order.parent === null ? null : account.orders.get(order.parent)!
  const ids = parent === null ? order.legs : [parent.id, ...parent.legs]
  return ordersOf(account, ids).filter((each) => each !== order && account.open.has(each.id))
}
