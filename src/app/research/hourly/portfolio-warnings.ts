import { type DayCoverage, SETTLED_ANNUAL_DAYS } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatNumber, formatPercent } from '../report/format.ts'

/** From these shares on, something is worth a warning. */
const SHARE = { optimistic: 0.05, cost: 0.5, name: 0.25, atCap: 0.1, unreached: 0.5, covered: 0.99 }

/** What a reader of the figures must know first, by rules. */
export function portfolioWarnings(
  record: HourlyRecord,
  coverage: readonly DayCoverage[],
): readonly string[] {
  const { figures, fills } = record
  if (fills.length === 0) return ofData(record, coverage)
  const optimistic = fills.filter(({ isOptimistic }) => isOptimistic).length / fills.length
  const cut = figures.partialFills / fills.length
  const texts: (string | false)[] = [
    optimistic >= SHARE.optimistic &&
      `${percent(optimistic)} of the fills are at an open that was printed before the order: optimistic, no minutes are there.`,
    cut >= SHARE.atCap &&
      `${percent(cut)} of the fills are parts of their order: the market was too small.`,
    ...ofCosts(record),
    ...ofDecisions(record),
  ]
  return [...ofData(record, coverage), ...texts.filter((text) => text !== false)]
}

const percent = (value: number): string => formatPercent(value, false, 0)

function ofData(
  { statistics, isComplete }: HourlyRecord,
  coverage: readonly DayCoverage[],
): readonly string[] {
  const members = coverage.reduce((sum, day) => sum + day.members, 0)
  const covered = coverage.reduce((sum, day) => sum + day.withBars, 0) / Math.max(1, members)
  const texts = [
    !isComplete && 'The run was stopped before the data ended.',
    statistics.spanDays < SETTLED_ANNUAL_DAYS &&
      `${formatCount(Math.floor(statistics.spanDays))} calendar days: figures of a year are provisional below ${SETTLED_ANNUAL_DAYS}.`,
    members > 0 &&
      covered < SHARE.covered &&
      `${formatPercent(1 - covered)} of the members’ sessions have no bars: names that left are missing, which flatters.`,
  ]
  return texts.filter((text) => text !== false)
}

function ofCosts({ costs, holdings, settings }: HourlyRecord): readonly (string | false)[] {
  const { gross, total, net, atCap } = costs
  const most = Math.max(0, ...holdings.names.map((each) => each.net))
  return [
    'Half-spreads and impact are assumptions by size, not measurements.',
    gross > 0 &&
      total / gross >= SHARE.cost &&
      `Costs took ${percent(total / gross)} of what was made before them: the result is that of the cost model.`,
    net > 0 &&
      most / net > SHARE.name &&
      `One name brought ${percent(most / net)} of the net result.`,
    (atCap.value ?? 0) >= SHARE.atCap &&
      `${percent(atCap.value!)} of the fills are near ${percent(settings.costs.participationMax)} of the hour’s usual volume: more money would not be traded.`,
  ]
}

function ofDecisions({ decisions, settings }: HourlyRecord): readonly (string | false)[] {
  const made = decisions.filter(({ allocation }) => allocation !== null)
  const unreached = made.filter(({ allocation }) => allocation!.edge === 'lowUnreached').length
  const share = made.length === 0 ? 0 : unreached / made.length
  const off = decisions.filter(({ governor }) => governor.regime === 'riskOff').length
  const fallbacks = made.filter(({ allocation }) => allocation!.fallback !== null).length
  return [
    share >= SHARE.unreached &&
      `The portfolio is calmer than the band of ${percent(settings.band.low)} to ${percent(settings.band.high)} in ${percent(share)} of decisions.`,
    off > 0 &&
      `The drawdown governor held nothing in ${formatCount(off)} of ${formatNumber(decisions.length, 0)} hours.`,
    fallbacks > 0 &&
      `In ${formatCount(fallbacks)} decisions the solver gave up and the heuristic decided.`,
  ]
}
