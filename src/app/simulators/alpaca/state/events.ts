import { ulidOf, uuidOf } from '../wire/identity.ts'
import { type Nano, textOf } from '../wire/nano.ts'
import { wireOrder } from '../wire/order.ts'
import { timeText } from '../wire/times.ts'
import { accountOf, type Floor, ordersOf } from './floor.ts'
import type { Order, OrderStatus } from './types.ts'

/** An order with its legs as they are now. */
export function shownOrder(floor: Floor, order: Order): Record<string, unknown> {
  const account = accountOf(floor, order)
  const legs = ordersOf(account, order.legs).map((leg) =>
    wireOrder(leg, floor.assets[leg.asset]!, null),
  )
  return wireOrder(order, floor.assets[order.asset]!, legs.length === 0 ? null : legs)
}

/** One execution of an order. */
export interface Execution {
  readonly price: Nano
  readonly qty: Nano
  readonly positionQty: Nano
}

/** Tells the account's stream what happened to an order. */
export function tellOrder(floor: Floor, order: Order, event: string, execution?: Execution): void {
  const { counters } = floor
  counters.event++
  const data: Record<string, unknown> = {
    event,
    event_id: ulidOf(Math.floor(floor.time / 1000), counters.event),
    at: timeText(floor.time),
    execution_id: uuidOf(`${floor.seed} event ${counters.event}`),
    order: shownOrder(floor, order),
    timestamp: timeText(floor.time),
  }
  if (execution !== undefined) {
    data['price'] = textOf(execution.price)
    data['qty'] = textOf(execution.qty)
    data['position_qty'] = textOf(execution.positionQty)
  }
  floor.tell({ kind: 'tradeUpdate', account: order.account, data })
}

/** Gives an order a status and tells it; the event has the status' name. */
export function setStatus(floor: Floor, order: Order, status: OrderStatus): void {
  order.status = status
  order.updatedAt = floor.time
  tellOrder(floor, order, status)
}
