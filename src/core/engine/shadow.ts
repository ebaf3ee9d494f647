import { feeOfFill } from '../domain/fee.ts'
import { isClosed } from '../domain/order.ts'
import { type Price, price, quantity, sign } from '../domain/units.ts'
import type { OrderRecord } from '../execution/order-store.ts'
import type { RiskContext } from '../risk/gate.ts'
import { isPricedByBars } from './config.ts'
import { bestPrice, isBookKnown } from './risk-context.ts'
import { afterOrderChange } from './works.ts'
import { emit, isShadow, type World } from './world.ts'

/** What an order would have got: lots at a price; null while it would rest. */
interface WouldBe {
  readonly lots: number
  readonly price: Price
  readonly liquidity: 'maker' | 'taker'
}

/**
 * At a heartbeat: what became of the orders of instruments in shadow, which were never sent. They
 * meet the book of this instant, not the one they were decided on. One that takes walks the levels
 * within its limit and ends; one that rests fills, whole and at its price, once the other side's
 * best is beyond it, for a price that only touches it may have been for those before us.
 * Returns the instruments whose shadow position moved.
 */
export function settleShadow(world: World, gate: RiskContext): readonly number[] {
  const moved: number[] = []
  if (world.config.shadow === undefined) return moved
  for (const { id } of world.config.instruments) {
    if (!isShadow(world, id)) continue
    for (const record of [...world.orders.active(id)]) {
      if (settle(world, record)) moved.push(id)
      if (isClosed(record.state)) afterOrderChange(world, gate, record)
    }
  }
  return moved
}

/** True when the order filled, in part or whole. */
function settle(world: World, record: OrderRecord): boolean {
  const { order } = record
  if (record.state === 'pendingCancel') {
    record.closeReason = 'shadow: canceled'
    world.orders.apply(record, 'canceled', world.now)
    return false
  }
  if (!isBookKnown(world, order.instrument)) return false
  const got = order.timeInForce === 'ioc' ? take(world, record) : rest(world, record)
  if (got !== null && got.lots > 0) book(world, record, got)
  if (order.timeInForce === 'ioc' && !isClosed(record.state)) {
    record.closeReason = 'iocNoMatch'
    world.orders.apply(record, 'canceled', world.now)
  }
  return got !== null && got.lots > 0
}

/** The average price of the levels within the limit, rounded against us. */
function take(world: World, { order }: OrderRecord): WouldBe | null {
  const isBuy = order.side === 'buy'
  const best = bestPrice(world, order.instrument, isBuy ? 'ask' : 'bid')
  const reaches = (at: number): boolean => (isBuy ? at <= order.price : at >= order.price)
  if (best <= 0 || !reaches(best)) return null
  if (isPricedByBars(world.config.signal)) {
    return { lots: order.quantity, price: price(Math.round(best)), liquidity: 'taker' }
  }
  const levels = world.books[order.instrument]!
  const side = isBuy ? 1 : 0
  let lots = 0
  let value = 0
  for (let i = 0; i < levels.depth(side) && lots < order.quantity; i++) {
    const at = levels.priceAt(side, i)
    if (!reaches(at)) break
    const taken = Math.min(order.quantity - lots, levels.quantityAt(side, i))
    lots += taken
    value += taken * at
  }
  if (lots === 0) return null
  const average = isBuy ? Math.ceil(value / lots) : Math.floor(value / lots)
  return { lots, price: price(average), liquidity: 'taker' }
}

function rest(world: World, { order }: OrderRecord): WouldBe | null {
  const isBuy = order.side === 'buy'
  const opposite = bestPrice(world, order.instrument, isBuy ? 'ask' : 'bid')
  const isThrough = opposite > 0 && (isBuy ? opposite < order.price : opposite > order.price)
  return isThrough ? { lots: order.quantity, price: order.price, liquidity: 'maker' } : null
}

/** Books a would-be fill in the shadow's own ledger: never in the account's. */
function book(world: World, record: OrderRecord, got: WouldBe): void {
  const { clientOrderId, instrument, side, intentId } = record.order
  const traded = world.config.instruments[instrument]!
  const { lots, price, liquidity } = got
  const fees = feeOfFill(traded, { signedLots: sign(side) * lots, price, liquidity })
  const execution = {
    executionId: `shadow:${clientOrderId}`,
    clientOrderId,
    venueOrderId: '',
    instrument,
    side,
    price,
    quantity: quantity(lots),
    liquidity,
    ...fees,
    venueTime: world.now,
  }
  const { realised } = world.shadowLedger.applyExecution(execution)
  const work = world.works[instrument]
  if (work !== null && work !== undefined && work.intentId === intentId) {
    work.filledLots += got.lots
  }
  world.orders.fill(record, got.lots, world.now)
  emit(world, { kind: 'shadowExecuted', execution, realised })
}
