import type { Execution, NewOrder } from '../domain/order.ts'
import { isPricedByBars } from './config.ts'
import { bestPrice, bookAge } from './risk-context.ts'
import { emit, type World } from './world.ts'

/** Share of a price that a fill may be off before it is doubted. */
const TOLERANCE = 0.001

/**
 * Says of a fill that no market makes; paper accounts of venues do. By more than the tolerance it
 * is beyond the order's own limit, or, of a taker, better than the best price of the own side now
 * and than the opposite one when the order was decided.
 */
export function doubtFill(world: World, order: NewOrder, execution: Execution): void {
  if (isPricedByBars(world.config.signal)) return
  const what = beyondLimit(order, execution) ?? betterThanTouch(world, order, execution)
  if (what === null) return
  const { symbol, priceDecimals } = world.config.instruments[execution.instrument]!
  const decimal = (quanta: number): string => (quanta / 10 ** priceDecimals).toFixed(priceDecimals)
  emit(world, {
    kind: 'alert',
    level: 'warning',
    code: 'SUSPICIOUS_FILL',
    text: `${symbol}: a ${execution.side} was filled at ${decimal(execution.price)}, ${what.words} ${decimal(what.price)}`,
  })
}

interface Doubt {
  readonly words: string
  /** Quanta. */
  readonly price: number
}

/** How much worse than a price the execution is for us, as a share of it; negative is better. */
const cost = ({ side, price }: Execution, than: number): number =>
  ((side === 'buy' ? 1 : -1) * (price - than)) / than

const beyondLimit = ({ price }: NewOrder, execution: Execution): Doubt | null =>
  cost(execution, price) > TOLERANCE ? { words: 'beyond its limit', price } : null

function betterThanTouch(world: World, order: NewOrder, execution: Execution): Doubt | null {
  const { arrivalPrice } = order
  const { instrument, liquidity, side } = execution
  if (liquidity !== 'taker' || arrivalPrice === null) return null
  // One that rested gets its own price, wherever the market is by then.
  if (cost(execution, order.price) >= -TOLERANCE) return null
  const touch = bestPrice(world, instrument, side === 'buy' ? 'bid' : 'ask')
  const isFresh = bookAge(world, instrument) <= world.config.limits.bookAgeMaxUs
  if (touch <= 0 || !isFresh || cost(execution, arrivalPrice) >= -TOLERANCE) return null
  return cost(execution, touch) < -TOLERANCE
    ? { words: 'better than the best', price: touch }
    : null
}
