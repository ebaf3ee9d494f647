import { newYorkDay, priceTestUntil, type TimeUs, triggersPriceTest } from '../../../../core/mod.ts'
import { type Asset, quantityOf } from '../listing.ts'
import { uuidOf } from '../wire/identity.ts'
import { least, most, type Nano, overDown, times } from '../wire/nano.ts'
import { endOrder, relatedTo, removeOrder } from './closing.ts'
import { setStatus, tellOrder } from './events.ts'
import { accountOf, type Floor } from './floor.ts'
import { bookFill } from './ledger.ts'
import { leavesOf } from './margin.ts'
import { type AssetData, availableLevels, lotsAt, touchOf } from './market-data.ts'
import type { Account, Order } from './types.ts'

/** True while an order may trade: its session is on and its asset is not halted. */
export function maySpeak(floor: Floor, order: Order): boolean {
  const asset = floor.assets[order.asset]!
  if (floor.data[order.asset]!.halted) return false
  if (asset.class === 'crypto') return true
  const { phase } = floor
  if (phase === 'regular') return order.timeInForce !== 'opg' && order.timeInForce !== 'cls'
  return phase !== 'closed' && order.extendedHours
}

/** True for stops that have not been hit. */
export const isWaitingStop = (order: Order): boolean =>
  order.stopPrice !== null && !order.isTriggered

/** The worst price an order takes; null for any. */
const boundOf = (order: Order): Nano | null =>
  order.type === 'limit' || order.type === 'stop_limit' ? order.limitPrice : null

const accepts = (order: Order, price: Nano): boolean => {
  const bound = boundOf(order)
  return bound === null || (order.side === 'buy' ? price <= bound : price >= bound)
}

/** What an order would still take at a price. */
function wantedAt(order: Order, price: Nano): Nano {
  const leaves = leavesOf(order)
  if (leaves !== null) return leaves
  const wanted = overDown(most(0n, order.notional! - order.filledValue), price)
  const { closesAtMost } = order
  return closesAtMost === null ? wanted : least(wanted, closesAtMost - order.filledQty)
}

const opposite = (order: Order): 'bids' | 'asks' => (order.side === 'buy' ? 'asks' : 'bids')

/** What the book shows at prices an order accepts. */
function reachable(floor: Floor, order: Order): Nano {
  let sum = 0n
  const levels = availableLevels(
    floor.data[order.asset]!,
    floor.assets[order.asset]!,
    opposite(order),
  )
  for (const { price, qty } of levels) {
    if (!accepts(order, price)) break
    sum += qty
  }
  return sum
}

const bestBid = (floor: Floor, asset: number): Nano =>
  touchOf(floor.data[asset]!, floor.assets[asset]!)?.bid ?? 0n

/** True for a short sale while it must be above the national best bid (Rule 201). */
function mayNotHitBids(floor: Floor, order: Order): boolean {
  const { priceTestDay } = floor.data[order.asset]!
  const isShort = order.positionIntent === 'sell_to_open'
  return isShort && priceTestDay > 0 && newYorkDay(floor.time) <= priceTestDay
}

/** Lets an order take what the book shows; the rest rests, waits for the next book, or ends. */
export function takeLiquidity(floor: Floor, order: Order): void {
  if (!order.isWorking || isWaitingStop(order) || !maySpeak(floor, order)) return
  const asset = floor.assets[order.asset]!
  const data = floor.data[order.asset]!
  if (mayNotHitBids(floor, order)) {
    if (!order.isResting && boundOf(order) !== null) rest(floor, order)
    return
  }
  const { timeInForce } = order
  if (timeInForce === 'fok' && reachable(floor, order) < (leavesOf(order) ?? 0n)) {
    endOrder(floor, order, endingOf(asset))
    return
  }
  const side = opposite(order)
  for (const level of [...availableLevels(data, asset, side)]) {
    if (!order.isWorking || !accepts(order, level.price)) break
    const qty = least(wantedAt(order, level.price), level.qty)
    if (qty <= 0n) break
    const lots = Number((qty + asset.lot - 1n) / asset.lot)
    data.taken[side].set(level.quanta, (data.taken[side].get(level.quanta) ?? 0) + lots)
    const bound = boundOf(order)
    // One that rested is taken at its own price: others came to it.
    const price = order.isResting && bound !== null ? bound : level.price
    fillOrder(floor, order, { price, qty, isMaker: order.isResting })
  }
  if (!order.isWorking) return
  if (timeInForce === 'ioc' || timeInForce === 'fok') endOrder(floor, order, endingOf(asset))
  else if (!order.isResting && boundOf(order) !== null) rest(floor, order)
}

