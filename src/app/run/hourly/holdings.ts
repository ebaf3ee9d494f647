import type { HourPanel } from '../../../core/mod.ts'
import { type Figure, figure, missing } from '../../../core/mod.ts'
import type { HourDecision } from '../../../strategies/mod.ts'
import type { HourlyBacktest } from './hourly-backtest.ts'

/** What one name brought, dollars; all names and the interest add up to what the run made. */
export interface NameResult {
  readonly name: number
  /** Last known, -1 for none. */
  readonly sector: number
  /** Sales less purchases, fees, dividends and the value at the end. */
  readonly net: number
  readonly traded: number
  /** At the end. */
  readonly shares: number
  readonly value: number
}

/** What was held and what it brought. */
export interface HourlyHoldings {
  readonly sectorNames: readonly string[]
  /** Every name that was traded. */
  readonly names: readonly NameResult[]
  /** Target weights by sector and decision; a row each decision, the last column has no sector. */
  readonly sectorWeights: readonly Float64Array[]
  /** Dollars made from the close of the bar before to its own, by place in the session. */
  readonly byBarOfSession: readonly number[]
  /** Means over decisions that hold anything: names, 1 / sum of squared shares, ten largest. */
  readonly heldNames: Figure
  readonly effectiveNames: Figure
  readonly topTen: Figure
}

/** Holdings of a finished run, valued at the last closes of its bars. */
export function hourlyHoldings(panel: HourPanel, run: HourlyBacktest): HourlyHoldings {
  return {
    sectorNames: panel.sectorNames,
    names: nameResults(panel, run),
    sectorWeights: run.decisions.map((decision) => sectorWeights(panel, decision)),
    byBarOfSession: resultsByBar(panel, run),
    ...concentration(run.decisions),
  }
}

function resultsByBar({ grid }: HourPanel, run: HourlyBacktest): readonly number[] {
  const sums: number[] = []
  for (let bar = 0; bar < run.bars; bar++) {
    const made = run.equity[bar]! - (bar === 0 ? run.account.balance : run.equity[bar - 1]!)
    const place = grid.barOfSession[bar]!
    sums[place] = (sums[place] ?? 0) + made
  }
  return sums
}

function nameResults(panel: HourPanel, run: HourlyBacktest): readonly NameResult[] {
  const names = panel.symbols.length
  const [net, traded, shares] = [0, 1, 2].map(() => new Float64Array(names)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let next = 0
  for (const { time, instrument, side, shares: count, price, fee } of run.fills) {
    for (; next < run.splits.length && run.splits[next]!.time <= time; next++) {
      shares[run.splits[next]!.instrument]! *= run.splits[next]!.ratio
    }
    const sign = side === 'buy' ? 1 : -1
    shares[instrument]! += sign * count
    net[instrument]! -= sign * count * price + fee
    traded[instrument]! += count * price
  }
  for (const { instrument, ratio } of run.splits.slice(next)) shares[instrument]! *= ratio
  for (const { instrument, amount } of run.payments) net[instrument]! += amount
  const length = panel.grid.openTime.length
  const results: NameResult[] = []
  for (let name = 0; name < names; name++) {
    if (traded[name] === 0) continue
    const quanta = 10 ** run.instruments[name]!.priceDecimals
    const close = lastClose(panel.bars.close, name * length, run.bars)
    const last = Math.round(close * quanta) / quanta
    // A split can leave a rounding of a share.
    const held = Math.abs(shares[name]!) < 1e-6 ? 0 : shares[name]!
    const value = held === 0 ? 0 : held * last
    results.push({
      ...{ name, sector: panel.sector[name * length + run.bars - 1]!, net: net[name]! + value },
      ...{ traded: traded[name]!, shares: held, value },
    })
  }
  return results
}

function lastClose(close: Float64Array, from: number, bars: number): number {
  for (let at = from + bars - 1; at >= from; at--) if (close[at]! > 0) return close[at]!
  return 0
}

function sectorWeights({ grid, sector, sectorNames }: HourPanel, decision: HourDecision) {
  const sums = new Float64Array(sectorNames.length + 1)
  for (const [name, weight] of decision.weights) {
    const group = sector[name * grid.openTime.length + decision.bar]!
    sums[group < 0 ? sectorNames.length : group]! += weight
  }
  return sums
}

function concentration(decisions: readonly HourDecision[]) {
  let [n, held, effective, top] = [0, 0, 0, 0]
  for (const { weights } of decisions) {
    if (weights.length === 0) continue
    const sizes = weights.map(([, weight]) => weight).sort((a, b) => b - a)
    const sum = sizes.reduce((all, weight) => all + weight, 0)
    n++
    held += sizes.length
    effective += 1 / sizes.reduce((all, weight) => all + (weight / sum) ** 2, 0)
    top += sizes.slice(0, 10).reduce((all, weight) => all + weight, 0)
  }
  const mean = (value: number): Figure =>
    n === 0 ? missing('nothing was held') : figure(value / n)
  return { heldNames: mean(held), effectiveNames: mean(effective), topTen: mean(top) }
}
