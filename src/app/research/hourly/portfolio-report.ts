import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { type Html, html } from '../report/html.ts'
import { type ReturnsInput, section } from '../report/section.ts'
import { monthlyTable } from '../report/section-months.ts'
import { periodsSection } from '../report/section-periods.ts'
import { riskSection } from '../report/section-returns.ts'
import type { HourlyTrials } from './hourly-trials.ts'
import { costSection } from './portfolio-costs.ts'
import { decisionSection, holdingSection } from './portfolio-decisions.ts'
import { growthFigure } from './portfolio-figures.ts'
import { allFigures } from './portfolio-figures-table.ts'
import { conventions, portfolioFront } from './portfolio-front.ts'

/** Anchors of the sections below, in their order. */
export const PORTFOLIO_ANCHORS: readonly (readonly [string, string])[] = [
  ['equity', 'Equity'],
  ['months', 'Months'],
  ['decisions', 'Decisions'],
  ['costs', 'Costs'],
  ['holdings', 'Holdings'],
  ['all', 'Figures'],
  ['returns', 'Returns'],
  ['risk', 'Risk'],
  ['trading', 'Trading'],
]

/** Page one of a report: what the portfolio did, in its figures and over time. */
export const portfolioPage = (record: HourlyRecord): Html =>
  html`${portfolioFront(record)}${conventions(record)}<section id="equity"><h2>Equity, drawdown and exposure</h2>${growthFigure(record)}</section>${monthlyTable(record.months, record.path)}`

/** The rest that is told of the portfolio, its luck by the trials that were counted. */
export function portfolioSections(record: HourlyRecord, trials: HourlyTrials): Html {
  const { statistics, drawdowns, months, periods, sessions, benchmark } = record
  const returns: ReturnsInput = {
    analysis: {
      ...{ drawdowns, months, periods, daily: sessions },
      equity: { ...statistics, dsr: trials.dsr },
      benchmark: benchmark?.comparison ?? null,
    },
    record: {
      trials: { count: trials.trials, sharpeVariance: null },
      conventions: record.conventions,
    },
  }
  return html`${decisionSection(record)}${costSection(record)}${holdingSection(record)}${allFigures(record)}${periodsSection(returns)}${riskSection(returns)}${section(
    'trading',
    'How it was traded',
    html`<ul>${record.notes.map((note) => html`<li>${note}</li>`)}</ul>`,
  )}`
}
