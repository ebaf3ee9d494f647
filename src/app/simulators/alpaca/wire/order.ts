import type { Asset } from '../listing.ts'
import type { Order } from '../state/types.ts'
import { type Nano, over, textOf, textOrNull } from './nano.ts'
import { timeOrNull, timeText } from './times.ts'

/** Mean price of what has filled, null before anything has. */
export const averagePrice = (order: Order): Nano | null =>
  order.filledQty === 0n ? null : over(order.filledValue, order.filledQty)

/** An order as the venue writes it; `legs` are written orders, null when it has none to show. */
export function wireOrder(
  order: Order,
  asset: Asset,
  legs: readonly object[] | null,
): Record<string, unknown> {
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: timeText(order.createdAt),
    updated_at: timeText(order.updatedAt),
    submitted_at: timeText(order.submittedAt),
    filled_at: timeOrNull(order.filledAt),
    expired_at: timeOrNull(order.expiredAt),
    expires_at: timeOrNull(order.expiresAt),
    canceled_at: timeOrNull(order.canceledAt),
    failed_at: timeOrNull(order.failedAt),
    replaced_at: timeOrNull(order.replacedAt),
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    asset_id: asset.id,
    symbol: asset.symbol,
    asset_class: asset.class,
    notional: textOrNull(order.notional),
    qty: textOrNull(order.qty),
    filled_qty: textOf(order.filledQty),
    filled_avg_price: textOrNull(averagePrice(order)),
    order_class: order.orderClass,
    order_type: order.type,
    type: order.type,
    side: order.side,
    position_intent: order.positionIntent,
    time_in_force: order.timeInForce,
    limit_price: textOrNull(order.limitPrice),
    stop_price: textOrNull(order.stopPrice),
    status: order.status,
    extended_hours: order.extendedHours,
    legs,
    trail_percent: textOrNull(order.trailPercent),
    trail_price: textOrNull(order.trailPrice),
    hwm: textOrNull(order.hwm),
    subtag: null,
    source: null,
  }
}
