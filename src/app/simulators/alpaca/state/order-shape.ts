import { invalid, type Reply, unprocessable } from '../rest/reply.ts'
import { type Nano, UNIT } from '../wire/nano.ts'
import { checkTicks, type Draft } from './draft.ts'

const isWhole = (qty: Nano): boolean => qty % UNIT === 0n

/** What the shape of an order forbids, whoever sends it; null when nothing. */
export function checkShape(draft: Draft): Reply | null {
  if (draft.qty === null && draft.notional === null) return invalid('qty or notional is required')
  if (draft.qty !== null && draft.notional !== null) {
    return invalid('only one of qty or notional is accepted')
  }
  return (
    checkPrices(draft) ??
    checkTicks(draft.asset, { limit_price: draft.limitPrice, stop_price: draft.stopPrice }) ??
    (draft.asset.class === 'crypto' ? checkCoin(draft) : checkShare(draft)) ??
    checkClass(draft)
  )
}

function checkPrices({
  type,
  limitPrice,
  stopPrice,
  trailPrice,
  trailPercent,
  orderClass,
}: Draft): Reply | null {
  const needsLimit = type === 'limit' || type === 'stop_limit'
  if (needsLimit && limitPrice === null)
    return unprocessable(`${type.replace('_', ' ')} orders require a limit price`)
  const needsStop = type === 'stop' || type === 'stop_limit'
  if (needsStop && stopPrice === null)
    return unprocessable(`${type.replace('_', ' ')} orders require a stop price`)
  if (type === 'market' && (limitPrice !== null || stopPrice !== null)) {
    return unprocessable('market orders require no stop or limit price')
  }
  if (type === 'limit' && stopPrice !== null && orderClass === '') {
    return unprocessable('limit orders require only limit price')
  }
  if (type === 'stop' && limitPrice !== null)
    return unprocessable('stop orders require only stop price')
  const trails = Number(trailPrice !== null) + Number(trailPercent !== null)
  if (type === 'trailing_stop' && trails !== 1) {
    return unprocessable('one and only one of trail_price or trail_percent is required')
  }
  if (type !== 'trailing_stop' && trails > 0) {
    return unprocessable('trail_price and trail_percent are only for trailing stop orders')
  }
  return null
}

function checkCoin(draft: Draft): Reply | null {
  const { type, timeInForce, orderClass, extendedHours } = draft
  if (type !== 'market' && type !== 'limit' && type !== 'stop_limit') {
    return unprocessable('invalid order type for crypto order')
  }
  if (timeInForce !== 'gtc' && timeInForce !== 'ioc' && timeInForce !== 'fok') {
    return unprocessable('invalid crypto time_in_force')
  }
  if (orderClass !== '' && orderClass !== 'simple') {
    return unprocessable(`crypto orders not allowed for advanced order_class: ${orderClass}`)
  }
  return extendedHours ? unprocessable('extended hours orders are not allowed for crypto') : null
}

function checkShare(draft: Draft): Reply | null {
  const { type, timeInForce, orderClass, extendedHours } = draft
  const isFractional = draft.notional !== null || !isWhole(draft.qty!)
  if (isFractional && type === 'trailing_stop') {
    return unprocessable('fractional orders must be market, limit, stop or stop limit orders')
  }
  if (isFractional && timeInForce !== 'day')
    return unprocessable('fractional orders must be DAY orders')
  if (isFractional && orderClass !== '' && orderClass !== 'simple') {
    return unprocessable('fractional orders must be simple orders')
  }
  if (extendedHours && (type !== 'limit' || (timeInForce !== 'day' && timeInForce !== 'gtc'))) {
    return unprocessable('extended hours order must be DAY limit orders')
  }
  const isAuction = timeInForce === 'opg' || timeInForce === 'cls'
  if (isAuction && type !== 'market' && type !== 'limit') {
    return unprocessable(`${timeInForce} orders must be market or limit orders`)
  }
  const isImmediate = timeInForce === 'ioc' || timeInForce === 'fok'
  if (isImmediate && type !== 'market' && type !== 'limit') {
    return unprocessable(`${timeInForce} orders must be market or limit orders`)
  }
  return null
}

function checkClass(draft: Draft): Reply | null {
  const { orderClass, takeProfit, stopLoss, side, timeInForce } = draft
  const isComplex = orderClass !== '' && orderClass !== 'simple'
  if (!isComplex) {
    return takeProfit === null && stopLoss === null
      ? null
      : unprocessable('simple orders must not have take_profit or stop_loss')
  }
  if (timeInForce !== 'day' && timeInForce !== 'gtc') {
    return unprocessable('complex orders must be DAY or GTC orders')
  }
  if (orderClass === 'oto' && (takeProfit === null) === (stopLoss === null)) {
    return unprocessable('oto orders require one of take_profit or stop_loss')
  }
  if (orderClass !== 'oto' && takeProfit?.limitPrice == null) {
    return unprocessable(`${orderClass} orders require take_profit.limit_price`)
  }
  if (orderClass !== 'oto' && stopLoss?.stopPrice == null) {
    return unprocessable(`${orderClass} orders require stop_loss.stop_price`)
  }
  const ticks = checkTicks(draft.asset, {
    'take_profit.limit_price': takeProfit?.limitPrice ?? null,
    'stop_loss.stop_price': stopLoss?.stopPrice ?? null,
    'stop_loss.limit_price': stopLoss?.limitPrice ?? null,
  })
  if (ticks !== null) return ticks
  if (takeProfit?.limitPrice == null || stopLoss?.stopPrice == null) return null
  // An entry to buy has exits that sell: profit above loss; a pair of exits is the other way round.
  const sells = orderClass === 'oco' ? side === 'sell' : side === 'buy'
  const inOrder = sells
    ? takeProfit.limitPrice > stopLoss.stopPrice
    : takeProfit.limitPrice < stopLoss.stopPrice
  return inOrder
    ? null
    : unprocessable(`take_profit.limit_price must be ${sells ? '>' : '<'} stop_loss.stop_price`)
}
