import { moneyToNumber, notionalFloat } from '../domain/money.ts'
import type { RiskContext } from '../risk/gate.ts'
import { isPricedByBars } from './config.ts'
import { isShadow, ledgerOf, type World } from './world.ts'

/** The world as the risk gate sees it. One object per engine, reading live state. */
export function createRiskContext(
  world: World,
  shareDenial: RiskContext['shareDenial'] = null,
): RiskContext {
  return {
    get now() {
      return world.now
    },
    instruments: world.config.instruments,
    get reconciled() {
      return world.reconcile.done
    },
    get behindUs() {
      return world.behindUs
    },
    positionLots: (i) => ledgerOf(world, i).position(i).quantity,
    accountLots: (i) => world.ledger.position(i).quantity,
    isDust: (i) => tradedLots(world, i) === 0,
    isShadow: (i) => isShadow(world, i),
    worstCaseLots: (i, side) => world.orders.worstCaseLots(i, side),
    halfMid: (i) => mark(world, i),
    bookAge: (i) => bookAge(world, i),
    isBookKnown: (i) => isBookKnown(world, i),
    isConnected: (i) => isConnected(world, i),
    get accountAge() {
      return world.now - world.reconcile.lastReportTime
    },
    shareDenial,
    stopReason: (i) => world.stops[i] ?? null,
    get equity() {
      return world.equity
    },
  }
}

/**
 * Signed lots that the strategy's position has, 0 for dust: where the venue's minimum binds sales
 * too, a position that is worth less at the price it would be sold for is nothing to trade with.
 */
export function tradedLots(world: World, id: number): number {
  const lots = ledgerOf(world, id).position(id).quantity
  const instrument = world.config.instruments[id]!
  if (lots === 0 || instrument.hasDust !== true) return lots
  if (Math.abs(lots) < instrument.minimumQuantity) return 0
  const best = bestPrice(world, id, lots > 0 ? 'bid' : 'ask')
  const price = best > 0 ? best : mark(world, id) / 2
  if (price <= 0) return lots
  const { takerSlippageMax } = world.config.executor
  const value = notionalFloat(instrument, price, Math.abs(lots)) * (1 - takerSlippageMax)
  return value < moneyToNumber(instrument.minimumNotional) ? 0 : lots
}

/** Held positions at their marks, quote units: sum of absolute values, absolute sum of signed ones. */
export function heldExposure(world: World): { readonly gross: number; readonly net: number } {
  let gross = 0
  let net = 0
  for (const instrument of world.config.instruments) {
    const lots = world.ledger.position(instrument.id).quantity
    if (lots === 0) continue
    const value = notionalFloat(instrument, Math.max(0, mark(world, instrument.id) / 2), lots)
    gross += Math.abs(value)
    net += value
  }
  return { gross, net: Math.abs(net) }
}

/** Age of the strategy's book by received time, us; Infinity when never seen. */
export function bookAge(world: World, instrument: number): number {
  const seen = world.bookTimes[instrument]!
  return seen < 0 ? Number.POSITIVE_INFINITY : world.now - seen
}

/**
 * Mid in half quanta, -1 when unknown. Where only bars are fed, the last close stands for it.
 */
export function halfMid(world: World, instrument: number): number {
  return isPricedByBars(world.config.signal)
    ? world.halfMarks[instrument]!
    : world.books[instrument]!.halfMid()
}

/** Mid, else the last one known, else the position's own price, in half quanta; -1 when none is. */
export function mark(world: World, instrument: number): number {
  const half = halfMid(world, instrument)
  if (half > 0) return half
  if (world.halfMarks[instrument]! > 0) return world.halfMarks[instrument]!
  return 2 * (ledgerOf(world, instrument).averageEntryPrice(instrument) ?? -0.5)
}

/** True while every stream that decisions on the instrument depend on is whole. */
export function isConnected(world: World, instrument: number): boolean {
  const needsTrades = world.config.signal.source === 'trade'
  return (
    world.connected[instrument] === 1 &&
    !world.accountDown &&
    !(needsTrades && world.tradesDown[instrument] === 1)
  )
}

/** Best bid and ask in quanta, -1 when unknown; the last close on both sides where bars are fed. */
export function bestPrice(world: World, instrument: number, side: 'bid' | 'ask'): number {
  if (isPricedByBars(world.config.signal)) {
    const half = world.halfMarks[instrument]!
    return half > 0 ? half / 2 : -1
  }
  const book = world.books[instrument]!
  return side === 'bid' ? book.bestBid() : book.bestAsk()
}

/** True when the book has both sides and is neither gapped nor crossed. */
export function isBookKnown(world: World, instrument: number): boolean {
  if (isPricedByBars(world.config.signal)) return world.halfMarks[instrument]! > 0
  const { status } = world.books[instrument]!
  return status === 'valid' || status === 'locked'
}
