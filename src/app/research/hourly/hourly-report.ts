import { join } from 'node:path'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { document } from '../report/document.ts'
import { type Html, html } from '../report/html.ts'
import { writeBoth } from '../report/write-report.ts'
import type { LeakChecks } from './check-leaks.ts'
import { coverageRuns } from './coverage-runs.ts'
import { dataSections } from './data-report.ts'
import type { Diagnosis } from './diagnose.ts'
import { leaksSection, settingsSection, trialsSection } from './evidence-report.ts'
import type { HourlyTrials } from './hourly-trials.ts'
import { modelSections } from './model-report.ts'
import { definitionsSection } from './portfolio-figures-table.ts'
import { verdictLine } from './portfolio-front.ts'
import { PORTFOLIO_ANCHORS, portfolioPage, portfolioSections } from './portfolio-report.ts'
import { drawnSeries } from './portfolio-series.ts'
import { portfolioWarnings } from './portfolio-warnings.ts'
import { type ReportFacts, reportFrame, studyFacts } from './report-frame.ts'
import type { PathOutcome } from './run-backtest.ts'

/** What an hourly report is made of. */
export interface HourlyReport extends ReportFacts {
  readonly diagnosis: Diagnosis
  /** Null where leak checks were skipped on demand. */
  readonly leaks: LeakChecks
  readonly trials: HourlyTrials
  /** Null where nothing was traded, of a walk-forward alone. */
  readonly record: HourlyRecord | null
  /** What each way through the panel came to where it was traded; the record is of the first. */
  readonly outcomes: readonly PathOutcome[]
}

/** Writes `report.html` and `report.json` into a folder, both or neither. */
export function writeHourlyReport(folder: string, report: HourlyReport): string {
  const facts = reportData(report)
  const data = JSON.stringify(facts)
  const drawn = report.record === null ? [] : drawnSeries(report.record)
  const title = `Hourly: ${report.config.name}`
  const coverage = coverageRuns(report.study.coverage)
  const small = { ...facts, data: { ...facts.data, coverage }, drawn }
  const page = document({ title, body: body(report), data: JSON.stringify(small) })
  const path = join(folder, 'report.html')
  writeBoth([join(folder, 'report.json'), `${data}\n`], [path, page])
  return path
}

/** The report as plain data, schema "ornstein.hourly/1": never a NaN. */
export function reportData({ study, diagnosis, record, ...rest }: HourlyReport) {
  return {
    schema: 'ornstein.hourly/1',
    ...rest,
    data: studyFacts(study),
    diagnosis,
    portfolio: record === null ? null : portfolioData(record),
  }
}

/** What is not in the tables beside the report. */
function portfolioData(record: HourlyRecord) {
  const { settings, account, notes, isComplete, annualisation, figures, months } = record
  const { drawdowns, statistics, periods, costs, benchmark } = record
  const { sectorWeights: _, ...holdings } = record.holdings
  const more = { periods, costs, holdings, benchmark: benchmark?.comparison ?? null }
  const facts = { settings, account, notes, isComplete, annualisation }
  return { ...facts, figures, statistics, drawdowns, months, ...more }
}

function body(report: HourlyReport): Html {
  const { config, study, diagnosis, record, outcomes } = report
  const hasTraded = record !== null
  return reportFrame(report, {
    ribbon: 'BACKTEST',
    link: hasTraded ? html`<br><a href="comparison.html">Beside public funds</a>` : null,
    contents: contents(hasTraded),
    verdict: hasTraded && verdictLine(record),
    warnings: [
      ...(hasTraded ? portfolioWarnings(record, study.coverage) : []),
      `Features and forecasts use only what was known before each decision; labels begin and end at ${study.labels.entryBasis}.`,
      ...(diagnosis.paths.length > 1
        ? [
            'Combinatorial folds: models were trained on bars after those that they forecast, too. Nobody could have traded this; a walk-forward says what could have been.',
          ]
        : []),
    ],
    front: hasTraded && portfolioPage(record),
    sections: html`${hasTraded && portfolioSections(record, report.trials)}${trialsSection(report.trials)}${modelSections(diagnosis, outcomes)}${leaksSection(report.leaks, config)}${dataSections(study.panel, study.coverage)}${settingsSection(config)}${hasTraded && definitionsSection()}`,
  })
}

const contents = (hasTraded: boolean): readonly (readonly [string, string])[] => [
  ...(hasTraded ? PORTFOLIO_ANCHORS : []),
  ['trials', 'Trials'],
  ['model', 'Forecasts'],
  ['features', 'Features'],
  ['drift', 'Drift'],
  ['leaks', 'Leaks'],
  ['sources', 'Sources'],
  ['coverage', 'Coverage'],
  ['settings', 'Settings'],
  ...(hasTraded ? ([['glossary', 'Definitions']] as const) : []),
  ['reproduce', 'Reproduce'],
]
