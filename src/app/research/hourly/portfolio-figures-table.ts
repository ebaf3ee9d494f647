import type { Figure } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatFigure, formatNumber, formatPercent } from '../report/format.ts'
import { GLOSSARY } from '../report/glossary.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'

const signed = (value: number): string => formatPercent(value, true)
const percent = (value: number): string => formatPercent(value)
const ratio = (value: number): string => formatNumber(value, 2)
const bp = (value: number): string => `${formatNumber(value, 2)} bp`
const times = (value: number): string => `${formatNumber(value, 1)}×`
const plain = (value: number): string => formatNumber(value, 1)

/** Figures of a year by both annualisations, and those of trading. */
export function allFigures(record: HourlyRecord): Html {
  return section(
    'all',
    'All figures',
    html`<div class="pair"><div>${ofAYear(record)}${ofHolding(record)}</div><div>${ofTrading(record)}</div></div>`,
  )
}

function ofAYear({ figures, annualisation }: HourlyRecord): Html {
  const { barsPerYear, sessionsPerYear } = annualisation
  const row = (name: string, sessions: Figure, bars: Figure, format: (value: number) => string) => [
    named(name),
    formatFigure(sessions, format),
    formatFigure(bars, format),
  ]
  return table({
    caption: 'Of a year, both ways',
    head: [
      'Figure',
      `${formatNumber(sessionsPerYear, 1)} sessions`,
      `${formatNumber(barsPerYear, 1)} bars`,
    ],
    rows: [
      row('CAGR, by calendar and by bars', figures.cagr, figures.cagrFromBars, signed),
      row('Volatility', figures.volatilityFromSessions, figures.volatilityFromBars, percent),
      row('Sharpe ratio', figures.sharpeFromSessions, figures.sharpeFromBars, ratio),
      row('Sortino ratio', figures.sortino, figures.sortinoFromBars, ratio),
      row('Information ratio', figures.informationRatio, figures.informationRatioFromBars, ratio),
      row('Beta', figures.beta, figures.betaFromBars, ratio),
    ],
  })
}

function ofHolding({ figures, holdings }: HourlyRecord): Html {
  return pairs('Holding', [
    ['Exposure', formatFigure(figures.exposure, percent)],
    ['Time invested', formatFigure(figures.timeInvested, percent)],
    ['Names held', formatFigure(holdings.heldNames, plain)],
    ['Effective names', formatFigure(holdings.effectiveNames, plain)],
    ['Ten largest', formatFigure(holdings.topTen, percent)],
    ['Dividends', html`${formatNumber(figures.dividends, 2)} dollars`],
    ['Interest on cash', html`${formatNumber(figures.interest, 2)} dollars`],
  ])
}

function ofTrading({ figures, costs }: HourlyRecord): Html {
  return pairs('Trading', [
    ['Round trips', html`${formatCount(figures.roundTrips)}`],
    ['Win rate', formatFigure(figures.winRate, percent)],
    ['Profit factor', formatFigure(figures.profitFactor, ratio)],
    ['Payoff', formatFigure(figures.payoff, ratio)],
    ['Expectancy', formatFigure(figures.expectancyBp, bp)],
    ['Holding time, hours of the clock', formatFigure(figures.averageHoldingHours, plain)],
    ['Holding time, bars', formatFigure(figures.averageHoldingBars, plain)],
    ['Turnover a bar, one way', formatFigure(figures.turnoverOneWay, percent)],
    ['Turnover a bar, two ways', formatFigure(figures.turnoverTwoWay, percent)],
    ['Turnover a year, one way', formatFigure(figures.turnoverOneWayPerYear, times)],
    ['Fills', html`${formatCount(figures.fills)}`],
    ['Fills in part', html`${formatCount(figures.partialFills)}`],
    ['Participation, median', formatFigure(costs.participationMedian, percent)],
  ])
}

const pairs = (caption: string, rows: readonly (readonly [string, Html])[]): Html =>
  table({
    caption,
    head: ['Figure', 'Value'],
    rows: rows.map(([name, value]) => [named(name), value]),
  })

/** Definitions that are the hourly portfolio's own; the page of documentation has the same. */
export const HOURLY_DEFINITIONS: readonly (readonly [string, string])[] = [
  ['CAGR from bars', '(1 + net return)^(bars of a year / bars driven) − 1.'],
  [
    'Figures from bars',
    'The formula of the daily figure on returns from bar to bar, times the root of the bars of a year.',
  ],
  [
    'Beta, information ratio from bars',
    'The same over bars that both the run and the benchmark have.',
  ],
  [
    'Round trips',
    'Shares of one purchase that one sale closed, first in first out; dividends left out.',
  ],
  [
    'Win rate, expectancy',
    'Round trips with net > 0 over all. Expectancy: Σ net / Σ paid for them.',
  ],
  [
    'Holding time',
    'Mean over round trips from purchase to sale: by the clock, and by bars that opened.',
  ],
  [
    'Turnover',
    'Per bar: the greater of bought and sold over the equity at the decision, which is half of Σ |change| over names and cash. Two ways: bought and sold together.',
  ],
  [
    'Exposure, time invested',
    'Mean over bars of (equity − cash) / equity. Time invested: share of bars with anything held.',
  ],
  [
    'Names held, effective names, ten largest',
    'Names with a target weight. Effective: 1 / Σ (weight / invested)² of the targets, as many of equal weight. Ten largest: their weights together. Means over decisions that hold anything.',
  ],
  [
    'Costs by cause',
    'Reckoned again for each fill from the bars finished before it, by the rules it was filled by. Gross: net and all costs.',
  ],
  [
    'Participation',
    'Shares filled of a name since its last bar over what usually trades in that hour of the day.',
  ],
  [
    'Capacity',
    'Times the money at which half the net result is left: impact grows with the root of size, (1 + net / (2 impact))². Same trades, all else equal.',
  ],
  [
    'Costs times k',
    'The same trades with all costs times k; what was earned on the difference is left out.',
  ],
  [
    'Ex-ante volatility',
    '√(w’Σw × bars of a year) of the target weights w; Σ has a market factor, sectors and each name’s own part, known at the decision.',
  ],
  [
    'Skewness, kurtosis',
    'Third and fourth standardised moments of session returns, n in the denominator; kurtosis less 3.',
  ],
]

const SHARED = [
  'Net return',
  'CAGR',
  'Volatility',
  'Downside deviation',
  'Sharpe ratio',
  'Sortino ratio',
  'Calmar ratio',
  'Interval',
  'Probabilistic Sharpe ratio',
  'Deflated Sharpe ratio',
  'Track record needed',
  'Drawdown',
  'Ulcer index',
  'Value at risk',
  'Omega, gain to pain',
  'Profit factor, payoff',
  'Alpha, beta',
  'Tracking error, information ratio',
  'Capture',
  'Calendar periods',
]

const definitions = [...GLOSSARY.filter(([name]) => SHARED.includes(name)), ...HOURLY_DEFINITIONS]

/** A name with its definition where the pointer rests. */
function named(name: string): Html {
  const text = name.toLowerCase()
  const found = definitions.find(([key]) =>
    key
      .toLowerCase()
      .split(', ')
      .some((each) => text.startsWith(each)),
  )
  return found === undefined ? html`${name}` : html`<span title="${found[1]}">${name}</span>`
}

/** Every figure with its formula. */
export const definitionsSection = (): Html =>
  section(
    'glossary',
    'Definitions',
    html`<dl class="facts">${definitions.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`,
  )
