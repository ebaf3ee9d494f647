import type { BarView, StrategyView } from '../domain/strategy.ts'
import { signedQuantity } from '../domain/units.ts'
import { bestPrice, bookAge, isBookKnown, tradedLots } from './risk-context.ts'
import { shortRefusal, spendableCash } from './shares.ts'
import { ledgerOf, type World } from './world.ts'

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** The read-only view a strategy gets. One object per engine, reading live state. */
export function createView(world: World): StrategyView {
  const { instruments, limits, signal } = world.config
  const price = (value: number): number | null => (value > 0 ? value : null)
  return {
    get now() {
      return world.now
    },
    get booksSince() {
      return world.booksSince < 0 ? null : world.booksSince
    },
    instruments,
    instrument: (id) => instruments[id]!,
    bestBid: (id) => price(bestPrice(world, id, 'bid')),
    bestAsk: (id) => price(bestPrice(world, id, 'ask')),
    imbalance: (id) => orNull(world.books[id]!.imbalance()),
    bookAge: (id) => bookAge(world, id),
    isBookFresh: (id) =>
      world.connected[id] === 1 &&
      isBookKnown(world, id) &&
      bookAge(world, id) <= limits.bookAgeMaxUs,
    bar: (id) => barView(world, id),
    zScore: (id) => orNull(world.signals[id]!.z),
    rollingMean: (id) => orNull(world.signals[id]!.mean()),
    rollingDeviation: (id) => orNull(world.signals[id]!.deviation()),
    trendAverage: (id) => (signal.trendWindow === 0 ? null : orNull(world.signals[id]!.trend())),
    warmth: (id) => world.signals[id]!.warmth(),
    position: (id) => signedQuantity(tradedLots(world, id)),
    averageEntryPrice: (id) =>
      tradedLots(world, id) === 0 ? null : ledgerOf(world, id).averageEntryPrice(id),
    entryTime: (id) =>
      tradedLots(world, id) === 0 ? null : ledgerOf(world, id).position(id).entryTime,
    shortRefusal: (id) => shortRefusal(world, id),
    isWorking: (id) => world.works[id]?.kind ?? null,
    get equity() {
      return world.equity
    },
    get spendableCash() {
      return spendableCash(world)
    },
    fundingRateE9: (id) => world.fundingRatesE9[id] ?? null,
  }
}

function barView(world: World, id: number): BarView | null {
  const signal = world.signals[id]!
  return signal.bar
}
