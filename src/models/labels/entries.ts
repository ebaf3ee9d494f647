import type { HourPanel } from '../../core/mod.ts'
import { executionPrice, type MinutePrices } from './execution-price.ts'
import type { LabelEntries } from './labels.ts'

/** Minutes by name, null for a name without; in the panel's order. */
export type MinutesOfNames = readonly (MinutePrices | null)[]

/**
 * Prices at which each decision could be executed: the first minute that begins when an order of it
 * can trade (after the decision, in the next bar, `latencyUs` later), for a name without minutes the
 * next open, which is optimistic. A name whose bar has no such minute has no price. The benchmark
 * has bars alone: its next open.
 */
export function entriesOfMinutes(
  panel: HourPanel,
  minutes: MinutesOfNames,
  latencyUs: number,
): LabelEntries {
  const { grid, bars, benchmark } = panel
  const length = grid.openTime.length
  const names = new Float64Array(panel.symbols.length * length).fill(Number.NaN)
  const counts = { minute: 0, nextOpen: 0, optimistic: 0 }
  for (let name = 0; name < panel.symbols.length; name++) {
    const own = minutes[name] ?? null
    for (let bar = 0; bar + 1 < length; bar++) {
      const nextOpenTime = grid.openTime[bar + 1]!
      const found = executionPrice({
        knownTime: Math.max(grid.decisionTime[bar]!, nextOpenTime),
        ...{ latencyUs, minutes: own, nextOpenTime },
        endTime: grid.closeTime[bar + 1]!,
        nextOpen: bars.open[name * length + bar + 1]!,
      })
      if (found === null) continue
      names[name * length + bar] = found.price
      counts[found.basis === 'next open' ? 'nextOpen' : 'minute']++
      if (found.isOptimistic) counts.optimistic++
    }
  }
  const own = benchmark === null ? [] : benchmark.bars.open.subarray(1)
  const prices = new Float64Array(length).fill(Number.NaN)
  prices.set(own)
  return { names, benchmark: prices, basis: basisOf(counts, benchmark?.symbol ?? null) }
}

function basisOf(
  counts: { readonly minute: number; readonly nextOpen: number; readonly optimistic: number },
  benchmark: string | null,
): string {
  const all = counts.minute + counts.nextOpen
  const share = (count: number): string => `${((100 * count) / Math.max(1, all)).toFixed(1)} %`
  const ofBenchmark =
    benchmark === null ? '' : `; ${benchmark} has no minutes: its next open, which is optimistic`
  return (
    `${share(counts.minute)} of ${all} prices are of the first minute that begins after an order ` +
    `could trade, ${share(counts.nextOpen)} the next open (${share(counts.optimistic)} printed ` +
    `before: optimistic)${ofBenchmark}`
  )
}
