import { type Figure, MINIMUM_ANNUAL_DAYS } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatFigure, formatNumber, formatPercent, tinted } from '../report/format.ts'
import { type Html, html } from '../report/html.ts'

const signed = (value: number): string => formatPercent(value, true)
const percent = (value: number): string => formatPercent(value)
const ratio = (value: number): string => formatNumber(value, 2)
const bp = (value: number): string => `${formatNumber(value, 2)} bp`

/** Figures of a year: shown in grey while the span is short. */
const ANNUAL: readonly string[] = [
  ...['CAGR', 'Volatility a year', 'Sharpe ratio', 'Sortino ratio', 'Calmar ratio'],
]

const shareText = (share: number): string =>
  share < 0.01 ? 'less than 1 %' : formatPercent(share, false, 0)

/** What the figures say, in a sentence or two. */
export function portfolioVerdict({ statistics, figures, fills, costs }: HourlyRecord): string {
  if (fills.length === 0) return 'Nothing was traded: no forecast was worth its cost.'
  const total = figures.totalReturn.value
  const { sharpe, sharpeInterval } = statistics
  const cost =
    costs.gross > 0
      ? ` Costs took ${shareText(costs.total / costs.gross)} of what was made before them.`
      : ''
  const made = total === null ? '' : `Net return ${signed(total)}. `
  if (sharpe.value === null || sharpeInterval.low === null || sharpeInterval.high === null) {
    return `${made}Too short to be judged.${cost}`
  }
  const plus = (value: number): string => formatNumber(value, 2, true)
  const text = `Sharpe ratio ${plus(sharpe.value)} (95 % ${plus(sharpeInterval.low)} to ${plus(sharpeInterval.high)})`
  if (sharpeInterval.low > 0) return `${made}${text}: above zero with its whole interval.${cost}`
  if (sharpe.value <= 0) return `${made}${text}: it loses after costs.${cost}`
  return `${made}${text}: not distinguishable from chance.${cost}`
}

