import type { BarsView } from './protocol.ts'

const BARS_MAX = 1500

/** Columns continued by a message: bars of an open time already there are replaced. */
export function mergeBars(held: BarsView | null, next: BarsView): BarsView {
  const first = next.openSeconds[0]
  if (held === null || !next.isPartial || held.instrument !== next.instrument) return next
  if (first === undefined) return { ...next, ...columns(held, next, held.openSeconds.length) }
  let keep = held.openSeconds.length
  while (keep > 0 && held.openSeconds[keep - 1]! >= first) keep--
  return { ...next, isPartial: false, ...columns(held, next, keep) }
}

function columns(held: BarsView, next: BarsView, keep: number) {
  const drop = Math.max(0, keep + next.openSeconds.length - BARS_MAX)
  const join = <T>(before: readonly T[], after: readonly T[]): readonly T[] => [
    ...before.slice(drop, keep),
    ...after,
  ]
  return {
    openSeconds: join(held.openSeconds, next.openSeconds),
    open: join(held.open, next.open),
    high: join(held.high, next.high),
    low: join(held.low, next.low),
    close: join(held.close, next.close),
    z: join(held.z, next.z),
    imbalance: join(held.imbalance, next.imbalance),
    mean: join(held.mean, next.mean),
    deviation: join(held.deviation, next.deviation),
  }
}
