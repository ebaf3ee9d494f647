import { type MarketBatch, RecordKind } from '../domain/market-record.ts'
import type { TimeUs } from '../domain/units.ts'
import { BAR_END, BAR_ROW } from '../indicators/bar-builder.ts'
import type { World } from './world.ts'

/** A run of records, {@link RUN_RECORDS} at most, to be stepped one after another. */
export interface MarketRun {
  readonly from: number
  readonly to: number
  /** Only those received before it, us. */
  readonly until: TimeUs
}

/**
 * Instant before which market records alone bring no effects, us: where bars are made of mids or
 * trades, that is when the first of them ends, one that the next value may begin included.
 */
export function quietUntil({ config, bars, now }: World): TimeUs {
  const { source, intervalUs } = config.signal
  if (source === 'bar') return Number.NEGATIVE_INFINITY
  let until = (Math.floor(now / intervalUs) + 1) * intervalUs
  for (let at = BAR_END; at < bars.length; at += BAR_ROW) {
    const end = bars[at]!
    if (end < until) until = end
  }
  return until
}

/** Lets the kernel step the records of a run from `index` on; returns the first one left. Hot. */
export function stepByKernel(
  world: World,
  batch: MarketBatch,
  { from, to, until }: MarketRun,
  index: number,
): number {
  const { kernel, shelf, signals } = world
  if (kernel === null || index === to) return index
  const first = batch.i32[10 * index + 9]!
  const kind = first & 255
  if (kind > RecordKind.trade || !shelf.isReady(first >>> 16)) return index
  const { usesMids, usesTrades } = signals[0]!
  const left = kernel.takeEngine(batch, {
    from: index,
    to,
    since: world.now,
    until,
    takesMids: usesMids,
    skipsTrades: !usesTrades,
    slot: index - from,
  })
  if (left === index) return left
  world.now = batch.f64[5 * left - 5]!
  world.counters.events += left - index
  return left
}