/** Key figures of page one: those a benchmark has too as columns, those of trading as cards. */
export function portfolioFront(record: HourlyRecord): Html {
  return html`<div class="page" id="figures">${paired(record)}<dl class="kpis">${cards(record).map(
    ({ label, value, note }) =>
      html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`,
  )}</dl></div>`
}

/** The verdict as the first line of a page. */
export const verdictLine = (record: HourlyRecord): Html => {
  const { net } = record.costs
  return html`<p class="verdict ${net > 0 ? 'up' : net < 0 ? 'down' : ''}">${portfolioVerdict(record)}</p>`
}

type Row = readonly [
  label: string,
  value: Html,
  note: string,
  benchmark: Figure | null,
  format: (value: number) => string,
]

function paired(record: HourlyRecord): Html {
  const { figures, statistics, benchmark, account, costs } = record
  const against = benchmark?.comparison ?? null
  const { sharpeInterval, sortinoInterval, calmarInterval } = statistics
  const interval = ({ low, high }: typeof sharpeInterval): string =>
    low === null || high === null ? '' : `95 %: ${ratio(low)} to ${ratio(high)}`
  const money = `${formatNumber(costs.net, 0, true)} on ${formatNumber(account.balance, 0)} dollars`
  const annual = (value: Figure, format: (value: number) => string): Html =>
    formatFigure(value, format)
  const rows: readonly Row[] = [
    [
      'Net return',
      tinted(costs.net, formatFigure(figures.totalReturn, signed)),
      money,
      against?.totalReturn ?? null,
      signed,
    ],
    [
      'Largest drawdown',
      annual(figures.maximumDrawdown, (value) => percent(-value)),
      'at bars',
      against?.maximumDrawdown ?? null,
      percent,
    ],
    ['CAGR', annual(figures.cagr, signed), 'by calendar', against?.cagr ?? null, signed],
    [
      'Volatility a year',
      annual(figures.volatilityFromSessions, percent),
      'of sessions',
      against?.volatility ?? null,
      percent,
    ],
    [
      'Sharpe ratio',
      annual(figures.sharpeFromSessions, ratio),
      interval(sharpeInterval),
      against?.sharpe ?? null,
      ratio,
    ],
    [
      'Sortino ratio',
      annual(figures.sortino, ratio),
      interval(sortinoInterval),
      against?.sortino ?? null,
      ratio,
    ],
    [
      'Calmar ratio',
      annual(figures.calmar, ratio),
      interval(calmarInterval),
      against?.calmar ?? null,
      ratio,
    ],
  ]
  const name = benchmark?.symbol ?? null
  return html`<div class="scroll"><table class="paired"><caption>Key figures</caption><thead><tr><th scope="col">Figure</th><th scope="col">Portfolio</th>${
    name !== null && html`<th scope="col">${name}, never held</th>`
  }</tr></thead><tbody>${rows.map(
    ([label, value, note, theirs, format]) =>
      html`<tr${statistics.provisional && ANNUAL.includes(label) && html` class="provisional"`}><th scope="row">${label}<td>${value}${note !== '' && html`<small>${note}</small>`}${
        name !== null && html`<td>${theirs === null ? '—' : formatFigure(theirs, format)}`
      }`,
  )}</tbody></table></div>`
}

function cards({ figures, costs, holdings, decisions }: HourlyRecord) {
  const made = decisions.filter(({ allocation }) => allocation !== null)
  const share = (...edges: readonly string[]): string =>
    made.length === 0
      ? '—'
      : formatPercent(
          made.filter(({ allocation }) => edges.includes(allocation!.edge)).length / made.length,
          false,
          1,
        )
  return [
    {
      label: 'Cost of trading',
      value: formatFigure(costs.totalBp, bp),
      note:
        costs.gross > 0
          ? html`of what was traded; nothing is left at ${formatFigure(costs.breakEvenBp, bp)}`
          : 'of what was traded; nothing was made before them',
    },
    {
      label: 'Turnover a year, one way',
      value: formatFigure(figures.turnoverOneWayPerYear, (value) => `${formatNumber(value, 1)}×`),
      note: html`two ways ${formatFigure(figures.turnoverTwoWayPerYear, (value) => `${formatNumber(value, 1)}×`)} of equity`,
    },
    {
      label: 'Exposure, mean',
      value: formatFigure(figures.exposure, (value) => formatPercent(value, false, 1)),
      note: html`invested in ${formatFigure(figures.timeInvested, (value) => formatPercent(value, false, 1))} of bars`,
    },
    {
      label: 'Names held, mean',
      value: formatFigure(holdings.heldNames, (value) => formatNumber(value, 1)),
      note: html`as many as ${formatFigure(holdings.effectiveNames, (value) => formatNumber(value, 1))} of equal weight`,
    },
    {
      label: 'Round trips',
      value: html`${formatCount(figures.roundTrips)}`,
      note: html`won ${formatFigure(figures.winRate, (value) => formatPercent(value, false, 1))}, profit factor ${formatFigure(figures.profitFactor, ratio)}`,
    },
    {
      label: 'Upper edge of volatility bound',
      value: html`${share('high', 'highUnreached')}`,
      note: html`of ${formatCount(made.length)} decisions; lower edge ${share('low', 'lowUnreached')}, not reached in ${share('lowUnreached')}`,
    },
  ]
}

/** How the figures are made: always on the page. */
export function conventions({
  annualisation,
  statistics,
  benchmark,
  settings,
  account,
}: HourlyRecord): Html {
  const lines = [
    'Returns are net and marked to the last price; the first row is the balance when the first bar opened.',
    `Two annualisations: of sessions (${formatNumber(annualisation.sessionsPerYear, 1)} a year) and of bars (${formatNumber(annualisation.barsPerYear, 1)} a year), both counted from the exchange’s calendar, early closes and holidays included. Unless said, ratios are of ${formatCount(statistics.days)} sessions.`,
    'CAGR uses elapsed calendar time (365.25 days a year). Risk-free rate 0.',
    'Turnover is one way: half the sum of |target − drifted weight| over names and cash, the greater of bought and sold. The seed’s 25 % counted both ways.',
    `Intervals: stationary block bootstrap, mean block ${statistics.meanBlockDays} sessions, 2 000 draws, fixed seed.`,
    `Below ${MINIMUM_ANNUAL_DAYS} calendar days annual figures are refused; what is not defined is n/a with its reason.`,
    benchmark === null
      ? 'There is no benchmark.'
      : `${benchmark.symbol} is the benchmark, never held; its bars pay no dividends.`,
    `Preset ${settings.preset}, a ${account.kind} account that never borrows. Days, weeks and months are UTC. Costs: + is a cost.`,
  ]
  return html`<div class="box" id="conventions"><h3>Conventions</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`
}
