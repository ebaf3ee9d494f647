import type { TimeUs } from '../../../../core/mod.ts'
import { uuidOf } from '../wire/identity.ts'
import type { Nano } from '../wire/nano.ts'
import { DAY_US } from '../wire/times.ts'
import type { Admitted } from './admission.ts'
import type { Draft } from './draft.ts'
import { shownOrder, tellOrder } from './events.ts'
import type { Floor } from './floor.ts'
import { markOf } from './market-data.ts'
import { admitOrder } from './matching.ts'
import { extendedClose, sessionAfter, tradingDay } from './sessions.ts'
import type { Account, Order } from './types.ts'

const GTC_DAYS = 90

/** When an order ends by itself; null for orders in coins. */
function expiryOf(draft: Draft, time: TimeUs): TimeUs | null {
  if (draft.asset.class === 'crypto') return null
  if (draft.timeInForce === 'gtc') return time + GTC_DAYS * DAY_US
  const today = tradingDay(time)
  const ends = (session: NonNullable<typeof today>): TimeUs =>
    draft.extendedHours ? extendedClose(session) : session.closeTime
  return today !== null && time < ends(today) ? ends(today) : ends(sessionAfter(time))
}

/** Makes an order's record, known to its account, not yet admitted. */
export function createOrder(
  floor: Floor,
  account: Account,
  draft: Draft,
  more: Admitted & { readonly parent?: Order; readonly replaces?: Order },
): Order {
  const number = ++floor.counters.order
  const id = uuidOf(`${floor.seed} order ${number}`)
  const clientOrderId = draft.clientOrderId ?? uuidOf(`${floor.seed} client ${number}`)
  const { time } = floor
  const order: Order = {
    id,
    clientOrderId,
    number,
    account: account.index,
    asset: draft.asset.index,
    createdAt: time,
    updatedAt: time,
    submittedAt: time,
    filledAt: null,
    expiredAt: null,
    expiresAt: expiryOf(draft, time),
    canceledAt: null,
    failedAt: null,
    replacedAt: null,
    replacedBy: null,
    replaces: more.replaces?.id ?? null,
    notional: draft.notional,
    qty: draft.qty,
    filledQty: 0n,
    filledValue: 0n,
    orderClass: draft.orderClass,
    type: draft.type,
    side: draft.side,
    positionIntent: draft.positionIntent ?? more.intent,
    timeInForce: draft.timeInForce,
    limitPrice: draft.limitPrice,
    stopPrice: draft.stopPrice,
    trailPrice: draft.trailPrice,
    trailPercent: draft.trailPercent,
    hwm: null,
    extendedHours: draft.extendedHours,
    status: more.parent === undefined ? 'pending_new' : 'held',
    parent: more.parent?.id ?? null,
    legs: [],
    isTriggered: false,
    isWorking: false,
    isResting: false,
    queueAhead: 0n,
    closesAtMost: more.closesAtMost ?? null,
    reservePrice: more.reservePrice,
  }
  if (order.type === 'trailing_stop') startTrail(floor, order)
  account.orders.set(id, order)
  account.open.add(id)
  account.clientOrderIds.set(clientOrderId, id)
  floor.openOrders[order.asset]!.add(order)
  return order
}

function startTrail(floor: Floor, order: Order): void {
  const price = markOf(floor.data[order.asset]!, floor.assets[order.asset]!)
  order.hwm = price
  const distance: Nano = order.trailPrice ?? (price * order.trailPercent!) / (100n * 10n ** 9n)
  order.stopPrice = order.side === 'buy' ? price + distance : price - distance
}

/** Places an admitted order with its legs; returns how it is answered: as it came in. */
export function placeOrder(
  floor: Floor,
  account: Account,
  draft: Draft,
  admitted: Admitted,
): Record<string, unknown> {
  const order = createOrder(floor, account, draft, admitted)
  for (const leg of legDrafts(draft)) {
    const intent = leg.side === 'buy' ? 'buy_to_close' : 'sell_to_close'
    const held = createOrder(floor, account, leg, { intent, reservePrice: 0n, parent: order })
    order.legs.push(held.id)
  }
  const { size } = account.open
  tellOrder(floor, order, 'pending_new')
  const shown = shownOrder(floor, order)
  if (draft.orderClass === 'oco') {
    for (const leg of order.legs) account.orders.get(leg)!.isWorking = true
  }
  admitOrder(floor, order)
  const isWaiting = order.status === 'accepted' && account.open.size === size
  return isWaiting ? { ...shown, status: 'accepted' } : shown
}

/** The orders that an order brings along, as drafts. */
function legDrafts(draft: Draft): Draft[] {
  const { orderClass, takeProfit, stopLoss } = draft
  if (orderClass === '' || orderClass === 'simple') return []
  const isPair = orderClass === 'oco'
  const base: Draft = {
    ...draft,
    side: isPair ? draft.side : draft.side === 'buy' ? 'sell' : 'buy',
    clientOrderId: null,
    extendedHours: false,
    positionIntent: null,
    limitPrice: null,
    stopPrice: null,
    takeProfit: null,
    stopLoss: null,
  }
  const legs: Draft[] = []
  if (!isPair && takeProfit !== null) {
    legs.push({ ...base, type: 'limit', limitPrice: takeProfit.limitPrice })
  }
  if (stopLoss !== null) {
    const { stopPrice, limitPrice } = stopLoss
    legs.push({ ...base, type: limitPrice === null ? 'stop' : 'stop_limit', stopPrice, limitPrice })
  }
  return legs
}
