import { type Figure, formatUtcDate } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatNumber, formatPercent } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import { monthlyTable } from '../report/section-months.ts'
import { growthFigure } from './portfolio-figures.ts'

const percent = (value: number): string => formatPercent(value, true)
const ratio = (value: number): string => formatNumber(value, 2, true)
const bp = (value: number): string => `${formatNumber(value, 2)} bp`
const dollars = (value: number): string => `${formatNumber(value, 2)} dollars`
const cell = ({ value, reason }: Figure, format: (value: number) => string): string =>
  value === null ? `— (${reason ?? 'unknown'})` : format(value)

/** Sections of a report that say what the portfolio did. */
export function portfolioSections(record: HourlyRecord): Html {
  const path = { time: record.equity.time, index: record.equity.equity }
  return html`${section(
    'portfolio',
    'Portfolio',
    html`<p class="verdict">${portfolioVerdict(record)}</p>${growthFigure(record)}${figureTable(record)}`,
  )}${section('months', 'Months', monthlyTable(record.months, path as never))}${section(
    'decisions',
    'Decisions',
    decisionTables(record),
  )}${section('trading', 'How it was traded', html`<ul>${record.notes.map((note) => html`<li>${note}</li>`)}</ul>`)}${section(
    'coverage',
    'Members without data',
    coverage(record),
  )}`
}

/** What the figures say, in a sentence. */
export function portfolioVerdict({ statistics, figures, fills }: HourlyRecord): string {
  if (fills.length === 0) return 'Nothing was traded: no forecast was worth its cost.'
  const total = figures.totalReturn.value
  const { sharpe, sharpeInterval } = statistics
  const made = total === null ? '' : `Net return ${percent(total)}. `
  if (sharpe.value === null || sharpeInterval.low === null || sharpeInterval.high === null) {
    return `${made}Too short to be judged.`
  }
  const text = `Sharpe ratio ${ratio(sharpe.value)} (95 % ${ratio(sharpeInterval.low)} to ${ratio(sharpeInterval.high)})`
  if (sharpeInterval.low > 0) return `${made}${text}: above zero with its whole interval.`
  if (sharpe.value <= 0) return `${made}${text}: it loses after costs.`
  return `${made}${text}: not distinguishable from chance.`
}

