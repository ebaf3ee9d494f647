import { formatUtcDate } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatCount, formatPercent } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { type ReturnsInput, section } from '../report/section.ts'
import { monthlyTable } from '../report/section-months.ts'
import { periodsSection } from '../report/section-periods.ts'
import { riskSection } from '../report/section-returns.ts'
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
  ['coverage', 'Coverage'],
]

/** Page one of a report: what the portfolio did, in its figures and over time. */
export const portfolioPage = (record: HourlyRecord): Html =>
  html`${portfolioFront(record)}${conventions(record)}<section id="equity"><h2>Equity, drawdown and exposure</h2>${growthFigure(record)}</section>${monthlyTable(record.months, record.path)}`

/** The rest that is told of the portfolio. */
export function portfolioSections(record: HourlyRecord): Html {
  const { statistics, drawdowns, months, periods, sessions, benchmark } = record
  const returns: ReturnsInput = {
    analysis: {
      ...{ equity: statistics, drawdowns, months, periods, daily: sessions },
      benchmark: benchmark?.comparison ?? null,
    },
    record: { trials: null, conventions: record.conventions },
  }
  return html`${decisionSection(record)}${costSection(record)}${holdingSection(record)}${allFigures(record)}${periodsSection(returns)}${riskSection(returns)}${section(
    'trading',
    'How it was traded',
    html`<ul>${record.notes.map((note) => html`<li>${note}</li>`)}</ul>`,
  )}${section('coverage', 'Members without data', coverage(record))}`
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
