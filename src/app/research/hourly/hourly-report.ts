import { join } from 'node:path'
import { formatUtcDate } from '../../../core/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { document } from '../report/document.ts'
import { formatCount, timeElement, zoneName } from '../report/format.ts'
import { type Html, html } from '../report/html.ts'
import { writeBoth } from '../report/write-report.ts'
import type { LeakChecks } from './check-leaks.ts'
import { dataSections } from './data-report.ts'
import type { Diagnosis } from './diagnose.ts'
import { leaksSection, settingsSection, trialsSection } from './evidence-report.ts'
import type { HourlyTrials } from './hourly-trials.ts'
import { modelSections } from './model-report.ts'
import { definitionsSection } from './portfolio-figures-table.ts'
import { verdictLine } from './portfolio-front.ts'
import { PORTFOLIO_ANCHORS, portfolioPage, portfolioSections } from './portfolio-report.ts'
import { drawnSeries } from './portfolio-series.ts'
import type { Study } from './study.ts'

/** What an hourly report is made of. */
export interface HourlyReport {
  readonly config: HourlyConfig
  readonly configurationHash: string
  readonly codeHash: string
  readonly command: string
  readonly study: Pick<Study, 'panel' | 'coverage' | 'labels' | 'hash'>
  readonly diagnosis: Diagnosis
  /** Null where leak checks were skipped on demand. */
  readonly leaks: LeakChecks
  readonly trials: HourlyTrials
  /** Null where nothing was traded, of a walk-forward alone. */
  readonly record: HourlyRecord | null
}

/** Writes `report.html` and `report.json` into a folder, both or neither. */
export function writeHourlyReport(folder: string, report: HourlyReport): string {
  const facts = reportData(report)
  const data = JSON.stringify(facts)
  const drawn = report.record === null ? [] : drawnSeries(report.record)
  const title = `Hourly: ${report.config.name}`
  const page = document({ title, body: body(report), data: JSON.stringify({ ...facts, drawn }) })
  const path = join(folder, 'report.html')
  writeBoth([join(folder, 'report.json'), `${data}\n`], [path, page])
  return path
}

/** The report as plain data, schema "ornstein.hourly/1": never a NaN. */
export function reportData({ study, diagnosis, record, ...rest }: HourlyReport) {
  const { panel, coverage, labels, hash } = study
  const { grid, symbols, dataKind, provenance, tables } = panel
  return {
    schema: 'ornstein.hourly/1',
    ...rest,
    data: {
      ...{ kind: dataKind, hash, provenance, tables, coverage },
      labels: labels.entryBasis,
      names: symbols.length,
      bars: grid.openTime.length,
      anchor: grid.anchor,
      from: formatUtcDate(grid.openTime[0]!),
      to: formatUtcDate(grid.closeTime.at(-1)!),
    },
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
  const { config, study, diagnosis, record } = report
  const { panel, coverage, labels, hash } = study
  const { grid, symbols, dataKind, provenance } = panel
  const isGenerated = dataKind === 'generated'
  return html`<div class="ribbon backtest"><span>BACKTEST: ${
    isGenerated ? 'generated panel, no company of these names exists' : 'real data'
  }</span></div><header class="top"><div><h1>${config.name}</h1><p class="sub">Hourly portfolio, ${formatCount(symbols.length)} names, ${formatCount(grid.openTime.length)} bars<br>${timeElement(grid.openTime[0]!)} to ${timeElement(grid.closeTime.at(-1)!)} ${zoneName}<br>Preset: ${config.preset}; configuration ${report.configurationHash.slice(0, 12)}${record === null ? null : html`<br><a href="comparison.html">Beside public funds</a>`}</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="zone" aria-pressed="false">Times: ${zoneName}</button><button type="button" data-do="json">JSON</button></div></header><nav aria-label="Sections">${contents(
    record !== null,
  ).map(
    ([id, name]) => html`<a href="#${id}">${name}</a>`,
  )}</nav><main><div class="front">${record !== null && verdictLine(record)}<div class="box warnings"><h3>Read this first</h3><ul>${provenance.map((text) => html`<li>${text}</li>`)}<li>${
    isGenerated
      ? 'Generated data hold no survivorship gap; they say nothing of real markets.'
      : 'Names that left are missing where the data do not hold them: see the coverage.'
  }</li><li>Features and forecasts use only what was known before each decision; labels begin and end at ${labels.entryBasis}.</li></ul></div>${record !== null && portfolioPage(record)}</div>${record !== null && portfolioSections(record, report.trials)}${trialsSection(report.trials)}${modelSections(diagnosis)}${leaksSection(report.leaks, config)}${dataSections(panel, coverage)}${settingsSection(config)}${record !== null && definitionsSection()}</main><footer class="base" id="reproduce"><h2>Reproduce</h2><dl class="facts"><dt>Command</dt><dd><code>${report.command}</code></dd><dt>Configuration</dt><dd><code>${report.configurationHash}</code></dd><dt>Data</dt><dd><code>${hash}</code></dd><dt>Code</dt><dd><code>${report.codeHash}</code></dd></dl></footer>`
}

const contents = (hasTraded: boolean): readonly (readonly [string, string])[] => [
  ...(hasTraded ? PORTFOLIO_ANCHORS : []),
  ['trials', 'Trials'],
  ['model', 'Forecasts'],
  ['features', 'Features'],
  ['leaks', 'Leaks'],
  ['sources', 'Sources'],
  ['coverage', 'Coverage'],
  ['settings', 'Settings'],
  ...(hasTraded ? ([['glossary', 'Definitions']] as const) : []),
  ['reproduce', 'Reproduce'],
]