const endingOf = (asset: Asset) => (asset.class === 'crypto' ? 'canceled' : 'expired')

/** Puts an order behind what its level shows. */
function rest(floor: Floor, order: Order): void {
  order.isResting = true
  order.queueAhead = shownAt(floor, order)
}

function shownAt(floor: Floor, order: Order): Nano {
  const asset = floor.assets[order.asset]!
  const data = floor.data[order.asset]!
  const own = order.side === 'buy' ? data.bids : data.asks
  const bound = boundOf(order)!
  if (bound % asset.quantum !== 0n) return 0n
  return quantityOf(asset, lotsAt(own, Number(bound / asset.quantum)))
}

/** A book came: what rests may be reached, and the queue before it is at most what is shown. */
export function meetBook(floor: Floor, asset: number): void {
  for (const order of [...floor.openOrders[asset]!]) {
    if (!order.isWorking) continue
    if (order.isResting) order.queueAhead = least(order.queueAhead, shownAt(floor, order))
    takeLiquidity(floor, order)
  }
}

/** A trade came: it fills what waits at its price or better, and sets stops off. */
export function meetTrade(
  floor: Floor,
  trade: {
    readonly asset: number
    readonly price: Nano
    readonly qty: Nano
    readonly aggressor: 'buy' | 'sell'
  },
): void {
  noteDecline(floor, trade)
  let left = trade.qty
  for (const order of [...floor.openOrders[trade.asset]!]) {
    if (!order.isWorking || !maySpeak(floor, order)) continue
    if (isWaitingStop(order)) {
      watchStop(floor, order, trade.price)
      continue
    }
    if (left <= 0n || !order.isResting || order.side === trade.aggressor) continue
    const bound = boundOf(order)!
    if (mayNotHitBids(floor, order) && bound <= bestBid(floor, order.asset)) continue
    const isThrough = order.side === 'buy' ? trade.price < bound : trade.price > bound
    if (!isThrough && trade.price !== bound) continue
    if (!isThrough) {
      const before = least(order.queueAhead, left)
      order.queueAhead -= before
      left -= before
    }
    const qty = least(wantedAt(order, bound), left)
    if (qty <= 0n) continue
    left -= qty
    fillOrder(floor, order, { price: bound, qty, isMaker: true })
  }
}

/** A fall of a tenth below the last close restricts short sales for that day and the next session. */
function noteDecline(floor: Floor, trade: { readonly asset: number; readonly price: Nano }): void {
  const data = floor.data[trade.asset]!
  const asset = floor.assets[trade.asset]!
  const last = data.days.at(-1)
  if (asset.class === 'crypto' || floor.phase !== 'regular' || last === undefined) return
  const price = Number(trade.price / asset.quantum)
  // Nearly every trade ends here: the rule itself is looked up for the rest.
  if (price * 10 > last.close * 9) return
  const day = newYorkDay(floor.time)
  if (data.priceTestDay > day) return
  if (triggersPriceTest(day, price, last.close)) data.priceTestDay = priceTestUntil(day)
}

/** Moves a trailing stop, and sets a stop off when the price has reached it. */
function watchStop(floor: Floor, order: Order, price: Nano): void {
  if (order.type === 'trailing_stop') trail(order, price)
  const isHit = order.side === 'buy' ? price >= order.stopPrice! : price <= order.stopPrice!
  if (!isHit) return
  order.isTriggered = true
  if (order.status === 'held') {
    const { parent } = order
    for (const related of relatedTo(floor, order)) {
      if (related.id === parent || related.parent === parent) endOtherOne(floor, related, order)
    }
    setStatus(floor, order, 'new')
  }
  takeLiquidity(floor, order)
}

/** Ends one of a pair and leaves the other. */
function endOtherOne(floor: Floor, order: Order, kept: Order): void {
  if (order === kept) return
  removeOrder(floor, order)
  order.canceledAt = floor.time
  setStatus(floor, order, 'canceled')
}

function trail(order: Order, price: Nano): void {
  const isBetter =
    order.hwm === null || (order.side === 'buy' ? price < order.hwm : price > order.hwm)
  if (!isBetter) return
  order.hwm = price
  const distance = order.trailPrice ?? times(price, order.trailPercent!) / 100n
  order.stopPrice = order.side === 'buy' ? price + distance : price - distance
}

/** Fills orders for an auction at its price, whole. */
export function fillInAuction(
  floor: Floor,
  asset: number,
  price: Nano,
  which: 'opg' | 'cls',
): void {
  for (const order of [...floor.openOrders[asset]!]) {
    if (order.timeInForce !== which || floor.data[asset]!.halted) continue
    if (order.status === 'accepted') setStatus(floor, order, 'new')
    if (accepts(order, price)) {
      fillOrder(floor, order, { price, qty: leavesOf(order)!, isMaker: false })
    } else endOrder(floor, order, 'canceled')
  }
}