function figureTable({ figures, annualisation, statistics }: HourlyRecord): Html {
  const { sharpeInterval } = statistics
  const interval =
    sharpeInterval.low === null || sharpeInterval.high === null
      ? ''
      : ` (95 % ${ratio(sharpeInterval.low)} to ${ratio(sharpeInterval.high)})`
  const rows: readonly (readonly [string, string])[] = [
    ['Total return, net', cell(figures.totalReturn, percent)],
    ['CAGR by calendar', cell(figures.cagr, percent)],
    ['CAGR by bars', cell(figures.cagrFromBars, percent)],
    ['Volatility a year, of bars', cell(figures.volatilityFromBars, formatPercent)],
    ['Volatility a year, of sessions', cell(figures.volatilityFromSessions, formatPercent)],
    ['Sharpe ratio, of sessions', `${cell(figures.sharpeFromSessions, ratio)}${interval}`],
    ['Sharpe ratio, of bars', cell(figures.sharpeFromBars, ratio)],
    ['Sortino ratio', cell(figures.sortino, ratio)],
    ['Largest drawdown', cell(figures.maximumDrawdown, formatPercent)],
    ['Calmar ratio', cell(figures.calmar, ratio)],
    ['Round trips, first in first out', formatCount(figures.roundTrips)],
    ['Share of them won', cell(figures.winRate, formatPercent)],
    ['Profit factor', cell(figures.profitFactor, ratio)],
    ['Held, hours of the clock', cell(figures.averageHoldingHours, (v) => formatNumber(v, 1))],
    ['Held, bars', cell(figures.averageHoldingBars, (v) => formatNumber(v, 1))],
    ['Turnover a bar, one way', cell(figures.turnoverOneWay, formatPercent)],
    ['Turnover a bar, two ways', cell(figures.turnoverTwoWay, formatPercent)],
    [
      'Turnover a year, one way',
      cell(figures.turnoverOneWayPerYear, (v) => `${formatNumber(v, 1)}×`),
    ],
    ['Exposure, mean', cell(figures.exposure, formatPercent)],
    ['Beta', cell(figures.beta, ratio)],
    ['Information ratio', cell(figures.informationRatio, ratio)],
    ['Tail ratio', cell(figures.tailRatio, ratio)],
    ['Skewness', cell(figures.skewness, ratio)],
    ['Excess kurtosis', cell(figures.excessKurtosis, ratio)],
    ['Value at risk of a session, 95 %', cell(figures.valueAtRisk95, percent)],
    ['Expected shortfall of a session, 95 %', cell(figures.expectedShortfall95, percent)],
    ['Slippage, spread and impact of what was traded', cell(figures.tradingCostBp, bp)],
    ['Fees of what was traded', cell(figures.feesBp, bp)],
    ['Dividends', dollars(figures.dividends)],
    ['Interest on cash', dollars(figures.interest)],
    [
      'Fills, of them in part',
      `${formatCount(figures.fills)}, ${formatCount(figures.partialFills)}`,
    ],
  ]
  return html`${table({ caption: 'Key figures', head: ['Figure', 'Value'], rows })}<p class="muted">Years have ${formatNumber(annualisation.barsPerYear, 1)} bars and ${formatNumber(annualisation.sessionsPerYear, 1)} sessions of the exchange’s calendar; risk-free rate 0.</p>`
}

function decisionTables({ decisions }: HourlyRecord): Html {
  const count = (names: readonly string[]): readonly (readonly [string, string])[] => {
    const counts = new Map<string, number>()
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => [name, formatCount(n)])
  }
  const made = decisions.filter(({ allocation }) => allocation !== null)
  const kinds = [
    ['Edge of the volatility band that bound', made.map(({ allocation }) => allocation!.edge)],
    ['Solver', made.map(({ allocation }) => allocation!.implementation)],
    [
      'Limits that were relaxed',
      made.flatMap(({ relaxations }) => relaxations.map(({ limit }) => limit)),
    ],
    [
      'Why nothing was decided',
      decisions.flatMap(({ idle }) => (idle === null ? [] : [String(idle)])),
    ],
    ['Drawdown governor', decisions.map(({ governor }) => governor.regime)],
  ] as const
  return html`${kinds.map(([caption, names]) =>
    names.length === 0
      ? html`<p>${caption}: none.</p>`
      : table({ caption, head: [caption, 'Decisions'], rows: count(names) }),
  )}`
}

/** Days that are listed; all are in the data. */
const DAYS_MOST = 10

function coverage({ coverage: days }: HourlyRecord): Html {
  const missing = days.filter((day) => day.missing.length > 0)
  const members = days.reduce((sum, day) => sum + day.members, 0)
  const withBars = days.reduce((sum, day) => sum + day.withBars, 0)
  const rows = [...missing]
    .sort((a, b) => b.missing.length - a.missing.length)
    .slice(0, DAYS_MOST)
    .map(({ day, missing: names }) => [
      formatUtcDate(day * 86_400e6),
      formatCount(names.length),
      names.slice(0, 12).join(' '),
    ])
  const share = members === 0 ? '—' : formatPercent(withBars / members)
  return html`<p>${share} of the members of a session have bars in it (${formatCount(days.length)} sessions, ${formatCount(missing.length)} with a member missing). Names that left an index and are missing here make results look better than they were.</p>${
    rows.length === 0
      ? null
      : table({
          caption: 'Sessions with most members missing',
          head: ['Session', 'Missing', 'Names'],
          rows,
        })
  }`
}
