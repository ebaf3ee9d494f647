import type { Json, JsonObject } from '../../json.ts'
import { asText } from '../../json.ts'
import { invalid, ok, type Reply, unprocessable } from '../rest/reply.ts'
import type { Nano } from '../wire/nano.ts'
import { admitDraft } from './admission.ts'
import { removeOrder } from './closing.ts'
import { createOrder } from './desk.ts'
import { checkTicks, type Draft, positive } from './draft.ts'
import { setStatus, shownOrder, tellOrder } from './events.ts'
import type { Floor } from './floor.ts'
import { admitOrder } from './matching.ts'
import { checkShape } from './order-shape.ts'
import type { Account, Order, TimeInForce } from './types.ts'

const timesInForce: readonly TimeInForce[] = ['day', 'gtc', 'opg', 'cls', 'ioc', 'fok']

/**
 * Puts an order with changes in the place of another, at once: either both happen or neither does.
 * The quantity asked for counts what has filled already; the new order is for the rest.
 */
export function replaceOrder(
  floor: Floor,
  account: Account,
  order: Order,
  body: JsonObject,
): Reply {
  if (!account.open.has(order.id))
    return unprocessable(`order is already in "${order.status}" state`)
  if (order.status === 'held') return unprocessable('order is not in a replaceable state')
  if (order.notional !== null) return unprocessable('notional orders cannot be replaced')
  const changed = readChanges(order, body, floor)
  if ('status' in changed) return changed
  const refused = checkShape(changed)
  if (refused !== null) return refused
  // What the old order holds back is free for the new one: it is judged without it.
  account.open.delete(order.id)
  const admitted = admitDraft(floor, account, { ...changed, orderClass: 'simple' })
  account.open.add(order.id)
  if ('status' in admitted && typeof admitted.status === 'number') return admitted
  if (!('intent' in admitted)) return admitted
  const replacement = createOrder(
    floor,
    account,
    { ...changed, orderClass: order.orderClass },
    {
      ...admitted,
      replaces: order,
    },
  )
  inherit(account, order, replacement)
  removeOrder(floor, order)
  order.replacedAt = floor.time
  order.replacedBy = replacement.id
  setStatus(floor, order, 'replaced')
  tellOrder(floor, replacement, 'pending_new')
  const shown = shownOrder(floor, replacement)
  admitOrder(floor, replacement)
  return ok(replacement.status === 'accepted' ? { ...shown, status: 'accepted' } : shown)
}

/** Legs and siblings follow the new order. */
function inherit(account: Account, order: Order, replacement: Order): void {
  for (const leg of order.legs) {
    replacement.legs.push(leg)
    const record = account.orders.get(leg)!
    account.orders.set(leg, Object.assign(record, { parent: replacement.id, qty: replacement.qty }))
  }
  if (order.parent === null) return
  const parent = account.orders.get(order.parent)!
  Object.assign(replacement, { parent: parent.id })
  parent.legs.splice(parent.legs.indexOf(order.id), 1, replacement.id)
}

function readChanges(order: Order, body: JsonObject, floor: Floor): Draft | Reply {
  const numbers: Record<string, Nano | null> = {}
  for (const name of ['qty', 'limit_price', 'stop_price', 'trail']) {
    const read = positive(body, name)
    if (!read.ok) return read.reply
    numbers[name] = read.value
  }
  const timeInForce = timeOf(order, body['time_in_force'])
  if (timeInForce === null) return invalid('invalid time_in_force')
  const wanted = numbers['qty'] ?? order.qty!
  if (wanted <= order.filledQty) return unprocessable('qty must be > filled_qty')
  const asset = floor.assets[order.asset]!
  const isTrailing = order.type === 'trailing_stop'
  const trail = numbers['trail'] ?? null
  const draft: Draft = {
    asset,
    side: order.side,
    type: order.type,
    timeInForce,
    qty: wanted - order.filledQty,
    notional: null,
    limitPrice: numbers['limit_price'] ?? order.limitPrice,
    stopPrice: isTrailing ? null : (numbers['stop_price'] ?? order.stopPrice),
    trailPrice: order.trailPrice === null ? null : (trail ?? order.trailPrice),
    trailPercent: order.trailPercent === null ? null : (trail ?? order.trailPercent),
    extendedHours: order.extendedHours,
    clientOrderId: asText(body['client_order_id']),
    orderClass: '',
    takeProfit: null,
    stopLoss: null,
    positionIntent: null,
  }
  return checkTicks(asset, { limit_price: draft.limitPrice, stop_price: draft.stopPrice }) ?? draft
}

function timeOf(order: Order, given: Json | undefined): TimeInForce | null {
  if (given === undefined || given === null) return order.timeInForce
  return timesInForce.find((each) => each === given) ?? null
}