/** Executes a part of an order. */
export function fillOrder(
  floor: Floor,
  order: Order,
  fill: { readonly price: Nano; readonly qty: Nano; readonly isMaker: boolean },
): void {
  const account = accountOf(floor, order)
  const asset = floor.assets[order.asset]!
  const { price, qty } = fill
  const before = account.positions.get(order.asset)?.qty ?? 0n
  bookFill(account, floor.books, asset, {
    ...fill,
    side: order.side,
    time: floor.time,
    orderId: order.id,
  })
  order.filledQty += qty
  order.filledValue += times(price, qty)
  order.updatedAt = floor.time
  const leaves = wantedAt(order, price)
  const isDone = leaves <= 0n
  if (isDone) {
    if (order.qty === null) order.qty = order.filledQty
    order.filledAt = floor.time
    order.status = 'filled'
    removeOrder(floor, order)
  } else order.status = 'partially_filled'
  noteFill(floor, account, order, { price, qty, leaves, before })
  const positionQty = account.positions.get(order.asset)?.qty ?? 0n
  tellOrder(floor, order, isDone ? 'fill' : 'partial_fill', { price, qty, positionQty })
  settleLegs(floor, order, isDone)
}

function noteFill(
  floor: Floor,
  account: Account,
  order: Order,
  fill: { readonly price: Nano; readonly qty: Nano; readonly leaves: Nano; readonly before: Nano },
): void {
  const isShort = order.side === 'sell' && fill.before <= 0n
  account.activities.push({
    kind: 'fill',
    id: activityId(floor),
    time: floor.time,
    type: order.status === 'filled' ? 'fill' : 'partial_fill',
    price: fill.price,
    qty: fill.qty,
    side: isShort ? 'sell_short' : order.side,
    asset: order.asset,
    leavesQty: most(0n, fill.leaves),
    orderId: order.id,
    cumQty: order.filledQty,
    orderStatus: order.status,
  })
}

/** A new activity's id: its time to the millisecond, and something unique. */
export function activityId(floor: Floor): string {
  floor.counters.activity++
  const digits = new Date(Math.floor(floor.time / 1000)).toISOString().replace(/\D/g, '')
  return `${digits}::${uuidOf(`${floor.seed} activity ${floor.counters.activity}`)}`
}

/** An entry that has filled wakes its legs; of a pair, the one that fills ends or shrinks the other. */
function settleLegs(floor: Floor, order: Order, isDone: boolean): void {
  const related = relatedTo(floor, order)
  if (related.length === 0) return
  const isEntry = order.parent === null && order.orderClass !== 'oco'
  if (!isEntry) {
    for (const other of related) {
      if (isDone) endOtherOne(floor, other, order)
      else if (other.qty !== null) other.qty = other.filledQty + leavesOf(order)!
    }
    return
  }
  if (!isDone) return
  for (const leg of related) {
    leg.isWorking = true
    if (leg.type === 'limit' || related.length === 1) {
      setStatus(floor, leg, 'new')
      takeLiquidity(floor, leg)
    }
  }
}

/** Lets an order in: it meets the market if its session is on, else it waits for it. */
export function admitOrder(floor: Floor, order: Order): void {
  if (maySpeak(floor, order)) {
    order.isWorking = true
    setStatus(floor, order, 'new')
    takeLiquidity(floor, order)
  } else setStatus(floor, order, 'accepted')
}

/** Wakes what waited for a session of shares to begin. */
export function wakeOrders(floor: Floor, data: readonly AssetData[]): void {
  for (let asset = 0; asset < data.length; asset++) {
    if (floor.assets[asset]!.class === 'crypto') continue
    for (const order of [...floor.openOrders[asset]!]) {
      if (order.status === 'held' || !maySpeak(floor, order)) continue
      if (!order.isWorking) {
        order.isWorking = true
        setStatus(floor, order, 'new')
      }
      takeLiquidity(floor, order)
    }
  }
}

/** Ends orders whose time is over; those for a closing auction that is still to print wait for it. */
export function expireOrders(floor: Floor, time: TimeUs, auctionIsToCome: boolean): void {
  for (const orders of floor.openOrders) {
    for (const order of [...orders]) {
      const { expiresAt } = order
      if (expiresAt === null || expiresAt > time) continue
      if (auctionIsToCome && order.timeInForce === 'cls' && expiresAt === time) continue
      endOrder(floor, order, 'expired')
    }
  }
}
