import {
  dailySeries,
  type Figure,
  figure,
  growthPath,
  type HourPanel,
  mean,
  missing,
  quantile,
  type RunCalendar,
  sampleDeviation,
} from '../../../core/mod.ts'
import { type FillCost, fillCosts } from './fill-costs.ts'
import type { HourlyBacktest } from './hourly-backtest.ts'
import { hourlyEquity } from './hourly-figures.ts'

/** Dollars lost to each cause, in the order they are told in. */
export type CostCauses = Readonly<Record<(typeof COST_CAUSES)[number], number>>

/** Why trading costs, see {@link FillCost}. */
export const COST_CAUSES = [
  'slippage',
  'halfSpread',
  'impact',
  'rounding',
  'commission',
  'sellFees',
] as const

/** The same trades at other costs. */
export interface CostStress {
  /** What costs were multiplied by. */
  readonly times: number
  readonly totalReturn: Figure
  /** Of sessions, a year. */
  readonly sharpe: Figure
}

/** What trading cost, by cause, and how much more money the run could have carried. */
export interface HourlyCosts {
  readonly causes: CostCauses
  /** Dollars: of all causes, traded at the prices tried at, made net, and made before costs. */
  readonly total: number
  readonly traded: number
  readonly net: number
  readonly gross: number
  /** Basis points of what was traded: all causes, and what would have left nothing. */
  readonly totalBp: Figure
  readonly breakEvenBp: Figure
  /** Of fills: share of the volume that is usual in the hour, and share of fills near the most. */
  readonly participationMedian: Figure
  readonly participation95: Figure
  readonly participationMost: Figure
  readonly atCap: Figure
  readonly stress: readonly CostStress[]
  /** Times the money at which impact halves what was made; none where fills are cut before. */
  readonly capacityTimes: Figure
  /** Times the money at which the median fill would be cut at the most of the hour's volume. */
  readonly capTimes: Figure
}

const STRESSES = [0, 1, 2, 3]
const NOTHING = 'nothing was traded'

/** Costs of a finished run; closes are the ends of its sessions. */
export function hourlyCosts(
  panel: HourPanel,
  run: HourlyBacktest,
  calendar: RunCalendar,
): HourlyCosts {
  const all = fillCosts(panel, run)
  const causes = { slippage: 0, halfSpread: 0, impact: 0, rounding: 0, commission: 0, sellFees: 0 }
  let traded = 0
  const shares: number[] = []
  let atCap = 0
  for (const [i, cost] of all.entries()) {
    if (cost === null) continue
    for (const cause of COST_CAUSES) causes[cause] += cost[cause]
    traded += run.fills[i]!.shares * run.fills[i]!.basePrice
    shares.push(cost.participation)
    if (cost.isAtCap) atCap++
  }
  const total = COST_CAUSES.reduce((sum, cause) => sum + causes[cause], 0)
  const net = run.equity.at(-1)! - run.account.balance
  const gross = net + total
  const share = (probability: number): Figure => figure(quantile(shares, probability), NOTHING)
  const ofTraded = (dollars: number): Figure =>
    traded > 0 ? figure((dollars / traded) * 1e4) : missing(NOTHING)
  const median = share(0.5)
  const capTimes =
    median.value === null
      ? median
      : figure(run.settings.costs.participationMax / median.value, 'no volume is known')
  return {
    ...{ causes, total, traded, net, gross },
    ...{ totalBp: ofTraded(total), breakEvenBp: ofTraded(gross) },
    ...{ participationMedian: median, participation95: share(0.95) },
    participationMost: share(1),
    atCap: shares.length === 0 ? missing(NOTHING) : figure(atCap / shares.length),
    stress: STRESSES.map((times) => stressed(panel, run, { times, all, calendar })),
    capacityTimes: capacityTimes(net, causes.impact, capTimes),
    capTimes,
  }
}

/** Impact of k times the money is k^1.5 of it, all else k: (net + I) - I sqrt(k) = net / 2. */
function capacityTimes(net: number, impact: number, cap: Figure): Figure {
  if (!(net > 0)) return missing('it makes nothing after costs as it is')
  if (!(impact > 0)) return missing('no impact was reckoned')
  const times = (1 + net / (2 * impact)) ** 2
  return cap.value !== null && times > cap.value
    ? missing('the median fill would be cut before')
    : figure(times)
}

function stressed(
  panel: HourPanel,
  run: HourlyBacktest,
  of: {
    readonly times: number
    readonly all: readonly (FillCost | null)[]
    readonly calendar: RunCalendar
  },
): CostStress {
  const { times, all, calendar } = of
  const { time, value } = hourlyEquity(panel, run)
  let next = 0
  let paid = 0
  const changed = value.map((equity, row) => {
    for (; next < run.fills.length && run.fills[next]!.time <= time[row]!; next++) {
      const cost = all[next]!
      if (cost !== null) for (const cause of COST_CAUSES) paid += cost[cause]
    }
    return equity - (times - 1) * paid
  })
  if (changed.some((equity) => !(equity > 0))) {
    const gone = missing('equity fell to zero')
    return { times, totalReturn: gone, sharpe: gone }
  }
  const path = growthPath(run.account.balance, { time, value: changed })
  const { returns } = dailySeries(path, calendar)
  return { times, totalReturn: figure(path.index.at(-1)! - 1), sharpe: sharpeOf(returns, calendar) }
}

function sharpeOf(returns: Float64Array, calendar: RunCalendar): Figure {
  if (returns.length < 2 || calendar.kind !== 'sessions') return missing('fewer than two sessions')
  const perSession = mean(returns) / sampleDeviation(returns)
  return figure(perSession * Math.sqrt(calendar.perYear), 'returns do not vary')
}
